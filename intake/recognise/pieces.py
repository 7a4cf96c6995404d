"""Cuts the ink of a free line of digits into pieces, left to right."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Sequence

    from intake.records import Box, Grey

_LOW_MARK = 0.38
"""Height of a decimal mark over that of the writing, at most."""

_OUTLINE = 0.05
"""Share of the box's height left out on each side: its outline is there."""

_LINE_SHARE = 0.6
"""Share of the box's length that is inked along its printed outline."""

_CUT_FROM = 0.45
"""Width over the height of the writing from which ink may be two digits that touch."""

_CUTS = 3
"""Cuts through one connected piece of ink, at most."""

_INKED = 105
"""Ink, of 255, that counts as such."""

_FAINTEST = 24
"""Grey levels between paper and ink below which there is none."""

_LEAST = 8
"""Pixels of a box's shorter side in which a digit can be told."""

Ink = NDArray[np.uint8]

_NOTHING: Ink = np.zeros((0, 0), np.uint8)


@dataclass(frozen=True, eq=False, slots=True)
class Piece:
    """Some of the ink of a line.

    Attributes:
        left: first column, pixels.
        top: first row.
        ink: h×w, 0 = paper, 255 = full ink; what belongs to other pieces is left out.
        cut: whether it was cut off the piece before it.
    """

    left: int
    top: int
    ink: Ink
    cut: bool = False

    @property
    def right(self) -> int:
        """First column beyond."""
        return self.left + int(self.ink.shape[1])

    @property
    def bottom(self) -> int:
        """First row beyond."""
        return self.top + int(self.ink.shape[0])

    @property
    def height(self) -> int:
        """Rows."""
        return int(self.ink.shape[0])


def together(pieces: Sequence[Piece]) -> Piece:
    """Several pieces as one."""
    left, top = min(p.left for p in pieces), min(p.top for p in pieces)
    right, bottom = max(p.right for p in pieces), max(p.bottom for p in pieces)
    ink = np.zeros((bottom - top, right - left), np.uint8)
    for piece in pieces:
        window = ink[piece.top - top : piece.bottom - top, piece.left - left : piece.right - left]
        np.maximum(window, piece.ink, out=window)
    return Piece(left, top, ink)


def pieces_of(image: Grey, box: Box) -> list[Piece]:
    """Returns the pieces of the line in `box` of `image`, without outline and decimal mark."""
    digits = digits_of(line_ink(image, box))
    if not digits:
        return []
    tall = max(piece.height for piece in digits)
    cut = [part for piece in digits for part in _cut(piece, tall)]
    return sorted(cut, key=lambda piece: piece.left + piece.right)


def digits_of(ink: Ink) -> list[Piece]:
    """Returns the connected ink that belongs to digits, decimal marks and specks left out."""
    return _without_small(connected(ink)) if ink.size else []


def line_ink(image: Grey, box: Box) -> Ink:
    """Returns the ink inside `box`, darkest at 255, without the printed outline; or nothing."""
    rim = _OUTLINE * box[3]
    left, top = max(0, round(box[0] + rim)), max(0, round(box[1] + rim))
    right, bottom = round(box[0] + box[2] - rim), round(box[1] + box[3] - rim)
    inside = image[top:bottom, left:right]
    if min(inside.shape) < _LEAST:
        return _NOTHING
    smooth = cv2.GaussianBlur(inside, (3, 3), 0)
    paper = float(np.percentile(smooth, 70))
    depth = paper - float(np.percentile(smooth, 0.7))
    if depth < _FAINTEST:
        return _NOTHING
    ink = np.clip((paper - inside.astype(np.float32)) * (255 / depth), 0, 255)
    return _without_outline(ink.astype(np.uint8))


def _without_outline(ink: Ink) -> Ink:
    """Wipes rows and columns near the edges that are inked from end to end."""
    cleaned = ink.copy()
    height = ink.shape[0]
    dark = ink > _INKED
    rows, columns = dark.mean(axis=1) > _LINE_SHARE, dark.mean(axis=0) > 0.85
    rim = max(2, height // 6)
    rows[rim:-rim] = False
    columns[rim:-rim] = False
    cleaned[_wider(rows)] = 0
    cleaned[:, _wider(columns)] = 0
    return cleaned


def _wider(marked: NDArray[np.bool_]) -> NDArray[np.bool_]:
    wide = marked.copy()
    wide[1:] |= marked[:-1]
    wide[:-1] |= marked[1:]
    return wide


def connected(ink: Ink) -> list[Piece]:
    """Returns the connected pieces of ink, in no order, single pixels left out."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(
        (ink > _INKED).astype(np.uint8), connectivity=8
    )
    near = np.ones((3, 3), np.uint8)
    pieces = []
    for label in range(1, count):
        x, y, w, h, area = (int(value) for value in stats[label])
        if area < 6:
            continue
        x0, y0, x1, y1 = max(0, x - 1), max(0, y - 1), x + w + 1, y + h + 1
        own = cv2.dilate((labels[y0:y1, x0:x1] == label).astype(np.uint8), near)
        pieces.append(Piece(x0, y0, np.asarray(ink[y0:y1, x0:x1] * own, np.uint8)))
    return pieces


def _without_small(found: list[Piece]) -> list[Piece]:
    """Drops specks and decimal marks; gives other small ink, such as a 5's bar, to its digit."""
    if not found:
        return []
    tall = max(piece.height for piece in found)
    floor = max(piece.bottom for piece in found if piece.height > 0.6 * tall)
    digits = [piece for piece in found if piece.height > _LOW_MARK * tall]
    for piece in found:
        middle = (piece.top + piece.bottom) / 2
        wide = piece.right - piece.left
        if piece.height > _LOW_MARK * tall or max(wide, piece.height) < 0.12 * tall:
            continue
        if middle < floor - 0.3 * tall or wide > 0.3 * tall:
            nearest = min(range(len(digits)), key=lambda i: _gap(digits[i], piece))
            digits[nearest] = together([digits[nearest], piece])
    return digits


def _gap(one: Piece, other: Piece) -> int:
    return max(one.left - other.right, other.left - one.right)


def _cut(piece: Piece, tall: int) -> list[Piece]:
    """Cuts ink that is wide enough for two digits where it is thinnest."""
    width = piece.right - piece.left
    if width < _CUT_FROM * tall:
        return [piece]
    thick = (piece.ink > _INKED).sum(axis=0)
    least = max(4, round(0.14 * tall))
    places: list[int] = []
    for place in np.argsort(thick, kind="stable").tolist():
        apart = all(abs(place - other) >= least for other in places)
        if least <= place <= width - least and apart and thick[place] <= 0.35 * tall:
            places.append(place)
        if len(places) == _CUTS:
            break
    edges = [0, *sorted(places), width]
    return [_part(piece, a, b) for a, b in pairwise(edges)]


def _part(piece: Piece, first: int, end: int) -> Piece:
    ink = piece.ink[:, first:end]
    rows = np.flatnonzero((ink > _INKED).any(axis=1))
    top, bottom = (int(rows[0]), int(rows[-1]) + 1) if len(rows) else (0, len(ink))
    return Piece(
        piece.left + first, piece.top + top, np.ascontiguousarray(ink[top:bottom]), cut=first > 0
    )
