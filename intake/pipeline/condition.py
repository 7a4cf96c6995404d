"""How a page came out of its scanner, measured on few of its pixels."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from intake.geometry import MM_PER_INCH
from intake.recognise.greys import counts, grey_at
from intake.records import PageCondition
from intake.sampling import halved

if TYPE_CHECKING:
    from intake.align import PageForms
    from intake.records import AlignedForm, Grey, Page
    from intake.template import TemplateSet

ROWS = 64
"""Rows of a page that are looked at for streaks."""

ALL_DOWN = 0.85
"""Share of those rows in which a streak is darker than what lies beside it."""

DARKER = 7
"""Grey levels by which it is, the page's edges halved: twice that for a line of one pixel."""

BESIDE = 3
"""Pixels to the left and right where that is looked at."""

_MARK_PX_PER_MM = 4.0
_MARK_DARK = 0.3
"""Share of a corner mark that is darker than half way between ink and paper, at least."""


def page_condition(page: Page, found: PageForms, templates: TemplateSet) -> PageCondition:
    """Skew, scale, darkness, streaks and missed marks of a page.

    Args:
        page: as stored.
        found: what alignment made of it.
        templates: of the forms on it.
    """
    rows = _rows_of(page)
    counted = counts(rows[:, ::2])
    ink, paper = int(grey_at(counted, 0.01)), int(grey_at(counted, 0.7))
    form = next((one for one in found.forms if one.refusal is None), None)
    if form is None:
        return PageCondition(paper, ink, streaks(rows))
    return PageCondition(
        paper,
        ink,
        streaks(rows),
        skew=_skew(form),
        scale=_scale(form, page.dpi),
        marks_missed=_marks_missed(form, found, templates, (ink + paper) / 2),
    )


def _rows_of(page: Page) -> Grey:
    """Some rows of a page whose edges are halved."""
    step = max(2, len(page.image) // ROWS)
    if page.whole is not None or min(page.image.shape) < 2 * ROWS:
        return page.image[::step]
    first, second = page.image[:-1:step], page.image[1::step]
    return halved(np.stack([first, second], axis=1).reshape(-1, page.image.shape[1]))


def streaks(rows: Grey) -> int:
    """Lines that run down all of some rows of a page, R×W grey."""
    if min(rows.shape) <= 2 * BESIDE:
        return 0
    wide = rows.astype(np.int16)
    beside = np.minimum(wide[:, : -2 * BESIDE], wide[:, 2 * BESIDE :])
    darker = beside - wide[:, BESIDE:-BESIDE] > DARKER
    columns = np.count_nonzero(darker, axis=0) > ALL_DOWN * len(rows)
    return int(np.count_nonzero(np.diff(columns.astype(np.int8), prepend=0) > 0))


def _skew(form: AlignedForm) -> float:
    """Degrees off the nearest quarter turn, counter-clockwise."""
    turn = math.degrees(math.atan2(-form.to_page[1, 0], form.to_page[0, 0]))
    return round((turn + 45) % 90 - 45, 3)


def _scale(form: AlignedForm, dpi: float | None) -> tuple[float, float] | None:
    if dpi is None:
        return None
    sizes = np.linalg.norm(form.to_page[:2, :2], axis=0) / (dpi / MM_PER_INCH)
    return round(float(sizes[0]), 4), round(float(sizes[1]), 4)


def _marks_missed(
    form: AlignedForm, found: PageForms, templates: TemplateSet, half: float
) -> int | None:
    """Corner marks of a form that do not show; None where it has none."""
    boxes = templates.get(form.template).mark_boxes
    if not boxes:
        return None
    cuts = (found.levels.cut(form.to_page, box, _MARK_PX_PER_MM) for box in boxes.values())
    return sum(float(np.mean(cut < half)) < _MARK_DARK for cut in cuts)
