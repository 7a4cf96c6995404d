"""Everything that reading a page needs, made once per worker."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from intake.decide import Acceptance
from intake.recognise.barcode import BarcodeReader
from intake.recognise.handwriting import HandwritingReader
from intake.recognise.mark import MarkReader
from intake.recognise.model import laboratory_thresholds
from intake.recognise.printed import PrintedReader
from intake.records import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from intake.recognise import Reader
    from intake.recognise.model import Threshold
    from intake.registry import Registry
    from intake.settings import Settings
    from intake.template import TemplateSet

WITHOUT_EVIDENCE = 0.98
"""Confidence asked for under `thin_data = "provisional"` where nothing was certified."""


@dataclass(frozen=True, slots=True)
class ReadingDesk:
    """What lies ready where pages are read.

    Attributes:
        templates: the forms that may be on a page.
        readers: one for each kind of field.
        acceptance: from which confidence on each kind is accepted; a missing kind never is.
        registry: what the company knows.
        has_registry: whether it knows any account at all.
        period: billing month of forms whose code does not say; None: unknown.
    """

    templates: TemplateSet
    readers: Mapping[Kind, Reader]
    acceptance: Mapping[Kind, Acceptance]
    registry: Registry
    has_registry: bool
    period: str | None = None


def set_desk(settings: Settings, templates: TemplateSet, registry: Registry) -> ReadingDesk:
    """Loads models and thresholds, ready for the first page."""
    return ReadingDesk(
        templates=templates,
        readers={
            Kind.HANDWRITTEN: HandwritingReader(),
            Kind.PRINTED: PrintedReader(),
            Kind.BARCODE: BarcodeReader(),
            Kind.MARK: MarkReader(),
        },
        acceptance=acceptance_for(settings, laboratory_thresholds()),
        registry=registry,
        has_registry=next(iter(registry.accounts()), None) is not None,
        period=settings.period,
    )


def acceptance_for(settings: Settings, thresholds: Iterable[Threshold]) -> dict[Kind, Acceptance]:
    """Which confidence each kind of field must reach for what the company tolerates.

    Args:
        settings: `max_error`, `assurance` and what to do where the data is too thin.
        thresholds: certified ones, in any order.

    Returns:
        By kind. A kind without sufficient evidence is missing under `thin_data = "review"`
        and marked provisional under `"provisional"`.
    """
    known = list(thresholds)
    chosen = {kind: _acceptance(kind, settings, known) for kind in Kind}
    return {kind: acceptance for kind, acceptance in chosen.items() if acceptance is not None}


def _acceptance(kind: Kind, settings: Settings, thresholds: list[Threshold]) -> Acceptance | None:
    fitting = [
        one
        for one in thresholds
        if one.kind == kind
        and one.bound <= settings.max_error
        and one.assurance >= settings.assurance
    ]
    if fitting:
        return Acceptance(min(one.threshold for one in fitting))
    if settings.thin_data == "review":
        return None
    nearest = [one for one in thresholds if one.kind == kind and one.fields]
    if not nearest:
        return Acceptance(WITHOUT_EVIDENCE, provisional=True)
    return Acceptance(min(nearest, key=lambda one: one.bound).threshold, provisional=True)
