"""Whose form it is: the code and the printed numbers, each held against the other."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from intake.decide.knowledge import meter_at
from intake.decide.values import fits
from intake.records import Candidate, Decision, Kind, Reading, Reason, Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from intake.decide.knowledge import Knowledge
    from intake.records import FormCode, Meter
    from intake.template import Field


@dataclass(frozen=True, slots=True)
class Decided:
    """A reading with its values in their final form, and the verdict on it.

    Attributes:
        reading: from the picture alone.
        verdict: what was decided.
        fit: how well the first choice fits the meter's history, 0..1; None where unknown.
    """

    reading: Reading
    verdict: Verdict
    fit: float | None = None


def resolve_account(code: FormCode | None, printed: Reading | None) -> str | None:
    """The account that a form says it belongs to: by its code, else by its print."""
    if code is not None:
        return code.account
    return printed.value if printed is not None else None


def expected_number(field: Field, knowledge: Knowledge) -> str | None:
    """What stands in a printed field, as the form's code and the registry know without it."""
    if knowledge.is_specimen or knowledge.code is None:
        return None
    if field.lookup == "account":
        return knowledge.code.account
    if field.lookup == "meter" and knowledge.applies_registry:
        meter = meter_at(knowledge.meters, field, knowledge.period)
        return meter.number if meter else None
    return None


def decide_code(reading: Reading, knowledge: Knowledge) -> Verdict:
    """An unreadable code needs no person as long as the print says whose form it is."""
    if reading.value is not None:
        return Verdict(Decision.ACCEPTED, reading.value)
    if knowledge.account is not None and knowledge.period is not None:
        return Verdict(Decision.REFUSED, None, (Reason.UNREADABLE,))
    return Verdict(Decision.REVIEW, None, (Reason.UNREADABLE,))


def decide_account(reading: Reading, field: Field, knowledge: Knowledge) -> Decided:
    """The printed account: it must agree with the code and be the company's."""
    if knowledge.is_specimen:
        return decide_specimen_number(reading, field, knowledge)
    told = knowledge.code.account if knowledge.code else None
    if told is not None:
        return Decided(*_held_against_code(reading, told, knowledge))
    if reading.value is None:
        return Decided(reading, to_review(Reason.UNREADABLE))
    if knowledge.applies_registry and knowledge.account is None:
        return Decided(reading, to_review(Reason.NOT_IN_REGISTRY))
    return _by_print_alone(reading, field, knowledge)


def _by_print_alone(reading: Reading, field: Field, knowledge: Knowledge) -> Decided:
    """A number that neither code nor meters tell: it must at least look as its template says."""
    if reading.value is not None and not fits(field, reading.value):
        return Decided(reading, to_review(Reason.BAD_FORMAT))
    return Decided(reading, by_confidence(reading, Kind.PRINTED, knowledge))


def _held_against_code(
    reading: Reading, told: str, knowledge: Knowledge
) -> tuple[Reading, Verdict]:
    offered = _with_candidate(reading, told)
    if reading.value is not None and reading.value != told:
        likely = any(one.value == told and one.probability > 0.2 for one in reading.candidates)
        reason = Reason.LOW_CONFIDENCE if likely else Reason.CONTRADICTION
        return offered, to_review(reason)
    if reading.value is None:
        return offered, to_review(Reason.UNREADABLE)
    if knowledge.applies_registry and knowledge.account is None:
        return offered, to_review(Reason.NOT_IN_REGISTRY)
    return reading, Verdict(Decision.ACCEPTED, told)


def decide_meter(reading: Reading, field: Field, knowledge: Knowledge) -> Decided:
    """A printed meter number: the account's own, and at the place it is known for."""
    if knowledge.is_specimen:
        return decide_specimen_number(reading, field, knowledge)
    if knowledge.applies_registry:
        return _held_against_meters(reading, field, knowledge)
    if reading.value is None:
        return Decided(reading, Verdict(Decision.BLANK))
    return _by_print_alone(reading, field, knowledge)


def _held_against_meters(reading: Reading, field: Field, knowledge: Knowledge) -> Decided:
    meters = knowledge.meters
    expected = meter_at(meters, field, knowledge.period)
    if expected is None:
        empty = reading.value is None
        verdict = Verdict(Decision.BLANK) if empty else to_review(Reason.NOT_IN_REGISTRY)
        return Decided(reading, verdict)
    if reading.value == expected.number:
        return Decided(reading, Verdict(Decision.ACCEPTED, expected.number))
    offered = _with_candidate(reading, expected.number)
    return Decided(offered, to_review(_disagreement(reading, meters)))


def _disagreement(reading: Reading, meters: Sequence[Meter]) -> Reason:
    if reading.value is None:
        return Reason.UNREADABLE
    own = {meter.number for meter in meters}
    return Reason.CONTRADICTION if reading.value in own else Reason.NOT_IN_REGISTRY


def decide_specimen_number(reading: Reading, field: Field, knowledge: Knowledge) -> Decided:
    """A specimen has no numbers; what stands there all the same is held against nothing."""
    if reading.value is None:
        return Decided(reading, Verdict(Decision.BLANK))
    return _by_print_alone(reading, field, knowledge)


def by_confidence(reading: Reading, kind: Kind, knowledge: Knowledge) -> Verdict:
    """Accepts a reading that is as sure as its kind of field must be, else asks a person."""
    acceptance = knowledge.acceptance.get(kind)
    if acceptance is None:
        return to_review(Reason.THIN_DATA)
    if reading.confidence < acceptance.threshold:
        return to_review(Reason.LOW_CONFIDENCE)
    if reading.value is None:
        return Verdict(Decision.BLANK)
    marks = (Reason.PROVISIONAL,) if acceptance.provisional else ()
    return Verdict(Decision.ACCEPTED, reading.value, marks)


def to_review(*reasons: Reason) -> Verdict:
    """A person decides."""
    return Verdict(Decision.REVIEW, None, reasons)


def _with_candidate(reading: Reading, value: str) -> Reading:
    """The reading with `value` offered as a further candidate if it is not one already."""
    if any(one.value == value for one in reading.candidates):
        return reading
    return replace(reading, candidates=(*reading.candidates, Candidate(value, 0.0)))
