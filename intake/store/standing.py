"""Where a form stands now: its account, month and meters, and which reading counts.

Kept up to date in the transaction that saves a decision, so that queue, ledger, export and
search read plain columns.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Row, and_, bindparam, exists, func, or_, select, update

from intake.records import Decision
from intake.store.identity import Answer, account_of, meter_of, period_of
from intake.store.known import meters_of
from intake.store.tables import CONFIRMED, LATE, events, fields, forms, outbox

if TYPE_CHECKING:
    from collections.abc import Iterable

OPEN = (Decision.ACCEPTED, Decision.REVIEW)
"""Decisions after which a reading may still go out."""


_HEAD = select(forms).where(forms.c.id == bindparam("of"))
_ROWS = select(fields).where(fields.c.form == bindparam("of")).order_by(fields.c.position)
_OF_FORM = and_(fields.c.form == bindparam("of"), fields.c.is_reading)
_BEYOND = or_(fields.c.decision != Decision.ACCEPTED, fields.c.meter.is_(None))
_LIVE = and_(fields.c.decision.in_(OPEN), fields.c.superseded.is_(False))
_EVER_SENT = exists().where(outbox.c.field == fields.c.id)
_SETTLING = (
    update(fields).where(_OF_FORM, _BEYOND).values(superseded=False),
    update(fields).where(_OF_FORM).values(pending=or_(_LIVE, _EVER_SENT)),
)
"""Statements around each decision: put together once, they cost a fraction."""


@dataclass(frozen=True, slots=True)
class Key:
    """What only one reading can count for."""

    organisation: str
    meter: str
    register: str
    period: str


@dataclass(frozen=True, slots=True)
class Placed:
    """What placing a form anew changed.

    Attributes:
        account: the form's account now; None where unknown.
        keys: what its readings stood for before, and stand for now.
        moved: its accepted readings that stand for something else now, by field.
    """

    account: str | None
    keys: frozenset[Key]
    moved: dict[int, Key]


def place(connection: Connection, form: int) -> Placed:
    """Finds account, month and meters of a form by what its fields say now."""
    head = connection.execute(_HEAD, {"of": form}).one()
    before = rows_of(connection, form)
    answers = answers_of(before)
    account = account_of(head.read_account, answers)
    period = head.given_period or period_of(head.read_period, answers)
    known = meters_of(connection, head.organisation, account) if account else ()
    if (account, period) != (head.account, head.period):
        values = {"account": account, "period": period}
        connection.execute(update(forms).where(forms.c.id == form).values(values))
    stands = {row.id: (meter_of(row.place, answers, known), period or "") for row in before}
    moved = [row.id for row in before if (row.meter, row.period) != stands[row.id]]
    for field in moved:
        meter, month = stands[field]
        now = {"meter": meter, "period": month}
        connection.execute(update(fields).where(fields.c.id == field).values(now))
    after = rows_of(connection, form) if moved else before
    return _compared(account, head.organisation, before, after)


def settle(connection: Connection, form: int, keys: Iterable[Key]) -> None:
    """Puts a form's open readings on the way out, and lets one reading count for each key."""
    for change in _SETTLING:
        connection.execute(change, {"of": form})
    for key in keys:
        _settle_key(connection, key)


_owner = select(forms.c.organisation).where(forms.c.id == fields.c.form).scalar_subquery()
"""Whose a field's form is. Asked field by field: joined, SQLite would go through all of the
organisation's forms to find the few fields of some meters."""


_STANDING = (
    select(
        fields.c.id,
        fields.c.form,
        fields.c.meter,
        fields.c.register,
        fields.c.value,
        fields.c.decision,
        fields.c.superseded,
    )
    .where(
        fields.c.is_reading,
        fields.c.meter.in_(bindparam("meters", expanding=True)),
        fields.c.period == bindparam("period"),
        fields.c.decision.in_(OPEN),
        _owner == bindparam("organisation"),
    )
    .order_by(fields.c.id)
)


def standing_for(
    connection: Connection, organisation: str, period: str, meters: Iterable[str]
) -> list[Row[Any]]:
    """The readings that stand for some meters and a month, in the order they came."""
    about = {"organisation": organisation, "period": period, "meters": list(meters)}
    return list(connection.execute(_STANDING, about))


def rivals(connection: Connection, key: Key) -> list[Row[Any]]:
    """Readings that stand for one meter, register and period, in the order they came."""
    standing = standing_for(connection, key.organisation, key.period, [key.meter])
    return [row for row in standing if row.register == key.register]


def rows_of(connection: Connection, form: int) -> list[Row[Any]]:
    """The fields of a form, in the template's order."""
    return list(connection.execute(_ROWS, {"of": form}))


def keys_of(connection: Connection, form: int) -> frozenset[Key]:
    """What the readings of a form stand for."""
    query = select(forms.c.organisation).where(forms.c.id == form)
    organisation = connection.execute(query).scalar_one()
    keys = (_key(organisation, row) for row in rows_of(connection, form))
    return frozenset(key for key in keys if key is not None)


def answers_of(rows: Iterable[Row[Any]]) -> dict[str, Answer]:
    """What fields say at present, by name."""
    return {
        row.name: Answer(row.kind, row.decision, row.value, row.decided_by is not None)
        for row in rows
    }


def _compared(
    account: str | None, organisation: str, before: list[Row[Any]], after: list[Row[Any]]
) -> Placed:
    old = {row.id: _key(organisation, row) for row in before}
    new = {row.id: _key(organisation, row) for row in after}
    moved = {
        row.id: key
        for row in after
        if row.decision == Decision.ACCEPTED and (key := new[row.id]) and key != old[row.id]
    }
    keys = frozenset(key for key in (*old.values(), *new.values()) if key is not None)
    return Placed(account, keys, moved)


def _settle_key(connection: Connection, key: Key) -> None:
    """Lets one accepted reading count and marks the others as superseded."""
    accepted = [row for row in rivals(connection, key) if row.decision == Decision.ACCEPTED]
    if not accepted:
        return
    readings = [row.id for row in accepted]
    sent, decided = _sent(connection, readings), _last_events(connection, readings)
    last = max(accepted, key=lambda row: (decided.get(row.id, 0), -row.id))
    same = [row for row in accepted if row.id in sent and row.value == last.value]
    winner = same[0].id if same else last.id
    for row in accepted:
        superseded = row.id != winner
        if superseded != row.superseded:
            pending = not superseded or row.id in sent
            values = {"superseded": superseded, "pending": pending}
            connection.execute(update(fields).where(fields.c.id == row.id).values(values))


def _sent(connection: Connection, readings: list[int]) -> frozenset[int]:
    query = select(outbox.c.field).where(outbox.c.field.in_(readings))
    return frozenset(connection.scalars(query))


def _last_events(connection: Connection, readings: list[int]) -> dict[int, int]:
    query = (
        select(events.c.field, func.max(events.c.id))
        .where(events.c.field.in_(readings), events.c.what.not_in((LATE, CONFIRMED)))
        .group_by(events.c.field)
    )
    return {field: event for field, event in connection.execute(query)}  # noqa: C416 - to mypy


def _key(organisation: str, row: Row[Any]) -> Key | None:
    if not row.is_reading or row.meter is None or not row.period:
        return None
    return Key(organisation, row.meter, row.register, row.period)
