"""Measures that nothing is lost, nothing comes twice and nothing is silent.

Batches killed and batches on a full disk, held against one that nothing happened to; hostile files
in three orders; one file of thousands of pages; a slow scanner before a real `watch`; every order
of work against a plain model; and whether any of it left an account or a value in the logs.
"""

from __future__ import annotations

import logging
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from benchmarks import entry, hostilebatch, longfile, slowscanner, strain  # noqa: E402 - the root comes first
from benchmarks.canary import Canary  # noqa: E402
from benchmarks.figures import Figures  # noqa: E402
from benchmarks.modelsteps import steps_without_difference  # noqa: E402
from benchmarks.warm import Warm  # noqa: E402

TARGETS = {
    "kill_runs_equal": (">=", 100),
    "full_disk_equal": (">=", 20),
    "hostile_files": (">=", 60),
    "hostile_wrong": ("<=", 0),
    "hostile_peak_mib": ("<=", 1024),
    "hostile_slowest_s": ("<=", 10),
    "children_left": ("<=", 0),
    "long_file_growth_mib": ("<=", 16),
    "slow_scanner_wrong": ("<=", 0),
    "model_steps": (">=", 2000),
    "canary_in_logs": ("<=", 0),
}


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is measured."""

    kills: int
    full_disks: int
    forms: int
    orders: tuple[str, ...]
    scanned: int
    steps: int
    pages: tuple[int, int]


FULL = Sizes(100, 20, 200, hostilebatch.ORDERS, 500, 2000, (500, 5000))
QUICK = Sizes(4, 3, 10, hostilebatch.ORDERS[:1], 24, 200, (50, 500))


def main() -> int:
    """Measures, prints a table, writes the figures; exit code 1 with `--check` where one misses."""
    parser = entry.options_for(__doc__, quick="few of everything, in minutes")
    entry.add_page(parser)
    options = parser.parse_args()
    sizes = QUICK if options.quick else FULL
    figures, canary = Figures(), Canary()
    with tempfile.TemporaryDirectory(prefix="meter-intake-") as folder, canary.listening():
        _strained(figures, sizes, Path(folder), options.seed)
        _hostile(figures, sizes, Path(folder) / "hostile")
        _long(figures, sizes.pages, Path(folder), options.seed)
        wrong, said = slowscanner.wrong_after(sizes.scanned, Path(folder) / "slow", options.seed)
        figures.number("slow_scanner_wrong", wrong)
        _say("slow scanner", wrong)
        figures.number("model_steps", steps_without_difference(sizes.steps, options.seed))
        logged = canary.journey(Path(folder) / "canary")
    figures.number("canary_in_logs", canary.found_in(said, *logged))
    return entry.conclude(figures, _targets(sizes), options)


def _strained(figures: Figures, sizes: Sizes, folder: Path, seed: int) -> None:
    with Warm() as warm:
        batch = strain.strain(sizes.forms, folder, seed, warm)
        for key, what, troubled, count in (
            ("kill_runs_equal", "killed", batch.killed, sizes.kills),
            ("full_disk_equal", "full disks", batch.filled, sizes.full_disks),
        ):
            same = 0
            for number, held in enumerate(troubled(count, np.random.default_rng([seed, 9])), 1):
                same += held
                _say(what, f"{same} of {number} runs end the same")
            figures.number(key, same)


def _hostile(figures: Figures, sizes: Sizes, folder: Path) -> None:
    folder.mkdir()
    found = hostilebatch.measure(folder, sizes.orders)
    for name in found.wrong:
        _say("wrong", repr(name))
    figures.number("hostile_files", found.files)
    figures.number("hostile_wrong", len(found.wrong))
    figures.number("hostile_peak_mib", found.peak_mib)
    figures.number("hostile_slowest_s", found.slowest_s)
    figures.number("children_left", found.children)


def _long(figures: Figures, pages: tuple[int, int], folder: Path, seed: int) -> None:
    short, long = (longfile.peak_mib(count, folder, seed) for count in pages)
    figures.number("long_file_pages", pages[1])
    figures.number("long_file_peak_mib", long)
    figures.number("long_file_growth_mib", long - short)


def _targets(sizes: Sizes) -> dict[str, tuple[str, float]]:
    """With `--quick` as many as are run must be equal."""
    fewer = {"kill_runs_equal": sizes.kills, "full_disk_equal": sizes.full_disks}
    fewer["model_steps"] = sizes.steps
    return {
        key: (sign, min(bound, fewer.get(key, bound))) for key, (sign, bound) in TARGETS.items()
    }


def _say(what: str, value: object) -> None:
    print(f"{what}: {value}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    logging.getLogger("PIL").setLevel(logging.WARNING)
    sys.exit(main())
