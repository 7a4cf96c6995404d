"""Page → the forms on it, each with its transform and how good that is, or a refusal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from intake import geometry
from intake.align.blank import has_print_beside, is_blank
from intake.align.searches import (
    by_fine_marks,
    by_fine_print,
    by_marks_anywhere,
    by_marks_in_sight,
    by_print,
    shows_mirrored_marks,
)
from intake.records import AlignedForm, PageKind, Reason, Refusal
from intake.sampling import Levels

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from intake.records import Page, Points
    from intake.template import TemplateSet

__all__ = ["PageForms", "align_page"]

SEARCHES = (by_marks_in_sight, by_print, by_marks_anywhere, by_fine_marks, by_fine_print)
SAME_ROW_SHARE = 1 / 3


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
    upright = Levels(page.image, page.whole)
    sides = (upright, upright.inverted()) if upright.has_dark_area else (upright,)
    for levels in sides:
        forms = _forms_on(levels, templates)
        if forms:
            return PageForms(PageKind.FORMS, levels, tuple(in_reading_order(forms, templates)))
        if is_blank(upright):
            return PageForms(PageKind.BLANK, upright)
    return _without_forms(page, upright, templates)


def _forms_on(levels: Levels, templates: TemplateSet) -> list[AlignedForm]:
    """All forms of a page; the dearer searches only while print is left that no form explains."""
    forms: list[AlignedForm] = []
    for search in SEARCHES:
        for form in search(levels, templates):
            if not _lies_on(form, forms, templates):
                forms.append(form)
        outlines = [_outline(form, templates) for form in forms]
        if not has_print_beside(levels, outlines) if forms else is_blank(levels):
            break
    return forms


def _outline(form: AlignedForm, templates: TemplateSet) -> Points:
    """Corners of a form, 4×2 pixels of the page as stored."""
    whole = geometry.corners((0.0, 0.0, *templates.get(form.template).page))
    return geometry.apply(form.to_page, whole)


def _lies_on(form: AlignedForm, others: Sequence[AlignedForm], templates: TemplateSet) -> bool:
    """Whether the middle of a form lies on one of the others: the same, found again."""
    middle = _outline(form, templates).mean(axis=0)
    return any(_surrounds(_outline(other, templates), middle) for other in others)


def _surrounds(outline: Points, point: Points) -> bool:
    """Whether a point lies within a convex outline, given clockwise as seen."""
    edges = np.roll(outline, -1, axis=0) - outline
    towards = point - outline
    return bool(np.all(edges[:, 0] * towards[:, 1] - edges[:, 1] * towards[:, 0] > 0))


def _without_forms(page: Page, levels: Levels, templates: TemplateSet) -> PageForms:
    if shows_mirrored_marks(page.image, templates):
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
        corners = _outline(form, templates)
        x, y = corners.mean(axis=0)
        return cls(form, float(x), float(y), float(np.ptp(corners[:, 1])))
