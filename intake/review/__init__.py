"""The review app: what the machine was not sure of, one item and a keystroke or two at a time."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from intake.errors import UsageError
from intake.review.app import ReviewApp
from intake.review.archive import Archive
from intake.review.catalogue import catalogue
from intake.review.drawing import Shape
from intake.review.keys import keys_with
from intake.review.station import Station

if TYPE_CHECKING:
    from intake.evidence import Evidence
    from intake.queue import PaperQueue, Queue
    from intake.settings import Settings
    from intake.template import TemplateSet

__all__ = ["run_review"]


def run_review(
    desk: Queue,
    papers: PaperQueue,
    evidence: Evidence,
    templates: TemplateSet,
    settings: Settings,
) -> None:
    """Opens the review app in this terminal; returns when the clerk leaves.

    Args:
        desk: the clerk's view of the queue.
        papers: the clerk's view of the papers that belong nowhere yet.
        evidence: where crops, pages and scans are kept.
        templates: of the forms, for labels and whole-form pictures.
        settings: the company's; language, keys, characters and colours are those of `review`.

    Raises:
        InputError: the settings remap keys in a way that cannot work.
        UsageError: there is no terminal.
    """
    _check_terminal()
    review = settings.review
    texts = catalogue(review.locale)
    station = Station(
        desk=desk,
        papers=papers,
        pictures=Archive(evidence, settings.limits),
        templates=templates,
        say=texts.gettext,
        language=texts.language,
        keys=keys_with(review.keys),
        shape=Shape(review.drawing),
        colours=review.colours and "NO_COLOR" not in os.environ,
        clerks=tuple(review.roles),
        rules=settings.rules,
    )
    try:
        ReviewApp(station).run()
    finally:
        desk.give_back()
        papers.give_back()


def _check_terminal() -> None:
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError("The review app needs a terminal. Open one, or use `queue` from scripts.")
