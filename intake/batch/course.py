"""One run: hands out pages ahead, takes results back and saves them in the same order."""

from __future__ import annotations

import time
from collections import Counter, deque
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from intake.batch.auditing import draw_audit
from intake.batch.work import PageRun, Workplace, read_runs
from intake.evidence import Evidence
from intake.metrics import HealthWatch
from intake.records import BatchSummary, PageKind, Refusal, ScannedPage
from intake.scan import Refused, open_scan

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from concurrent.futures import Future

    from intake.batch.executors import Pool
    from intake.records import FileEntry, PageResult, ScanFile
    from intake.scan import Found
    from intake.store import Store

PAGES_PER_RUN = 4


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run has come.

    Attributes:
        files: files done, known and refused ones included.
        bytes_done: of those files.
        bytes_total: of all files found.
        pages: pages read in this run.
        forms: forms found in this run.
    """

    files: int
    bytes_done: int
    bytes_total: int
    pages: int
    forms: int


class Ends(Protocol):
    """Told how a file ended, once the store has it for good."""

    def __call__(self, scan: ScanFile, refusal: Refusal | None, /) -> None:
        """`refusal` says why it was refused; None where it was read, now or before."""


def today() -> str:
    """The day by this machine's clock, `YYYY-MM-DD`."""
    return date.today().isoformat()


def _nobody(*_: object) -> None:
    pass


@dataclass(frozen=True, slots=True)
class Audience:
    """Who is told what while a run goes on.

    Attributes:
        progress: how far it has come, after every few pages.
        ends: how each file ended.
        alarm: what is wrong with a scanner, a sentence, once for each scanner, hour and fault.
    """

    progress: Callable[[Progress], None] = _nobody
    ends: Ends = _nobody
    alarm: Callable[[str], None] = _nobody


@dataclass(frozen=True, slots=True)
class _Piece:
    """A run of pages of a file, and what to do when it comes back.

    Attributes:
        entry: its file in the store.
        scan: the file.
        run: which pages.
        ends_file: whether no piece of the file comes after it.
    """

    entry: FileEntry
    scan: ScanFile
    run: PageRun
    ends_file: bool


@dataclass(frozen=True, slots=True)
class _Parcel:
    """Pieces on their way to one worker.

    Attributes:
        pieces: at least one.
        outcomes: the pages of each when read, or why it cannot be.
    """

    pieces: tuple[_Piece, ...]
    outcomes: Future[list[list[PageResult] | Refusal]]


@dataclass(slots=True)
class _Tally:
    """What the run has done so far; a file is given up by its path, names may come twice."""

    files: int = 0
    known: int = 0
    bytes_done: int = 0
    pages: Counter[PageKind] = field(default_factory=Counter)
    forms: int = 0
    refused: dict[str, Refusal] = field(default_factory=dict)
    given_up: set[str] = field(default_factory=set)


class Batch:
    """One run: hands out pages ahead, takes results back in the same order."""

    def __init__(
        self,
        store: Store,
        workplace: Workplace,
        found: Iterable[Found],
        audience: Audience,
        *,
        reread: bool = False,
    ) -> None:
        """Begins a batch in the store.

        Args:
            store: where everything is kept.
            workplace: what the workers need.
            found: the files, in their order.
            audience: who is told what while it goes on.
            reread: read known scans again, after a new model or template; what a person decided
                and what has gone out stays.

        Raises:
            StoreError: the store cannot be written.
        """
        self._begun, self._today = time.monotonic(), today()
        found = list(found)
        self._reread, self._audience = reread, audience
        self._evidence = Evidence(workplace.evidence)
        self._store, self._workplace = store, workplace
        self._found, self._copies = _firsts_and_copies(found)
        self._files_total = len(found)
        self._tally, self._health = _Tally(), HealthWatch()
        self._bytes_total = sum(one.scan.size or 0 for one in found)
        self._ahead: deque[_Parcel] = deque()
        self._id = store.begin_batch(_label(found), workplace.settings.organisation)

    def read(self, pool: Pool) -> BatchSummary:
        """Reads every file that has not been read before.

        Returns:
            What was done. Files that could not be read are in it, with what to do about them.

        Raises:
            MissingProgram: the workers went away; everything saved so far stays.
            StoreError: the store cannot be written; everything saved so far stays.
        """
        self._go_through(pool)
        draw_audit(self._store, self._workplace.settings)
        return self._summary()

    def _go_through(self, pool: Pool) -> None:
        for pieces in _parcelled(self._pieces(), pool.pages_at_once):
            runs = [piece.run for piece in pieces]
            outcomes = pool.workers.submit(read_runs, self._workplace, runs)
            self._ahead.append(_Parcel(pieces, outcomes))
            while len(self._ahead) >= pool.most_ahead:
                self._take_back(self._ahead.popleft())
        while self._ahead:
            self._take_back(self._ahead.popleft())

    def _pieces(self) -> Iterator[_Piece]:
        for found in self._found:
            if found.refusal is not None:
                self._refuse(found.scan, found.refusal)
                continue
            entry = self._store.begin_file(self._id, found.scan, reread=self._reread)
            if entry.finished:
                self._tally.known += 1
                self._done_with(found.scan)
                continue
            try:
                yield from self._pieces_of(found.scan, entry)
            except Refused as refused:
                self._refuse(found.scan, refused.refusal)

    def _pieces_of(self, scan: ScanFile, entry: FileEntry) -> Iterator[_Piece]:
        place = self._evidence.original(str(scan.sha256)) or Path(scan.path)
        with open_scan(place, self._workplace.settings.limits) as opened:
            count = opened.page_count
        missing = [number for number in range(1, count + 1) if number not in entry.sealed]
        runs = [
            tuple(missing[start : start + PAGES_PER_RUN])
            for start in range(0, len(missing), PAGES_PER_RUN)
        ]
        if not runs:
            self._store.save_pages(entry.id, (), ends=count)
            self._done_with(scan)
        for pages in runs:
            run = PageRun(scan.path, str(scan.sha256), count, pages, self._today)
            yield _Piece(entry, scan, run, ends_file=pages is runs[-1])

    def _take_back(self, parcel: _Parcel) -> None:
        for piece, outcome in zip(parcel.pieces, parcel.outcomes.result(), strict=True):
            if isinstance(outcome, Refusal):
                self._refuse(piece.scan, outcome)
            else:
                self._save(piece, outcome)

    def _save(self, piece: _Piece, pages: Sequence[PageResult]) -> None:
        complete = piece.ends_file and piece.scan.path not in self._tally.given_up
        ends = piece.run.count if complete else None
        self._store.save_pages(piece.entry.id, pages, ends=ends)
        for page in pages:
            self._count(piece.scan, page)
        if complete:
            self._done_with(piece.scan)
        self._report()

    def _count(self, scan: ScanFile, page: PageResult) -> None:
        self._look_after(scan, page)
        if page.kind is PageKind.REFUSED and page.refusal is not None:
            self._tell_refused(f"{scan.name}, page {page.number}", page.refusal)
        for form in page.forms:
            if form.refusal is not None:
                place = f"{scan.name}, page {page.number}, form {form.number}"
                self._tell_refused(place, form.refusal)
        self._tally.pages[page.kind] += 1
        self._tally.forms += len(page.forms)

    def _look_after(self, scan: ScanFile, page: PageResult) -> None:
        if page.condition is not None:
            made = ScannedPage(scan.scanner, scan.hour, page.condition)
            for alarm in self._health.see(made):
                self._audience.alarm(alarm)

    def _refuse(self, scan: ScanFile, refusal: Refusal) -> None:
        self._store.refuse_file(self._id, scan, refusal)
        if scan.path not in self._tally.given_up:
            self._tally.given_up.add(scan.path)
            self._tell_refused(scan.name, refusal)
            self._done_with(scan, refusal)

    def _tell_refused(self, name: str, refusal: Refusal) -> None:
        """Keeps a refusal for the summary; a name that comes again gets a number."""
        told = self._tally.refused
        told[f"{name} ({len(told) + 1})" if name in told else name] = refusal

    def _done_with(self, scan: ScanFile, refusal: Refusal | None = None) -> None:
        """Copies of a file share its fate."""
        copies = self._copies.get(scan.path, [])
        for one in (scan, *copies):
            self._tally.files += 1
            self._tally.bytes_done += one.size or 0
            self._audience.ends(one, refusal)
        for copy in copies:
            if refusal is None:
                self._tally.known += 1
            else:
                self._tell_refused(copy.name, refusal)
        self._report()

    def _report(self) -> None:
        tally = self._tally
        self._audience.progress(
            Progress(
                files=tally.files,
                bytes_done=tally.bytes_done,
                bytes_total=self._bytes_total,
                pages=tally.pages.total(),
                forms=tally.forms,
            )
        )

    def _summary(self) -> BatchSummary:
        tally = self._tally
        return BatchSummary(
            batch=self._id,
            files=self._files_total,
            known=tally.known,
            refused=tally.refused,
            pages=tally.pages,
            forms=tally.forms,
            fields=self._store.tally(self._id),
            seconds=time.monotonic() - self._begun,
        )


def _parcelled(pieces: Iterable[_Piece], pages: int) -> Iterator[tuple[_Piece, ...]]:
    """Pieces in their order, together until they have so many pages."""
    parcel: list[_Piece] = []
    for piece in pieces:
        parcel.append(piece)
        if sum(len(one.run.pages) for one in parcel) >= pages:
            yield tuple(parcel)
            parcel = []
    if parcel:
        yield tuple(parcel)


def _firsts_and_copies(found: Sequence[Found]) -> tuple[list[Found], dict[str, list[ScanFile]]]:
    """Files without those whose content came before, and those, by the path of the first."""
    firsts: dict[str, Found] = {}
    copies: dict[str, list[ScanFile]] = {}
    for one in found:
        identity = one.scan.path if one.refusal else one.scan.sha256 or one.scan.path
        first = firsts.setdefault(identity, one)
        if first is not one:
            copies.setdefault(first.scan.path, []).append(one.scan)
    return list(firsts.values()), copies


def _label(found: Sequence[Found]) -> str:
    """What the batch is called for people: the folder that its first file came from."""
    return Path(found[0].scan.path).parent.name if found else ""
