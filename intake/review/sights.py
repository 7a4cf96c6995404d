"""The pictures of an item, fetched and made ready before they are asked for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Protocol

import numpy as np

from intake import geometry
from intake.errors import IntakeError
from intake.evidence import PAGE_SCALE
from intake.queue import CONFLICTS
from intake.review.telling import told
from intake.review.views import Plane, Sight, whole
from intake.sampling import Levels

if TYPE_CHECKING:
    from collections.abc import Callable

    from intake.records import Box, Grey, LoosePaper, Matrix, Points, QueueItem
    from intake.review.line import Desk
    from intake.review.words import Say
    from intake.template import Template, TemplateSet


class Pictures(Protocol):
    """Where pictures are kept."""

    def picture(self, name: str) -> Grey:
        """The picture that was kept under `name`.

        Raises:
            IntakeError: it is gone.
        """
        ...

    def page(self, scan: str, number: int) -> Grey:
        """A page of a scan, named by its sha256, at `PAGE_SCALE` of its size.

        Raises:
            IntakeError: it is gone.
        """
        ...


@dataclass(frozen=True, eq=False, slots=True)
class Companion:
    """What an item is to be compared with.

    Attributes:
        item: the other field.
        sight: its pictures.
    """

    item: QueueItem
    sight: Sight


def companion(
    item: QueueItem, desk: Desk, pictures: Pictures, templates: TemplateSet, say: Say
) -> Companion | None:
    """What stands beside `item`; None where it is in no conflict.

    Raises:
        IntakeError: the queue cannot be asked.
    """
    others = desk.beside(item.id) if set(item.reasons) & set(CONFLICTS) else ()
    other = next(iter(others), None)
    return None if other is None else Companion(other, prepare(other, pictures, templates, say))


def prepare(item: QueueItem, pictures: Pictures, templates: TemplateSet, say: Say) -> Sight:
    """Everything there is to see of `item`; what is gone is told in a sentence."""
    crop, crop_problem = None, ""
    if item.crop is not None:
        crop, crop_problem = _fetched(partial(pictures.picture, item.crop), say)
    picture, page_problem = page_of(item, item.page_picture, pictures, say)
    problem = crop_problem or page_problem
    if picture is None:
        return Sight(crop=crop, problem=problem)
    page = Levels(picture)
    focus = _bounds(np.array(item.box_px) * PAGE_SCALE)
    return Sight(crop, _form(item, page, templates), whole(page, focus), problem)


def page_of(
    paper: QueueItem | LoosePaper, kept: str | None, pictures: Pictures, say: Say
) -> tuple[Grey | None, str]:
    """The page that something stands on; where it is gone, a sentence about that.

    Args:
        paper: what stands there.
        kept: name of the page's picture; None: none was kept, the scan itself has to show it.
        pictures: where both are.
        say: translates the sentence.
    """
    if kept is not None:
        return _fetched(partial(pictures.picture, kept), say)
    if paper.scan is None:
        return None, ""
    return _fetched(partial(pictures.page, paper.scan, paper.page), say)


def _fetched(fetch: Callable[[], Grey], say: Say) -> tuple[Grey | None, str]:
    try:
        return fetch(), ""
    except IntakeError as fault:
        return None, told(fault, say)


def _form(item: QueueItem, page: Levels, templates: TemplateSet) -> Plane | None:
    if len(item.to_page) != 9 or item.template not in templates:
        return None
    to_page = np.array(item.to_page, dtype=np.float64).reshape(3, 3)
    to_form = np.asarray(np.linalg.inv(to_page), np.float64)
    on_form = geometry.apply(to_form, np.array(item.box_px))
    return form_on(page, templates.get(item.template), to_page, _bounds(on_form))


def form_on(page: Levels, template: Template, to_page: Matrix, focus: Box | None = None) -> Plane:
    """A form, upright, on the picture that is kept of its page.

    Args:
        page: the picture.
        template: the form's.
        to_page: 3×3 homography, millimetres on the form → pixels of the page as stored.
        focus: what the clerk is asked about, millimetres on the form; None where that is all.
    """
    kept = np.diag([PAGE_SCALE, PAGE_SCALE, 1.0]) @ to_page
    return Plane(page, kept, (0.0, 0.0, *template.page), focus)


def _bounds(points: Points) -> Box | None:
    xy = points.reshape(-1, 2)
    if not len(xy):
        return None
    (left, top), (right, bottom) = xy.min(axis=0), xy.max(axis=0)
    return (float(left), float(top), float(right - left), float(bottom - top))
