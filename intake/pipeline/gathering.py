"""What the code and the registry know of a form, for its decisions to rest on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from intake.decide import Knowledge, resolve_account
from intake.records import FormCode, Kind, Reason, Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from intake.pipeline.desk import ReadingDesk
    from intake.records import Reading
    from intake.template import Template


def gather(template: Template, readings: Mapping[str, Reading], desk: ReadingDesk) -> Knowledge:
    """Asks the registry for all that the form's decisions need."""
    code = _code_of(template, readings)
    known = Knowledge(
        code=code,
        acceptance=desk.acceptances.of(template),
        has_registry=desk.has_registry,
        period=code.period if code is not None else desk.period,
        rules=desk.rules,
        today=desk.today,
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


def foreign_code(code: FormCode | None, template: Template) -> Refusal | None:
    """A form whose code names another template, or another version of it, is not guessed at."""
    if code is None or (code.template, code.version) == (template.id, template.version):
        return None
    return Refusal(
        Reason.UNKNOWN_FORM,
        f"The code says `{code.template}` version {code.version}, the marks say "
        f"`{template.id}` version {template.version}; add the template of that version.",
    )


def _code_of(template: Template, readings: Mapping[str, Reading]) -> FormCode | None:
    texts = (readings[field.name].value for field in template.field if field.kind is Kind.BARCODE)
    return next((code for text in texts if text and (code := FormCode.parse(text))), None)


def _printed_account(template: Template, readings: Mapping[str, Reading]) -> Reading | None:
    return next(
        (readings[field.name] for field in template.field if field.lookup == "account"), None
    )
