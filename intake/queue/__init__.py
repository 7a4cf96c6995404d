"""The review queue without a screen: what waits, and decisions that are checked first."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from intake.errors import InputError
from intake.queue.checks import (
    CONFLICTS,
    LEAST_BELIEVED,
    barrier,
    fault,
    names_somebody,
    offers,
    stranger,
)
from intake.queue.marks import MARK, digits_meant, meant, takes_mark, with_mark
from intake.queue.papers import LEASE_SECONDS, PaperQueue
from intake.records import Role, Waiting
from intake.store import NO_ITEM, without_machine

if TYPE_CHECKING:
    from intake.records import ClerkTally, Correction, Keyed, Load, QueueItem
    from intake.store import Store

__all__ = [
    "CONFLICTS",
    "LEASE_SECONDS",
    "LEAST_BELIEVED",
    "MARK",
    "PaperQueue",
    "Queue",
    "digits_meant",
    "fault",
    "offers",
    "takes_mark",
    "with_mark",
]


class Queue:
    """The fields that wait, as one person works on them.

    Attributes:
        who: name of the person; part of every event.
        role: what the person may do.
    """

    def __init__(self, store: Store, who: str, role: Role = Role.SUPERVISOR) -> None:
        self._store = store
        self.who = who
        self.role = role

    def count(self, which: Waiting | None = None) -> int:
        """How many fields wait for somebody of this person's role."""
        return self._store.waiting.count(self._mine(which))

    def items(self, limit: int, which: Waiting | None = None) -> list[QueueItem]:
        """The next fields to decide: oldest month first, then as the forms came."""
        return self._store.waiting.items(limit, self._mine(which))

    def take(self, limit: int, which: Waiting | None = None) -> list[QueueItem]:
        """As `items`, and nobody else gets them while this person keeps them.

        What nobody kept for `LEASE_SECONDS` goes to whoever asks next.
        """
        return self._store.waiting.take(self.who, limit, self._mine(which), LEASE_SECONDS)

    def take_alike(self, limit: int, digit: str) -> list[QueueItem]:
        """As `take`, fields whose only doubt are boxes that seem to hold `digit`."""
        return self._store.waiting.take_alike(self.who, digit, limit, LEASE_SECONDS)

    def keep(self) -> int:
        """Says that this person is still there; returns how many fields they hold."""
        return self._store.waiting.keep(self.who, LEASE_SECONDS)

    def give_back(self) -> None:
        """Lets others have what this person took and did not decide."""
        self._store.waiting.give_back(self.who)

    def item(self, field: int) -> QueueItem:
        """One field, waiting or not.

        Raises:
            InputError: there is no such field.
        """
        item = self._store.waiting.item(field)
        if item is None:
            raise InputError(NO_ITEM, item=field)
        return item

    def form(self, field: int) -> list[QueueItem]:
        """All fields of the form that a field stands on, in the template's order."""
        return self._store.waiting.form_items(field)

    def beside(self, field: int) -> list[QueueItem]:
        """The fields that a field is in conflict with; empty where it is in none."""
        return self._store.waiting.beside(field)

    def decide(self, correction: Correction) -> QueueItem:
        """Applies a decision and returns the field as it stands then.

        Its value may be written with a decimal mark where the field takes one.

        Raises:
            InputError: the value does not fit the field, or the decision needs another role;
                the sentence says what would do.
            StaleDecision: somebody else decided in the meantime; nothing was overwritten.
        """
        item = self.item(correction.item)
        correction = meant(item, correction)
        needed = Role.VERIFIER if set(item.reasons) & set(CONFLICTS) else Role.KEYER
        problem = (
            barrier(self.role, needed)
            or fault(item, correction.decision, correction.value)
            or self._stranger(item, correction.value)
        )
        if problem is not None:
            raise problem
        self._store.decide(correction)
        return self.item(correction.item)

    def refuse_form(self, correction: Correction) -> None:
        """Refuses everything on the form of a field; undo takes it back as one decision.

        Raises:
            InputError: it needs a verifier.
            StaleDecision: somebody else decided, or works on another field of the form.
        """
        self._need(Role.VERIFIER)
        self._store.refuse_form(correction)

    def undo(self) -> QueueItem | None:
        """Takes back this person's last decision; None where there is none to take back.

        A decision that somebody has decided over, or that has gone out, stays.
        """
        field = self._store.undo(self.who)
        return None if field is None else self.item(field)

    # ---- blind ---------------------------------------------------------------------------

    def count_blind(self) -> int:
        """How many fields this person can key blind."""
        return self._store.trust.count_blind(self.who)

    def take_blind(self, limit: int) -> list[QueueItem]:
        """Fields to be keyed by people who see nothing of what was read, `blind` on each.

        Those of the audit sample are among ordinary waiting ones, and nothing tells which is
        which. They are leased as those of `take` are, and `keep` and `give_back` count for them.
        """
        return self._store.trust.take_blind(self.who, limit, LEASE_SECONDS)

    def key(self, keying: Correction) -> Keyed:
        """Keeps this person's answer on a field that they took to key blind.

        Two equal answers settle it; where two differ, a third person's does.

        Raises:
            InputError: the answer does not fit the field, or they have keyed it already.
            StaleDecision: somebody else holds it, or it was settled in the meantime.
        """
        item = self.item(keying.item)
        keying = meant(item, keying)
        problem = fault(item, keying.decision, keying.value)
        if problem is not None:
            raise problem
        return self._store.trust.key_blind(keying)

    def take_back_keying(self) -> QueueItem | None:
        """Takes back this person's last keying that settled nothing yet; None: there is none."""
        field = self._store.trust.take_back_blind(self.who)
        return None if field is None else without_machine(self.item(field))

    # ---- supervising ---------------------------------------------------------------------

    def load(self) -> Load:
        """What waits, by month and by reason."""
        return self._store.oversight.load()

    def clerks(self, since: str = "") -> list[ClerkTally]:
        """What each person has done since a day or moment, UTC.

        Raises:
            InputError: it needs a supervisor.
        """
        self._need(Role.SUPERVISOR)
        return self._store.oversight.clerks(since)

    def reassign(self, giver: str, taker: str | None) -> int:
        """Hands what one person holds to another, or back to the queue; returns how many items.

        Raises:
            InputError: it needs a supervisor.
        """
        self._need(Role.SUPERVISOR)
        return self._store.oversight.reassign(giver, taker)

    def decided(self, account: str) -> list[QueueItem]:
        """The decided fields of an account, newest form first.

        Raises:
            InputError: it needs a supervisor.
        """
        self._need(Role.SUPERVISOR)
        return self._store.oversight.decided(account)

    def reopen(self, field: int) -> QueueItem:
        """Sends a decided field back to review.

        Raises:
            InputError: it needs a supervisor, or the field waits already.
        """
        self._need(Role.SUPERVISOR)
        self._store.oversight.reopen(field, self.who)
        return self.item(field)

    def _stranger(self, item: QueueItem, value: str | None) -> InputError | None:
        """Why the company cannot mean `value`; it is asked only where that could be."""
        if value is None or not names_somebody(item):
            return None
        registry = self._store.registry(self._store.waiting.organisation_of(item.id))
        return stranger(item, value, registry)

    def _mine(self, which: Waiting | None) -> Waiting:
        """What is left of `which` for this person's role."""
        meant = which or Waiting()
        return meant if self.role.covers(Role.VERIFIER) else replace(meant, but=CONFLICTS)

    def _need(self, role: Role) -> None:
        problem = barrier(self.role, role)
        if problem is not None:
            raise problem
