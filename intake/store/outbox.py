"""What goes out: reading records in deliveries, each version of a record once.

Opening a delivery fixes its records in one transaction; closing it says that they have
arrived. One that was opened and not closed is repeated with the very same records.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Connection, Row, exists, func, select, update

from intake.records import Decision, ReadingRecord
from intake.store.connection import now
from intake.store.decisions import last_event, place_again
from intake.store.due import CORRECTED, changes, is_held
from intake.store.known import learn
from intake.store.tables import DECIDED, PENDING, deliveries, events, fields, forms, outbox

if TYPE_CHECKING:
    from collections.abc import Iterator

DATE = "date"
"""Name of the field that says on which day a form was filled in."""

CHUNK = 200
"""Forms that are looked at together."""

_newer = outbox.alias("newer")


@dataclass(frozen=True, slots=True)
class OpenDelivery:
    """A delivery whose records are fixed and that has not been confirmed.

    Attributes:
        id: counts from 1 in its store.
        target: absolute path of the file it goes into.
        format: how the records are written.
    """

    id: int
    target: str
    format: str


def open_deliveries(connection: Connection) -> list[OpenDelivery]:
    """Deliveries that were opened and never closed, oldest first."""
    query = (
        select(deliveries.c.id, deliveries.c.target, deliveries.c.format)
        .where(deliveries.c.closed.is_(None))
        .order_by(deliveries.c.id)
    )
    return [OpenDelivery(row.id, row.target, row.format) for row in connection.execute(query)]


def next_delivery(connection: Connection) -> int:
    """The id that the next delivery will have."""
    return (connection.scalar(select(func.max(deliveries.c.id))) or 0) + 1


def open_delivery(connection: Connection, delivery: OpenDelivery) -> int:
    """Fixes all records that are due as one delivery and returns how many there are.

    A delivery without records is not kept.
    """
    values = {
        "id": delivery.id,
        "target": delivery.target,
        "format": delivery.format,
        "opened": now(),
        "last_event": last_event(connection),
    }
    connection.execute(deliveries.insert(), values)
    for form in _forms_pending(connection, fields.c.meter.is_(None)):
        place_again(connection, form, "registry")
    pending = _forms_pending(connection)
    chunks = [pending[start : start + CHUNK] for start in range(0, len(pending), CHUNK)]
    sent = sum(_send(connection, delivery.id, chunk) for chunk in chunks)
    if not sent:
        connection.execute(deliveries.delete().where(deliveries.c.id == delivery.id))
    return sent


def close_delivery(connection: Connection, delivery: int) -> None:
    """Says that a delivery has arrived."""
    mine = deliveries.c.id == delivery
    connection.execute(update(deliveries).where(mine).values(closed=now()))


def records_of(connection: Connection, delivery: int) -> Iterator[ReadingRecord]:
    """The records of a delivery, always in the same order."""
    query = (
        select(outbox.c.payload)
        .where(outbox.c.delivery == delivery)
        .order_by(outbox.c.field, outbox.c.id, outbox.c.version)
    )
    for row in connection.execute(query).yield_per(1000):
        yield ReadingRecord(**row.payload)


def held(connection: Connection) -> int:
    """Accepted readings that cannot go out: account, meter or period is not known."""
    query = (
        select(func.count())
        .select_from(fields.join(forms, forms.c.id == fields.c.form))
        .where(
            PENDING,
            fields.c.decision == Decision.ACCEPTED,
            fields.c.superseded.is_(False),
            forms.c.specimen.is_(False),
        )
    )
    return connection.scalar(query) or 0


def _forms_pending(connection: Connection, *which: ColumnElement[bool]) -> list[int]:
    query = (
        select(fields.c.form)
        .join(forms, forms.c.id == fields.c.form)
        .where(PENDING, forms.c.specimen.is_(False), *which)
        .distinct()
        .order_by(fields.c.form)
    )
    return list(connection.scalars(query))


def _send(connection: Connection, delivery: int, chunk: list[int]) -> int:
    """Puts what is due of some forms into the outbox and returns how many records that is."""
    there = _held_there(connection, chunk)
    ready: list[Row[Any]] = []
    due: list[tuple[Row[Any], ReadingRecord]] = []
    for _, rows in groupby(_rows_of(connection, chunk), key=attrgetter("form")):
        of_form = list(rows)
        date = next((row.value for row in of_form if row.name == DATE), None)
        for row in _ready(of_form):
            ready.append(row)
            due.extend((row, record) for record in changes(row, date, there.get(row.id)))
    _put_out(connection, delivery, due)
    stands = [record for _, record in due if record.value is not None]
    learn(connection, stands, instead_of=_changed(due, there))
    done = fields.c.id.in_([row.id for row in ready])
    connection.execute(update(fields).where(done).values(pending=False))
    return len(due)


def _changed(
    due: list[tuple[Row[Any], ReadingRecord]], there: dict[int, ReadingRecord]
) -> list[ReadingRecord]:
    """What the receiver holds of the readings that are due."""
    return [there[field] for field in {row.id for row, _ in due} if field in there]


def _ready(of_form: list[Row[Any]]) -> Iterator[Row[Any]]:
    """The readings of a form about which nothing is left to wait for."""
    waits = {row.name for row in of_form if row.decision == Decision.REVIEW}
    for row in of_form:
        if row.is_reading and row.pending and not is_held(row, waits):
            yield row


def _held_there(connection: Connection, chunk: list[int]) -> dict[int, ReadingRecord]:
    """What the receiver holds of some forms' readings, by field."""
    later = exists().where(_newer.c.id == outbox.c.id, _newer.c.version > outbox.c.version)
    query = select(outbox.c.field, outbox.c.payload).where(outbox.c.form.in_(chunk), ~later)
    return {
        row.field: ReadingRecord(**row.payload)
        for row in connection.execute(query)
        if row.payload["value"] is not None
    }


def _put_out(
    connection: Connection, delivery: int, due: list[tuple[Row[Any], ReadingRecord]]
) -> None:
    """Adds records to the outbox, each under the next version of its id."""
    versions = _versions(connection, {record.id for _, record in due})
    told = _told(connection, [row.id for row, _ in due])
    rows = []
    for row, record in due:
        versions[record.id] += 1
        version = versions[record.id]
        code = record.reason or (CORRECTED if version > 1 else "")
        reason = f"{code}: {told[row.id]}" if code and row.id in told else code
        payload = replace(record, version=version, reason=reason)
        key = {"id": record.id, "version": version, "form": row.form, "field": row.id}
        rows.append({**key, "delivery": delivery, "payload": payload})
    if rows:
        connection.execute(outbox.insert(), rows)


def _told(connection: Connection, readings: list[int]) -> dict[int, str]:
    """What people said about their last decision on some readings, where they said anything."""
    last = (
        select(func.max(events.c.id))
        .where(events.c.field.in_(readings), events.c.what == DECIDED)
        .group_by(events.c.field)
    )
    query = select(events.c.field, events.c.why).where(events.c.id.in_(last), events.c.why != "")
    return {row.field: row.why for row in connection.execute(query)}


def _versions(connection: Connection, ids: set[str]) -> Counter[str]:
    """The newest version that went out under each id; 0 where none did."""
    query = (
        select(outbox.c.id, func.max(outbox.c.version).label("version"))
        .where(outbox.c.id.in_(ids))
        .group_by(outbox.c.id)
    )
    return Counter({row.id: row.version for row in connection.execute(query)})


def _rows_of(connection: Connection, chunk: list[int]) -> list[Row[Any]]:
    query = (
        select(fields, forms.c.organisation, forms.c.account, forms.c.digest)
        .join(forms, forms.c.id == fields.c.form)
        .where(fields.c.form.in_(chunk))
        .order_by(fields.c.form, fields.c.position)
    )
    return list(connection.execute(query))
