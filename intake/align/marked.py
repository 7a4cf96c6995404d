"""Forms found by their corner marks.

Each mark alone tells roughly where its form lies; marks that agree belong to one form. So
several slips may share a page, in any order and turn, and up to two marks may be missing.
"""

from __future__ import annotations

import cmath
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from intake import geometry
from intake.align.known import Anchors
from intake.align.marks import Mark, mark_near
from intake.records import Matrix, Points

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from intake.sampling import Levels
    from intake.template import Template

CLOSER_MM = 4.0
LONE_MARK_MM = 9.0
SAME_FORM_MM = 8.0
SAME_FORM_DEGREES = 6.0


@dataclass(frozen=True, eq=False, slots=True)
class MarkedForm:
    """The marks of one form and the transform fitted to them.

    Attributes:
        template: whose marks they are.
        to_page: 3×3 homography, millimetres on the form → pixels of the page as stored.
        marks: what it was fitted to.
    """

    template: Template
    to_page: Matrix
    marks: tuple[Mark, ...]

    @property
    def anchors(self) -> Anchors:
        """Corners of the marks."""
        return corners_of(self.template, self.marks)


def find_marked(
    levels: Levels, marks: Iterable[Mark], known: Mapping[int, Template]
) -> list[MarkedForm]:
    """The forms that marks speak of, with at least two each: one alone is too little to trust.

    Args:
        levels: the page; marks that are missing are looked for where they should be.
        marks: as seen on it.
        known: templates by each id of their marks.
    """
    groups = group_marks(marks, known)
    forms = [form if len(form.marks) == 4 else _look_closer(levels, form) for form in groups]
    return [form for form in forms if len(form.marks) > 1]


def _look_closer(levels: Levels, form: MarkedForm) -> MarkedForm:
    """The form with marks that only show where they should be, at a finer scale."""
    there = {mark.id for mark in form.marks}
    reach = CLOSER_MM if len(there) > 1 else LONE_MARK_MM
    more = [
        mark
        for number, box in form.template.mark_boxes.items()
        if number not in there
        if (mark := mark_near(levels, form.to_page, number, geometry.grown(box, reach)))
    ]
    if not more:
        return form
    marks = (*form.marks, *more)
    return MarkedForm(form.template, fit_marks(form.template, marks), marks)


def group_marks(marks: Iterable[Mark], known: Mapping[int, Template]) -> list[MarkedForm]:
    """Sorts marks into forms and fits each form's transform.

    Args:
        marks: as found on one page.
        known: templates by each id of their marks.

    Returns:
        The forms that the marks speak of, even those of which only one mark was seen.
    """
    groups: list[list[_Hint]] = []
    for hint in _hints([(mark, known[mark.id]) for mark in marks if mark.id in known]):
        home = next((group for group in groups if _joins(hint, group)), None)
        if home is None:
            groups.append([hint])
        else:
            home.append(hint)
    return [_fit(group) for group in groups]


@dataclass(frozen=True, slots=True)
class _Hint:
    """Where one mark says that its form lies.

    Attributes:
        mark: the mark.
        template: of its form.
        centre: of the form, x + y·i pixels of the page.
        turn: of the form, pixels to the millimetre times e to the i times its turn.
    """

    mark: Mark
    template: Template
    centre: complex
    turn: complex


def _hints(marks: Sequence[tuple[Mark, Template]]) -> list[_Hint]:
    if not marks:
        return []
    printed = _complex(np.stack([mark_corners(template, mark.id) for mark, template in marks]))
    found = _complex(np.stack([mark.corners for mark, _ in marks]))
    middles = np.array([complex(*template.page) / 2 for _, template in marks])
    turns, shifts = _similarities(printed, found)
    centres = turns * middles + shifts
    return [
        _Hint(mark, template, complex(centre), complex(turn))
        for (mark, template), centre, turn in zip(marks, centres, turns, strict=True)
    ]


def _complex(points: Points) -> NDArray[np.complex128]:
    """(x, y) as x + y·i, so that a turn with a change of size is one number to multiply by."""
    return np.asarray(points[..., 0] + 1j * points[..., 1], np.complex128)


def _similarities(
    source: NDArray[np.complex128], target: NDArray[np.complex128]
) -> tuple[NDArray[np.complex128], NDArray[np.complex128]]:
    """Least squares turn with scale, and shift, that take N×K `source` to `target`; N of each."""
    start = source - source.mean(axis=-1, keepdims=True)
    end = target - target.mean(axis=-1, keepdims=True)
    turns = (start.conj() * end).sum(axis=-1) / (np.abs(start) ** 2).sum(axis=-1)
    return turns, target.mean(axis=-1) - turns * source.mean(axis=-1)


def _joins(hint: _Hint, group: Sequence[_Hint]) -> bool:
    first = group[0]
    return (
        hint.template is first.template
        and abs(cmath.phase(hint.turn / first.turn)) < math.radians(SAME_FORM_DEGREES)
        and abs(hint.centre - first.centre) < SAME_FORM_MM * abs(first.turn)
        and all(hint.mark.id != other.mark.id for other in group)
    )


def _fit(group: Sequence[_Hint]) -> MarkedForm:
    template = group[0].template
    marks = tuple(hint.mark for hint in group)
    return MarkedForm(template, fit_marks(template, marks), marks)


def fit_marks(template: Template, marks: Sequence[Mark]) -> Matrix:
    """The transform that takes a template's marks to where they were found.

    A homography where all four are there; with fewer the paper is taken to lie flat, with one
    alone to be in proportion, too.
    """
    corners = corners_of(template, marks)
    if len(marks) == 1:
        return _similarity(corners)
    if len(marks) == 4:
        return geometry.homography_between(corners.at, corners.seen)
    return corners.affine()


def _similarity(points: Anchors) -> Matrix:
    """Least squares turn, scale and shift that take points to where they were found."""
    turn, shift = _similarities(_complex(points.at), _complex(points.seen))
    return np.array(
        [
            [turn.real, -turn.imag, shift.real],
            [turn.imag, turn.real, shift.imag],
            [0.0, 0.0, 1.0],
        ]
    )


def corners_of(template: Template, marks: Sequence[Mark]) -> Anchors:
    """Corners of `marks`: where they are printed and where they were found."""
    boxes = template.mark_boxes
    printed = np.vstack([geometry.corners(boxes[mark.id]) for mark in marks])
    return Anchors(printed, np.vstack([mark.corners for mark in marks]))


def mark_corners(template: Template, mark: int) -> Points:
    """Corners of a template's mark, 4×2 millimetres, clockwise from its top left."""
    return geometry.corners(template.mark_boxes[mark])


def left_out_residual(marked: MarkedForm) -> float:
    """How far each mark lies from where the others predict it, root mean square, millimetres."""
    misses = []
    for left_out in marked.marks:
        others = [mark for mark in marked.marks if mark is not left_out]
        back = geometry.inverse(fit_marks(marked.template, others))
        expected = mark_corners(marked.template, left_out.id)
        misses.append(geometry.apply(back, left_out.corners) - expected)
    return geometry.rms(np.vstack(misses))
