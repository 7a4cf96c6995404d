"""Forms found by their corner marks.

Each mark alone tells roughly where its form lies; marks that agree belong to one form. So
several slips may share a page, in any order and turn, and up to two marks may be missing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from intake import geometry
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
    def points(self) -> tuple[Points, Points]:
        """Corners of the marks, N×2 millimetres on the form and N×2 pixels of the page."""
        return points_of(self.template, self.marks)


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
    for mark in marks:
        if mark.id not in known:
            continue
        hint = _hint(mark, known[mark.id])
        home = next((group for group in groups if _joins(hint, group)), None)
        if home is None:
            groups.append([hint])
        else:
            home.append(hint)
    return [_fit(group) for group in groups]


@dataclass(frozen=True, eq=False, slots=True)
class _Hint:
    """Where one mark says that its form lies, px of the page and degrees."""

    mark: Mark
    template: Template
    centre: Points
    angle: float
    px_per_mm: float


def _hint(mark: Mark, template: Template) -> _Hint:
    pose = _similarity_between(mark_corners(template, mark.id), mark.corners)
    middle = geometry.centre((0.0, 0.0, *template.page))
    px_per_mm = float(np.sqrt(abs(np.linalg.det(pose[:2, :2]))))
    return _Hint(mark, template, geometry.apply(pose, middle), geometry.angle_of(pose), px_per_mm)


def _similarity_between(source: Points, target: Points) -> Matrix:
    """Least squares turn, scale and shift that take `source` to `target`, both N×2."""
    start, end = source - source.mean(axis=0), target - target.mean(axis=0)
    along = (start * end).sum()
    across = (start[:, 0] * end[:, 1] - start[:, 1] * end[:, 0]).sum()
    power = (start**2).sum()
    turn = np.array([[along, -across], [across, along]]) / power
    pose = np.eye(3)
    pose[:2, :2] = turn
    pose[:2, 2] = target.mean(axis=0) - turn @ source.mean(axis=0)
    return pose


def _joins(hint: _Hint, group: Sequence[_Hint]) -> bool:
    first = group[0]
    turned = abs((hint.angle - first.angle + 180) % 360 - 180)
    apart = float(np.linalg.norm(hint.centre - first.centre)) / first.px_per_mm
    return (
        hint.template is first.template
        and turned < SAME_FORM_DEGREES
        and apart < SAME_FORM_MM
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
    source, target = points_of(template, marks)
    if len(marks) == 1:
        return _similarity_between(source, target)
    if len(marks) == 4:
        homography, _ = cv2.findHomography(source, target, 0)
        if homography is not None:
            return np.asarray(homography, dtype=np.float64)
    return geometry.affine_between(source, target)


def points_of(template: Template, marks: Sequence[Mark]) -> tuple[Points, Points]:
    """Corners of `marks`: where they are printed, millimetres, and where they were found."""
    source = np.vstack([mark_corners(template, mark.id) for mark in marks])
    return source, np.vstack([mark.corners for mark in marks])


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
