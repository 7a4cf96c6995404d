"""Values that stand on each other's lines: hot and cold swapped, a list shifted by a row."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from decimal import Decimal

    from intake.decide.history import Past


@dataclass(frozen=True, slots=True)
class Line:
    """A value and the line it was written on.

    Attributes:
        name: of the field.
        value: as written, with its decimals.
        past: of the register that the line belongs to.
    """

    name: str
    value: Decimal
    past: Past

    @property
    def fits(self) -> bool:
        """Whether the value may stand where it stands."""
        return self.past.fits(self.value)

    def takes(self, other: Line) -> bool:
        """Whether the other line's value would fit here, by a past that says something."""
        return bool(self.past.months) and self.past.fits(other.value)


def swapped(lines: Sequence[Line]) -> frozenset[str]:
    """Names of the lines whose values belong on each other's.

    Values that do not fit where they stand are put in rings, shortest first, in which each fits the
    next line: two swapped lines are a ring of two. A line that fits may be part of a ring of
    two with the line before or after it.

    Args:
        lines: of one form, in the order in which they stand.
    """
    open_ = {line.name: line for line in lines if not line.fits}
    found: set[str] = set()
    for name in list(open_):
        if name in open_:
            ring = _ring(open_[name], list(open_.values()))
            found.update(ring)
            for one in ring:
                del open_[one]
    for line, neighbour in _beside(lines):
        if line.name in open_ and line.takes(neighbour) and neighbour.takes(line):
            found |= {line.name, neighbour.name}
    return frozenset(found)


def _ring(start: Line, lines: Sequence[Line]) -> list[str]:
    """The shortest ring through `start`; empty where there is none."""
    came_from: dict[str, Line | None] = {start.name: None}
    waiting = deque([start])
    while waiting:
        line = waiting.popleft()
        if line is not start and start.takes(line):
            return list(_way_back(line, came_from))
        for other in lines:
            if other.name not in came_from and other.takes(line):
                came_from[other.name] = line
                waiting.append(other)
    return []


def _way_back(line: Line | None, came_from: dict[str, Line | None]) -> Iterator[str]:
    while line is not None:
        yield line.name
        line = came_from[line.name]


def _beside(lines: Sequence[Line]) -> Iterator[tuple[Line, Line]]:
    for before, after in pairwise(lines):
        yield before, after
        yield after, before
