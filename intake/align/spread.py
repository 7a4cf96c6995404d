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
from intake.align.known import Anchors
from intake.records import FieldPlace, Points

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from intake.align.known import Sought
    from intake.records import Matrix
    from intake.template import Field, Template

NEAR_MM = 3.0
DAMPED_SLOPE_MM2 = 30.0
ALONG_ROW = 0.1
"""A millimetre along a row of the page counts as much as this across rows."""

STRANGE_MM = 0.5
"""No paper moves so much beside what lies around: a box found there is something else."""

IMPOSSIBLE_MM = 1.0
"""So much it does not move from what boxes and marks say, whatever words beside it say."""

FEWEST_WITNESSES = 4

ALONG = np.array([[0.0, 0.5], [0.5, 0.5], [1.0, 0.5]])
"""The left end, the middle and the right end of a box, in shares of its width and height."""

SIDES = np.array([[0.0, 0.5], [1.0, 0.5], [0.5, 0.0], [0.5, 1.0]])
"""The middles of its left, right, upper and lower side."""


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

    def some(self, chosen: NDArray[np.bool_]) -> _Known:
        return _Known(self.at[chosen], self.shifts[chosen], self.box[chosen])


def boxes_found(template: Template, places: Mapping[str, FieldPlace]) -> list[Field]:
    """The fields, in the template's order, whose own printed box is among `places` as found."""
    return [
        field for field in template.field if field.name in places and places[field.name].was_found
    ]


def believed(form: Sought, places: Mapping[str, FieldPlace]) -> dict[str, FieldPlace]:
    """Places of boxes, not found any more where all the others would not have them.

    Args:
        form: whose boxes they are.
        places: of its fields with a printed box, by name, found or not.
    """
    left = dict(places)
    while True:
        boxed = boxes_found(form.template, left)
        if max((left[field.name].moved_mm or 0.0 for field in boxed), default=0.0) < STRANGE_MM / 2:
            return left
        apart = _apart(_known(form, boxed, left), form.to_page)
        worst = int(apart.argmax())
        if apart[worst] < STRANGE_MM:
            return left
        left[boxed[worst].name] = FieldPlace(form.to_page, None)


def believed_words(form: Sought, places: Mapping[str, FieldPlace], words: Anchors) -> Anchors:
    """Words that lie where boxes and anchors, and the other words, would have them.

    Args:
        form: on which they stand.
        places: of its fields with a printed box, by name, found or not.
        words: as found.
    """
    sure = _known(form, boxes_found(form.template, places), places)
    shifts = _shifts_of(words, form.to_page)
    far = np.linalg.norm(shifts - _shifts_at(words.at, sure, form.to_page), axis=1)
    left = np.flatnonzero(far < IMPOSSIBLE_MM)
    while len(left):
        known = _Known(words.at[left], shifts[left], np.arange(len(left)))
        apart = _apart(_joined(known, sure), form.to_page)
        worst = int(apart.argmax())
        if apart[worst] < STRANGE_MM:
            break
        left = np.delete(left, worst)
    return Anchors(words.at[left], words.seen[left])


def _joined(words: _Known, sure: _Known) -> _Known:
    """Words, and what is not in question beside them."""
    return _Known(
        np.vstack([words.at, sure.at]),
        np.vstack([words.shifts, sure.shifts]),
        np.concatenate([words.box, np.full(len(sure.at), -1)]),
    )


def _apart(known: _Known, to_page: Matrix) -> Points:
    """How far each box lies from where all but itself would have it, millimetres."""
    apart = np.zeros(known.box.max() + 1)
    for number in range(len(apart)):
        others = known.box != number
        if others.sum() >= FEWEST_WITNESSES:
            there = _shifts_at(known.at[~others], known.some(others), to_page)
            apart[number] = np.linalg.norm(known.shifts[~others] - there, axis=1).max()
    return apart


def moved_along(form: Sought, places: Mapping[str, FieldPlace]) -> dict[str, FieldPlace]:
    """Places of the fields whose box was not found, their sides shifted as what is near them was.

    Args:
        form: whose fields they are.
        places: of those with a printed box, by name, found or not.
    """
    boxed = boxes_found(form.template, places)
    named = {field.name for field in boxed}
    rest = [field for field in form.template.field if field.name not in named]
    if not rest or not (boxed or len(form.anchors)):
        return {}
    known = _known(form, boxed, places)
    boxes = np.array([field.box for field in rest])
    moves = _shifts_at(_points_in(boxes, SIDES), known, form.to_page)
    maps = form.to_page @ _maps_by_sides(boxes, moves.reshape(-1, 4, 2))
    return {
        field.name: FieldPlace(refined, None, boxed=field.name in places)
        for field, refined in zip(rest, maps, strict=True)
    }


def _known(form: Sought, boxed: Sequence[Field], places: Mapping[str, FieldPlace]) -> _Known:
    """A form's anchors, and points of the boxes that were found on it."""
    points, box = form.anchors, np.full(len(form.anchors), -1)
    if boxed:
        along = _points_in(np.array([field.box for field in boxed]), ALONG)
        maps = np.stack([places[field.name].to_page for field in boxed])
        points = points.joined(Anchors(along, _mapped(maps, along)))
        box = np.concatenate([box, np.repeat(np.arange(len(boxed)), len(ALONG))])
    return _Known(points.at, _shifts_of(points, form.to_page), box)


def _shifts_of(points: Anchors, to_page: Matrix) -> Points:
    """By how much a form's transform misses each of N points, N×2 millimetres."""
    return geometry.apply(geometry.inverse(to_page), points.seen) - points.at


def _points_in(boxes: Points, shares: Points) -> Points:
    """Points of B boxes (B×4 mm) at K shares of their width and height, B·K×2 millimetres."""
    points: Points = boxes[:, None, :2] + boxes[:, None, 2:] * shares
    return points.reshape(-1, 2)


def _mapped(maps: Points, points: Points) -> Points:
    """B·K×2 points, each K through one of B×3×3 homographies."""
    weighted = np.column_stack([points, np.ones(len(points))]).reshape(len(maps), -1, 3)
    through = (weighted @ maps.swapaxes(1, 2)).reshape(-1, 3)
    return through[:, :2] / through[:, 2:]


def _maps_by_sides(boxes: Points, moves: Points) -> Points:
    """B×3×3 maps that move the four `SIDES` of B boxes (B×4 mm) each as given, B×4×2."""
    middles = boxes[:, :2] + boxes[:, 2:] / 2
    slopes = (moves[:, 1::2] - moves[:, ::2]).swapaxes(1, 2) / boxes[:, None, 2:]
    maps = np.tile(np.eye(3), (len(boxes), 1, 1))
    maps[:, :2, :2] += slopes
    maps[:, :2, 2] = moves.mean(axis=1) - (slopes @ middles[:, :, None])[:, :, 0]
    return maps


def _shifts_at(points: Points, known: _Known, to_page: Matrix) -> Points:
    """How far each of F×2 points lies from where it should be, by what is known around it.

    A plane through the known shifts, near ones weighing most; slopes are damped, for a plane
    through points on one side of a field would fly off on the other.

    Args:
        points: millimetres on the form.
        known: where shifts are known.
        to_page: 3×3 homography, millimetres on the form → pixels of the page as stored.
    """
    scale = float(np.sqrt(abs(np.linalg.det(to_page[:2, :2]))))
    across_page = to_page[:2, :2] / scale * np.array([[ALONG_ROW], [1.0]])
    here, there = points @ across_page.T, known.at @ across_page.T
    near = (here[:, :1] - there[:, 0]) ** 2 + (here[:, 1:] - there[:, 1]) ** 2 + NEAR_MM**2
    weights = 1 / (near * np.sqrt(near))
    weights /= weights.sum(axis=1, keepdims=True)
    terms = np.column_stack([np.ones(len(there)), there])
    products = (terms[:, :, None] * np.hstack([terms, known.shifts])[:, None, :]).reshape(-1, 15)
    sums = (weights @ products).reshape(-1, 3, 5)
    towards = np.tile(np.eye(3), (len(here), 1, 1))
    towards[:, 1:, 0] = -here
    around, moved = towards @ sums[:, :, :3] @ towards.swapaxes(1, 2), towards @ sums[:, :, 3:]
    slopes = np.diag([0.0, DAMPED_SLOPE_MM2, DAMPED_SLOPE_MM2])
    planes: Points = np.linalg.solve(around + slopes, moved)
    return planes[:, 0]
