"""Fields whose printed box is not there or not seen, moved as the paper around them was.

A feeder stretches a page along its length: what lies on one row of the page has moved alike, so
nearness counts across the feed much more than along it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from intake import geometry
from intake.records import FieldPlace

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from intake.records import Matrix, Points
    from intake.template import Field

NEAR_MM = 8.0
DAMPED_SLOPE_MM2 = 100.0
ALONG_ROW = 0.1
"""A millimetre along a row of the page counts as much as this across rows."""


def moved_along(
    fields: Sequence[Field],
    places: Mapping[str, FieldPlace],
    to_page: Matrix,
    anchors: tuple[Points, Points] | None,
) -> dict[str, FieldPlace]:
    """Places of the fields whose box was not found, shifted as boxes and anchors near them were.

    Args:
        fields: all fields of a form.
        places: of those with a printed box, by name, found or not.
        to_page: 3×3 homography, millimetres on the form → pixels of the page as stored.
        anchors: points known besides, N×2 millimetres on the form and N×2 page pixels.
    """
    boxed = [field for field in fields if _was_found(places, field)]
    if not boxed and anchors is None:
        return {}
    at, shifts = _known_shifts(boxed, places, to_page, anchors)
    scale = float(np.sqrt(abs(np.linalg.det(to_page[:2, :2]))))
    across_page = to_page[:2, :2] / scale * np.array([[ALONG_ROW], [1.0]])
    rest = [field for field in fields if not _was_found(places, field)]
    middles = np.vstack([np.zeros((0, 2)), *(geometry.centre(field.box) for field in rest)])
    moves = _shifts_at(middles, at, shifts, across_page)
    return {
        field.name: FieldPlace(to_page @ _shift(move), None, boxed=field.name in places)
        for field, move in zip(rest, moves, strict=True)
    }


def _was_found(places: Mapping[str, FieldPlace], field: Field) -> bool:
    return field.name in places and places[field.name].moved_mm is not None


def _known_shifts(
    boxed: Sequence[Field],
    places: Mapping[str, FieldPlace],
    to_page: Matrix,
    anchors: tuple[Points, Points] | None,
) -> tuple[Points, Points]:
    """Points whose true place is known, and how far it lies off; both M×2 millimetres."""
    at, seen = ([anchors[0]], [anchors[1]]) if anchors is not None else ([], [])
    for field in boxed:
        corners = geometry.corners(field.box)
        at.append(corners)
        seen.append(geometry.apply(places[field.name].to_page, corners))
    there = np.vstack(at)
    return there, geometry.apply(geometry.inverse(to_page), np.vstack(seen)) - there


def _shift(move: Points) -> Matrix:
    local = np.eye(3)
    local[:2, 2] = move
    return local


def _shifts_at(middles: Points, at: Points, shifts: Points, across_page: Matrix) -> Points:
    """How far each of F×2 middles lies from where it should be, by what is known around it.

    A plane through the known shifts, near ones weighing most; slopes are damped, for a plane
    through points on one side of a field would fly off on the other.
    """
    away = (at - middles[:, None]) @ across_page.T
    weights = 1 / ((away**2).sum(axis=2) + NEAR_MM**2) ** 1.5
    plane = np.concatenate([np.ones((*away.shape[:2], 1)), away], axis=2)
    weighted = (plane * (weights / weights.sum(axis=1, keepdims=True))[:, :, None]).swapaxes(1, 2)
    slopes = np.diag([0.0, DAMPED_SLOPE_MM2, DAMPED_SLOPE_MM2])
    planes: Points = np.linalg.solve(weighted @ plane + slopes, weighted @ shifts)
    return planes[:, 0]
