"""The cells of a comb, cut from a field's picture and framed closely around what was written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from intake import geometry
from intake.review import raster

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from intake.records import Box, Grey, QueueItem

    Marks = NDArray[np.bool_]

BORDER = 0.07
"""Share of a cell's edge taken up by its printed outline."""
OVERSHOOT = 0.12
"""Share of a cell shown beyond its outline when ink crosses it."""
LEAST_WINDOW = 0.4
"""Share of a cell's edge that is shown at least."""
INK = 128
TALLEST = 1.6
"""Cells may be drawn this much taller than they are: digits stay readable, screens are wide."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the cells of a comb stand in a row of characters.

    Attributes:
        cell: characters across one cell.
        gap: characters between cells.
        left: characters before the first cell.
    """

    cell: int
    gap: int
    left: int

    def start(self, index: int) -> int:
        """First character of the cell `index`, from 0."""
        return self.left + index * (self.cell + self.gap)


def layout(columns: int, cells: int, widest: int) -> Layout:
    """Spreads `cells` over `columns` characters, each at most `widest` wide, in the middle."""
    cell = max(min((columns - (cells - 1)) // cells, widest), 1)
    used = cells * cell + cells - 1
    return Layout(cell, 1, max((columns - used) // 2, 0))


def cells_of(crop: Grey, item: QueueItem) -> tuple[Grey, ...]:
    """The cells in the picture of a comb, left to right, each with a little around it.

    The picture shows the field's box with the same margin on all sides; how much follows from
    the box's true size. Empty where the item is no comb or its size does not tell.
    """
    box = _box_in(crop, item)
    if box is None:
        return ()
    boxes = geometry.cell_boxes(box, item.cells)
    return tuple(
        _cut(crop, geometry.grown(cell, cell[2] * OVERSHOOT, cell[3] * OVERSHOOT)) for cell in boxes
    )


def windowed(cells: Sequence[Grey]) -> tuple[Grey, ...]:
    """All cells cut down to windows of one size, each around what is written in its cell.

    What is written thus gets nearly all of the few pixels that a terminal has. Ink that reaches
    a cell's outline keeps the outline and what lies beyond it in view.
    """
    height, width = cells[0].shape
    inks = [_ink(cell) for cell in cells]
    across = [_span(np.asarray(ink.any(axis=0))) for ink in inks]
    down = [_span(np.asarray(ink.any(axis=1))) for ink in inks]
    wide = max(round(width * LEAST_WINDOW), *(end - start for start, end in across))
    high = max(round(height * LEAST_WINDOW), *(end - start for start, end in down))
    return tuple(
        cell[_around(y, high, height), _around(x, wide, width)]
        for cell, x, y in zip(cells, across, down, strict=True)
    )


def _box_in(crop: Grey, item: QueueItem) -> Box | None:
    if not item.cells or len(item.box_px) != 4 or len(item.to_page) != 9:
        return None
    to_form = np.asarray(np.linalg.inv(np.reshape(item.to_page, (3, 3))), np.float64)
    corners = geometry.apply(to_form, np.array(item.box_px))
    across, down = float(np.ptp(corners[:, 0])), float(np.ptp(corners[:, 1]))
    height, width = crop.shape
    scale = (width - height) / (across - down) if across > 1.5 * down else 0.0
    margin = (width - across * scale) / 2
    if scale <= 0 or margin < 0:
        return None
    return (margin, margin, across * scale, down * scale)


def _cut(crop: Grey, box: Box) -> Grey:
    height, width = round(box[3]), round(box[2])
    left, top = round(box[0]), round(box[1])
    sheet = np.full((height, width), raster.WHITE, np.uint8)
    part = crop[max(top, 0) : top + height, max(left, 0) : left + width]
    y, x = max(-top, 0), max(-left, 0)
    sheet[y : y + part.shape[0], x : x + part.shape[1]] = part
    return sheet


def _ink(cell: Grey) -> Marks:
    """Dark pixels inside the printed outline; specks of a single pixel do not count."""
    height, width = cell.shape
    y, x = _outline(height), _outline(width)
    dark = np.zeros(cell.shape, bool)
    dark[y : height - y, x : width - x] = cell[y : height - y, x : width - x] < INK
    beside = np.roll(dark, 1, 0) | np.roll(dark, -1, 0) | np.roll(dark, 1, 1) | np.roll(dark, -1, 1)
    return dark & beside


def _outline(length: int) -> int:
    """Pixels from the edge of a cell's picture to inside of the printed outline."""
    return round(length * (OVERSHOOT + BORDER) / (1 + 2 * OVERSHOOT))


def _span(profile: Marks) -> tuple[int, int]:
    """From the first to after the last position with ink, with a little paper around."""
    length = len(profile)
    marked, edge = np.flatnonzero(profile), _outline(length)
    if not len(marked):
        return edge, length - edge
    first, last = int(marked[0]), int(marked[-1]) + 1
    around = max(round(length * 0.03), 1)
    return (
        0 if first <= edge + 1 else first - around,
        length if last >= length - edge - 1 else last + around,
    )


def _around(span: tuple[int, int], size: int, length: int) -> slice:
    """`size` positions around the middle of `span`, within `length`."""
    start = (span[0] + span[1] - size) // 2
    start = min(max(start, 0), length - size)
    return slice(start, start + size)
