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
from intake.align.known import Anchors, Sought
from intake.align.prints import find_prints
from intake.align.refine import boxed_fields, find_boxes, find_places, residual_mm
from intake.align.spread import boxes_found

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from intake.records import AlignedForm, FieldPlace, Matrix
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
        anchors: points known besides boxes.
    """

    template: Template
    form: AlignedForm
    anchors: Anchors


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
    found = boxes_found(placed.template, placed.form.places)
    return found[::2], found[1::2]


def _sought_again(placed: Placed, fitting: Sequence[Field]) -> Sought:
    to_page = _fit(fitting, placed.form.places, placed.anchors)
    return Sought(placed.template, to_page, placed.anchors)


def refitted_to_prints(levels: Levels, placed: Placed) -> AlignedForm | None:
    """The form with its transform corrected by printed words and signs; None for too few.

    Args:
        levels: the page.
        placed: with a transform that is right near its anchors.
    """
    template, anchors = placed.template, placed.anchors
    prints = find_prints(levels, Sought(template, anchors.affine(), anchors))
    if len(prints) < FEWEST_PRINTS:
        return None
    half, others = prints.every_second(0).joined(anchors).affine(), prints.every_second(1)
    misses = geometry.apply(geometry.inverse(half), others.seen) - others.at
    known = prints.joined(anchors)
    to_page = known.affine()
    (places,) = find_places(levels, [Sought(template, to_page, known)])
    residual = geometry.rms(misses)
    return replace(placed.form, to_page=to_page, places=places, residual_mm=residual)


def carried_outwards(levels: Levels, placed: Placed) -> AlignedForm:
    """The form with its places found by a transform carried from its anchors box by box.

    Two marks on one edge say little about the opposite one; the boxes near them say more about
    the next ones, and so on.
    """
    template, anchors, to_page = placed.template, placed.anchors, placed.form.to_page
    outwards = sorted(boxed_fields(template), key=lambda field: _away_mm(field, anchors))
    for share in STEPS_OUTWARDS:
        near = outwards[: math.ceil(share * len(outwards))]
        seen = find_boxes(levels, [(field, to_page) for field in near])
        places = {field.name: place for field, place in zip(near, seen, strict=True)}
        found = [field for field in near if places[field.name].was_found]
        to_page = _fit(found, places, anchors)
    (places,) = find_places(levels, [Sought(template, to_page, anchors)])
    return replace(placed.form, places=places)


def _away_mm(field: Field, anchors: Anchors) -> float:
    """From a field to the nearest anchor."""
    return float(np.linalg.norm(anchors.at - geometry.centre(field.box), axis=1).min())


def _fit(fields: Sequence[Field], places: Mapping[str, FieldPlace], anchors: Anchors) -> Matrix:
    """The transform that anchors and the corners of boxes say, both where they were found."""
    squares = [(places[field.name].to_page, geometry.corners(field.box)) for field in fields]
    boxes = (Anchors(square, geometry.apply(there, square)) for there, square in squares)
    return anchors.joined(*boxes).affine()
