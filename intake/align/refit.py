"""A form's transform fitted again to the printed boxes found on it.

Half of the boxes correct the transform, the other half check it: the residual always comes
from points that the fit has not seen.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from intake import geometry
from intake.align.prints import find_prints
from intake.align.refine import Sought, boxed_fields, find_boxes, find_places, residual_mm

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from intake.records import AlignedForm, FieldPlace, Matrix, Points
    from intake.sampling import Levels
    from intake.template import Field, Template

FEWEST_BOXES = 2
FEWEST_PRINTS = 4
STEPS_OUTWARDS = (0.25, 0.5, 0.75)


@dataclass(frozen=True, eq=False, slots=True)
class Placed:
    """A form whose boxes were found by a first transform.

    Attributes:
        template: the form's.
        form: with that transform and the places of its boxes.
        anchors: points known besides, N×2 millimetres on the form and N×2 page pixels.
    """

    template: Template
    form: AlignedForm
    anchors: tuple[Points, Points]


def refitted(levels: Levels, forms: Sequence[Placed]) -> list[AlignedForm]:
    """Forms with their transform corrected by every second box and checked by the others.

    Boxes of all forms are looked for together. A form of which too few were found stays as it is.
    """
    halves = [_halves(one) for one in forms]
    able = [index for index, (fitting, _) in enumerate(halves) if len(fitting) >= FEWEST_BOXES]
    again = [_sought_again(forms[index], halves[index][0]) for index in able]
    better = [one.form for one in forms]
    for index, sought, places in zip(able, again, find_places(levels, again), strict=True):
        residual = residual_mm(places, [field.name for field in halves[index][1]])
        better[index] = replace(
            better[index], to_page=sought.to_page, places=places, residual_mm=residual
        )
    return better


def _halves(placed: Placed) -> tuple[list[Field], list[Field]]:
    """Every second field whose box was found, and the others."""
    found = [field for field in placed.template.field if _was_found(placed.form.places, field)]
    return found[::2], found[1::2]


def _sought_again(placed: Placed, fitting: Sequence[Field]) -> Sought:
    to_page = _fit(fitting, placed.form.places, placed.anchors)
    return Sought(placed.template, to_page, placed.anchors)


def refitted_to_prints(
    levels: Levels, template: Template, form: AlignedForm, anchors: tuple[Points, Points]
) -> AlignedForm | None:
    """The form with its transform corrected by printed words and signs; None for too few.

    Args:
        levels: the page.
        template: the form's.
        form: with a transform that is right near the anchors.
        anchors: points known besides, N×2 millimetres on the form and N×2 page pixels.
    """
    start = geometry.affine_between(*anchors)
    at, seen = find_prints(levels, template, start, anchors)
    if len(at) < FEWEST_PRINTS:
        return None
    half = geometry.affine_between(
        np.vstack([at[::2], anchors[0]]), np.vstack([seen[::2], anchors[1]])
    )
    misses = geometry.apply(geometry.inverse(half), seen[1::2]) - at[1::2]
    known = np.vstack([at, anchors[0]]), np.vstack([seen, anchors[1]])
    to_page = geometry.affine_between(*known)
    (places,) = find_places(levels, [Sought(template, to_page, known)])
    return replace(form, to_page=to_page, places=places, residual_mm=geometry.rms(misses))


def carried_outwards(
    levels: Levels, template: Template, form: AlignedForm, anchors: tuple[Points, Points]
) -> AlignedForm:
    """The form with its places found by a transform carried from its anchors box by box.

    Two marks on one edge say little about the opposite one; the boxes near them say more about
    the next ones, and so on.
    """
    boxed = sorted(
        boxed_fields(template),
        key=lambda field: float(
            np.linalg.norm(anchors[0] - geometry.centre(field.box), axis=1).min()
        ),
    )
    to_page = form.to_page
    for share in STEPS_OUTWARDS:
        near = boxed[: math.ceil(share * len(boxed))]
        seen = find_boxes(levels, [(field, to_page) for field in near])
        places = {field.name: place for field, place in zip(near, seen, strict=True)}
        found = [field for field in near if _was_found(places, field)]
        to_page = _fit(found, places, anchors)
    (places,) = find_places(levels, [Sought(template, to_page, anchors)])
    return replace(form, places=places)


def _was_found(places: Mapping[str, FieldPlace], field: Field) -> bool:
    return field.name in places and places[field.name].moved_mm is not None


def _fit(
    fields: Sequence[Field],
    places: Mapping[str, FieldPlace],
    anchors: tuple[Points, Points],
) -> Matrix:
    corners, seen = [anchors[0]], [anchors[1]]
    for field in fields:
        square = geometry.corners(field.box)
        corners.append(square)
        seen.append(geometry.apply(places[field.name].to_page, square))
    return geometry.affine_between(np.vstack(corners), np.vstack(seen))
