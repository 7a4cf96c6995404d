"""Corner marks on a page: dark squares seen on a small picture, read on a finer one.

Looking for marks in a whole page at the scale at which they can be read costs ten times as much
as finding the few squares that may be one. Those are cut out, brought to one size and read side
by side.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from intake import geometry
from intake.align.blank import pieces_of
from intake.records import Grey, Matrix, Points
from intake.sampling import PAPER_WHITE, Levels, Stack, cut_to_form, shrink

if TYPE_CHECKING:
    from collections.abc import Sequence

    from intake.records import Box

SMALL_EDGE_PX = 600
AROUND_PX = 15
DARKER_THAN_AROUND = 25
LEAST_EDGE_PX = 5
LARGEST_SHARE = 1 / 7
MOST_OBLONG = 1.5
LEAST_FILLED = 0.3
LEAST_DARK = 0.4
"""Share of a mark's bounding box that is dark, even where it lies 15 degrees askew."""

READ_FINER = 2
TILE_PX = 44
SQUARE_IN_TILE_PX = 28
TILES_ACROSS = 16
MOST_TILES = 256
LEAST_PERIMETER_PX = 1.8 * SQUARE_IN_TILE_PX
"""Of a square that stands on its corner in its tile, counted in pixels along its slopes."""

LEAST_PERIMETER = 0.03
SHARPENED_EDGE_PX = 2600
MODULES_ACROSS = 6
MODULE_PX, MODULE_RIM = 6, 1 / 3
"""A module is looked at so large, and its rim is not: ink runs, and 1-bit scans let it run more."""

SHARP_ENOUGH = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 20, 0.01)
CLOSER_PX_PER_MM = 9.0


@dataclass(frozen=True, eq=False, slots=True)
class Mark:
    """A corner mark found on a page.

    Attributes:
        id: its number in the dictionary.
        corners: 4×2 pixels of the page as stored, clockwise from the mark's own top left.
    """

    id: int
    corners: Points


def spot_marks(levels: Levels) -> list[Mark]:
    """The corner marks on a page that stand free, cheaply; one that touches dirt is missed."""
    coarse = levels.halvings_to_fit(SMALL_EDGE_PX)
    squares = _dark_squares(levels.level(coarse))
    fine = max(coarse - READ_FINER, 0)
    tiles, backs = _solid(*_tiles(levels.level(fine), squares * 2.0 ** (coarse - fine)))
    mosaic = _side_by_side(tiles)
    marks, corners = _marks_in(mosaic, LEAST_PERIMETER_PX / max(mosaic.shape))
    column, row = (corners.mean(axis=1) // TILE_PX).astype(int).T
    in_tile = corners - np.column_stack([column, row])[:, None] * TILE_PX
    back = backs[row * TILES_ACROSS + column]
    in_fine = in_tile * back[:, :1, :1] + back[:, None, :2, 2]
    return _sharpened_on(levels, marks, geometry.apply(geometry.inverse(shrink(fine)), in_fine))


def search_marks(levels: Levels, longest: int) -> list[Mark]:
    """All corner marks that can be seen on a page, at any place.

    Args:
        levels: the page.
        longest: pixels along the page's longer edge of the picture to look at.
    """
    picture, seen = levels.reduced(longest)
    marks, corners = _marks_in(picture)
    return _sharpened_on(levels, marks, geometry.apply(geometry.inverse(seen), corners))


def mark_near(levels: Levels, to_page: Matrix, number: int, window: Box) -> Mark | None:
    """The mark of that number where a form should show it; None where it is not there.

    Args:
        levels: the page.
        to_page: 3×3 homography, millimetres on the form → pixels of the page as stored.
        number: of the mark.
        window: where to look, millimetres on the form.
    """
    picture = levels.cut(to_page, window, CLOSER_PX_PER_MM)
    back = to_page @ cut_to_form(window, CLOSER_PX_PER_MM)
    marks, corners = _marks_in(picture)
    if number not in marks:
        return None
    rough = corners[marks.index(number)]
    return Mark(number, geometry.apply(back, _sharpened(picture, rough, _reach(rough))))


def _dark_squares(picture: Grey) -> NDArray[np.float64]:
    """N×4 left, top, width, height of dark pieces as wide as high, pixels."""
    ink = cv2.adaptiveThreshold(
        picture,
        255,
        cv2.ADAPTIVE_THRESH_MEAN_C,
        cv2.THRESH_BINARY_INV,
        AROUND_PX,
        DARKER_THAN_AROUND,
    )
    pieces = pieces_of(ink.astype(np.uint8, copy=False))
    boxes, area = pieces[:, :4].astype(np.float64), pieces[:, cv2.CC_STAT_AREA]
    wide, high = boxes[:, 2], boxes[:, 3]
    is_square = (
        (np.minimum(wide, high) >= LEAST_EDGE_PX)
        & (np.maximum(wide, high) <= LARGEST_SHARE * max(picture.shape))
        & (np.maximum(wide, high) <= MOST_OBLONG * np.minimum(wide, high))
        & (area >= LEAST_FILLED * wide * high)
    )
    squares = boxes[is_square]
    largest = np.argsort(-squares[:, 2] * squares[:, 3])[:MOST_TILES]
    return np.asarray(squares[largest], np.float64)


def _tiles(picture: Grey, squares: NDArray[np.float64]) -> tuple[Stack, NDArray[np.float64]]:
    """Cuts of `picture` around squares, brought to one size.

    Returns:
        N×h×w grey; and N×3×3 maps from their pixels to those of `picture`.
    """
    steps = squares[:, 2:].max(axis=1, initial=0.0) / SQUARE_IN_TILE_PX
    backs = np.zeros((len(squares), 3, 3))
    backs[:, 0, 0] = backs[:, 1, 1] = steps
    backs[:, :2, 2] = squares[:, :2] + squares[:, 2:] / 2 - steps[:, None] * TILE_PX / 2
    backs[:, 2, 2] = 1.0
    tiles = np.empty((len(squares), TILE_PX, TILE_PX), np.uint8)
    for tile, back in zip(tiles, backs, strict=True):
        cv2.warpAffine(
            picture,
            back[:2],
            (TILE_PX, TILE_PX),
            dst=tile,
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        )
    return tiles, backs


def _solid(tiles: Stack, backs: NDArray[np.float64]) -> tuple[Stack, NDArray[np.float64]]:
    """The tiles that may show a mark: as much of their square is dark as of marks."""
    around = (TILE_PX - SQUARE_IN_TILE_PX) // 2
    squares = tiles[:, around:-around, around:-around].reshape(len(tiles), SQUARE_IN_TILE_PX**2)
    light, dark = squares.max(axis=1, initial=0).astype(int), squares.min(axis=1, initial=255)
    solid = light - squares.mean(axis=1) >= LEAST_DARK * (light - dark)
    return tiles[solid], backs[solid]


def _side_by_side(tiles: Stack) -> Grey:
    """Tiles in rows of `TILES_ACROSS`; what is left of the last row is white."""
    rows = -(-max(len(tiles), 1) // TILES_ACROSS)
    mosaic = np.full((rows * TILES_ACROSS, TILE_PX, TILE_PX), PAPER_WHITE, np.uint8)
    mosaic[: len(tiles)] = tiles
    in_rows = mosaic.reshape(rows, TILES_ACROSS, TILE_PX, TILE_PX).swapaxes(1, 2)
    return in_rows.reshape(rows * TILE_PX, TILES_ACROSS * TILE_PX)


def _marks_in(picture: Grey, least_perimeter: float = LEAST_PERIMETER) -> tuple[list[int], Points]:
    """The marks that are seen.

    Args:
        picture: to look at.
        least_perimeter: of a mark over the picture's longer edge.

    Returns:
        Their N numbers, and N×4×2 their corners, pixels of the picture.
    """
    found, ids, _ = _detector(least_perimeter).detectMarkers(picture)
    return _numbers(ids), np.asarray(found, np.float64).reshape(-1, 4, 2)


def _numbers(ids: object) -> list[int]:
    """Mark numbers as plain integers; the library gives None where it found no mark."""
    return [] if ids is None else [int(mark) for mark in np.asarray(ids).reshape(-1)]


@cache
def _detector(least_perimeter: float) -> cv2.aruco.ArucoDetector:
    parameters = cv2.aruco.DetectorParameters()
    parameters.minMarkerPerimeterRate = least_perimeter
    parameters.adaptiveThreshWinSizeMin = parameters.adaptiveThreshWinSizeMax = 9
    parameters.perspectiveRemovePixelPerCell = MODULE_PX
    parameters.perspectiveRemoveIgnoredMarginPerCell = MODULE_RIM
    dictionary = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50)
    return cv2.aruco.ArucoDetector(dictionary, parameters)


def _sharpened_on(levels: Levels, marks: Sequence[int], corners: Points) -> list[Mark]:
    """Marks whose corners, N·4×2 pixels of the page, are known roughly."""
    halvings = levels.halvings_to_fit(SHARPENED_EDGE_PX)
    forth = shrink(halvings)
    rough = geometry.apply(forth, corners).reshape(-1, 4, 2)
    reaches = np.array([_reach(one) for one in rough])
    sharp = rough.copy()
    for reach in np.unique(reaches):
        some = reaches == reach
        sharp[some] = _sharpened(levels.level(halvings), rough[some], int(reach)).reshape(-1, 4, 2)
    on_page = geometry.apply(geometry.inverse(forth), sharp).reshape(-1, 4, 2)
    return [Mark(mark, place) for mark, place in zip(marks, on_page, strict=True)]


def _reach(corners: Points) -> int:
    """Half a module of a mark with these corners, pixels."""
    return max(int(math.dist(corners[0], corners[1]) / MODULES_ACROSS / 2), 2)


def _sharpened(picture: Grey, corners: Points, reach: int) -> Points:
    """Corners known roughly, N×2, to a fraction of a pixel of `picture`."""
    rough = corners.reshape(-1, 1, 2).astype(np.float32)
    sharp = cv2.cornerSubPix(picture, rough, (reach, reach), (-1, -1), SHARP_ENOUGH)
    return np.asarray(sharp, np.float64).reshape(-1, 2)
