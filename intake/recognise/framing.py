"""How a cell looks to the digit network: two 32×32 pictures, ink bright on black.

The first shows the ink alone, large: box lines, specks and neighbours' tails are left out and
what remains is scaled to fill the square. The second shows the whole picture squeezed to the
square, only its printed lines dimmed, so that whatever the first left out can still be judged.

All cells of a call are stacked and treated at once; what remains per cell is three resizes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Sequence

    from intake.records import Grey

SIDE = 32
CHANNELS = 2

_EDGE = 7
"""How far in from the picture's edge, of 32, a box line or a neighbour's tail may lie."""

_MARGIN = 4
"""How far beyond the printed cell, of 32, the picture of a comb's cell shows its neighbours."""

_LINE = 22
"""Inked pixels, of 32, that make a row or column near the edge a printed line."""

_DIMMED = np.float32(0.35)
"""How much of a printed line the second picture still shows."""

_PATCH = SIDE - 4
"""Side of the ink in the first picture; the rest is a black rim."""

_FINE = 80
"""Pixels of height or width up to which plain interpolation loses no stroke."""

_COARSE = 0.5
"""Scale below which ink has to be averaged not to lose strokes."""

_FAINT = 10.0
"""Grey levels below which nothing is ink, however pale the writing."""

_BRIGHT = np.float32(230)
"""How bright the darkest ink of a cell is shown."""

_PALE = np.float32(36)
"""Grey levels of ink shown at full brightness where the writing is at most that dark."""

_PAPER = 700
"""Pixels, of 32×32, that are darker than what is taken for the paper."""

Mask = NDArray[np.bool_]
Pixels = NDArray[np.uint8]
Ints = NDArray[np.int32]


class _Parts(NamedTuple):
    """Connected pieces of ink of all cells: label image, and one row per piece."""

    labels: Ints
    cell: Ints
    left: Ints
    top: Ints
    right: Ints
    bottom: Ints
    area: Ints


def frame_cells(cells: Sequence[Grey]) -> Pixels:
    """Returns N×2×32×32 pictures of `cells`, each an h×w grey picture of any size."""
    if not cells:
        return np.zeros((0, CHANNELS, SIDE, SIDE), np.uint8)
    small = _squeezed(cells)
    paper = _ranked(small.reshape(len(cells), -1), _PAPER)
    ink = _darker(small, paper)
    lined, dark = _lines_and_darkness(ink)
    kept, boxes = _own_ink((ink > _level(dark)) & ~lined)
    gain = np.asarray(_BRIGHT / np.maximum(dark, _PALE), np.float32)
    patches, masks = _enlarged(cells, _grown(kept), boxes)
    framed = np.empty((len(cells), CHANNELS, SIDE, SIDE), np.uint8)
    framed[:, 0] = _brightened(_darker(patches, paper), gain) * (masks / np.float32(255))
    framed[:, 1] = whole = _brightened(ink, gain)
    framed[:, 1][lined] = whole[lined] * _DIMMED
    return framed


def _ranked(pixels: Pixels, rank: int) -> Pixels:
    """N×P → per row the pixel that `rank` others come before, or after where it is negative."""
    wide = pixels.astype(np.uint16)  # selected several times as fast as bytes are
    return np.asarray(np.partition(wide, rank, axis=1)[:, rank], np.uint8)


def _darker(pictures: Pixels, paper: Pixels) -> Pixels:
    """Grey levels that each pixel of N×h×w is below its picture's paper."""
    level = paper[:, None, None]
    return np.asarray(np.maximum(level, pictures) - pictures)


def _brightened(ink: Pixels, gain: NDArray[np.float32]) -> NDArray[np.float32]:
    """Ink as bright as if all of it had been written equally dark."""
    return np.asarray(np.minimum(ink * gain[:, None, None], np.float32(255)))


def _squeezed(cells: Sequence[Grey]) -> Pixels:
    """All cells at 32×32, whatever their proportions."""
    small = np.empty((len(cells), SIDE, SIDE), np.uint8)
    for cell, target in zip(cells, small, strict=True):
        how = cv2.INTER_AREA if max(cell.shape) > _FINE else cv2.INTER_LINEAR
        cv2.resize(cell, (SIDE, SIDE), dst=target, interpolation=how)
    return small


def _lines_and_darkness(ink: Pixels) -> tuple[Mask, Pixels]:
    """Where printed lines are, and how dark the writing is: lines may hide that it is pale."""
    first = _darkest(ink)
    lined = _line_pixels(ink > _level(first))
    dark = _darkest(ink * ~lined)
    paler = np.flatnonzero(dark < first)
    if len(paler):
        lined[paler] |= _line_pixels(ink[paler] > _level(dark[paler]))
    return lined, dark


def _darkest(ink: Pixels) -> Pixels:
    """Per cell, how dark the ink well inside it gets, grey levels below the paper."""
    return _ranked(ink[:, _EDGE:-_EDGE, _EDGE:-_EDGE].reshape(len(ink), -1), -9)


def _level(dark: Pixels) -> Pixels:
    """Grey levels beyond which ink counts as such, per cell, N×1×1."""
    level = np.maximum(np.float32(0.4) * dark, np.float32(_FAINT))
    return np.asarray(level, np.uint8)[:, None, None]


def _own_ink(binary: Mask) -> tuple[Mask, Ints]:
    """Which ink is the cell's own, N×32×32, and its box per cell: left, top, right, bottom."""
    parts = _connected(binary)
    keep = _belongs(parts, len(binary))
    boxes = np.tile(np.array([SIDE, SIDE, 0, 0], np.int32), (len(binary), 1))
    chosen = parts.cell[keep]
    np.minimum.at(boxes[:, 0], chosen, parts.left[keep])
    np.minimum.at(boxes[:, 1], chosen, parts.top[keep])
    np.maximum.at(boxes[:, 2], chosen, parts.right[keep])
    np.maximum.at(boxes[:, 3], chosen, parts.bottom[keep])
    shown = np.concatenate([[False], keep])
    return np.take(shown, parts.labels), boxes


def _line_pixels(binary: Mask) -> Mask:
    """Ink of printed lines near the edges, but for where a stroke runs across them.

    An upright line needs a partner on the other side: alone it may be the stroke of a 1.
    """
    inked = binary.view(np.uint8)
    sides = _near_edges(np.add.reduce(inked, axis=1, dtype=np.uint8))
    paired = np.logical_and(sides[:, :_EDGE].any(axis=1), sides[:, -_EDGE:].any(axis=1))
    sides &= np.asarray(paired)[:, None]
    ends = _near_edges(np.add.reduce(inked, axis=2, dtype=np.uint8))
    upright, lying = _widened(sides)[:, None, :], _widened(ends)[:, :, None]
    either = upright | lying
    stroke = _in_a_row(binary & ~either, 4)
    crossed = (_closed(stroke, (3, 5)) & upright) | (_closed(stroke, (5, 3)) & lying)
    return np.asarray(either & ~(crossed & binary))


def _near_edges(inked: Pixels) -> Mask:
    line: Mask = np.greater_equal(inked, _LINE)
    line[:, _EDGE:-_EDGE] = False
    return line


def _widened(line: Mask) -> Mask:
    wide = line.copy()
    wide[:, 1:] |= line[:, :-1]
    wide[:, :-1] |= line[:, 1:]
    return wide


def _in_a_row(masks: Mask, spare: int) -> Pixels:
    """N×32×32 → 32×N·(32 + 2·`spare`): on their sides in a row, where filters are quick."""
    apart = np.zeros((len(masks), SIDE + 2 * spare, SIDE), np.uint8)
    apart[:, spare:-spare] = masks
    return np.asarray(cv2.transpose(apart.reshape(-1, SIDE)), np.uint8)


def _upright_again(row: Pixels, spare: int) -> Pixels:
    """The pictures that `_in_a_row` laid down, N×32×32."""
    apart = np.asarray(cv2.transpose(row), np.uint8).reshape(-1, SIDE + 2 * spare, SIDE)
    return apart[:, spare:-spare]


def _closed(stroke: Pixels, gap: tuple[int, int]) -> Mask:
    """Strokes in a row, four spare rows apart, with gaps up to almost `gap` (rows, columns) filled.

    Returns N×32×32.
    """
    filled = cv2.morphologyEx(stroke, cv2.MORPH_CLOSE, np.ones(gap[::-1], np.uint8))
    return _upright_again(np.asarray(filled, np.uint8), 4) > 0


def _connected(binary: Mask) -> _Parts:
    count = len(binary)
    tall = np.zeros((count, SIDE + 1, SIDE), np.uint8)
    tall[:, :SIDE] = binary
    _, labels, stats, _ = cv2.connectedComponentsWithStats(
        tall.reshape(-1, SIDE), connectivity=8, ltype=cv2.CV_32S
    )
    left, top, width, height, area = np.asarray(stats, np.int32)[1:].T
    cell = top // (SIDE + 1)
    top = top - cell * (SIDE + 1)
    pieces = np.asarray(labels, np.int32).reshape(count, SIDE + 1, SIDE)[:, :SIDE]
    return _Parts(pieces, cell, left, top, left + width, top + height, area)


def _belongs(parts: _Parts, count: int) -> Mask:
    """Which pieces are the cell's own ink: the main one and all that could go with it."""
    across = (parts.left + parts.right) / 2
    down = (parts.top + parts.bottom) / 2
    marginal = (
        (parts.right <= _MARGIN + 2)
        | (parts.left >= SIDE - _MARGIN - 2)
        | (parts.bottom <= _MARGIN + 2)
        | (parts.top >= SIDE - _MARGIN - 2)
    )
    off_centre = np.maximum(np.abs(across - SIDE / 2), np.abs(down - SIDE / 2)) / SIDE
    weight = parts.area * np.where(marginal, 0.05, 1.0) * (1.2 - off_centre)
    heaviest = np.zeros(count)
    np.maximum.at(heaviest, parts.cell, weight)
    main = weight >= heaviest[parts.cell]
    speck = (parts.area <= 4) | (weight < 0.04 * heaviest[parts.cell])
    return main | ~(marginal | speck)


def _grown(kept: Mask) -> Pixels:
    """The kept ink of all cells, one pixel wider all around, as 0 and 255."""
    wide = cv2.dilate(_in_a_row(kept, 1), np.full((3, 3), 255, np.uint8))
    return _upright_again(np.asarray(wide, np.uint8), 1) * np.uint8(255)


def _enlarged(cells: Sequence[Grey], kept: Pixels, boxes: Ints) -> tuple[Pixels, Pixels]:
    """Each cell's box scaled to fill a square, its proportions kept; and the kept ink there."""
    patches = np.full((len(cells), SIDE, SIDE), 255, np.uint8)
    masks = np.zeros((len(cells), SIDE, SIDE), np.uint8)
    places = _places(np.array([cell.shape for cell in cells], np.int32), boxes)
    inked = np.flatnonzero(boxes[:, 0] < boxes[:, 2])
    for index, own, place in zip(
        inked.tolist(), boxes[inked].tolist(), places[inked].tolist(), strict=True
    ):
        left, top, right, bottom, x, y, width, height, coarse = place
        how = cv2.INTER_AREA if coarse else cv2.INTER_LINEAR
        where = index, slice(y, y + height), slice(x, x + width)
        shown = cells[index][top:bottom, left:right]
        cv2.resize(shown, (width, height), patches[where], interpolation=how)
        ink = kept[index, own[1] : own[3], own[0] : own[2]]
        cv2.resize(ink, (width, height), masks[where])
    return patches, masks


def _places(shapes: Ints, boxes: Ints) -> Ints:
    """Where each box lies in its cell, and where in the square it goes.

    Returns N×9: left, top, right and bottom in the cell; x, y, width and height in the square;
    whether it is made so much smaller that its ink has to be averaged.
    """
    size = shapes[:, ::-1]
    first, end = boxes[:, :2] * size // SIDE, -(-boxes[:, 2:] * size // SIDE)
    scale = _PATCH / np.maximum((end - first).max(axis=1), 1)
    drawn = np.maximum(1, np.rint((end - first) * scale[:, None])).astype(np.int32)
    coarse = scale[:, None] < _COARSE
    return np.hstack([first, end, (SIDE - drawn) // 2, drawn, coarse], dtype=np.int32)
