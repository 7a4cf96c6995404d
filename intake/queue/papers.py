"""Pages and forms that were not read, forms that say no month: a person says what they are."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np

from intake.errors import InputError
from intake.queue.checks import barrier, unknown_account
from intake.records import (
    Candidate,
    Decision,
    FieldResult,
    FormResult,
    Kind,
    Reading,
    Reason,
    Role,
    Verdict,
)
from intake.settings import is_month

if TYPE_CHECKING:
    from collections.abc import Mapping

    from intake.records import LoosePaper, Placing
    from intake.store import Store, StoredRegistry
    from intake.template import Field, Template

NOBODY = "person"
"""Stands in the place of the engine that read a field: no engine did."""

LEASE_SECONDS = 120.0
"""How long a taken field or paper stays with a person who is not heard of."""


class PaperQueue:
    """The loose papers, as one person works on them."""

    def __init__(self, store: Store, who: str, role: Role = Role.SUPERVISOR) -> None:
        self._store = store
        self.who = who
        self.role = role

    def counts(self) -> tuple[int, int]:
        """How many pages and forms were not read, and how many forms say no month."""
        return self._store.papers.counts()

    def waiting(self, limit: int) -> list[LoosePaper]:
        """Pages that no template fits, forms that were not read, then those that say no month."""
        return self._store.papers.waiting(limit)

    def take(self) -> LoosePaper | None:
        """The first one that nobody else has; None where there is none."""
        return self._store.papers.take(self.who, LEASE_SECONDS)

    def keep(self) -> None:
        """Says that this person is still there."""
        self._store.papers.keep(self.who, LEASE_SECONDS)

    def give_back(self) -> None:
        """Lets others have what this person took."""
        self._store.papers.give_back(self.who)

    def usual_month(self) -> str | None:
        """The month of the newest form that says one; None where none does."""
        return self._store.papers.newest_month()

    def name(self, placing: Placing, template: Template) -> int:
        """Says which form it is that was not read; its fields then wait to be keyed.

        Returns:
            Its first field.

        Raises:
            InputError: account or month cannot be meant, it needs a verifier, or the paper is
                placed already.
            StaleDecision: somebody else has it.
        """
        self._check(placing)
        file, digest, number, organisation = self._store.papers.next_number(placing.paper)
        registry = self._store.registry(organisation)
        account = placing.account
        problem = unknown_account("account", account, registry) if account else None
        if problem is not None:
            raise problem
        key = hashlib.sha256(f"{digest}/{file}/{placing.paper}/{number}".encode()).hexdigest()
        meters = _meters(registry, account)
        fields = tuple(_unread(field, account, meters) for field in template.field)
        form = FormResult(
            number=number,
            template=template.id,
            version=template.version,
            account=account,
            period=placing.period,
            digest=key,
            to_page=np.empty(0),
            residual_mm=0.0,
            fields=fields,
        )
        return self._store.papers.name(placing, form)

    def date(self, placing: Placing) -> None:
        """Says which month a form is for.

        Raises:
            InputError: that is no month, it needs a verifier, or the form has one already.
            StaleDecision: somebody else has it.
        """
        self._check(placing)
        self._store.papers.date(placing)

    def refuse(self, placing: Placing, reason: Reason, why: str = "") -> None:
        """Refuses a page or form that was not read for good.

        Raises:
            InputError: it needs a verifier, or the paper is placed already.
            StaleDecision: somebody else has it.
        """
        problem = barrier(self.role, Role.VERIFIER)
        if problem is not None:
            raise problem
        self._store.papers.refuse(placing, reason, why)

    def undo(self) -> bool:
        """Takes back what this person said last about a paper; False where nothing can be."""
        return self._store.papers.undo(self.who)

    def _check(self, placing: Placing) -> None:
        problem = barrier(self.role, Role.VERIFIER) or _no_month(placing.period)
        if problem is not None:
            raise problem


def _no_month(period: str | None) -> InputError | None:
    if period is not None and is_month(period):
        return None
    return InputError("A month is YYYY-MM, such as 2026-11.")


def _meters(registry: StoredRegistry, account: str | None) -> Mapping[str, str]:
    """The meter in use at each place of an account."""
    if account is None:
        return {}
    return {one.place: one.number for one in registry.meters(account) if one.removed is None}


def _unread(field: Field, account: str | None, meters: Mapping[str, str]) -> FieldResult:
    """A field that only a person has seen: what they said of it, or else it waits."""
    verdict = Verdict(Decision.REVIEW, None, (Reason.UNKNOWN_FORM,))
    candidates: tuple[Candidate, ...] = ()
    if field.kind is Kind.BARCODE:
        verdict = Verdict(Decision.BLANK)
    elif field.lookup == "account" and account is not None:
        verdict = Verdict(Decision.ACCEPTED, account)
    elif field.lookup == "meter" and (field.group or "") in meters:
        candidates = (Candidate(meters[field.group or ""], 0.0),)
    return FieldResult(
        name=field.name,
        kind=field.kind,
        reading=Reading(field.name, candidates, engine=NOBODY),
        verdict=verdict,
        cells=field.cells,
        decimals=field.decimals,
        unit=field.unit,
        register=field.register,
        format=field.format,
    )
