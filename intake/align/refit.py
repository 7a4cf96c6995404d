"""A form's transform fitted again to the printed boxes found on it.

Half of the boxes correct the transform, the other half check it: the residual always comes
from points that the fit has not seen.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from intake import geometry
from intake.align.marks import fit_affine
from intake.align.refine import find_places, residual_mm

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from intake.records import AlignedForm, FieldPlace, Matrix, Points
    from intake.sampling import Levels
    from intake.template import Field, Template

FEWEST_BOXES = 2


def refitted(
    levels: Levels,
    template: Template,
    form: AlignedForm,
    anchors: tuple[Points, Points] | None = None,
) -> AlignedForm:
    """The form with its transform corrected by every second box and checked by the others.

    Args:
        levels: the page.
        template: the form's.
        form: with its places found by a first transform.
        anchors: points known besides, N×2 millimetres on the form and N×2 page pixels.

    Returns:
        The corrected form; the form as it was where too few boxes were found.
    """
    found = [field for field in template.field if _was_found(form.places, field)]
    fitting, checking = found[::2], found[1::2]
    if len(fitting) < FEWEST_BOXES:
        return form
    to_page = _fit(fitting, form.places, anchors)
    places = find_places(levels, template, to_page)
    check = {field.name: places[field.name] for field in checking}
    return replace(form, to_page=to_page, places=places, residual_mm=residual_mm(check))


def _was_found(places: Mapping[str, FieldPlace], field: Field) -> bool:
    return field.name in places and places[field.name].moved_mm is not None


def _fit(
    fields: Sequence[Field],
    places: Mapping[str, FieldPlace],
    anchors: tuple[Points, Points] | None,
) -> Matrix:
    corners = [geometry.corners(field.box) for field in fields]
    seen = [
        geometry.apply(places[field.name].to_page, square)
        for field, square in zip(fields, corners, strict=True)
    ]
    if anchors is not None:
        corners.append(anchors[0])
        seen.append(anchors[1])
    return fit_affine(np.vstack(corners), np.vstack(seen))
