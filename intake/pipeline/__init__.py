"""One page in, its result out: the only room that knows the order of the stages.

Nothing is saved here, and nothing that a page shows makes this fail: what cannot be read is a
result that says why.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

from intake.align import align_page
from intake.crop import CLOSER, crop_form
from intake.decide import decide_form, expected_number
from intake.pipeline.acceptance import engines
from intake.pipeline.condition import page_condition
from intake.pipeline.desk import ReadingDesk, set_desk
from intake.pipeline.gathering import foreign_code, gather
from intake.pipeline.signs import with_signs
from intake.records import FieldResult, FormResult, PageKind, PageResult

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from intake.align import PageForms
    from intake.decide import Decided, Knowledge
    from intake.recognise import Reader
    from intake.records import AlignedForm, Crop, Kind, Page, Reading
    from intake.template import Field

CLEAR_AT_A_GLANCE = 0.99
"""Confidence from which a field is not cut out again at a finer scale."""

CLEAR_WHEN_TOLD = 0.5
"""The same for a number that the form's code or its account's meters say stands there."""

__all__ = ["ReadingDesk", "engines", "read_page", "set_desk"]


def read_page(page: Page, sha256: str, desk: ReadingDesk) -> PageResult:
    """Reads one page.

    Args:
        page: as stored in its file.
        sha256: of that file; part of the forms' identity.
        desk: templates, readers, registry and thresholds.

    Returns:
        What the page is, and each form on it with every field decided.
    """
    found = align_page(page, desk.templates)
    forms = tuple(
        _read_form(found, form, _digest(sha256, page.number, number), number, desk)
        for number, form in enumerate(found.forms, start=1)
    )
    picture = None if found.kind in {PageKind.BLANK, PageKind.REFUSED} else found.levels.level(1)
    condition = page_condition(page, found, desk.templates)
    return PageResult(page.number, found.kind, forms, found.refusal, picture, condition=condition)


def _digest(sha256: str, page: int, form: int) -> str:
    return hashlib.sha256(f"{sha256}/{page}/{form}".encode()).hexdigest()


def _read_form(
    found: PageForms, form: AlignedForm, digest: str, number: int, desk: ReadingDesk
) -> FormResult:
    template = desk.templates.get(form.template)
    result = FormResult(
        number=number,
        template=form.template,
        version=form.version,
        account=None,
        period=None,
        digest=digest,
        to_page=form.to_page,
        residual_mm=form.residual_mm,
        refusal=form.refusal,
    )
    if form.refusal is not None:
        return result
    crops = crop_form(found.levels, template.field, form)
    read = read_fields(template.field, crops, desk.glances)
    knowledge = gather(template, read, desk)
    closer = [field for field in template.field if _is_unclear(field, read, knowledge)]
    if closer:
        crops |= crop_form(found.levels, closer, form, closer=True)
        read |= read_fields(closer, crops, desk.readers)
        knowledge = gather(template, read, desk)
    refusal = foreign_code(knowledge.code, template)
    if refusal is not None:
        return replace(result, refusal=refusal)
    readings = with_signs(found.levels, form, template, crops, read)
    decided = decide_form(template, readings, knowledge)
    return replace(
        result,
        account=knowledge.account,
        period=knowledge.period,
        specimen=knowledge.is_specimen,
        fields=tuple(
            _field_result(field, crops[field.name], decided[field.name]) for field in template.field
        ),
    )


def _is_unclear(field: Field, read: Mapping[str, Reading], knowledge: Knowledge) -> bool:
    """Whether a field is to be cut out and read again at a finer scale."""
    if field.kind not in CLOSER:
        return False
    reading, told = read[field.name], expected_number(field, knowledge)
    as_told = reading.value is not None and reading.value == told
    return reading.confidence < (CLEAR_WHEN_TOLD if as_told else CLEAR_AT_A_GLANCE)


def read_fields(
    fields: Sequence[Field], crops: Mapping[str, Crop], readers: Mapping[Kind, Reader]
) -> dict[str, Reading]:
    """Reads fields of a form, each kind in one call of its reader."""
    readings: dict[str, Reading] = {}
    for kind, reader in readers.items():
        of_kind = [crops[field.name] for field in fields if field.kind is kind]
        if of_kind:
            readings.update({reading.field: reading for reading in reader.read(of_kind)})
    return readings


def _field_result(field: Field, crop: Crop, decided: Decided) -> FieldResult:
    return FieldResult(
        name=field.name,
        kind=field.kind,
        reading=decided.reading,
        verdict=decided.verdict,
        box_px=tuple((float(x), float(y)) for x, y in crop.box_px),
        cells=field.cells,
        decimals=field.decimals,
        unit=field.unit,
        register=field.register,
        picture=crop.image,
        format=field.format,
        fit=decided.fit,
    )
