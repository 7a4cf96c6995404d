"""Everything that reading a page needs, made once per worker."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from intake.pipeline.acceptance import Acceptances, in_force
from intake.recognise.barcode import BarcodeReader
from intake.recognise.handwriting import HandwritingReader
from intake.recognise.mark import MarkReader
from intake.recognise.model import laboratory_thresholds
from intake.recognise.printed import NetworkReader, PrintedReader
from intake.records import Kind
from intake.settings import Rules

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from intake.recognise import Reader
    from intake.records import FieldThreshold
    from intake.registry import Registry
    from intake.settings import Settings
    from intake.template import TemplateSet


@dataclass(frozen=True, slots=True)
class ReadingDesk:
    """What lies ready where pages are read.

    Attributes:
        templates: the forms that may be on a page.
        glances: one for each kind of field, for pictures of no finer scale than most need.
        readers: those of kinds whose pictures may be cut finer, for the fields that need it.
        acceptances: from which confidence on fields are accepted.
        registry: what the company knows.
        has_registry: whether it knows any account at all.
        period: billing month of forms whose code does not say; None: unknown.
        rules: how readings are held against the registry.
        today: day `YYYY-MM-DD` on which the scans were handed in; None: unknown.
    """

    templates: TemplateSet
    glances: Mapping[Kind, Reader]
    readers: Mapping[Kind, Reader]
    acceptances: Acceptances
    registry: Registry
    has_registry: bool
    period: str | None = None
    rules: Rules = field(default_factory=Rules)
    today: str | None = None


def set_desk(
    settings: Settings,
    templates: TemplateSet,
    registry: Registry,
    own: Iterable[FieldThreshold] = (),
) -> ReadingDesk:
    """Loads models and thresholds, ready for the first page.

    Args:
        settings: of the workspace.
        templates: the forms that may come.
        registry: what the company knows.
        own: thresholds from the company's verified fields; void ones do not count.
    """
    return ReadingDesk(
        templates=templates,
        glances={
            Kind.HANDWRITTEN: HandwritingReader(),
            Kind.PRINTED: NetworkReader(),
            Kind.BARCODE: BarcodeReader(),
            Kind.MARK: MarkReader(),
        },
        readers={
            Kind.PRINTED: PrintedReader(),
            Kind.BARCODE: BarcodeReader(),
            Kind.MARK: MarkReader(),
        },
        acceptances=Acceptances(settings, laboratory_thresholds(), in_force(own)),
        registry=registry,
        has_registry=next(iter(registry.accounts()), None) is not None,
        period=settings.period,
        rules=settings.rules,
    )
