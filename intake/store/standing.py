"""Where a form stands now: its account, its meters, and which reading of a month counts.

Kept up to date in the transaction that saves a form or a decision, so that queue, ledger,
export and search read plain columns.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Row, and_, exists, func, or_, select, update

from intake.records import Decision
from intake.store.known import meters_of
from intake.store.tables import events, fields, forms, outbox

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from intake.records import Meter

ACCOUNT = "account"
OPEN = (Decision.ACCEPTED, Decision.REVIEW)
"""Decisions after which a reading may still go out."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a field says at present."""

    decision: str
    value: str | None


@dataclass(frozen=True, slots=True)
class Key:
    """What only one reading can count for."""

    organisation: str
    meter: str
    register: str
    period: str


def account_of(read_account: str | None, answers: Mapping[str, Answer]) -> str | None:
    """The account a form belongs to: what its field says once accepted, else its code."""
    field = answers.get(ACCOUNT)
    if field is not None and field.decision == Decision.ACCEPTED:
        return field.value
    return read_account


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


def refresh(connection: Connection, form: int) -> None:
    """Brings a form's account, meters and open readings up to date after a change in it."""
    head = connection.execute(select(forms).where(forms.c.id == form)).one()
    before = _rows(connection, form)
    answers = {row.name: Answer(row.decision, row.value) for row in before}
    account = account_of(head.read_account, answers)
    known = meters_of(connection, head.organisation, account) if account else ()
    connection.execute(update(forms).where(forms.c.id == form).values(account=account))
    for row in before:
        meter = meter_of(row.place, answers, known)
        if meter != row.meter:
            connection.execute(update(fields).where(fields.c.id == row.id).values(meter=meter))
    _reopen(connection, form)
    keys = {_key(head.organisation, row) for row in (*before, *_rows(connection, form))}
    for key in keys - {None}:
        _settle(connection, key)


def rivals(connection: Connection, key: Key) -> list[Row[Any]]:
    """Readings that stand for one meter, register and period, in the order they came."""
    query = (
        select(fields.c.id, fields.c.form, fields.c.value, fields.c.decision, fields.c.superseded)
        .join(forms, forms.c.id == fields.c.form)
        .where(
            fields.c.is_reading,
            fields.c.meter == key.meter,
            fields.c.register == key.register,
            fields.c.period == key.period,
            fields.c.decision.in_(OPEN),
            forms.c.organisation == key.organisation,
        )
        .order_by(fields.c.id)
    )
    return list(connection.execute(query))


def _settle(connection: Connection, key: Key | None) -> None:
    """Lets one accepted reading count and marks the others as superseded."""
    assert key is not None
    accepted = [row for row in rivals(connection, key) if row.decision == Decision.ACCEPTED]
    if not accepted:
        return
    sent = _sent(connection, [row.id for row in accepted])
    last = max(accepted, key=lambda row: (_last_event(connection, row.id), -row.id))
    same = [row for row in accepted if row.id in sent and row.value == last.value]
    winner = same[0].id if same else last.id
    for row in accepted:
        superseded = row.id != winner
        if superseded != row.superseded:
            pending = not superseded or row.id in sent
            values = {"superseded": superseded, "pending": pending}
            connection.execute(update(fields).where(fields.c.id == row.id).values(values))


def _reopen(connection: Connection, form: int) -> None:
    """Puts a form's readings back on the way out where there is something left to say."""
    mine = and_(fields.c.form == form, fields.c.is_reading)
    beyond = or_(fields.c.decision != Decision.ACCEPTED, fields.c.meter.is_(None))
    connection.execute(update(fields).where(mine, beyond).values(superseded=False))
    live = and_(fields.c.decision.in_(OPEN), fields.c.superseded.is_(False))
    ever_sent = exists().where(outbox.c.field == fields.c.id)
    connection.execute(update(fields).where(mine).values(pending=or_(live, ever_sent)))


def _sent(connection: Connection, readings: list[int]) -> frozenset[int]:
    query = select(outbox.c.field).where(outbox.c.field.in_(readings))
    return frozenset(connection.scalars(query))


def _last_event(connection: Connection, field: int) -> int:
    return connection.scalar(select(func.max(events.c.id)).where(events.c.field == field)) or 0


def _rows(connection: Connection, form: int) -> list[Row[Any]]:
    return list(connection.execute(select(fields).where(fields.c.form == form)))


def _key(organisation: str, row: Row[Any]) -> Key | None:
    if not row.is_reading or row.meter is None or not row.period:
        return None
    return Key(organisation, row.meter, row.register, row.period)
