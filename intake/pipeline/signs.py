"""Every sign of trouble that shows on a form, added to what its fields seem to hold."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from intake.pipeline.comment import has_comment, ink_of, read_beside
from intake.recognise.trouble import trouble_of, troubled
from intake.records import Kind, Reason

if TYPE_CHECKING:
    from collections.abc import Mapping

    from intake.records import AlignedForm, Crop, Reading
    from intake.sampling import Levels
    from intake.template import Field, Template

NEAR_LIMIT_MM = 0.6
"""How far a form's boxes may lie from where they should be before its readings are doubted."""


def with_signs(
    levels: Levels,
    form: AlignedForm,
    template: Template,
    crops: Mapping[str, Crop],
    readings: Mapping[str, Reading],
) -> dict[str, Reading]:
    """Readings with every sign of trouble.

    Args:
        levels: the page.
        form: on it.
        template: the form's.
        crops: pictures of its fields, by name.
        readings: what they seem to hold, by name.
    """
    marked = _with_places(template, form, _with_trouble(template, crops, readings))
    empty = [field for field in template.field if _holds_no_reading(field, marked)]
    if not (empty or template.print):
        return marked
    ink = ink_of(levels, template, form)
    beside = read_beside(ink, template, empty) if empty else set()
    marked |= {name: _signed(marked[name], Reason.OUTSIDE_BOX) for name in beside}
    return _commented(template, marked) if has_comment(ink, template) else marked


def _holds_no_reading(field: Field, readings: Mapping[str, Reading]) -> bool:
    reading = readings[field.name]
    return field.is_reading and bool(reading.candidates) and reading.value is None


def _with_trouble(
    template: Template, crops: Mapping[str, Crop], readings: Mapping[str, Reading]
) -> dict[str, Reading]:
    """Adds what shows in the whole pictures of combs and boxes to what they seem to hold."""
    looked_at = {
        field.name
        for field in template.field
        if field.kind is Kind.HANDWRITTEN and field.cells != 1 and not field.gap
    }
    return {
        name: troubled(reading, trouble_of(crops[name])) if name in looked_at else reading
        for name, reading in readings.items()
    }


def _with_places(
    template: Template, form: AlignedForm, readings: Mapping[str, Reading]
) -> dict[str, Reading]:
    """Marks readings that may have been cut from the wrong place.

    Their printed box was not found although the form's others were; or the form as a whole only
    just fits, and they are handwritten: print and codes say themselves whether they are whole.
    """
    barely = form.residual_mm > NEAR_LIMIT_MM
    written = {field.name for field in template.field if field.kind is Kind.HANDWRITTEN}
    doubtful = form.lost | (written if barely else set())
    return {
        name: _signed(reading, Reason.MISALIGNED) if name in doubtful else reading
        for name, reading in readings.items()
    }


def _commented(template: Template, readings: Mapping[str, Reading]) -> dict[str, Reading]:
    """Leaves the readings of a form to a person: what is written beside them may be about them."""
    asked = {field.name for field in template.field if field.is_reading}
    return {
        name: _signed(reading, Reason.COMMENT) if name in asked else reading
        for name, reading in readings.items()
    }


def _signed(reading: Reading, sign: Reason) -> Reading:
    return replace(reading, signs=(*reading.signs, sign))
