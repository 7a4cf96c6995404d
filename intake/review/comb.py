"""The cells of a comb, cut from a field's picture and framed closely around what was written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from intake import geometry
from intake.review import raster

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from intake.records import Box, Grey, QueueItem

    Marks = NDArray[np.bool_]
    Span = tuple[int, int]

BORDER = 0.07
"""Share of a cell's edge taken up by its printed outline."""
OVERSHOOT = 0.12
"""Share of a cell shown beyond its outline when ink crosses it."""
LEAST_WINDOW = 0.4
"""Share of a cell's edge that the largest window of a comb has at least."""
CLOSEST = 0.6
"""Smaller digits are enlarged until their window has this share of the largest one's edge."""
INK = 128
DOUBT = 1.6
"""A doubtful cell is this much wider than one that is not."""

Place = tuple[int, int]
"""First character of a cell in its row, and its width in characters."""


def places(columns: int, doubtful: Sequence[bool], widest: int) -> tuple[Place, ...]:
    """Spreads cells over `columns` characters, a character between them, in the middle.

    Args:
        columns: characters there are.
        doubtful: for each cell whether it is in doubt; those get more room.
        widest: characters that one cell takes at most.
    """
    shares = [DOUBT if doubt else 1.0 for doubt in doubtful]
    unit = (columns - len(shares) + 1) / sum(shares)
    widths = [max(min(int(unit * share), widest), 1) for share in shares]
    left = max((columns - sum(widths) - len(widths) + 1) // 2, 0)
    starts = [left + sum(widths[:index]) + index for index in range(len(widths))]
    return tuple(zip(starts, widths, strict=True))


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
    """Each cell cut down to a window around what is written in it; all have one shape.

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
        _window(cell, x, y, (wide, high)) for cell, x, y in zip(cells, across, down, strict=True)
    )


def _window(cell: Grey, x: Span, y: Span, largest: tuple[int, int]) -> Grey:
    """What is written in `cell` at `x` and `y`, and as much around it as keeps it in scale."""
    wide = max(x[1] - x[0], round(largest[0] * CLOSEST))
    high = max(y[1] - y[0], round(largest[1] * CLOSEST))
    return cell[_around(y, high, cell.shape[0]), _around(x, wide, cell.shape[1])]


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


def _span(profile: Marks) -> Span:
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


def _around(span: Span, size: int, length: int) -> slice:
    """`size` positions around the middle of `span`, within `length`."""
    start = (span[0] + span[1] - size) // 2
    start = min(max(start, 0), length - size)
    return slice(start, start + size)
