"""Corner marks on a page: dark squares seen on a small picture, read on a finer one.

Looking for marks in a whole page at the scale at which they can be read costs ten times as much
as finding the few squares that may be one. Those are cut out, brought to one size and read side
by side.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from intake import geometry
from intake.records import Grey, Matrix, Points
from intake.sampling import PAPER_WHITE, Levels, cut_to_form, shrink

if TYPE_CHECKING:
    from collections.abc import Iterator

    from intake.records import Box

SMALL_EDGE_PX = 600
AROUND_PX = 15
DARKER_THAN_AROUND = 25
LEAST_EDGE_PX = 5
LARGEST_SHARE = 1 / 7
MOST_OBLONG = 1.5
LEAST_FILLED = 0.3
READ_FINER = 2
TILE_PX = 44
SQUARE_IN_TILE_PX = 28
TILES_ACROSS = 16
MOST_TILES = 256
SHARPENED_EDGE_PX = 2600
MODULES_ACROSS = 6
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
    mosaic, tiles = _side_by_side(levels.level(fine), squares * 2.0 ** (coarse - fine))
    back = geometry.inverse(shrink(fine))
    found = []
    for mark, corners in _marks_in(mosaic):
        row, column = (corners.mean(axis=0)[::-1] // TILE_PX).astype(int)
        in_tile = corners - np.array([column, row]) * TILE_PX
        in_fine = geometry.apply(tiles[row * TILES_ACROSS + column], in_tile)
        found.append(Mark(mark, geometry.apply(back, in_fine)))
    return [_sharpened_on(levels, mark) for mark in found]


def search_marks(levels: Levels, longest: int) -> list[Mark]:
    """All corner marks that can be seen on a page, at any place.

    Args:
        levels: the page.
        longest: pixels along the page's longer edge of the picture to look at.
    """
    picture, seen = levels.reduced(longest)
    back = geometry.inverse(seen)
    marks = [Mark(mark, geometry.apply(back, corners)) for mark, corners in _marks_in(picture)]
    return [_sharpened_on(levels, mark) for mark in marks]


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
    for mark, corners in _marks_in(picture):
        if mark == number:
            return Mark(mark, geometry.apply(back, _sharpened(picture, corners)))
    return None


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
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    boxes, area = stats[1:, :4].astype(np.float64), stats[1:, cv2.CC_STAT_AREA]
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


def _side_by_side(picture: Grey, squares: NDArray[np.float64]) -> tuple[Grey, list[Matrix]]:
    """Cuts of `picture` around squares, brought to one size, in rows of `TILES_ACROSS`.

    Returns:
        The mosaic; and per tile the 3×3 map from its pixels to those of `picture`.
    """
    rows = -(-max(len(squares), 1) // TILES_ACROSS)
    mosaic = np.full((rows * TILE_PX, TILES_ACROSS * TILE_PX), PAPER_WHITE, np.uint8)
    tiles: list[Matrix] = []
    for index, (left, top, wide, high) in enumerate(squares):
        step = max(wide, high) / SQUARE_IN_TILE_PX
        around = step * TILE_PX / 2
        back = np.array(
            [
                [step, 0.0, left + wide / 2 - around],
                [0.0, step, top + high / 2 - around],
                [0.0, 0.0, 1.0],
            ]
        )
        row, column = divmod(index, TILES_ACROSS)
        mosaic[row * TILE_PX : (row + 1) * TILE_PX, column * TILE_PX : (column + 1) * TILE_PX] = (
            cv2.warpAffine(
                picture,
                back[:2],
                (TILE_PX, TILE_PX),
                flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
                borderMode=cv2.BORDER_REPLICATE,
            )
        )
        tiles.append(back)
    return mosaic, tiles


def _marks_in(picture: Grey) -> Iterator[tuple[int, Points]]:
    """Number and corners (4×2 pixels of the picture) of each mark that is seen."""
    found, ids, _ = _detector().detectMarkers(picture)
    for mark, corners in zip(_numbers(ids), found, strict=True):
        yield mark, np.asarray(corners, np.float64).reshape(4, 2)


def _numbers(ids: object) -> list[int]:
    """Mark numbers as plain integers; the library gives None where it found no mark."""
    return [] if ids is None else [int(mark) for mark in np.asarray(ids).reshape(-1)]


@cache
def _detector() -> cv2.aruco.ArucoDetector:
    parameters = cv2.aruco.DetectorParameters()
    parameters.adaptiveThreshWinSizeMin = parameters.adaptiveThreshWinSizeMax = 9
    dictionary = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50)
    return cv2.aruco.ArucoDetector(dictionary, parameters)


def _sharpened_on(levels: Levels, mark: Mark) -> Mark:
    halvings = levels.halvings_to_fit(SHARPENED_EDGE_PX)
    forth = shrink(halvings)
    sharp = _sharpened(levels.level(halvings), geometry.apply(forth, mark.corners))
    return Mark(mark.id, geometry.apply(geometry.inverse(forth), sharp))


def _sharpened(picture: Grey, corners: Points) -> Points:
    """Corners known roughly, to a fraction of a pixel of `picture`."""
    rough = corners.astype(np.float32)
    reach = max(int(np.linalg.norm(rough[1] - rough[0]) / MODULES_ACROSS / 2), 2)
    sharp = cv2.cornerSubPix(picture, rough, (reach, reach), (-1, -1), SHARP_ENOUGH)
    return np.asarray(sharp, np.float64).reshape(-1, 2)
