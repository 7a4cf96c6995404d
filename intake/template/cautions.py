"""What makes a form read badly although it can be read: the rules for boxes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from intake import geometry
from intake.records import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from intake.records import Box
    from intake.template.parts import Field, Template

GOOD_CELL_MM = 5.0
CLEAR_MM = 3.0
QUIET_MM = 2.0
EDGE_MM = 3.0
MARK_EDGE_MM = 5.0
NAMED = 3

OF_DIGITS = re.compile(r"(?:[0-9.^$|()?*+]|\\d|\[(?:[0-9-]|\\d)+\]|\(\?:|\{[0-9,]+\})*")
"""Patterns that name no character but digits."""


def warnings(template: Template) -> Iterator[str]:
    """What makes `template` read badly, a sentence for each rule; nothing for a good one."""
    combs = [field for field in template.field if field.cells]
    codes = [field for field in template.field if field.kind is Kind.BARCODE]
    edges = [field for field in template.field if _edge_mm(field.box, template) < EDGE_MM]
    narrow = [field for field in combs if field.cell_width < GOOD_CELL_MM]
    crowded = [field for field in combs if _nearest_mm(field, template) < CLEAR_MM]
    touched = [field for field in codes if _nearest_mm(field, template) < QUIET_MM]
    lettered = [field for field in template.field if _names_more_than_digits(field)]
    if narrow:
        yield f"{_names(narrow)}: cells under {GOOD_CELL_MM:g} mm wide make people write cramped."
    if crowded:
        yield (
            f"{_names(crowded)}: less than {CLEAR_MM:g} mm to the next box; strokes of one run "
            "into the other. Leave more room where the form can still be changed."
        )
    if lettered:
        yield (
            f"{_names(lettered)}: pattern: only digits are read, no letters and no signs; what is "
            "to match others waits for a person. Let the box hold the digits alone, or use a code."
        )
    if touched:
        yield (
            f"{_names(touched)}: a code needs {QUIET_MM:g} mm of bare paper around it; move what "
            "stands nearer."
        )
    if edges:
        yield f"{_names(edges)}: under {EDGE_MM:g} mm from the edge, where scanners lose print."
    if template.marks is not None and template.marks.inset < MARK_EDGE_MM:
        yield f"marks: printers lose what is under {MARK_EDGE_MM:g} mm from the edge; raise inset."


def _names_more_than_digits(field: Field) -> bool:
    """Whether a pattern names characters that are never read where the field stands."""
    of_digits = field.kind in {Kind.PRINTED, Kind.HANDWRITTEN} and field.format is None
    return of_digits and field.pattern is not None and not OF_DIGITS.fullmatch(field.pattern)


def _names(fields: Sequence[Field]) -> str:
    named = ", ".join(f"`{field.name}`" for field in fields[:NAMED])
    more = len(fields) - NAMED
    return f"field {named}" + (f" and {more} more" if more > 0 else "")


def _edge_mm(box: Box, template: Template) -> float:
    """From a box to the nearest edge of the form, millimetres."""
    left, top, width, height = box
    across, down = template.page
    return min(left, top, across - left - width, down - top - height)


def _nearest_mm(field: Field, template: Template) -> float:
    """From a field to the nearest other field or corner mark, millimetres; inf for none.

    Printed numbers do not count: their boxes are larger than what is printed in them.
    """
    others = [
        other.box
        for other in template.field
        if other is not field and other.kind is not Kind.PRINTED
    ]
    return min(
        (_gap_mm(field.box, box) for box in [*others, *template.mark_boxes.values()]),
        default=float("inf"),
    )


def _gap_mm(one: Box, other: Box) -> float:
    """Between two boxes that do not overlap, the larger of across and down."""
    across = max(one[0], other[0]) - min(one[0] + one[2], other[0] + other[2])
    down = max(one[1], other[1]) - min(one[1] + one[3], other[1] + other[3])
    return max(across, down) + geometry.ROUNDING_MM
