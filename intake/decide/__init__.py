"""Readings, rules and the registry → verdicts with their reasons.

Pure: the same in a batch, in a test and while a clerk types.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from intake.decide.checks import holds
from intake.decide.confirm import FITS, FLOOR, confirmed, fit
from intake.decide.history import objections
from intake.decide.identity import (
    Decided,
    by_confidence,
    decide_account,
    decide_code,
    decide_meter,
    expected_number,
    resolve_account,
    to_review,
)
from intake.decide.knowledge import Acceptance, Knowledge
from intake.decide.neighbours import Line, swapped
from intake.decide.values import as_decimal, fits, in_places, with_dates, written_date
from intake.records import Decision, Kind, Reading, Reason, Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping

    from intake.template import Field, Template

__all__ = [
    "FITS",
    "FLOOR",
    "Acceptance",
    "Decided",
    "Knowledge",
    "decide_form",
    "expected_number",
    "resolve_account",
    "written_date",
]


OLD_METER = (
    Reason.BELOW_PREVIOUS,
    Reason.IMPLAUSIBLE,
    Reason.COPIED,
    Reason.DECIMAL_SLIP,
    Reason.TRANSPOSED,
)
"""Objections that a new meter's dial cannot answer for."""


def decide_form(
    template: Template, readings: Mapping[str, Reading], knowledge: Knowledge
) -> dict[str, Decided]:
    """Decides every field of one form.

    Args:
        template: the form's.
        readings: by field name, what recognition saw.
        knowledge: what is known about the form besides.

    Returns:
        By field name, in the template's order: the reading with its final values, the verdict.
    """
    decided: dict[str, Decided] = {}
    for field in sorted(template.field, key=_numbers_first):
        decided[field.name] = _decide_field(field, readings[field.name], knowledge, decided)
    for name in _swapped(template, decided, knowledge):
        verdict = _with_swap(decided[name].verdict)
        decided[name] = replace(decided[name], verdict=verdict)
    return {field.name: decided[field.name] for field in template.field}


def _swapped(
    template: Template, decided: Mapping[str, Decided], knowledge: Knowledge
) -> frozenset[str]:
    """Readings of the form whose values belong on each other's lines."""
    if not knowledge.applies_registry or "swapped" in knowledge.rules.off:
        return frozenset()
    lines = (_line(field, decided, knowledge) for field in template.field if field.is_reading)
    return swapped([line for line in lines if line is not None])


def _line(field: Field, decided: Mapping[str, Decided], knowledge: Knowledge) -> Line | None:
    """A reading with its line's past; None where nothing was written or no meter is known."""
    digits = decided[field.name].reading.value
    past = knowledge.past(field)
    if digits is None or past is None or _was_replaced(field, decided):
        return None
    return Line(field.name, as_decimal(digits, field.decimals), past)


def _with_swap(verdict: Verdict) -> Verdict:
    earlier = verdict.reasons if verdict.decision is Decision.REVIEW else ()
    return to_review(Reason.SWAPPED, *earlier)


def _numbers_first(field: Field) -> bool:
    """Readings are decided last: they rest on the numbers and ticks of their meter."""
    return field.is_reading


def _decide_field(
    field: Field, reading: Reading, knowledge: Knowledge, decided: Mapping[str, Decided]
) -> Decided:
    if field.kind is Kind.BARCODE:
        return Decided(reading, decide_code(reading, knowledge))
    reading = in_places(field, reading)
    if reading.signs:
        return Decided(_final_values(field, reading), to_review(*reading.signs))
    if field.lookup is not None:
        return _decide_number(field, reading, knowledge)
    final = _final_values(field, reading)
    if not final.candidates:
        return Decided(final, to_review(Reason.BAD_FORMAT))
    verdict = _by_picture(field, final, reading, knowledge)
    if field.is_day_of_reading:
        verdict = _held_against_month(final, verdict, knowledge)
    if field.is_reading and knowledge.applies_registry:
        verdict = _held_against_meter(field, final, verdict, knowledge, decided)
    return _with_history(field, final, verdict, knowledge)


def _decide_number(field: Field, reading: Reading, knowledge: Knowledge) -> Decided:
    """A printed number: its check digit first, where its template names one."""
    if field.check and reading.value is not None and not holds(field.check, reading.value):
        return Decided(reading, to_review(Reason.CHECK_DIGIT))
    if field.lookup == "account":
        return decide_account(reading, field, knowledge)
    return decide_meter(reading, field, knowledge)


def _final_values(field: Field, reading: Reading) -> Reading:
    return with_dates(reading) if field.format == "date" else reading


def _by_picture(field: Field, final: Reading, seen: Reading, knowledge: Knowledge) -> Verdict:
    """What the picture alone supports."""
    if final.confidence < seen.confidence:
        return to_review(Reason.BAD_FORMAT)
    if final.value is not None and not fits(field, final.value):
        return to_review(Reason.BAD_FORMAT)
    return by_confidence(final, field.kind, knowledge)


def _held_against_month(reading: Reading, verdict: Verdict, knowledge: Knowledge) -> Verdict:
    """Adds that a form of this month was hardly filled in on this day."""
    if reading.value is None or knowledge.is_specimen or knowledge.allows(reading.value):
        return verdict
    return _with_objections(verdict, (Reason.UNLIKELY_DATE,))


def _held_against_meter(
    field: Field,
    reading: Reading,
    verdict: Verdict,
    knowledge: Knowledge,
    decided: Mapping[str, Decided],
) -> Verdict:
    """Adds what the registry says against a value; takes nothing back and changes no digit."""
    if reading.value is None or verdict.decision is Decision.BLANK:
        return verdict
    past = knowledge.past(field)
    if past is None:
        return _with_objections(verdict, (Reason.NOT_IN_REGISTRY,))
    found = list(objections(reading.value, field, past))
    if _was_replaced(field, decided):
        found = [reason for reason in found if reason not in OLD_METER]
    return _with_objections(verdict, tuple(found))


def _with_history(field: Field, final: Reading, verdict: Verdict, knowledge: Knowledge) -> Decided:
    """Adds how well the first choice fits; that counts only where audited data supports it."""
    if not field.is_reading or not knowledge.applies_registry:
        return Decided(final, verdict)
    known = knowledge.past(field)
    past = known.known if known else ()
    score = fit(final, field, past, knowledge.period)
    rule = knowledge.acceptance.get(field.kind)
    if rule is not None:
        verdict = confirmed(verdict, final, score, rule)
    return Decided(final, verdict, score)


def _was_replaced(field: Field, decided: Mapping[str, Decided]) -> bool:
    tick = decided.get(f"{field.group}.replaced")
    return tick is not None and tick.verdict.decision is Decision.ACCEPTED


def _with_objections(verdict: Verdict, objections: tuple[Reason, ...]) -> Verdict:
    if not objections:
        return verdict
    earlier = verdict.reasons if verdict.decision is Decision.REVIEW else ()
    return to_review(*earlier, *objections)
