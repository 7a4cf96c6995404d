"""Whose form it is, by what its fields say at present: pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from intake.records import Decision, FormCode, Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from intake.records import Meter

ACCOUNT = "account"
GONE = (Decision.BLANK, Decision.REFUSED)
"""Decisions after which a field says nothing."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a field says at present.

    Attributes:
        kind: how the field came onto the paper.
        decision: accepted, review, blank or refused.
        value: as decided; None unless accepted.
        by_person: whether a person decided it.
    """

    kind: str
    decision: str
    value: str | None
    by_person: bool = False


def account_of(read_account: str | None, answers: Mapping[str, Answer]) -> str | None:
    """The account of a form: its accepted field, a code that a person typed, or as read."""
    field = answers.get(ACCOUNT)
    if field is not None and field.decision == Decision.ACCEPTED:
        return field.value
    code = _typed_code(answers)
    return code.account if code is not None else read_account


def period_of(read_period: str | None, answers: Mapping[str, Answer]) -> str | None:
    """The billing month of a form: of a code that a person typed, or as read."""
    code = _typed_code(answers)
    return code.period if code is not None else read_period


def meter_of(
    place: str | None, answers: Mapping[str, Answer], known: Iterable[Meter]
) -> str | None:
    """The meter at a place of a form: what its field says, else the registry's only one there."""
    if place is None:
        return None
    field = answers.get(f"{place}.meter")
    if field is not None:
        return field.value if field.decision == Decision.ACCEPTED else None
    there = [meter.number for meter in known if meter.place == place and meter.removed is None]
    return there[0] if len(there) == 1 else None


def is_ownerless(place: str | None, account: str | None, answers: Mapping[str, Answer]) -> bool:
    """Whether a reading's meter or account was to be named by a field that says nothing."""
    gone = {name for name, answer in answers.items() if answer.decision in GONE}
    return f"{place}.meter" in gone or (ACCOUNT in gone and account is None)


def _typed_code(answers: Mapping[str, Answer]) -> FormCode | None:
    typed = (
        answer.value
        for answer in answers.values()
        if answer.kind == Kind.BARCODE and answer.by_person and answer.value is not None
    )
    return next((code for text in typed if (code := FormCode.parse(text))), None)
