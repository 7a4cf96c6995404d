"""What can be meant for a field, by its shape and by what the company knows."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from intake.errors import InputError
from intake.queue.marks import takes_mark
from intake.records import Decision, FormCode, Kind, Reason, Role

if TYPE_CHECKING:
    from intake.records import Candidate, QueueItem
    from intake.store import StoredRegistry

LONGEST = 64
"""Characters that a printed or coded value may have."""

LEAST_OFFER = 0.005
"""Candidates less likely than this are noise: offering them would invite a slip of the hand."""

LEAST_BELIEVED = 0.5
"""A candidate less likely than this is a guess: nobody accepts it without saying so."""

CONFLICTS = (Reason.DUPLICATE_FORM, Reason.CHANNEL_CONFLICT, Reason.CONTRADICTION)
"""Reasons of fields that are decided beside what they contradict, by a verifier."""


def barrier(role: Role, needed: Role) -> InputError | None:
    """Why somebody of one role cannot do what needs another; None where they can."""
    if role.covers(needed):
        return None
    sentence = "This needs a {needed}; you are a {role}. Leave it, or ask whoever has that role."
    return InputError(sentence, needed=needed, role=role)


def fault(item: QueueItem, decision: Decision, value: str | None) -> InputError | None:
    """Why a decision cannot be meant for a field; None where it can."""
    if decision is Decision.REVIEW:
        return InputError("{field}: accept it, mark it blank or refuse it.", field=item.field)
    if decision is not Decision.ACCEPTED:
        return None if value is None else _superfluous(item, decision)
    if not value:
        return InputError("{field}: type a value, or mark the field blank.", field=item.field)
    return _value_fault(item, value)


def offers(item: QueueItem) -> tuple[Candidate, ...]:
    """What the machine or, for printed numbers, the company holds for possible, best first."""
    least = 0.0 if item.kind is Kind.PRINTED else LEAST_OFFER
    return tuple(one for one in item.candidates if one.probability >= least)


def names_somebody(item: QueueItem) -> bool:
    """Whether a field names an account or a meter."""
    return item.kind is Kind.BARCODE or item.field == "account" or item.field.endswith(".meter")


def stranger(item: QueueItem, value: str, registry: StoredRegistry) -> InputError | None:
    """Why a registry that knows anything cannot mean an account or meter number."""
    if registry.is_empty:
        return None
    code = FormCode.parse(value) if item.kind is Kind.BARCODE else None
    account = code.account if code else value if item.field == "account" else None
    if account is not None:
        return unknown_account(item.field, account, registry)
    if item.field.endswith(".meter") and item.account is not None:
        return _foreign_meter(item, value, [one.number for one in registry.meters(item.account)])
    return None


def unknown_account(field: str, account: str, registry: StoredRegistry) -> InputError | None:
    """Why a registry that knows anything cannot mean an account; None where it can."""
    if registry.is_empty or registry.account(account) is not None:
        return None
    sentence = (
        "{field}: there is no account {account} in the registry. Type it again, or refuse it."
    )
    return InputError(sentence, field=field, account=account)


def _foreign_meter(item: QueueItem, value: str, numbers: list[str]) -> InputError | None:
    if value in numbers:
        return None
    sentence = "{field}: account {account} has no meter {meter}. It has: {listed}."
    listed = ", ".join(numbers) or "–"
    return InputError(sentence, field=item.field, account=item.account, meter=value, listed=listed)


def _superfluous(item: QueueItem, decision: Decision) -> InputError:
    sentence = "{field}: a {decision} field has no value. Leave it out."
    return InputError(sentence, field=item.field, decision=decision)


def _value_fault(item: QueueItem, value: str) -> InputError | None:
    if item.kind is Kind.MARK:
        fits, sentence = value == "1", "{field}: a tick box is `1`, or blank."
    elif item.format == "date":
        fits = _is_day(value)
        sentence = "{field}: type the day as YYYY-MM-DD, such as 2026-11-28."
    elif item.kind is Kind.HANDWRITTEN:
        return _digits_fault(value, item)
    elif item.kind is Kind.BARCODE:
        return _code_fault(value, item)
    else:
        fits = value.isprintable() and value == value.strip() and len(value) <= LONGEST
        sentence = "{field}: type at most {most} printable characters, without outer spaces."
    return None if fits else InputError(sentence, field=item.field, most=LONGEST)


def _digits_fault(value: str, item: QueueItem) -> InputError | None:
    if not re.fullmatch("[0-9]+", value):
        return _not_digits(item)
    if item.cells and len(value) > item.cells:
        sentence = "{field}: type at most {cells} digits, one for each box."
        return InputError(sentence, field=item.field, cells=item.cells)
    return None


def _not_digits(item: QueueItem) -> InputError:
    if not takes_mark(item):
        return InputError("{field}: type digits only, without a decimal mark.", field=item.field)
    sentence = "{field}: type digits, at most {decimals} after the decimal mark, such as {example}."
    example = f"123.{'4' * item.decimals}"
    return InputError(sentence, field=item.field, decimals=item.decimals, example=example)


def _code_fault(value: str, item: QueueItem) -> InputError | None:
    code = FormCode.parse(value)
    if code is not None and code.template == item.template:
        return None
    sentence = (
        "{field}: type template, version, account and month, such as {example}, or refuse it."
    )
    example = f"{item.template}/1/10000001/2026-11"
    return InputError(sentence, field=item.field, example=example)


def _is_day(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False
