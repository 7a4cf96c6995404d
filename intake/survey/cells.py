"""Rectangles of bare paper that printed lines enclose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Iterator

    from intake.records import Box, Grey

DARKER_THAN_PAPER = 30
PAPER_REACH_MM = 3.0
GAP_MM = 0.8
CORNER_GAP_MM = 0.5
SMALLEST_MM = 2.2
HIGHEST_MM = 26.0
RECTANGULAR = 0.85
CORNER_SHARE = 6
INK_INSIDE_MM2 = 1.2
INSET_MM = 0.5
THICKEST_LINE_MM = 1.6
LINE_SHARE = 0.2

Mask = NDArray[np.uint8]


@dataclass(frozen=True, eq=False, slots=True)
class _Hole:
    """Connected bare paper: its extent in pixels and its mask there."""

    left: int
    top: int
    mask: Mask

    @property
    def edges(self) -> tuple[int, int, int, int]:
        """Left, top, right, bottom; pixels, the last two just beyond it."""
        height, width = self.mask.shape
        return self.left, self.top, self.left + width, self.top + height


def find_cells(picture: Grey, px_per_mm: float) -> list[Box]:
    """All empty rectangles of a level picture that are enclosed by thin lines.

    Args:
        picture: h×w grey of a blank form.
        px_per_mm: its scale.

    Returns:
        Millimetres, to the middle of their lines.
    """
    ink = ink_of(picture, px_per_mm)
    closed = _closed(ink, px_per_mm)
    return [
        cell
        for hole in _holes(closed, px_per_mm)
        if _has_corners(hole)
        if _is_empty(ink, hole, px_per_mm)
        if (cell := _bounded(ink, hole, px_per_mm)) is not None
    ]


def ink_of(picture: Grey, px_per_mm: float) -> Mask:
    """1 where a picture is darker than the paper around it, 0 elsewhere."""
    reach = round(PAPER_REACH_MM * px_per_mm) | 1
    paper = cv2.blur(cv2.dilate(picture, np.ones((reach, reach), np.uint8)), (reach, reach))
    return (cv2.subtract(paper, picture) > DARKER_THAN_PAPER).astype(np.uint8)


def _closed(ink: Mask, px_per_mm: float) -> Mask:
    """The ink with the gaps of broken and dotted lines filled, and swollen so that corners meet."""
    reach = round(GAP_MM * px_per_mm) | 1
    across = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((1, reach), np.uint8))
    down = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((reach, 1), np.uint8))
    swollen = 2 * round(CORNER_GAP_MM * px_per_mm / 2) + 1
    lines = cv2.dilate(cv2.bitwise_or(across, down), np.ones((swollen, swollen), np.uint8))
    return np.asarray(lines, np.uint8)


def _holes(closed: Mask, px_per_mm: float) -> Iterator[_Hole]:
    """Connected bare paper of a size that people write in."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(1 - closed, connectivity=4)
    for label, (left, top, width, height, _) in enumerate(stats.reshape(-1, 5)):
        if label == 0 or min(width, height) < SMALLEST_MM * px_per_mm:
            continue
        if height <= HIGHEST_MM * px_per_mm:
            window = labels[top : top + height, left : left + width]
            yield _trimmed(int(left), int(top), (window == label).astype(np.uint8))


def _trimmed(left: int, top: int, mask: Mask) -> _Hole:
    """The hole without what leaks out of it through broken lines."""
    columns = np.flatnonzero(mask.mean(axis=0) >= 0.5)
    rows = np.flatnonzero(mask.mean(axis=1) >= 0.5)
    if not len(columns) or not len(rows):
        return _Hole(left, top, mask)
    core = mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return _Hole(left + int(columns[0]), top + int(rows[0]), core)


def _has_corners(hole: _Hole) -> bool:
    """Whether it is a rectangle, one corner perhaps dirty, rather than the inside of a letter."""
    if min(hole.mask.shape) < CORNER_SHARE:
        return False
    high, wide = (edge // CORNER_SHARE for edge in hole.mask.shape)
    ends = (slice(None, high), slice(-high, None)), (slice(None, wide), slice(-wide, None))
    corners = [hole.mask[rows, columns].mean() for rows in ends[0] for columns in ends[1]]
    return bool(hole.mask.mean() >= RECTANGULAR and sorted(corners)[1] > 0.5)


def _is_empty(ink: Mask, hole: _Hole, px_per_mm: float) -> bool:
    inset = round(INSET_MM * px_per_mm)
    left, top, right, bottom = hole.edges
    inner = ink[top + inset : bottom - inset, left + inset : right - inset]
    return float(inner.sum()) / px_per_mm**2 <= INK_INSIDE_MM2


def _bounded(ink: Mask, hole: _Hole, px_per_mm: float) -> Box | None:
    """The hole to the middle of its lines; None where those are no lines but dark areas."""
    left, top, right, bottom = hole.edges
    high, wide = (bottom - top) // 4, (right - left) // 4
    rows, columns = slice(top + high, bottom - high), slice(left + wide, right - wide)
    reach = round(THICKEST_LINE_MM * px_per_mm)
    before_x, before_y = max(left - reach, 0), max(top - reach, 0)
    sides = (
        ink[rows, before_x:left].mean(axis=0)[::-1],
        ink[before_y:top, columns].mean(axis=1)[::-1],
        ink[rows, right : right + reach].mean(axis=0),
        ink[bottom : bottom + reach, columns].mean(axis=1),
    )
    middles = [_line_middle(side) for side in sides]
    if sum(middle is None for middle in middles) > 1:
        return None
    grow = [middle or 0.0 for middle in middles]
    x, y = (left - grow[0]) / px_per_mm, (top - grow[1]) / px_per_mm
    return x, y, (right + grow[2]) / px_per_mm - x, (bottom + grow[3]) / px_per_mm - y


def _line_middle(ink: NDArray[np.float64]) -> float | None:
    """Pixels from a cell's edge to the middle of its line; None for none, or more than a line."""
    inked = ink >= LINE_SHARE
    start = int(inked.argmax())
    width = int((~inked[start:]).argmax())
    return start + width / 2 if inked.any() and width else None
