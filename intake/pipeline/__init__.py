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
from intake.decide import Knowledge, decide_form, expected_number, resolve_account
from intake.pipeline.acceptance import engines
from intake.pipeline.comment import has_comment
from intake.pipeline.condition import page_condition
from intake.pipeline.desk import ReadingDesk, set_desk
from intake.recognise.trouble import trouble_of, troubled
from intake.records import (
    FieldResult,
    FormCode,
    FormResult,
    Kind,
    PageKind,
    PageResult,
    Reading,
    Reason,
    Refusal,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from intake.align import PageForms
    from intake.decide import Decided
    from intake.recognise import Reader
    from intake.records import AlignedForm, Crop, Page
    from intake.template import Field, Template

NEAR_LIMIT_MM = 0.6
"""How far a form's boxes may lie from where they should be before its readings are doubted."""

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
    knowledge = _gather(template, read, desk)
    closer = [field for field in template.field if _is_unclear(field, read, knowledge)]
    if closer:
        crops |= crop_form(found.levels, closer, form, closer=True)
        read |= read_fields(closer, crops, desk.readers)
        knowledge = _gather(template, read, desk)
    refusal = _foreign_code(knowledge.code, template)
    if refusal is not None:
        return replace(result, refusal=refusal)
    decided = decide_form(template, _with_signs(found, form, crops, read, desk), knowledge)
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


def _with_signs(
    found: PageForms,
    form: AlignedForm,
    crops: Mapping[str, Crop],
    read: Mapping[str, Reading],
    desk: ReadingDesk,
) -> dict[str, Reading]:
    """Readings with every sign of trouble that shows on the form."""
    template = desk.templates.get(form.template)
    readings = _with_places(template, form, with_trouble(template, crops, read))
    if has_comment(found.levels, template, form):
        readings = _commented(template, readings)
    return readings


def with_trouble(
    template: Template, crops: Mapping[str, Crop], readings: Mapping[str, Reading]
) -> dict[str, Reading]:
    """Adds what shows in the whole pictures of combs to what their cells seem to hold."""
    combs = {
        field.name
        for field in template.field
        if field.kind is Kind.HANDWRITTEN and field.cells > 1 and not field.gap
    }
    return {
        name: troubled(reading, trouble_of(crops[name])) if name in combs else reading
        for name, reading in readings.items()
    }


def _with_places(
    template: Template, form: AlignedForm, readings: Mapping[str, Reading]
) -> dict[str, Reading]:
    """Marks readings that may have been cut from the wrong place.

    Their printed box was not found although the form's others were; or the form as a whole only
    just fits, and they are handwritten: print and codes say themselves whether they are whole.
    """
    barely = form.residual_mm > NEAR_LIMIT_MM
    written = {field.name for field in template.field if field.kind is Kind.HANDWRITTEN}
    doubtful = form.lost | (written if barely else set())
    return {
        name: _misaligned(reading) if name in doubtful else reading
        for name, reading in readings.items()
    }


def _commented(template: Template, readings: Mapping[str, Reading]) -> dict[str, Reading]:
    """Leaves the readings of a form to a person: what is written beside them may be about them."""
    asked = {field.name for field in template.field if field.is_reading}
    return {
        name: replace(reading, signs=(*reading.signs, Reason.COMMENT)) if name in asked else reading
        for name, reading in readings.items()
    }


def _misaligned(reading: Reading) -> Reading:
    return replace(reading, signs=(*reading.signs, Reason.MISALIGNED))


def _code_of(template: Template, readings: Mapping[str, Reading]) -> FormCode | None:
    texts = (readings[field.name].value for field in template.field if field.kind is Kind.BARCODE)
    return next((code for text in texts if text and (code := FormCode.parse(text))), None)


def _foreign_code(code: FormCode | None, template: Template) -> Refusal | None:
    """A form whose code names another template, or another version of it, is not guessed at."""
    if code is None or (code.template, code.version) == (template.id, template.version):
        return None
    return Refusal(
        Reason.UNKNOWN_FORM,
        f"The code says `{code.template}` version {code.version}, the marks say "
        f"`{template.id}` version {template.version}; add the template of that version.",
    )


def _gather(template: Template, readings: Mapping[str, Reading], desk: ReadingDesk) -> Knowledge:
    """Asks the registry for all that the form's decisions need."""
    code = _code_of(template, readings)
    known = Knowledge(
        code=code,
        acceptance=desk.acceptances.of(template),
        has_registry=desk.has_registry,
        period=code.period if code is not None else desk.period,
        rules=desk.rules,
    )
    number = resolve_account(code, _printed_account(template, readings))
    if number is None or not desk.has_registry:
        return replace(known, account=number)
    if desk.registry.account(number) is None:
        return known
    meters = desk.registry.meters(number)
    past = desk.registry.histories(number)
    history = {
        (meter.number, register): past.get((meter.number, register), ())
        for meter in meters
        for register in meter.registers
    }
    return replace(known, account=number, meters=meters, history=history)


def _printed_account(template: Template, readings: Mapping[str, Reading]) -> Reading | None:
    return next(
        (readings[field.name] for field in template.field if field.lookup == "account"), None
    )


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
