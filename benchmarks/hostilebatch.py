"""A folder of hostile files as one batch: what becomes of each, what it costs, what is left."""

from __future__ import annotations

import os
import random
import time
from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.gauge import Gauge, below
from hostile import Hostile, catalogue
from intake.batch import Audience, Batch, Workplace, pool_of
from intake.scan import find_scans
from intake.scan.decoder import close_idle
from intake.scan.files import printable
from intake.settings import Limits, Settings
from intake.store import create_store

if TYPE_CHECKING:
    from collections.abc import Sequence

    from intake.records import Refusal, ScanFile
    from intake.scan import Found
    from intake.store import Store
    from intake.store.counting import KeptPage

ROOT = Path(__file__).resolve().parent.parent
LIMITS = Limits(pages=60)
MIB = 1 << 20
ORDERS = ("by name", "backwards", "shuffled")


@dataclass(frozen=True, slots=True)
class HostileFigures:
    """What was measured.

    Attributes:
        files: in the folder.
        wrong: names with anything but exactly one right outcome, in any order.
        peak_mib: most memory of all processes together.
        slowest_s: of a file.
        children: processes left.
    """

    files: int
    wrong: tuple[str, ...]
    peak_mib: float
    slowest_s: float
    children: int


def measure(folder: Path, orders: Sequence[str]) -> HostileFigures:
    """Reads all hostile files in each of some orders, each time into an empty store."""
    inbox = folder / "inbox"
    inbox.mkdir()
    items = {printable(item.name): item for item in catalogue()}
    for item in items.values():
        item.put(inbox / item.name)
    found = list(find_scans([inbox], LIMITS))
    wrong: set[str] = set()
    slowest = 0.0
    with Gauge(os.getpid()) as gauge:
        for number, order in enumerate(orders):
            ends, seconds = _read(folder / str(number), _ordered(found, order))
            slowest = max(slowest, seconds)
            wrong.update(name for name, item in items.items() if not _is_right(item, ends[name]))
    close_idle()
    return HostileFigures(
        len(items), tuple(sorted(wrong)), gauge.peak_mib, slowest, len(below(os.getpid()))
    )


def _ordered(found: list[Found], order: str) -> list[Found]:
    ordered = found[::-1] if order == "backwards" else list(found)
    if order == "shuffled":
        random.Random(1).shuffle(ordered)
    return ordered


Ends = dict[str, list[tuple[str, ...]]]


def _read(folder: Path, found: list[Found]) -> tuple[Ends, float]:
    """The ends of each file, and the seconds of the slowest."""
    folder.mkdir()
    database = folder / "intake.sqlite"
    store = create_store(database)
    place = Workplace(Settings(limits=LIMITS), ROOT / "templates", database, folder / "evidence")
    ends: dict[str, list[Refusal | None]] = defaultdict(list)
    moments = [time.monotonic()]

    def end(scan: ScanFile, refusal: Refusal | None) -> None:
        ends[scan.name].append(refusal)
        moments.append(time.monotonic())

    with pool_of(1) as pool:
        Batch(store, place, found, Audience(ends=end)).read(pool)
    pages = _pages(store)
    store.close()
    names = {one.scan.name: str(one.scan.sha256) for one in found}
    told = {
        name: [(why.reason,) if why else pages.get(names[name], ()) for why in every]
        for name, every in ends.items()
    }
    steps = (after - before for before, after in pairwise(moments))
    return defaultdict(list, told), max(steps)


def _pages(store: Store) -> dict[str, tuple[str, ...]]:
    """What became of the pages of each file that was read, by its digest."""
    return {
        str(file.original): tuple(_word(page) for page in file.pages)
        for file in store.custody.files()
    }


def _word(page: KeptPage) -> str:
    return str(page.reason) if page.kind == "refused" else "read"


def _is_right(item: Hostile, ends: list[tuple[str, ...]]) -> bool:
    if len(ends) != 1 or len(ends[0]) != len(item.right):
        return False
    return all(word in right.split("|") for word, right in zip(ends[0], item.right, strict=True))
