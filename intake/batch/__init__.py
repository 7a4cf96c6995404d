"""A folder of scans through the pipeline into the store.

Files are opened and results saved in one order, whoever reads the pages in between, so the
same folder always makes the same ledger. Each form is saved when it is read: what an
interruption leaves undone is exactly what the next run does.
"""

from __future__ import annotations

import time
from collections import Counter, deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from intake.batch.executors import executor, worker_count
from intake.batch.work import PageRun, Workplace, read_run
from intake.records import BatchSummary, PageKind
from intake.scan import Refused, find_scans, open_scan

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from concurrent.futures import Executor, Future

    from intake.records import FileEntry, PageResult, Refusal, ScanFile
    from intake.scan import Found
    from intake.store import Store

__all__ = ["Progress", "Workplace", "run_batch", "worker_count"]

PAGES_PER_RUN = 4
RUNS_PER_WORKER = 3


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run has come.

    Attributes:
        files: files done, known and refused ones included.
        files_total: files found.
        bytes_done: of those files.
        bytes_total: of all files found.
        pages: pages read in this run.
        forms: forms found in this run.
    """

    files: int
    files_total: int
    bytes_done: int
    bytes_total: int
    pages: int
    forms: int


@dataclass(frozen=True, slots=True)
class _Piece:
    """A run of pages on its way, and what to do when it comes back.

    Attributes:
        entry: its file in the store.
        scan: the file.
        result: the pages, when read.
        last_of: pages in the file if this piece ends it; None otherwise.
    """

    entry: FileEntry
    scan: ScanFile
    result: Future[list[PageResult]]
    last_of: int | None


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


def run_batch(  # noqa: PLR0913 - what a run is about, and three ways to run it
    store: Store,
    workplace: Workplace,
    paths: Sequence[Path],
    *,
    reread: bool = False,
    workers: int = 1,
    watch: Callable[[Progress], None] = lambda _: None,
) -> BatchSummary:
    """Reads every scan among and below `paths` that has not been read before.

    Args:
        store: where everything is kept.
        workplace: what the workers need.
        paths: files and folders.
        reread: read known scans again, after a new model or template; what a person decided
            and what has gone out stays.
        workers: processes that read pages; with 1 they are read in this one.
        watch: told about the progress after every few pages.

    Returns:
        What was done. Files that could not be read are in it, with what to do about them.

    Raises:
        InputError: a path does not exist.
        StoreError: the store cannot be written; everything saved so far stays.
    """
    started = time.monotonic()
    found = list(find_scans(paths, workplace.settings.limits))
    batch = _Batch(store, workplace, found, watch, reread=reread)
    with executor(workers) as pool:
        batch.run(pool, workers * RUNS_PER_WORKER)
    return batch.summary(time.monotonic() - started)


class _Batch:
    """One run: hands out pages ahead, takes results back in the same order."""

    def __init__(
        self,
        store: Store,
        workplace: Workplace,
        found: Sequence[Found],
        watch: Callable[[Progress], None],
        *,
        reread: bool,
    ) -> None:
        self._reread = reread
        self._store, self._workplace, self._watch = store, workplace, watch
        self._found = found
        self._tally = _Tally()
        self._bytes_total = sum(one.scan.size or 0 for one in found)
        self._ahead: deque[_Piece] = deque()
        self._id = store.begin_batch(_label(found), workplace.settings.organisation)

    def run(self, workers: Executor, most_ahead: int) -> None:
        """Goes through all files found, with at most that many pieces handed out."""
        for piece in self._pieces(workers):
            self._ahead.append(piece)
            while len(self._ahead) >= most_ahead:
                self._take_back(self._ahead.popleft())
        while self._ahead:
            self._take_back(self._ahead.popleft())

    def _pieces(self, workers: Executor) -> Iterator[_Piece]:
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
                yield from self._pieces_of(found.scan, entry, workers)
            except Refused as refused:
                self._refuse(found.scan, refused.refusal)

    def _pieces_of(self, scan: ScanFile, entry: FileEntry, workers: Executor) -> Iterator[_Piece]:
        with open_scan(Path(scan.path), self._workplace.settings.limits) as opened:
            count = opened.page_count
        missing = [number for number in range(1, count + 1) if number not in entry.sealed]
        runs = [
            tuple(missing[start : start + PAGES_PER_RUN])
            for start in range(0, len(missing), PAGES_PER_RUN)
        ]
        if not runs:
            self._store.finish_file(entry.id, count)
            self._done_with(scan)
        for pages in runs:
            run = PageRun(scan.path, str(scan.sha256), pages)
            result = workers.submit(read_run, self._workplace, run)
            yield _Piece(entry, scan, result, count if pages is runs[-1] else None)

    def _take_back(self, piece: _Piece) -> None:
        try:
            pages = piece.result.result()
        except Refused as refused:
            self._refuse(piece.scan, refused.refusal)
            return
        for page in pages:
            self._save(piece, page)
        if piece.last_of is not None and piece.scan.path not in self._tally.given_up:
            self._store.finish_file(piece.entry.id, piece.last_of)
            self._done_with(piece.scan)
        self._report()

    def _save(self, piece: _Piece, page: PageResult) -> None:
        for form in page.forms:
            self._store.save_form(piece.entry.id, page.number, form)
        self._store.seal_page(piece.entry.id, page)
        if page.kind is PageKind.REFUSED and page.refusal is not None:
            self._tell_refused(f"{piece.scan.name}, page {page.number}", page.refusal)
        self._tally.pages[page.kind] += 1
        self._tally.forms += len(page.forms)

    def _refuse(self, scan: ScanFile, refusal: Refusal) -> None:
        self._store.refuse_file(self._id, scan, refusal)
        if scan.path not in self._tally.given_up:
            self._tally.given_up.add(scan.path)
            self._tell_refused(scan.name, refusal)
            self._done_with(scan)

    def _tell_refused(self, name: str, refusal: Refusal) -> None:
        """Keeps a refusal for the summary; a name that comes again gets a number."""
        told = self._tally.refused
        told[f"{name} ({len(told) + 1})" if name in told else name] = refusal

    def _done_with(self, scan: ScanFile) -> None:
        self._tally.files += 1
        self._tally.bytes_done += scan.size or 0
        self._report()

    def _report(self) -> None:
        tally = self._tally
        self._watch(
            Progress(
                files=tally.files,
                files_total=len(self._found),
                bytes_done=tally.bytes_done,
                bytes_total=self._bytes_total,
                pages=tally.pages.total(),
                forms=tally.forms,
            )
        )

    def summary(self, seconds: float) -> BatchSummary:
        """What was done, in `seconds` of wall-clock time."""
        tally = self._tally
        return BatchSummary(
            batch=self._id,
            files=len(self._found),
            known=tally.known,
            refused=tally.refused,
            pages=tally.pages,
            forms=tally.forms,
            fields=self._store.tally(self._id),
            seconds=seconds,
        )


def _label(found: Sequence[Found]) -> str:
    """What the batch is called for people: the folder that its first file came from."""
    return Path(found[0].scan.path).parent.name if found else ""
