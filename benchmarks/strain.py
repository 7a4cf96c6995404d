"""Batches that are killed, or whose disk fills up, held against one that nothing happened to."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from intake import geometry
from intake.evidence import Evidence
from intake.forms import Slip, form_picture
from intake.records import Account, Kind, Meter
from intake.settings import Limits
from intake.store import open_store
from intake.synth.pen import draw_ink, inked
from intake.synth.pen_hand import draw_hand, write_comb
from intake.template import load_templates
from intake.upkeep import recount

if TYPE_CHECKING:
    from collections.abc import Iterator

    from intake.records import ControlTotals

ROOT = Path(__file__).resolve().parent.parent
PX_PER_MM = 7.0
FORMS_PER_FILE = 10
POINTS = (
    "intake.store.Store.begin_file",
    "intake.evidence.Evidence.keep_file",
    "intake.evidence.Evidence.keep",
    "intake.store.Store.save_form",
    "intake.store.Store.seal_page",
    "intake.store.Store.finish_file",
)
WRITES = "os.fsync"


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
    template = load_templates(ROOT / "templates").get("water-slip")
    rng = np.random.default_rng(seed)
    pages: list[Image.Image] = []
    for number in range(forms):
        account = Account(f"{20_000_000 + number}", "Brīvības iela 1–2, Rīga")
        meters = tuple(
            Meter(f"{50_000_000 + 10 * number + at}", account.number, place.kind, place.name)
            for at, place in enumerate(template.meter[:2])
        )
        blank = form_picture(template, Slip(account, "2026-11", meters), PX_PER_MM)
        hand, traces = draw_hand(rng), []
        for field in template.field:
            if field.kind is Kind.HANDWRITTEN and field.name.partition(".")[0] in {
                place.name for place in template.meter[:2]
            }:
                digits = "".join(map(str, rng.integers(0, 10, 6)))
                cells = geometry.cell_boxes(field.box, field.cells)
                traces += write_comb(digits, cells, hand, rng)
        written = inked(blank, traces, draw_ink(rng), PX_PER_MM, rng)
        pages.append(Image.fromarray(np.pad(written, 40, constant_values=255)))
    for start in range(0, forms, FORMS_PER_FILE):
        first, *more = pages[start : start + FORMS_PER_FILE]
        name = folder / f"scan-{start // FORMS_PER_FILE:03}.tif"
        first.save(name, save_all=True, append_images=more, dpi=(178, 178), compression="tiff_lzw")


def make_workspace(folder: Path) -> Path:
    """An empty workspace."""
    settings = ROOT / "samples" / "intake.toml"
    _program("-w", folder, "init", "--settings", settings).check_returncode()
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
        scans: the folder of scans.
        empty: an empty workspace.
        scratch: where workspaces are put to the test.
        whole: how it ends.
        seconds: how long that takes.
        calls: how often each point is passed, at least.
    """

    scans: Path
    empty: Path
    scratch: Path
    whole: Outcome
    seconds: float
    calls: int

    def killed(self, number: int, rng: np.random.Generator) -> bool:
        """Whether a run that is killed and started again ends like one that is not."""
        workspace = self._fresh(number)
        if number % 2:
            self._kill_at_any_moment(workspace, float(rng.uniform(0.0, 1.1 * self.seconds)))
        else:
            place, kind = (
                POINTS[number // 2 % len(POINTS)],
                ("kill", "kill_after")[number // 12 % 2],
            )
            _struck(place, int(rng.integers(1, self.calls + 1)), kind, workspace, self.scans)
        return self._ends_the_same(workspace)

    def filled(self, number: int, rng: np.random.Generator) -> bool:
        """Whether a run whose disk fills up, and is emptied, ends like one whose does not."""
        workspace = self._fresh(number)
        if number % 3 == 0:
            pages = int(rng.integers(0, 40))
            code = _struck("database", pages, "full", workspace, self.scans)
        else:
            kind, nth = ("full", "fail")[number % 2], int(rng.integers(1, 3 * self.calls))
            code = _struck(WRITES, nth, kind, workspace, self.scans)
        return code in {0, 6} and self._ends_the_same(workspace)

    def _fresh(self, number: int) -> Path:
        return Path(shutil.copytree(self.empty, self.scratch / f"run-{number:03}"))

    def _ends_the_same(self, workspace: Path) -> bool:
        held = outcome(workspace).totals.balanced
        again = _program("-w", workspace, "run", "--workers", "2", self.scans)
        same = outcome(workspace) == self.whole
        shutil.rmtree(workspace)
        return held and again.returncode == 0 and same

    def _kill_at_any_moment(self, workspace: Path, seconds: float) -> None:
        line = _line("-w", workspace, "run", "--workers", "2", self.scans)
        running = subprocess.Popen(
            line, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        with suppress(subprocess.TimeoutExpired):
            running.wait(seconds)
        with suppress(ProcessLookupError):
            os.killpg(running.pid, signal.SIGKILL)
        running.wait()


def strain(forms: int, scratch: Path, seed: int) -> Strain:
    """A batch of that many forms, read once without any trouble."""
    scans = scratch / "scans"
    scans.mkdir()
    print_batch(scans, forms, seed)
    empty = make_workspace(scratch / "empty")
    whole = Path(shutil.copytree(empty, scratch / "whole"))
    started = time.monotonic()
    _program("-w", whole, "run", "--workers", "2", scans).check_returncode()
    seconds = time.monotonic() - started
    return Strain(scans, empty, scratch, outcome(whole), seconds, -(-forms // FORMS_PER_FILE))


def _struck(place: str, nth: int, kind: str, workspace: Path, scans: Path) -> int:
    program = [sys.executable, str(ROOT / "benchmarks" / "striking.py"), place, str(nth), kind]
    line = [*program, "-w", str(workspace), "run", "--workers", "1", str(scans)]
    return subprocess.run(line, capture_output=True, check=False).returncode


def _program(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(_line(*arguments), capture_output=True, text=True, check=False)


def _line(*arguments: object) -> list[str]:
    return [sys.executable, str(ROOT / "ocr_cli.py"), *map(str, arguments)]


def rounds(count: int, seed: int) -> Iterator[tuple[int, Any]]:
    """Numbers of runs, each with chance of its own."""
    return ((number, np.random.default_rng([seed, number])) for number in range(count))
