"""A scan of thousands of pages through `run`: what it takes at most, by its number of pages."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import cv2
import numpy as np

from benchmarks.gauge import OWN, Gauge
from benchmarks.strain import ROOT, make_workspace, written_slip
from intake.store import open_store

if TYPE_CHECKING:
    from pathlib import Path

FORM_EVERY = 50


def peak_mib(pages: int, folder: Path, seed: int) -> float:
    """Most memory of their own of all processes of a `run` over one file of so many pages, MiB.

    They are small; every fiftieth holds a form, the others nothing.
    """
    workspace, scan = make_workspace(folder / f"of-{pages}"), folder / f"{pages}.tif"
    _print_pages(scan, pages, seed)
    line = [ROOT / "ocr_cli.py", "-w", workspace, "run", "--workers", "1", scan]
    running = subprocess.Popen(
        [sys.executable, *map(str, line)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    with Gauge(running.pid, every=0.3, kind=OWN) as gauge:
        running.wait()
    store = open_store(workspace / "intake.sqlite")
    totals = store.totals()
    store.close()
    if (totals.pages, totals.forms) != (pages, pages // FORM_EVERY):
        raise RuntimeError(f"Of {pages} pages {totals.pages} were read, with {totals.forms} forms.")
    return gauge.peak_mib


def _print_pages(scan: Path, pages: int, seed: int) -> None:
    rng = np.random.default_rng([seed, 8])
    slips = [written_slip(number, rng) for number in range(pages // FORM_EVERY)]
    empty = np.full_like(slips[0], 255)
    every = [empty] * (FORM_EVERY - 1)
    if not cv2.imwritemulti(str(scan), [page for slip in slips for page in (*every, slip)]):
        raise RuntimeError(f"{scan}: not written.")
