"""Measures the review station: time to the next picture, keys for each item, nothing decided twice.

A scripted clerk sits at the real app on a real store and knows what is written. Eight more work
at one PostgreSQL store; they are killed and stopped at random, and come back.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks import clerks, entry, waiting  # noqa: E402 - the root has to be known first
from benchmarks.figures import Figures  # noqa: E402
from benchmarks.scripted import Shift, work_through  # noqa: E402
from benchmarks.server import postgres_server  # noqa: E402
from intake.evidence import Evidence  # noqa: E402
from intake.store import create_store, open_store  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator

TARGETS = {
    "next_picture_p95_ms": ("<=", 50.0),
    "growth_1000_to_100000": ("<=", 1.3),
    "extra_keys_per_item": ("<=", 1.4),
    "decided_once": (">=", 1.0),
    "decisions_lost": ("<=", 0),
}


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is measured.

    Attributes:
        few: items that wait in the small queue.
        many: items that wait in the large one.
        decided: items that the scripted clerk decides in each, but at most half of what waits.
        shared: items that eight clerks decide together.
    """

    few: int
    many: int
    decided: int
    shared: int


QUICK = Sizes(few=1_000, many=20_000, decided=60, shared=300)
FULL = Sizes(few=1_000, many=100_000, decided=1_000, shared=5_000)


def main() -> int:
    """Measures and reports; 1 where `--check` finds a target missed."""
    parser = entry.options_for(
        __doc__, quick="fewer items, shorter queues", full="the usual size, said in words"
    )
    options = parser.parse_args()
    sizes = QUICK if options.quick else FULL
    figures = Figures()
    rng = np.random.default_rng(options.seed)
    with tempfile.TemporaryDirectory() as folder:
        _measure_station(figures, sizes, rng, Path(folder))
        _measure_clerks(figures, sizes, options.seed)
    return entry.conclude(figures, TARGETS, options)


def _measure_station(
    figures: Figures, sizes: Sizes, rng: np.random.Generator, folder: Path
) -> None:
    """The scripted clerk at a short queue and at a long one."""
    evidence = Evidence(folder / "evidence")
    short = _shift(folder / "few.sqlite", sizes.few, sizes.decided, evidence, rng)
    long = _shift(folder / "many.sqlite", sizes.many, sizes.decided, evidence, rng)
    figures.number("next_picture_p95_ms", float(np.percentile(long.milliseconds, 95)))
    figures.number("next_picture_median_ms", float(np.median(long.milliseconds)))
    growth = np.median(long.milliseconds) / np.median(short.milliseconds)
    figures.number("growth_1000_to_100000", float(growth))
    items = short.items + long.items
    figures.number("extra_keys_per_item", (short.extra_keys + long.extra_keys) / items)
    figures.number("items", items)
    figures.number("wrong_values", short.wrong + long.wrong)


def _shift(
    path: Path, count: int, decided: int, evidence: Evidence, rng: np.random.Generator
) -> Shift:
    create_store(path).close()
    truths = waiting.fill(path, count, evidence, rng)
    store = open_store(path)
    try:
        return asyncio.run(work_through(store, evidence, truths, min(decided, count // 2)))
    finally:
        store.close()


def _measure_clerks(figures: Figures, sizes: Sizes, seed: int) -> None:
    """Eight clerks at one store, some of them killed or stopped at any moment."""
    with _shared_store() as address:
        fields = waiting.fill_shared(address, sizes.shared)
        log = clerks.work_together(address, np.random.default_rng(seed))
        once, lost = clerks.held_against(address, fields, log)
    figures.add("decided_once", once, len(fields))
    figures.number("decisions_lost", lost)
    figures.number("clerks_killed", log.killed)
    figures.number("clerks_stopped", log.stopped)


@contextmanager
def _shared_store() -> Iterator[str]:
    with postgres_server() as address:
        create_store(address).close()
        yield address


if __name__ == "__main__":
    sys.exit(main())
