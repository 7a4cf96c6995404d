"""The fields of a form that was read, drawn where they were read, by what became of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from intake import geometry
from intake.overlays.canvas import Canvas
from intake.records import Decision
from intake.sampling import Levels

if TYPE_CHECKING:
    from intake.overlays.canvas import Picture
    from intake.records import FieldResult, FormResult, Grey
    from intake.template import Template

COLOURS = {
    Decision.ACCEPTED: (60, 150, 30),
    Decision.BLANK: (160, 160, 160),
    Decision.REVIEW: (0, 120, 240),
    Decision.REFUSED: (40, 40, 200),
}
"""Of a field's box, blue-green-red."""


def form_overlay(page: Grey, template: Template, form: FormResult) -> Picture:
    """The form, upright, each field's cells where they were read, by its verdict.

    Args:
        page: the whole page, at the scale of the form's `to_page`.
        template: the form's.
        form: as it was read; a refused one has no fields.

    Returns:
        h×w×3, blue-green-red, `PX_PER_MM` pixels to the millimetre.
    """
    canvas = Canvas.of(Levels(page), form.to_page, template.page)
    back = geometry.inverse(form.to_page)
    results = {result.name: result for result in form.fields}
    for field in template.field:
        if result := results.get(field.name):
            found = geometry.apply(back, np.array(result.box_px))
            moved = geometry.homography_between(geometry.corners(field.box), found)
            canvas.draw_field(field, moved, label_of(result), COLOURS[result.verdict.decision])
    return canvas.picture


def label_of(field: FieldResult) -> str:
    """What became of a field: its value, or why it has none and what was read."""
    if field.verdict.value is not None:
        return field.verdict.value
    if field.verdict.decision is Decision.BLANK:
        return "blank"
    read = "blank" if field.reading.value is None else field.reading.value
    return f"{field.verdict.decision}: {read}"
