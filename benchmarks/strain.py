"""Batches that are killed, or whose disk fills up, held against one that nothing happened to."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from benchmarks.warm import Command
from intake import geometry
from intake.evidence import Evidence
from intake.forms import Slip, form_picture
from intake.records import Account, Meter
from intake.settings import Limits
from intake.store import open_store
from intake.synth.pen import draw_ink, inked
from intake.synth.pen_hand import draw_hand, write_comb
from intake.template import field_named, load_templates
from intake.upkeep import recount

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.warm import Warm
    from intake.records import ControlTotals, Grey

ROOT = Path(__file__).resolve().parent.parent
CARDS = ROOT / "benchmarks" / "cards"
PX_PER_MM = 6.0
EDGE_PX = 24
FORMS_PER_FILE = 10
PER_FILE = (
    "intake.store.Store.begin_file",
    "intake.evidence.Evidence.keep_file",
    "intake.store.Store.save_pages",
    "intake.store.ledger.finish_file",
)
PER_FORM = (
    "intake.evidence.Evidence.keep",
    "intake.store.forms.save_form",
    "intake.store.ledger.seal_page",
)
"""Where runs are struck: passed once for each file, once for each form, of which a page has one."""

WRITES = "os.fsync"
SQLITE_PAGE = 4096
STORE_FAILED = 6
Trouble = Callable[[Path, int, np.random.Generator], Command]
"""A run and what happens to it, by workspace, number and chance."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a workspace stands.

    Attributes:
        results: every field.
        totals: the ledger.
        faults: what is not as it was counted, by its evidence.
    """

    results: tuple[str, ...]
    totals: ControlTotals
    faults: tuple[str, ...]


def print_batch(folder: Path, forms: int, seed: int) -> None:
    """Fills a folder with multi-page TIFFs of written slips, one slip to a page."""
    rng = np.random.default_rng(seed)
    pages = [Image.fromarray(written_slip(number, rng)) for number in range(forms)]
    dpi = (25.4 * PX_PER_MM, 25.4 * PX_PER_MM)
    for start in range(0, forms, FORMS_PER_FILE):
        first, *more = pages[start : start + FORMS_PER_FILE]
        name = folder / f"scan-{start // FORMS_PER_FILE:03}.tif"
        first.save(name, save_all=True, append_images=more, dpi=dpi, compression="tiff_lzw")


def written_slip(number: int, rng: np.random.Generator) -> Grey:
    """The slip of an account of its own, with six digits in its comb."""
    template = load_templates(CARDS).get("one-meter")
    account, (place,) = Account(f"{20_000_000 + number}", "Riverside 1"), template.meter
    meter = Meter(f"{50_000_000 + number}", account.number, place.kind, place.name)
    blank = form_picture(template, Slip(account, "2026-11", (meter,)), PX_PER_MM)
    field = field_named(template, f"{place.name}.reading")
    digits = "".join(map(str, rng.integers(0, 10, 6)))
    traces = write_comb(digits, geometry.cell_boxes(field.box, field.cells), draw_hand(rng), rng)
    written = inked(blank, traces, draw_ink(rng), PX_PER_MM, rng)
    return np.pad(written, EDGE_PX, constant_values=255)


def make_workspace(folder: Path) -> Path:
    """An empty workspace for such slips."""
    settings = ROOT / "samples" / "intake.toml"
    line = [sys.executable, ROOT / "ocr_cli.py", "-w", folder, "init", "--settings", settings]
    subprocess.run(list(map(str, line)), capture_output=True, check=True)
    shutil.copytree(CARDS, folder / "templates")
    with (folder / "intake.toml").open("a") as more:
        more.write('templates = "templates"\n')
    return folder


def outcome(workspace: Path) -> Outcome:
    """How a workspace stands."""
    store = open_store(workspace / "intake.sqlite")
    try:
        rows = tuple(sorted(map(repr, store.results())))
        counted = recount(store, Evidence(workspace / "evidence"), Limits())
        return Outcome(rows, store.totals(), tuple(counted.faults))
    finally:
        store.close()


@dataclass(frozen=True, slots=True)
class Strain:
    """One batch, and how it ends when nothing happens to it.

    A batch is troubled again and again, each run where the one before was cut short, until it is
    read in peace.

    Attributes:
        warm: runs the commands.
        scans: the folder of scans.
        empty: an empty workspace.
        scratch: where workspaces are put to the test.
        whole: how it ends.
        start: seconds of work before the first page is read, by number of workers.
        work: seconds of work for all pages.
        forms: in the batch.
        growth: pages by which the database grows.
    """

    warm: Warm
    scans: Path
    empty: Path
    scratch: Path
    whole: Outcome
    start: dict[int, float]
    work: float
    forms: int
    growth: int

    def killed(self, count: int, rng: np.random.Generator) -> Iterator[bool]:
        """Kills so many runs, every second one at any moment, the others at named places.

        Yields for each whether the sums held, and the run that came after it ended the same.
        """
        return self._troubled(count, rng, self._kill, -signal.SIGKILL)

    def filled(self, count: int, rng: np.random.Generator) -> Iterator[bool]:
        """Fills the disk in so many runs, in the database or at any write; yields the same."""
        return self._troubled(count, rng, self._fill, STORE_FAILED)

    def _troubled(
        self, count: int, rng: np.random.Generator, trouble: Trouble, code: int
    ) -> Iterator[bool]:
        for number in range(count):
            workspace = self._cut_short(number, rng, trouble, code)
            yield _balanced(workspace) and self._ends_the_same(workspace)
            shutil.rmtree(workspace)

    def _cut_short(
        self, number: int, rng: np.random.Generator, trouble: Trouble, code: int
    ) -> Path:
        """A workspace whose run did not get to its end; a blow that missed is dealt again."""
        while True:
            workspace = Path(shutil.copytree(self.empty, self.scratch / f"after-{number:03}"))
            ended = self.warm.run(trouble(workspace, number, rng)).code
            if ended == code:
                return workspace
            if ended != 0:
                raise RuntimeError(f"A troubled run ended with {ended}.")
            shutil.rmtree(workspace)

    def _kill(self, workspace: Path, number: int, rng: np.random.Generator) -> Command:
        if number % 2:
            workers = 1 + number // 2 % 2
            longest = self.start[workers] + self.work
            line = _reading(workspace, self.scans, workers)
            return replace(line, seconds=float(rng.uniform(self.start[workers] / 2, longest)))
        place = (*PER_FILE, *PER_FORM)[number // 2 % 6]
        passed = self.forms if place in PER_FORM else self.forms // FORMS_PER_FILE
        kind = ("kill", "kill_after")[number // 12 % 2]
        blow = place, int(rng.integers(1, passed + 1)), kind
        return replace(_reading(workspace, self.scans), blow=blow)

    def _fill(self, workspace: Path, number: int, rng: np.random.Generator) -> Command:
        """A disk with room for no more than a share of the database or of the writes."""
        if number % 3 == 0:
            more = int(rng.integers(0, 1 + self.growth))
            blow = "database", _database_pages(workspace) + more, "full"
        else:
            nth = int(rng.integers(1, self.forms + 1))
            blow = WRITES, nth, ("full", "fail")[number % 2]
        return replace(_reading(workspace, self.scans), blow=blow)

    def _ends_the_same(self, workspace: Path) -> bool:
        again = self.warm.run(_reading(workspace, self.scans)).code
        return again == 0 and outcome(workspace) == self.whole


def strain(forms: int, scratch: Path, seed: int, warm: Warm) -> Strain:
    """A batch of that many forms, read without any trouble by two workers and by one."""
    scans = scratch / "scans"
    scans.mkdir()
    print_batch(scans, forms, seed)
    empty = make_workspace(scratch / "empty")
    alone, both = (Path(shutil.copytree(empty, scratch / name)) for name in ("one", "two"))
    lines = _reading(alone, scans), _reading(alone, scans), _reading(both, scans, 2)
    first, again, by_two = map(warm.run, lines)
    if first.code or by_two.code or outcome(alone) != outcome(both):
        raise RuntimeError("The batch is not read without trouble, by one worker as by two.")
    start = {1: again.seconds, 2: again.seconds + max(0.0, by_two.seconds - first.seconds)}
    work, growth = first.seconds - again.seconds, _database_pages(alone) - _database_pages(empty)
    return Strain(warm, scans, empty, scratch, outcome(alone), start, work, forms, growth)


def _balanced(workspace: Path) -> bool:
    store = open_store(workspace / "intake.sqlite")
    try:
        return store.totals().balanced
    finally:
        store.close()


def _database_pages(workspace: Path) -> int:
    return (workspace / "intake.sqlite").stat().st_size // SQLITE_PAGE


def _reading(workspace: Path, scans: Path, workers: int = 1) -> Command:
    return Command(("-w", str(workspace), "run", "--workers", str(workers), str(scans)))
