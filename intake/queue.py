"""The review queue without a screen: what waits, and decisions that are checked first."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from intake.errors import InputError
from intake.records import Decision, FormCode, Kind, Waiting
from intake.store import without_machine

if TYPE_CHECKING:
    from intake.records import Correction, Keyed, QueueItem
    from intake.store import Store

LEASE_SECONDS = 120.0
"""How long a taken field stays with a person who is not heard of."""

LONGEST = 64
"""Characters that a printed or coded value may have."""


class Queue:
    """The fields that wait, as one person works on them.

    Attributes:
        who: name of the person; part of every event.
    """

    def __init__(self, store: Store, who: str) -> None:
        self._store = store
        self.who = who

    def count(self, which: Waiting | None = None) -> int:
        """How many fields wait."""
        return self._store.count_waiting(which or Waiting())

    def items(self, limit: int, which: Waiting | None = None) -> list[QueueItem]:
        """The next fields to decide: oldest month first, then as the forms came."""
        return self._store.waiting(limit, which or Waiting())

    def take(self, limit: int, which: Waiting | None = None) -> list[QueueItem]:
        """As `items`, and nobody else gets them while this person keeps them.

        What nobody kept for `LEASE_SECONDS` goes to whoever asks next.
        """
        return self._store.take(self.who, limit, which or Waiting(), LEASE_SECONDS)

    def keep(self) -> int:
        """Says that this person is still there; returns how many fields they hold."""
        return self._store.keep(self.who, LEASE_SECONDS)

    def give_back(self) -> None:
        """Lets others have what this person took and did not decide."""
        self._store.give_back(self.who)

    def item(self, field: int) -> QueueItem:
        """One field, waiting or not.

        Raises:
            InputError: there is no such field.
        """
        item = self._store.item(field)
        if item is None:
            raise InputError(f"There is no queue item {field}. `queue list` shows those that wait.")
        return item

    def form(self, field: int) -> list[QueueItem]:
        """All fields of the form that a field stands on, in the template's order."""
        return self._store.form_items(field)

    def decide(self, correction: Correction) -> QueueItem:
        """Applies a decision and returns the field as it stands then.

        Raises:
            InputError: the value does not fit the field; the sentence says what would.
            StaleDecision: somebody else decided in the meantime; nothing was overwritten.
        """
        item = self.item(correction.item)
        problem = fault(item, correction.decision, correction.value) or self._stranger(
            item, correction.value
        )
        if problem is not None:
            raise InputError(f"{item.field}: {problem}")
        self._store.decide(correction)
        return self.item(correction.item)

    def undo(self) -> QueueItem | None:
        """Takes back this person's last decision; None where there is none to take back.

        A decision that somebody has decided over, or that has gone out, stays.
        """
        field = self._store.undo(self.who)
        return None if field is None else self.item(field)

    def count_blind(self) -> int:
        """How many fields this person can key blind."""
        return self._store.count_blind(self.who)

    def take_blind(self, limit: int) -> list[QueueItem]:
        """Fields to be keyed by people who see nothing of what was read, `blind` on each.

        Those of the audit sample are among ordinary waiting ones, and nothing tells which is
        which. They are leased as those of `take` are, and `keep` and `give_back` count for them.
        """
        return self._store.take_blind(self.who, limit, LEASE_SECONDS)

    def key(self, keying: Correction) -> Keyed:
        """Keeps this person's answer on a field that they took to key blind.

        Two equal answers settle it; where two differ, a third person's does.

        Raises:
            InputError: the answer does not fit the field, or they have keyed it already.
            StaleDecision: somebody else holds it, or it was settled in the meantime.
        """
        item = self.item(keying.item)
        problem = fault(item, keying.decision, keying.value)
        if problem is not None:
            raise InputError(f"{item.field}: {problem}")
        return self._store.key_blind(keying)

    def take_back_keying(self) -> QueueItem | None:
        """Takes back this person's last keying that settled nothing yet; None: there is none."""
        field = self._store.take_back_blind(self.who)
        return None if field is None else without_machine(self.item(field))

    def _stranger(self, item: QueueItem, value: str | None) -> str | None:
        """Why the registry, where there is one, cannot be meant by an account or meter number."""
        registry = self._store.registry(self._store.organisation_of(item.id))
        if value is None or registry.is_empty:
            return None
        code = FormCode.parse(value) if item.kind is Kind.BARCODE else None
        account = code.account if code else value if item.field == "account" else None
        if account is not None and registry.account(account) is None:
            return f"there is no account {account} in the registry. Type it again, or refuse it."
        if item.field.endswith(".meter") and item.account is not None:
            numbers = [meter.number for meter in registry.meters(item.account)]
            if value not in numbers:
                listed = ", ".join(numbers) or "none"
                return f"account {item.account} has no meter {value}. It has: {listed}."
        return None


def fault(item: QueueItem, decision: Decision, value: str | None) -> str | None:
    """Why a decision cannot be meant for a field, one sentence; None where it can."""
    if decision is Decision.REVIEW:
        return "accept it, mark it blank or refuse it."
    if decision is not Decision.ACCEPTED:
        return None if value is None else f"a {decision} field has no value. Leave it out."
    return _value_fault(item, value) if value else "type a value, or mark the field blank."


def _value_fault(item: QueueItem, value: str) -> str | None:
    if item.kind is Kind.MARK:
        return None if value == "1" else "a tick box is `1`, or blank."
    if item.format == "date":
        return None if _is_day(value) else "type the day as YYYY-MM-DD, such as 2026-11-28."
    if item.kind is Kind.HANDWRITTEN:
        return _digits_fault(value, item)
    if item.kind is Kind.BARCODE:
        return _code_fault(value, item)
    fits = value.isprintable() and value == value.strip() and len(value) <= LONGEST
    return None if fits else f"type at most {LONGEST} printable characters, without outer spaces."


def _digits_fault(value: str, item: QueueItem) -> str | None:
    if not re.fullmatch("[0-9]+", value):
        return "type digits only, without a decimal mark."
    if item.cells and len(value) > item.cells:
        return f"type at most {item.cells} digits, one for each box."
    return None


def _code_fault(value: str, item: QueueItem) -> str | None:
    code = FormCode.parse(value)
    if code is None or code.template != item.template:
        shape = f"{item.template}/1/10000001/2026-11"
        return f"type template, version, account and month, such as {shape}, or refuse it."
    return None


def _is_day(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False
