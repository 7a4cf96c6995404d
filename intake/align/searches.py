"""The ways to find forms on a page, the cheap and sure ones first."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from intake import geometry
from intake.align.known import Anchors, Sought
from intake.align.landmarks import find_landmarked, landmarks_on, print_found
from intake.align.marked import MarkedForm, find_marked, left_out_residual
from intake.align.marks import search_marks, spot_marks
from intake.align.refine import find_places, residual_mm
from intake.align.refit import Placed, carried_outwards, refitted, refitted_to_prints
from intake.align.ruling import find_ruled
from intake.records import AlignedForm, Reason, Refusal
from intake.sampling import Levels

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from intake.align.marks import Mark
    from intake.records import FieldPlace, Grey, Matrix
    from intake.template import Template, TemplateSet

COARSE_EDGE_PX = 1300
FINE_EDGE_PX = 2200
SMALL_PRINT_EDGE_PX = 560
FINE_PRINT_EDGE_PX = 900
MAX_RESIDUAL_MM = 0.9
LEAST_PRINT = 0.7


def by_marks_in_sight(levels: Levels, templates: TemplateSet) -> Iterator[AlignedForm]:
    """Forms of which at least one corner mark stands free."""
    if templates.by_mark:
        yield from _by_marks(levels, spot_marks(levels), templates)


def by_print(levels: Levels, templates: TemplateSet) -> Iterator[AlignedForm]:
    """Forms without marks, by what is printed on them or by their ruled lines alone."""
    without = [template for template in templates if template.marks is None]
    yield from _by_landmarks(levels, without, SMALL_PRINT_EDGE_PX)
    for template in without:
        if template.blank is None:
            ruled = find_ruled(levels, template)
            if ruled is not None:
                yield from map(_checked, _aligned_by_boxes(levels, [_Rough(template, ruled)]))


def by_fine_print(levels: Levels, templates: TemplateSet) -> Iterator[AlignedForm]:
    """Forms whose print shows at a finer scale only, or whose marks are torn off or covered."""
    yield from _by_landmarks(levels, templates, FINE_PRINT_EDGE_PX)


def _by_landmarks(
    levels: Levels, templates: Iterable[Template], longest: int
) -> Iterator[AlignedForm]:
    pictured = [template for template in templates if template.blank is not None]
    if not pictured:
        return
    page = landmarks_on(levels, longest)
    found = [
        _Rough(template, to_page, residual)
        for template in pictured
        for to_page, residual in find_landmarked(page, template)
    ]
    for rough, form in zip(found, _aligned_by_boxes(levels, found), strict=True):
        if print_found(levels, rough.template, form.to_page) >= LEAST_PRINT:
            yield _checked(form)


def by_marks_anywhere(levels: Levels, templates: TemplateSet) -> Iterator[AlignedForm]:
    """Forms of which some marks can be seen at all, among dirt, dark borders and torn edges."""
    if templates.by_mark:
        yield from _by_marks(levels, search_marks(levels, COARSE_EDGE_PX), templates)


def by_fine_marks(levels: Levels, templates: TemplateSet) -> Iterator[AlignedForm]:
    """Forms whose marks show at a finer scale only: small ones, and those on low resolutions."""
    if templates.by_mark:
        yield from _by_marks(levels, search_marks(levels, FINE_EDGE_PX), templates)


def shows_mirrored_marks(image: Grey, templates: TemplateSet) -> bool:
    """Whether the page carries marks of known forms as seen through its back."""
    flipped = Levels(cv2.flip(image, 1).astype(np.uint8, copy=False))
    seen = search_marks(flipped, FINE_EDGE_PX)
    return sum(mark.id in templates.by_mark for mark in seen) >= 2


def _by_marks(
    levels: Levels, marks: Iterable[Mark], templates: TemplateSet
) -> Iterator[AlignedForm]:
    marked = find_marked(levels, marks, templates.by_mark)
    sought = [Sought(form.template, form.to_page, form.anchors) for form in marked]
    for form, places in zip(marked, find_places(levels, sought), strict=True):
        yield _checked(_aligned_by_marks(levels, form, places))


def _aligned_by_marks(
    levels: Levels, marked: MarkedForm, places: Mapping[str, FieldPlace]
) -> AlignedForm:
    """The form with its printed boxes as found; those also correct a fit to few marks."""
    template, residual = marked.template, residual_mm(places)
    form = AlignedForm(template.id, template.version, marked.to_page, residual, places)
    placed = Placed(template, form, marked.anchors)
    if len(marked.marks) < 4:
        (form,) = refitted(levels, [replace(placed, form=carried_outwards(levels, placed))])
    if _shows_its_boxes(form):
        return form
    by_prints = refitted_to_prints(levels, replace(placed, form=form))
    if by_prints is not None:
        return _judged_by_boxes(by_prints)
    if not math.isfinite(form.residual_mm) and len(marked.marks) > 2:
        return replace(form, residual_mm=left_out_residual(marked))
    return form


def _shows_its_boxes(form: AlignedForm) -> bool:
    """Whether half of the printed boxes were found, and not far off."""
    return _half_found(form) and form.residual_mm <= MAX_RESIDUAL_MM


def _half_found(form: AlignedForm) -> bool:
    found = [place.was_found for place in form.places.values() if place.boxed]
    return 2 * sum(found) >= len(found)


def _judged_by_boxes(form: AlignedForm) -> AlignedForm:
    """A form fitted to words, as good as its boxes say: words stand in only for boxes gone."""
    if not _half_found(form):
        return form
    return replace(form, residual_mm=max(form.residual_mm, residual_mm(form.places)))


@dataclass(frozen=True, eq=False, slots=True)
class _Rough:
    """Where a form without marks seems to lie.

    Attributes:
        template: the form's.
        to_page: 3×3, millimetres on the form → pixels of the page as stored.
        residual: how good that is, millimetres, where no printed box can be found.
    """

    template: Template
    to_page: Matrix
    residual: float = math.inf


def _aligned_by_boxes(levels: Levels, found: Sequence[_Rough]) -> list[AlignedForm]:
    """Forms corrected by their printed boxes, those of all forms looked for together.

    The corners of a form as found at first hold it where it has no boxes.
    """
    sought = [Sought(rough.template, rough.to_page) for rough in found]
    placed = [
        _placed(rough, places)
        for rough, places in zip(found, find_places(levels, sought), strict=True)
    ]
    return refitted(levels, placed)


def _placed(rough: _Rough, places: Mapping[str, FieldPlace]) -> Placed:
    template, by_boxes = rough.template, residual_mm(places)
    residual = by_boxes if math.isfinite(by_boxes) else rough.residual
    corners = geometry.corners((0.0, 0.0, *template.page))
    return Placed(
        template,
        AlignedForm(template.id, template.version, rough.to_page, residual, places),
        Anchors(corners, geometry.apply(rough.to_page, corners)),
    )


def _checked(form: AlignedForm) -> AlignedForm:
    """The form, refused where its boxes are not where its transform says."""
    if form.residual_mm <= MAX_RESIDUAL_MM:
        return form
    advice = (
        f"The printed boxes lie {form.residual_mm:.1f} mm from where they should be; "
        "scan the form again flat, or check that its template is the right version."
        if np.isfinite(form.residual_mm)
        else "None of the printed boxes could be found; scan the form again, less bright."
    )
    return replace(form, places={}, refusal=Refusal(Reason.MISALIGNED, advice))
