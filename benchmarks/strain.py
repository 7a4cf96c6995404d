"""Batches that are killed, or whose disk fills up, held against one that nothing happened to."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

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
    "intake.store.Store.finish_file",
)
PER_FORM = (
    "intake.evidence.Evidence.keep",
    "intake.store.Store.save_form",
    "intake.store.Store.seal_page",
)
"""Where runs are struck: passed once for each file, once for each form, of which a page has one."""

WRITES = "os.fsync"
SQLITE_PAGE = 4096


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

    Attributes:
        warm: runs the commands.
        scans: the folder of scans.
        empty: an empty workspace.
        scratch: where workspaces are put to the test.
        whole: how it ends.
        seconds: of work that this takes, by number of workers.
        forms: in the batch.
        room: pages of the database before the batch and after it.
    """

    warm: Warm
    scans: Path
    empty: Path
    scratch: Path
    whole: Outcome
    seconds: dict[int, float]
    forms: int
    room: tuple[int, int]

    def killed(self, number: int, rng: np.random.Generator) -> bool:
        """Whether a run that is killed and started again ends like one that is not."""
        workspace = self._fresh(number)
        if number % 2:
            workers = 1 + number // 2 % 2
            seconds = float(rng.uniform(0.0, 1.1 * self.seconds[workers]))
            self._run(workspace, workers, seconds=seconds)
        else:
            code = self._run(workspace, blow=self._blow(number // 2, rng))
            if code != -signal.SIGKILL:
                raise RuntimeError(f"The blow of run {number} never fell: {code}.")
        return self._ends_the_same(workspace)

    def filled(self, number: int, rng: np.random.Generator) -> bool:
        """Whether a run whose disk fills up, and is emptied, ends like one whose does not."""
        workspace = self._fresh(number)
        if number % 3 == 0:
            blow = ("database", int(rng.integers(*self.room)), "full")
        else:
            blow = (WRITES, int(rng.integers(1, self.forms)), ("full", "fail")[number % 2])
        return self._run(workspace, blow=blow) in {0, 6} and self._ends_the_same(workspace)

    def _blow(self, number: int, rng: np.random.Generator) -> tuple[str, int, str]:
        """Every place in turn, before and after what is done there."""
        kind = ("kill", "kill_after")[number // 6 % 2]
        place = (*PER_FILE, *PER_FORM)[number % 6]
        passed = self.forms if place in PER_FORM else self.forms // FORMS_PER_FILE
        return place, int(rng.integers(1, passed + 1)), kind

    def _fresh(self, number: int) -> Path:
        return Path(shutil.copytree(self.empty, self.scratch / f"run-{number:03}"))

    def _run(
        self,
        workspace: Path,
        workers: int = 1,
        blow: tuple[str, int, str] | None = None,
        seconds: float | None = None,
    ) -> int:
        return self.warm.run(_reading(workspace, self.scans, workers, blow, seconds)).code

    def _ends_the_same(self, workspace: Path) -> bool:
        store = open_store(workspace / "intake.sqlite")
        held = store.totals().balanced
        store.close()
        again = self._run(workspace)
        same = outcome(workspace) == self.whole
        shutil.rmtree(workspace)
        return held and again == 0 and same


def strain(forms: int, scratch: Path, seed: int, warm: Warm) -> Strain:
    """A batch of that many forms, read without any trouble by two workers and by one."""
    scans = scratch / "scans"
    scans.mkdir()
    print_batch(scans, forms, seed)
    empty = make_workspace(scratch / "empty")
    seconds, ends = {}, []
    for workers in (1, 2):
        whole = Path(shutil.copytree(empty, scratch / f"whole-{workers}"))
        ended = warm.run(_reading(whole, scans, workers))
        if ended.code:
            raise RuntimeError("The batch cannot be read without trouble.")
        seconds[workers] = ended.seconds
        ends.append(outcome(whole))
    if ends[0] != ends[1]:
        raise RuntimeError("Two workers end otherwise than one.")
    room = _database_pages(empty), _database_pages(whole)
    return Strain(warm, scans, empty, scratch, ends[0], seconds, forms, room)


def _database_pages(workspace: Path) -> int:
    return (workspace / "intake.sqlite").stat().st_size // SQLITE_PAGE


def _reading(
    workspace: Path,
    scans: Path,
    workers: int,
    blow: tuple[str, int, str] | None = None,
    seconds: float | None = None,
) -> Command:
    line = ("-w", str(workspace), "run", "--workers", str(workers), str(scans))
    return Command(line, blow, seconds)


def rounds(count: int, seed: int) -> Iterator[tuple[int, Any]]:
    """Numbers of runs, each with chance of its own."""
    return ((number, np.random.default_rng([seed, number])) for number in range(count))
