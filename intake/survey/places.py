"""Cells → the places that people write in: combs, free boxes, tick boxes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from intake import geometry
from intake.records import Kind
from intake.template import MIN_CELL_MM, Ruling

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from intake.records import Box

SAME_LINE_MM = 1.1
SAME_GAP_MM = 0.5
WIDEST_GAP_MM = 3.0
LEAST_GAP_MM = 0.6
SAME_WIDTH = 0.15
WIDEST_CELL_MM = 14.0
LEAST_CELL_MM = MIN_CELL_MM + 0.1
CELL_ASPECT = (0.35, 1.8)
TICK_MM = (2.5, 7.5)
TICK_ASPECT = 1.25
FEWEST_ROWS = 3
BOX_MM = (8.0, 5.0)


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is written on a form.

    Attributes:
        kind: handwritten, mark or barcode.
        box: millimetres on the form; with half a gap left and right of cells that stand apart.
        cells: of a comb; 0 for anything else.
        gap: millimetres from one cell to the next; 0.0 where they share a line.
    """

    kind: Kind
    box: Box
    cells: int = 0
    gap: float = 0.0


def group_cells(cells: Iterable[Box]) -> list[Place]:
    """The places that cells make up; cells that are neither comb, box nor tick box are dropped."""
    places = [_place(run) for run in _runs(cells)]
    return [place for place in places if place is not None]


def _runs(boxes: Iterable[Box]) -> Iterator[list[Box]]:
    """Equal cells side by side, each run as long as it goes."""
    left = sorted(boxes)
    while left:
        run = [left.pop(0)]
        while (following := next((box for box in left if _goes_on(run, box)), None)) is not None:
            left.remove(following)
            run.append(following)
        yield run


def _goes_on(run: Sequence[Box], box: Box) -> bool:
    first, last = run[0], run[-1]
    gap = _gap(last, box)
    usual = _gap(first, run[1]) if len(run) > 1 else gap
    return (
        _is_cell(first)
        and -SAME_GAP_MM < gap < min(WIDEST_GAP_MM, first[2] / 2)
        and abs(gap - usual) < SAME_GAP_MM
        and max(abs(box[1] - last[1]), abs(box[3] - last[3])) < SAME_LINE_MM
        and abs(box[2] / first[2] - 1) < SAME_WIDTH
    )


def _gap(one: Box, following: Box) -> float:
    return following[0] - one[0] - one[2]


def _is_cell(box: Box) -> bool:
    return box[2] <= WIDEST_CELL_MM and CELL_ASPECT[0] <= box[2] / box[3] <= CELL_ASPECT[1]


def _place(run: Sequence[Box]) -> Place | None:
    """What a run of equal cells is for; None where nobody would write in it."""
    edges = np.array(run)
    left, top = float(edges[0, 0]), float(np.median(edges[:, 1]))
    right, bottom = float(edges[-1, 0] + edges[-1, 2]), float(np.median(edges[:, 1] + edges[:, 3]))
    width, height = right - left, bottom - top
    box = (left, top, width, height)
    if len(run) > 1:
        return _comb(box, run) if min(float(edges[0, 2]), height) >= LEAST_CELL_MM else None
    if TICK_MM[0] <= min(width, height) and max(width, height) <= TICK_MM[1]:
        is_square = max(width, height) <= TICK_ASPECT * min(width, height)
        return Place(Kind.MARK, box) if is_square else None
    if width >= BOX_MM[0] and height >= BOX_MM[1]:
        return Place(Kind.HANDWRITTEN, box)
    return None


def _comb(box: Box, run: Sequence[Box]) -> Place:
    gap = round(float(np.mean([_gap(*pair) for pair in pairwise(run)])), 1)
    if gap < LEAST_GAP_MM:
        return Place(Kind.HANDWRITTEN, box, len(run))
    return Place(Kind.HANDWRITTEN, geometry.grown(box, gap / 2, 0.0), len(run), gap)


def apart(places: Iterable[Place]) -> list[Place]:
    """Boxes in tenths of millimetres; of two that share a line the later begins at it."""
    done: list[Place] = []
    for place in sorted(places, key=lambda one: (one.box[1], one.box[0])):
        left, top, right, bottom = _edges(place.box)
        for other in done:
            left, top = _beyond(other, (left, top, right, bottom))
        box = (left, top, round(right - left, 1), round(bottom - top, 1))
        done.append(replace(place, box=box))
    return done


def _beyond(other: Place, edges: tuple[float, float, float, float]) -> tuple[float, float]:
    """Left and top of a box so that it does not reach into `other`, above or left of it."""
    left, top, right, bottom = edges
    other_left, other_top, other_right, other_bottom = _edges(other.box)
    across = min(right, other_right) - max(left, other_left)
    down = min(bottom, other_bottom) - max(top, other_top)
    if min(across, down) <= 0:
        return left, top
    return (left, other_bottom) if down <= across else (other_right, top)


def grid_of(places: Iterable[Place]) -> Ruling | None:
    """The grid that all combs of a form are the rows of; None for fewer than three, or others."""
    combs = [place for place in places if place.cells]
    if len(combs) < FEWEST_ROWS or not all(_follows(*pair) for pair in pairwise(combs)):
        return None
    left, top, width, _ = combs[0].box
    bottom = combs[-1].box[1] + combs[-1].box[3]
    box = (left, top, width, round(bottom - top, 1))
    return Ruling(box=box, columns=combs[0].cells, rows=len(combs))


def _follows(row: Place, following: Place) -> bool:
    """Whether it is the next row of the same grid."""
    expected = (row.box[0], row.box[1] + row.box[3], *row.box[2:])
    apart = max(abs(a - b) for a, b in zip(expected, following.box, strict=True))
    return row.cells == following.cells and not row.gap and apart < SAME_LINE_MM / 2


def in_reading_order(places: Iterable[Place]) -> list[Place]:
    """Line by line from the top, each from the left."""
    lines: list[list[Place]] = []
    for place in sorted(places, key=lambda one: one.box[1] + one.box[3] / 2):
        if lines and _middle(place) - _middle(lines[-1][0]) < lines[-1][0].box[3] / 2:
            lines[-1].append(place)
        else:
            lines.append([place])
    return [place for line in lines for place in sorted(line, key=lambda one: one.box[0])]


def _middle(place: Place) -> float:
    return place.box[1] + place.box[3] / 2


def _edges(box: Box) -> tuple[float, float, float, float]:
    left, top, width, height = box
    return round(left, 1), round(top, 1), round(left + width, 1), round(top + height, 1)
