"""What a process and all below it hold, while they run."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Self


WITH_SHARED, OWN = "Pss:", "Pss_Anon:"
"""Memory with a share of the libraries that others use, too, which grows when they end; without."""


class Gauge:
    """Samples the memory of a process and all below it."""

    def __init__(self, process: int, every: float = 0.05, kind: str = WITH_SHARED) -> None:
        self.peak_mib = 0.0
        self._process, self._every, self._kind = process, every, kind
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        """Begins."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Ends."""
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(self._every):
            family = [self._process, *below(self._process)]
            held = sum(_held_kib(one, self._kind) for one in family)
            self.peak_mib = max(self.peak_mib, held / 1024)


def below(process: int) -> list[int]:
    """All processes that a process has started, and those that they have."""
    found: list[int] = []
    for task in _entries(Path(f"/proc/{process}/task")):
        try:
            own = [int(one) for one in (task / "children").read_text().split()]
        except OSError:
            continue
        found += [*own, *(deeper for one in own for deeper in below(one))]
    return found


def _held_kib(process: int, kind: str) -> int:
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith(kind))


def _entries(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:
        return []
