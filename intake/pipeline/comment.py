"""Something written on a form where nothing is asked: a comment, or a reading beside its box."""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np

from intake import geometry
from intake.align.landmarks import blank_picture, darker_than_paper
from intake.recognise.greys import counts, grey_at
from intake.records import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from intake.records import AlignedForm, Box, Grey
    from intake.sampling import Levels
    from intake.template import Field, Template
    from intake.template.parts import Print

PX_PER_MM = 2.0
AROUND_WRITING_MM = 3.5
AROUND_PRINT_MM = 1.5
AROUND_LINES_MM = 0.8
RIM_MM = 6.0
"""How far from fields, marks and the form's edge a comment is not looked for."""

NEAR_MM = (30.0, 6.0)
"""How far from an empty box, across and along the page, writing may be its reading."""

DARKER = 40
"""Grey levels below the paper that are ink at this scale."""

PALE_PRINT = 12
"""Grey levels below the paper that may be print in the picture of a blank form."""

APART = 7
"""Pixels within which strokes belong together."""

LEAST_MM = 8.0
"""Width of what counts; a speck is shorter."""


class Look(NamedTuple):
    """What is looked for: strokes so many pixels apart in a line, and so many millimetres high."""

    apart: int
    high: float


WORDS, NUMBERS = Look(apart=APART, high=3.0), Look(apart=15, high=2.0)
"""A comment, and digits as far apart as in boxes; a fold is lower."""

LEAST_INK = 10
"""Pixels of ink of what counts."""

MM_PER_POINT = 0.3528


def ink_of(levels: Levels, template: Template, form: AlignedForm) -> Grey:
    """1 where a form is darker than its paper, `PX_PER_MM` pixels to the millimetre."""
    picture = levels.cut(form.to_page, (0.0, 0.0, *template.page), PX_PER_MM)
    paper = grey_at(counts(picture[::3, ::3]), 0.6)
    return np.asarray(picture < math.ceil(paper - DARKER), np.uint8)


def has_comment(ink: Grey, template: Template) -> bool:
    """Whether somebody wrote where nothing belongs; only forms whose texts are known are judged.

    Args:
        ink: as `ink_of` returns it.
        template: the form's.
    """
    if not template.print:
        return False
    unasked = _without(ink, _asked(template, AROUND_WRITING_MM))
    return any(True for _ in _found(_unprinted(unasked, template), WORDS))


def read_beside(ink: Grey, template: Template, empty: Sequence[Field]) -> set[str]:
    """Which of some empty boxes have writing near them that is in no other box.

    Args:
        ink: as `ink_of` returns it.
        template: the form's; nothing is said of one without texts and without a blank picture.
        empty: fields that hold nothing.

    Returns:
        Names of fields.
    """
    if not (template.print or template.blank):
        return set()
    unasked = _without(ink, _asked(template, AROUND_LINES_MM))
    numbers = list(_found(_unprinted(unasked, template), NUMBERS))
    return {field.name for field in empty if any(_is_near(one, field.box) for one in numbers)}


def _unprinted(ink: Grey, template: Template) -> Grey:
    """Ink that is neither in the blank form's picture nor where its texts are printed."""
    written = _without(ink, (_line_of(text, template) for text in template.print))
    if template.blank is not None:
        written[_print_of(template.blank, ink.shape) > 0] = 0
    return written


def _without(ink: Grey, boxes: Iterator[Box]) -> Grey:
    left_over = ink.copy()
    for box in boxes:
        left, top, width, height = (side * PX_PER_MM for side in box)
        rows = slice(max(0, int(top)), max(0, round(top + height) + 1))
        left_over[rows, max(0, int(left)) : max(0, round(left + width) + 1)] = 0
    return left_over


@cache
def _print_of(blank: str, shape: tuple[int, ...]) -> Grey:
    """1 where anything is printed on a blank form, and a little around it."""
    height, width = shape
    small = cv2.resize(blank_picture(blank), (width, height), interpolation=cv2.INTER_AREA)
    around = round(2 * AROUND_LINES_MM * PX_PER_MM) + 1
    printed = darker_than_paper(np.asarray(small, np.uint8), PALE_PRINT)
    return np.asarray(cv2.dilate(printed, np.ones((around, around), np.uint8)), np.uint8)


def _found(ink: Grey, look: Look) -> Iterator[Box]:
    """Where something is written that looks so, millimetres."""
    if cv2.countNonZero(ink) < LEAST_INK:
        return
    joined = cv2.dilate(ink, np.ones((APART, look.apart), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(joined)
    inked = np.bincount(np.asarray(labels)[ink > 0], minlength=len(stats))
    grown = np.array([-(look.apart // 2), -(APART // 2), look.apart - 1, APART - 1])
    boxes = (stats[:, :4] - grown) / PX_PER_MM
    for number, (left, top, width, height) in enumerate(boxes.tolist()):
        if number and width >= LEAST_MM and height >= look.high and inked[number] >= LEAST_INK:
            yield left, top, width, height


def _is_near(word: Box, box: Box) -> bool:
    left, top, width, height = word
    across, along = NEAR_MM
    return (
        left < box[0] + box[2] + across
        and left + width > box[0] - across
        and top < box[1] + box[3] + along
        and top + height > box[1] - along
    )


def _asked(template: Template, around_writing: float) -> Iterator[Box]:
    """The parts of a form that have their own meaning, millimetres."""
    width, height = template.page
    yield from ((0.0, 0.0, width, RIM_MM), (0.0, height - RIM_MM, width, RIM_MM))
    yield from ((0.0, 0.0, RIM_MM, height), (width - RIM_MM, 0.0, RIM_MM, height))
    for mark in template.mark_boxes.values():
        yield geometry.grown(mark, AROUND_PRINT_MM)
    for field in template.field:
        printed = field.kind in {Kind.PRINTED, Kind.BARCODE}
        yield geometry.grown(field.box, AROUND_PRINT_MM if printed else around_writing)


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
