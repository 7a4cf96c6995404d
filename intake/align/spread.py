"""How the paper has moved around a place, by all that was found near it.

What was found far from where everything around it would have it is not believed; fields without
a printed box, or whose box is not seen, move as the paper around them has. A feeder stretches a
page along its length: what lies on one row of the page has moved alike, so nearness counts across
the feed much more than along it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from intake import geometry
from intake.records import FieldPlace, Points

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from intake.records import Matrix
    from intake.template import Field

NEAR_MM = 3.0
DAMPED_SLOPE_MM2 = 30.0
ALONG_ROW = 0.1
"""A millimetre along a row of the page counts as much as this across rows."""

STRANGE_MM = 0.5
"""No paper moves so much beside what lies around: a box found there is something else."""

FEWEST_WITNESSES = 4


@dataclass(frozen=True, eq=False, slots=True)
class _Known:
    """Points whose true place is known.

    Attributes:
        at: M×2 millimetres on the form.
        shifts: M×2 millimetres by which the form's transform misses them.
        box: M, which of the boxes each is a point of; -1 for a point known besides.
    """

    at: Points
    shifts: Points
    box: NDArray[np.int64]


def believed(
    fields: Sequence[Field],
    places: Mapping[str, FieldPlace],
    to_page: Matrix,
    anchors: tuple[Points, Points] | None,
) -> dict[str, FieldPlace]:
    """Places of boxes, not found any more where all the others would not have them.

    Args:
        fields: with a printed box.
        places: by their names, found or not.
        to_page: 3×3 homography, millimetres on the form → pixels of the page as stored.
        anchors: points known besides, N×2 millimetres on the form and N×2 page pixels.
    """
    left = dict(places)
    while True:
        boxed = [field for field in fields if _was_found(left, field)]
        if max((left[field.name].moved_mm or 0.0 for field in boxed), default=0.0) < STRANGE_MM / 2:
            return left
        apart = _apart(_known(boxed, left, to_page, anchors), to_page)
        worst = int(apart.argmax())
        if apart[worst] < STRANGE_MM:
            return left
        left[boxed[worst].name] = FieldPlace(to_page, None)


def _apart(known: _Known, to_page: Matrix) -> Points:
    """How far each box lies from where all but itself would have it, millimetres."""
    apart = np.zeros(known.box.max() + 1)
    for number in range(len(apart)):
        others = known.box != number
        if others.sum() >= FEWEST_WITNESSES:
            own = known.at[~others]
            there = _shifts_at(own, known.at[others], known.shifts[others], to_page)
            apart[number] = np.linalg.norm(known.shifts[~others] - there, axis=1).max()
    return apart


def moved_along(
    fields: Sequence[Field],
    places: Mapping[str, FieldPlace],
    to_page: Matrix,
    anchors: tuple[Points, Points] | None,
) -> dict[str, FieldPlace]:
    """Places of the fields whose box was not found, their sides shifted as what is near them was.

    Args:
        fields: all fields of a form.
        places: of those with a printed box, by name, found or not.
        to_page: 3×3 homography, millimetres on the form → pixels of the page as stored.
        anchors: points known besides, N×2 millimetres on the form and N×2 page pixels.
    """
    boxed = [field for field in fields if _was_found(places, field)]
    rest = [field for field in fields if not _was_found(places, field)]
    if not rest or (not boxed and anchors is None):
        return {}
    known = _known(boxed, places, to_page, anchors)
    sides = np.vstack([_sides(field) for field in rest])
    moves = _shifts_at(sides, known.at, known.shifts, to_page).reshape(-1, 4, 2)
    return {
        field.name: FieldPlace(to_page @ _moved(field, move), None, boxed=field.name in places)
        for field, move in zip(rest, moves, strict=True)
    }


def _was_found(places: Mapping[str, FieldPlace], field: Field) -> bool:
    return field.name in places and places[field.name].moved_mm is not None


def _known(
    boxed: Sequence[Field],
    places: Mapping[str, FieldPlace],
    to_page: Matrix,
    anchors: tuple[Points, Points] | None,
) -> _Known:
    at, seen = ([anchors[0]], [anchors[1]]) if anchors is not None else ([], [])
    besides = len(at[0]) if at else 0
    for field in boxed:
        along = _along(field)
        at.append(along)
        seen.append(geometry.apply(places[field.name].to_page, along))
    there = np.vstack(at)
    box = np.concatenate([np.full(besides, -1), np.repeat(np.arange(len(boxed)), 3)])
    back = geometry.inverse(to_page)
    return _Known(there, geometry.apply(back, np.vstack(seen)) - there, box)


def _along(field: Field) -> Points:
    """The left end, the middle and the right end of a box, 3×2 millimetres."""
    left, top, width, height = field.box
    return np.array([[left + width * share, top + height / 2] for share in (0.0, 0.5, 1.0)])


def _sides(field: Field) -> Points:
    """The middles of a box's left, right, upper and lower side, 4×2 millimetres."""
    left, top, width, height = field.box
    x, y = left + width / 2, top + height / 2
    return np.array([[left, y], [left + width, y], [x, top], [x, top + height]])


def _moved(field: Field, sides: Points) -> Matrix:
    """The map that moves a box's four sides (4×2 mm) each as given."""
    slopes = np.column_stack([sides[1] - sides[0], sides[3] - sides[2]]) / field.box[2:]
    local = np.eye(3)
    local[:2, :2] += slopes
    local[:2, 2] = sides.mean(axis=0) - slopes @ geometry.centre(field.box)[0]
    return local


def _shifts_at(points: Points, at: Points, shifts: Points, to_page: Matrix) -> Points:
    """How far each of F×2 points lies from where it should be, by what is known around it.

    A plane through the known shifts, near ones weighing most; slopes are damped, for a plane
    through points on one side of a field would fly off on the other.

    Args:
        points: millimetres on the form.
        at: M×2 millimetres on the form, where shifts are known.
        shifts: these, M×2 millimetres.
        to_page: 3×3 homography, millimetres on the form → pixels of the page as stored.
    """
    scale = float(np.sqrt(abs(np.linalg.det(to_page[:2, :2]))))
    across_page = to_page[:2, :2] / scale * np.array([[ALONG_ROW], [1.0]])
    away = (at - points[:, None]) @ across_page.T
    near = (away**2).sum(axis=2) + NEAR_MM**2
    weights = 1 / (near * np.sqrt(near))
    plane = np.concatenate([np.ones((*away.shape[:2], 1)), away], axis=2)
    weighted = (plane * (weights / weights.sum(axis=1, keepdims=True))[:, :, None]).swapaxes(1, 2)
    slopes = np.diag([0.0, DAMPED_SLOPE_MM2, DAMPED_SLOPE_MM2])
    planes: Points = np.linalg.solve(weighted @ plane + slopes, weighted @ shifts)
    return planes[:, 0]
