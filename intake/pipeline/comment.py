"""Something written on a form where nothing is printed and nothing is asked: a comment."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import cv2
import numpy as np

from intake import geometry
from intake.recognise.greys import counts, grey_at
from intake.records import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from intake.records import AlignedForm, Box, Grey
    from intake.sampling import Levels
    from intake.template import Template
    from intake.template.parts import Print

PX_PER_MM = 2.0
AROUND_WRITING_MM = 3.5
AROUND_PRINT_MM = 1.5
RIM_MM = 6.0
"""How far from fields, marks and the form's edge a comment is not looked for."""

DARKER = 40
"""Grey levels below the paper that are ink at this scale."""

LETTERS_APART = 7
"""Pixels within which strokes belong together."""

LEAST_MM = (8.0, 3.0)
"""Width and height of what counts as a comment; a fold is lower, a speck is shorter."""

LEAST_INK = 10
"""Pixels of ink of what counts."""

MM_PER_POINT = 0.3528


def has_comment(levels: Levels, template: Template, form: AlignedForm) -> bool:
    """Whether somebody wrote where nothing belongs; only forms that this program prints are known.

    Args:
        levels: the page.
        template: the form's.
        form: where it is.
    """
    if template.marks is None:
        return False
    picture = levels.cut(form.to_page, (0.0, 0.0, *template.page), PX_PER_MM)
    ink = picture < math.ceil(grey_at(counts(picture[::3, ::3]), 0.6) - DARKER)
    for box in _taken(template):
        left, top, width, height = (side * PX_PER_MM for side in box)
        rows = slice(max(0, int(top)), max(0, round(top + height) + 1))
        ink[rows, max(0, int(left)) : max(0, round(left + width) + 1)] = False
    return _shows_words(np.asarray(ink, np.uint8))


def _shows_words(ink: Grey) -> bool:
    if cv2.countNonZero(ink) < LEAST_INK:
        return False
    joined = cv2.dilate(ink, np.ones((LETTERS_APART, LETTERS_APART), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(joined)
    inked = np.bincount(np.asarray(labels)[ink > 0], minlength=len(stats))
    wide, high = (side * PX_PER_MM + LETTERS_APART - 1 for side in LEAST_MM)
    return any(
        row[2] >= wide and row[3] >= high and inked[number] >= LEAST_INK
        for number, row in enumerate(np.asarray(stats).tolist())
        if number
    )


def _taken(template: Template) -> Iterator[Box]:
    """The parts of a form where ink means something else, millimetres."""
    width, height = template.page
    yield from ((0.0, 0.0, width, RIM_MM), (0.0, height - RIM_MM, width, RIM_MM))
    yield from ((0.0, 0.0, RIM_MM, height), (width - RIM_MM, 0.0, RIM_MM, height))
    for mark in template.mark_boxes.values():
        yield geometry.grown(mark, AROUND_PRINT_MM)
    for field in template.field:
        printed = field.kind in {Kind.PRINTED, Kind.BARCODE}
        yield geometry.grown(field.box, AROUND_PRINT_MM if printed else AROUND_WRITING_MM)
    for text in template.print:
        yield _line_of(text, template)


def _line_of(printed: Print, template: Template) -> Box:
    """Where a printed text may reach, however long it is: as far as the next field."""
    letter = printed.size * MM_PER_POINT
    x, base = printed.at
    top, bottom = base - 1.1 * letter, base + 0.5 * letter
    beside = [
        field.box for field in template.field
        if field.box[1] < bottom and field.box[1] + field.box[3] > top
    ]  # fmt: skip
    right = min([box[0] for box in beside if box[0] > x], default=template.page[0])
    left = max([box[0] + box[2] for box in beside if box[0] + box[2] < x], default=0.0)
    starts = x - 1.0 if printed.align == "left" else left
    ends = x + 1.0 if printed.align == "right" else right
    return (starts, top, ends - starts, bottom - top)
