"""What is on a page besides bare paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from intake import geometry
from intake.sampling import shrink

if TYPE_CHECKING:
    from collections.abc import Iterable

    from intake.records import Grey, Points
    from intake.sampling import Levels

Pieces = NDArray[np.int32]

LONGEST_EDGE_PX = 900
DARKER_THAN_PAPER = 50
SPECK_PX = 6
BLANK_SHARE = 1.5e-4
SMALL_EDGE_PX = 600
PRINT_SHARE = 2.5e-3
BESIDE = 1.16
"""A form's outline is widened by this: paper edges throw shadows, and no print is that near."""


def is_blank(levels: Levels) -> bool:
    """Whether a page shows bare paper: nothing but specks and the scanner's dark edges."""
    small = levels.level(levels.halvings_to_fit(LONGEST_EDGE_PX))
    return _print_px(_ink_of(small)) < BLANK_SHARE * small.size


def has_print_beside(levels: Levels, outlines: Iterable[Points]) -> bool:
    """Whether a page shows print, as much as a small form has, outside of the forms found.

    Args:
        levels: the page.
        outlines: of the forms, 4×2 pixels of the page as stored.
    """
    halvings = levels.halvings_to_fit(SMALL_EDGE_PX)
    ink = _ink_of(levels.level(halvings))
    for outline in outlines:
        middle = outline.mean(axis=0)
        wide = geometry.apply(shrink(halvings), middle + BESIDE * (outline - middle))
        cv2.fillConvexPoly(ink, np.rint(wide).astype(np.int32), (0,))
    least = PRINT_SHARE * ink.size
    return cv2.countNonZero(ink) > least and _print_px(ink) > least


def _ink_of(picture: Grey) -> Grey:
    """1 where a picture is darker than the paper around it, 0 elsewhere."""
    lightest = cv2.dilate(picture, np.ones((7, 7), np.uint8))
    height, width = picture.shape
    few = cv2.resize(lightest, (max(width // 4, 1), max(height // 4, 1)))
    paper = cv2.resize(cv2.medianBlur(few, 5), (width, height))
    return (cv2.subtract(paper, picture) > DARKER_THAN_PAPER).astype(np.uint8)


def pieces_of(ink: Grey) -> Pieces:
    """N×5 left, top, width, height and area of connected pieces of ink, pixels."""
    _, _, stats, _ = cv2.connectedComponentsWithStatsWithAlgorithm(
        ink, connectivity=8, ltype=cv2.CV_32S, ccltype=cv2.CCL_GRANA
    )
    return np.asarray(stats[1:], np.int32)


def _print_px(ink: Grey) -> float:
    """Pixels of the pieces of ink that are neither specks nor touch the edges of the page."""
    height, width = ink.shape
    stats = pieces_of(ink)
    left, top = stats[:, cv2.CC_STAT_LEFT], stats[:, cv2.CC_STAT_TOP]
    right = left + stats[:, cv2.CC_STAT_WIDTH]
    bottom = top + stats[:, cv2.CC_STAT_HEIGHT]
    within = (left > 2) & (top > 2) & (right < width - 2) & (bottom < height - 2)
    area = stats[:, cv2.CC_STAT_AREA]
    return float(area[within & (area > SPECK_PX)].sum())
