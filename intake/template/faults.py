"""What cannot work about a template."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from intake import geometry
from intake.records import Box, Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from intake.template.parts import Field, Template


def faults(template: Template) -> Iterator[str]:
    """What cannot work about `template`, a sentence each; nothing for a sound one."""
    yield from _identity_faults(template)
    whole: Box = (0.0, 0.0, *template.page)
    for field in template.field:
        yield from _field_faults(field, whole)
    yield from _overlap_faults(template)
    yield from _place_faults(template)
    yield from _text_faults(template)


MIN_CELL_MM = 4.0


def _identity_faults(template: Template) -> Iterator[str]:
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]*", template.id):
        yield "id: use small letters, digits and hyphens only."
    if template.version < 1:
        yield "version: count from 1."
    if min(template.page) <= 0:
        yield "page: width and height are millimetres above zero."
    if not template.field:
        yield "field: a template needs at least one [[field]]."
    if template.marks is None and template.ruling is None and template.blank is None:
        yield "marks: give [marks]; or blank, a picture, or [ruling] for a form without them."
    if template.texts and template.locale not in template.texts:
        yield f"texts: there is no [texts.{template.locale}] for the template's own locale."
    names = [field.name for field in template.field]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"field `{name}`: the name is used twice."


def _field_faults(field: Field, whole: Box) -> Iterator[str]:
    where = f"field `{field.name}`: "
    if not re.fullmatch(r"[a-z0-9_]+(\.[a-z0-9_]+)*", field.name):
        yield where + "use small letters, digits, `_` and `.` in names."
    if min(field.box[2:]) <= 0:
        yield where + "box: width and height must be above zero."
    elif not geometry.inside(field.box, whole):
        yield where + "box: reaches outside the page."
    elif field.cells and min(field.cell_width, field.box[3]) < MIN_CELL_MM:
        yield where + f"cells: below {MIN_CELL_MM:g} mm; widen the box or take fewer cells."
    if field.cells < 0 or not 0 <= field.decimals <= (field.cells or 9):
        yield where + "cells, decimals: decimals cannot exceed cells, and neither is negative."
    if field.gap < 0 or (field.gap and not field.cells):
        yield where + "gap: only between cells, and not negative."
    if field.cells and field.kind is not Kind.HANDWRITTEN:
        yield where + "cells: only handwritten fields have them."
    if field.format == "date" and field.cells not in {6, 8}:
        yield where + "format: a date takes 6 cells (DDMMYY) or 8 (DDMMYYYY)."
    if field.pattern is not None:
        yield from _pattern_faults(field.pattern, where)


def _pattern_faults(pattern: str, where: str) -> Iterator[str]:
    try:
        re.compile(pattern)
    except re.error as fault:
        yield f"{where}pattern: not a regular expression ({fault})."


def _overlap_faults(template: Template) -> Iterator[str]:
    fields = template.field
    for index, one in enumerate(fields):
        for other in fields[index + 1 :]:
            if geometry.overlap(one.box, other.box):
                yield f"field `{one.name}`: box overlaps field `{other.name}`."


def _place_faults(template: Template) -> Iterator[str]:
    groups = {field.group for field in template.field if field.is_reading}
    for place in template.meter:
        if place.name not in groups:
            yield f"meter `{place.name}`: no field `{place.name}.reading` belongs to it."


def _text_faults(template: Template) -> Iterator[str]:
    for locale, texts in template.texts.items():
        for item in template.print:
            if item.text not in texts:
                yield f"print `{item.text}`: [texts.{locale}] has no text for it."
