"""Page → the forms on it, each with its transform and how good that is, or a refusal."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from intake import geometry
from intake.align.blank import is_blank
from intake.align.landmarks import find_landmarked, landmarks_on, print_found
from intake.align.marks import (
    MarkedForm,
    find_marked,
    fit_marks,
    mark_corners,
    shows_mirrored_marks,
)
from intake.align.refine import find_places, residual_mm
from intake.align.refit import refitted
from intake.align.ruling import find_ruled
from intake.records import AlignedForm, PageKind, Reason, Refusal
from intake.sampling import Levels

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from intake.records import Matrix, Page
    from intake.template import Template, TemplateSet

__all__ = ["PageForms", "align_page"]

MAX_RESIDUAL_MM = 0.9
SAME_ROW_SHARE = 1 / 3
LEAST_PRINT = 0.7


@dataclass(frozen=True, eq=False, slots=True)
class PageForms:
    """What alignment made of a page.

    Attributes:
        kind: forms, blank, unknown or refused.
        levels: the page to cut from, black on white whichever way it was stored.
        forms: top to bottom, then left to right; one that does not fit carries its refusal.
        refusal: why the page is unknown or refused; None otherwise.
    """

    kind: PageKind
    levels: Levels
    forms: tuple[AlignedForm, ...] = ()
    refusal: Refusal | None = None


def align_page(page: Page, templates: TemplateSet) -> PageForms:
    """Finds every form on a page.

    Args:
        page: as stored in its file, in any turn.
        templates: the forms that may be on it.

    Returns:
        The forms found; or that the page is blank, or shows none of the templates.
    """
    upright = Levels(page.image)
    sides = (upright, upright.inverted()) if upright.is_mostly_dark else (upright,)
    for search in (_marked_forms, _markless_forms):
        for levels in sides:
            forms = list(search(levels, templates))
            if forms:
                ordered = tuple(in_reading_order(forms, templates))
                return PageForms(PageKind.FORMS, levels, ordered)
        if is_blank(upright):
            return PageForms(PageKind.BLANK, upright)
    return _without_forms(page, upright, templates)


def _without_forms(page: Page, levels: Levels, templates: TemplateSet) -> PageForms:
    if shows_mirrored_marks(page.image, templates.by_mark):
        refusal = Refusal(
            Reason.MIRRORED,
            "The page is mirrored; scan it with its printed side to the glass.",
            page.number,
        )
        return PageForms(PageKind.REFUSED, levels, refusal=refusal)
    refusal = Refusal(
        Reason.UNKNOWN_FORM,
        "No known form was found on the page; choose its template by hand or set it aside.",
        page.number,
    )
    return PageForms(PageKind.UNKNOWN, levels, refusal=refusal)


def _marked_forms(levels: Levels, templates: TemplateSet) -> Iterator[AlignedForm]:
    if not templates.by_mark:
        return
    for marked in find_marked(levels, templates.by_mark):
        yield _checked(_aligned_by_marks(levels, marked))


def _aligned_by_marks(levels: Levels, marked: MarkedForm) -> AlignedForm:
    """The form with its printed boxes found; those also correct a fit to few marks."""
    places = find_places(levels, marked.template, marked.to_page)
    form = AlignedForm(
        marked.template.id,
        marked.template.version,
        marked.to_page,
        residual_mm(places),
        places,
    )
    if len(marked.marks) < 4:
        form = refitted(levels, marked.template, form, marked.points)
    if not math.isfinite(form.residual_mm) and len(marked.marks) > 2:
        return replace(form, residual_mm=_left_out_residual(marked))
    return form


def _left_out_residual(marked: MarkedForm) -> float:
    """How far each mark lies from where the others predict it, root mean square, millimetres."""
    misses = []
    for left_out in marked.marks:
        others = [mark for mark in marked.marks if mark is not left_out]
        back = geometry.inverse(fit_marks(marked.template, others))
        expected = mark_corners(marked.template, left_out.id)
        misses.append(geometry.apply(back, left_out.corners) - expected)
    return geometry.rms(np.vstack(misses))


def _markless_forms(levels: Levels, templates: TemplateSet) -> Iterator[AlignedForm]:
    """Forms found by what is printed on them, or by their ruled lines alone."""
    markless = [template for template in templates if template.marks is None]
    if any(template.blank is not None for template in markless):
        page = landmarks_on(levels)
    for template in markless:
        if template.blank is not None:
            for to_page, residual in find_landmarked(page, template):
                form = _aligned_by_boxes(levels, template, to_page, residual)
                if print_found(levels, template, form.to_page) >= LEAST_PRINT:
                    yield _checked(form)
        else:
            ruled = find_ruled(levels, template)
            if ruled is not None:
                yield _checked(_aligned_by_boxes(levels, template, ruled))


def _aligned_by_boxes(
    levels: Levels, template: Template, to_page: Matrix, residual: float = math.inf
) -> AlignedForm:
    """The form corrected by its printed boxes; `residual` stands where none can be found.

    Its corners as found at first hold it where it has no boxes.
    """
    corners = geometry.corners((0.0, 0.0, *template.page))
    places = find_places(levels, template, to_page)
    by_boxes = residual_mm(places)
    checked = by_boxes if math.isfinite(by_boxes) else residual
    form = AlignedForm(template.id, template.version, to_page, checked, places)
    return refitted(levels, template, form, (corners, geometry.apply(to_page, corners)))


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


def in_reading_order(forms: Iterable[AlignedForm], templates: TemplateSet) -> list[AlignedForm]:
    """Top to bottom, then left to right, by the forms' centres on the page as stored.

    Forms whose centres differ in height by less than a third of a form stand side by side.
    """
    placed = sorted((_Placed.of(form, templates) for form in forms), key=lambda one: one.y)
    rows: list[list[_Placed]] = []
    for entry in placed:
        if rows and entry.y - rows[-1][0].y < SAME_ROW_SHARE * entry.height:
            rows[-1].append(entry)
        else:
            rows.append([entry])
    return [entry.form for row in rows for entry in sorted(row, key=lambda one: one.x)]


@dataclass(frozen=True, eq=False, slots=True)
class _Placed:
    """A form with its centre and its extent down the page, pixels."""

    form: AlignedForm
    x: float
    y: float
    height: float

    @classmethod
    def of(cls, form: AlignedForm, templates: TemplateSet) -> _Placed:
        whole = (0.0, 0.0, *templates.get(form.template).page)
        corners = geometry.apply(form.to_page, geometry.corners(whole))
        x, y = corners.mean(axis=0)
        return cls(form, float(x), float(y), float(np.ptp(corners[:, 1])))
