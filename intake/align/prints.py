"""What is printed on a form, found again piece by piece where its boxes cannot be seen.

A 1-bit scan drops light outlines; words, commas and lines stay. Each dark piece of the blank
form's picture is looked for near where it should be, those near known points first.
"""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING

import cv2
import numpy as np

from intake import geometry
from intake.align.known import NO_ANCHORS, Anchors
from intake.align.landmarks import blank_picture, darker_than_paper

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from intake.align.known import Sought
    from intake.records import Box, Grey, Matrix, Points
    from intake.sampling import Levels
    from intake.template import Template

PX_PER_MM = 5.0
DARK_PRINT = 100
ONE_WORD_MM = 1.0
PIECE_MM = (0.8, 30.0)
LEAST_INK_MM2 = 0.8
AROUND_MM = 0.6
REACH_MM = 2.4
ALIKE = 0.6
NEAR_MM = 40.0
STEPS_OUTWARDS = (0.25, 0.5, 0.75, 1.0)


def find_prints(levels: Levels, form: Sought) -> Anchors:
    """The middles of printed pieces: where they should be and where they are.

    Args:
        levels: the page.
        form: with a transform that is right near its anchors; nothing is found without a picture
            of its blank form.
    """
    found, to_page = NO_ANCHORS, form.to_page
    pieces = _pieces_of(form.template)
    outwards = sorted(pieces, key=lambda piece: _away(piece[0], form.anchors.at))
    for share in STEPS_OUTWARDS:
        near = outwards[: math.ceil(share * len(outwards))]
        found = _found(levels, near, to_page)
        to_page = found.joined(form.anchors).affine()
    return found


def prints_near(levels: Levels, form: Sought, places: Sequence[Box]) -> Anchors:
    """The middles of printed pieces near some places: where they should be and where they are.

    Args:
        levels: the page.
        form: nothing is found without a picture of its blank form.
        places: millimetres on the form.
    """
    middles = np.vstack([np.zeros((0, 2)), *(geometry.centre(box) for box in places)])
    near = [one for one in _pieces_of(form.template) if _away(one[0], middles) < NEAR_MM]
    return _found(levels, near, form.to_page)


def _away(box: Box, points: Points) -> float:
    return float(np.linalg.norm(points - geometry.centre(box), axis=1).min())


def _found(levels: Levels, pieces: Sequence[tuple[Box, Grey]], to_page: Matrix) -> Anchors:
    at, moved = [np.zeros((0, 2))], [np.zeros((0, 2))]
    for box, picture in pieces:
        shift = _shift_of(levels, box, picture, to_page)
        if shift is not None:
            at.append(geometry.centre(box))
            moved.append(geometry.centre(box) + shift)
    return Anchors(np.vstack(at), geometry.apply(to_page, np.vstack(moved)))


def _shift_of(levels: Levels, box: Box, picture: Grey, to_page: Matrix) -> Points | None:
    """How far a piece lies from where it should, 1×2 millimetres; None where it is not seen."""
    window = geometry.grown(box, REACH_MM)
    seen = levels.cut(to_page, window, PX_PER_MM)
    score = np.asarray(cv2.matchTemplate(seen, picture, cv2.TM_CCOEFF_NORMED), np.float64)
    row, column = np.unravel_index(int(score.argmax()), score.shape)
    inner = 0 < row < score.shape[0] - 1 and 0 < column < score.shape[1] - 1
    if not inner or score[row, column] < ALIKE:
        return None
    right = column + _summit(score[row, column - 1 : column + 2])
    down = row + _summit(score[row - 1 : row + 2, column])
    middle = (np.array(score.shape[::-1]) - 1) / 2
    return np.array([[right, down] - middle]) / PX_PER_MM


def _summit(three: Points) -> float:
    """Where a parabola through three scores is highest, from the middle one."""
    before, top, after = (float(score) for score in three)
    bend = before - 2 * top + after
    return 0.5 * (before - after) / bend if bend < 0 else 0.0


def _pieces_of(template: Template) -> tuple[tuple[Box, Grey], ...]:
    return _pieces(template.blank, template.page) if template.blank else ()


@cache
def _pieces(blank: str, page: tuple[float, float]) -> tuple[tuple[Box, Grey], ...]:
    """Words and signs of a blank form: where each stands, millimetres, and what it looks like."""
    size = (round(page[0] * PX_PER_MM), round(page[1] * PX_PER_MM))
    small = cv2.resize(blank_picture(blank), size, interpolation=cv2.INTER_AREA)
    picture = np.asarray(small, np.uint8)
    return tuple(_cut_out(picture, darker_than_paper(picture, DARK_PRINT)))


def _cut_out(picture: Grey, ink: Grey) -> Iterator[tuple[Box, Grey]]:
    reach = round(ONE_WORD_MM * PX_PER_MM) | 1
    words = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((1, reach), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(words, connectivity=8)
    inked = np.bincount(labels.reshape(-1), ink.reshape(-1))
    for label, (left, top, wide, high, _) in enumerate(stats):
        is_piece = max(wide, high) <= PIECE_MM[1] * PX_PER_MM and high >= PIECE_MM[0] * PX_PER_MM
        if label == 0 or not is_piece or inked[label] < LEAST_INK_MM2 * PX_PER_MM**2:
            continue
        margin = round(AROUND_MM * PX_PER_MM)
        rows = slice(max(top - margin, 0), top + high + margin)
        columns = slice(max(left - margin, 0), left + wide + margin)
        cut = picture[rows, columns]
        yield (
            (
                columns.start / PX_PER_MM,
                rows.start / PX_PER_MM,
                cut.shape[1] / PX_PER_MM,
                cut.shape[0] / PX_PER_MM,
            ),
            cut,
        )
