"""Forms without marks found by their ruled lines.

A ruled grid is one connected piece of ink, by far the largest of its shape on the page. Its
outline gives a first guess; the lines themselves, counted and measured, decide whether it is
the grid that the template describes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from intake import geometry
from intake.align.lines import LINE_INK, LineFits, LineSearch, fit_lines, ink_profiles
from intake.records import Matrix, Points
from intake.sampling import Levels, shrink

if TYPE_CHECKING:
    from collections.abc import Iterator

    from intake.align.lines import Floats
    from intake.records import Grey
    from intake.template import Ruling, Template

LONGEST_EDGE_PX = 2000
MIN_PAGE_SHARE = 0.05
CHECK_PX_PER_MM = 6.0
REACH_MM = 2.0
MAX_LINE_RESIDUAL_MM = 0.35
MAX_ASPECT_ERROR = 0.06
GRID = LineSearch(CHECK_PX_PER_MM, REACH_MM, LINE_INK, fold_mm=0.0)


def find_ruled(levels: Levels, template: Template) -> Matrix | None:
    """The transform of a ruled form on a page; None where its grid is not there.

    A grid looks the same when turned by half a circle: of two turns that fit equally well
    the one nearer to upright is taken.
    """
    ruling = template.ruling
    if ruling is None:
        return None
    for quad in _grid_outlines(levels):
        for turned in _turns(quad):
            guess, _ = cv2.findHomography(geometry.corners(ruling.box), turned, 0)
            if guess is None or not _has_aspect(turned, ruling):
                continue
            fitted = _fit_grid(levels, ruling, np.asarray(guess, dtype=np.float64))
            if fitted is not None:
                return fitted
    return None


def _grid_outlines(levels: Levels) -> Iterator[Points]:
    """Corners (4×2, page pixels, clockwise) of the page's large connected pieces of ink."""
    halvings = levels.halvings_to_fit(LONGEST_EDGE_PX)
    ink = _thin_ink(levels.level(halvings))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    boxes = stats[1:, cv2.CC_STAT_WIDTH].astype(np.int64) * stats[1:, cv2.CC_STAT_HEIGHT]
    back = geometry.inverse(shrink(halvings))
    for index in np.argsort(boxes)[::-1][:3]:
        if boxes[index] < MIN_PAGE_SHARE * ink.size:
            return
        rows, columns = np.nonzero(labels == index + 1)
        points = np.column_stack([columns, rows]).astype(np.float64)
        yield geometry.apply(back, _outline(points))


def _thin_ink(image: Grey) -> Grey:
    """Mask (255 = ink) of everything darker than its surroundings."""
    return cv2.adaptiveThreshold(
        image, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 31, 12
    ).astype(np.uint8, copy=False)


def _outline(points: Points) -> Points:
    """The four outermost points of a turned rectangle, clockwise from the top left."""
    rectangle = cv2.minAreaRect(points.astype(np.float32))
    corners = np.asarray(cv2.boxPoints(rectangle), dtype=np.float64).reshape(4, 2)
    nearest = [points[((points - corner) ** 2).sum(axis=1).argmin()] for corner in corners]
    quad = np.array(nearest)
    start = int(quad.sum(axis=1).argmin())
    return np.roll(quad, -start, axis=0)


def _turns(quad: Points) -> Iterator[Points]:
    """The same corners, each in turn as the form's top left: upright first, half turn last."""
    for steps in (0, 1, 3, 2):
        yield np.roll(quad, -steps, axis=0)


def _has_aspect(quad: Points, ruling: Ruling) -> bool:
    across = np.linalg.norm(quad[1] - quad[0]) + np.linalg.norm(quad[2] - quad[3])
    down = np.linalg.norm(quad[3] - quad[0]) + np.linalg.norm(quad[2] - quad[1])
    expected = ruling.box[2] / ruling.box[3]
    return abs(float(across / down) / expected - 1) < MAX_ASPECT_ERROR


def _fit_grid(levels: Levels, ruling: Ruling, guess: Matrix) -> Matrix | None:
    """The guess moved onto the grid's lines; None where they are not all there."""
    window = geometry.grown(ruling.box, REACH_MM)
    pictures = levels.cut(guess, window, CHECK_PX_PER_MM)[None]
    left, top, width, height = ruling.box
    columns = np.linspace(left, left + width, ruling.columns + 1) - window[0]
    rows = np.linspace(top, top + height, ruling.rows + 1) - window[1]
    across = _fit(ink_profiles(pictures, 1, CHECK_PX_PER_MM), columns)
    down = _fit(ink_profiles(pictures, 0, CHECK_PX_PER_MM), rows)
    if max(across.residual[0], down.residual[0]) > MAX_LINE_RESIDUAL_MM:
        return None
    return guess @ _moved(across, left, width, 0) @ _moved(down, top, height, 1)


def _fit(profile: Floats, expected: Floats) -> LineFits:
    return fit_lines(profile, expected, GRID)


def _moved(fits: LineFits, start: float, length: float, axis: int) -> Matrix:
    stretch = 1 + 2 * fits.stretch[0] / length
    along = np.eye(3)
    along[axis, axis] = stretch
    along[axis, 2] = fits.shift[0] + (start + length / 2) * (1 - stretch)
    return along
