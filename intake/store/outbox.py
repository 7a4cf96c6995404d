"""What goes out: reading records in deliveries, each version of a record once.

Opening a delivery fixes its records in one transaction; closing it says that they have
arrived. One that was opened and not closed is repeated with the very same records.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import Connection, Row, func, select, update

from intake.records import Decision, ReadingRecord, Reason, decimal_string
from intake.store.connection import now
from intake.store.decisions import last_event
from intake.store.standing import ACCOUNT, OPEN, refresh
from intake.store.tables import deliveries, fields, forms, outbox

if TYPE_CHECKING:
    from collections.abc import Iterator

CHANNEL = "paper"
DATE = "date"
CORRECTED, WITHDRAWN, SUPERSEDED = "corrected", "withdrawn", "superseded"
"""Why a later version of a record goes out."""

_NAMES = uuid5(NAMESPACE_URL, "meter-intake/reading")


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


def reading_id(record: ReadingRecord, digest: str) -> str:
    """The stable id of a reading from the form with that digest."""
    parts = (
        record.organisation,
        record.meter,
        record.register,
        record.period,
        record.channel,
        digest,
    )
    return str(uuid5(_NAMES, "\x1f".join(parts)))


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
    sent = sum(_send_form(connection, delivery.id, form) for form in _forms_pending(connection))
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
            fields.c.pending,
            fields.c.decision == Decision.ACCEPTED,
            fields.c.superseded.is_(False),
            forms.c.specimen.is_(False),
        )
    )
    return connection.scalar(query) or 0


def _forms_pending(connection: Connection) -> list[int]:
    query = (
        select(fields.c.form)
        .join(forms, forms.c.id == fields.c.form)
        .where(fields.c.pending, forms.c.specimen.is_(False))
        .distinct()
        .order_by(fields.c.form)
    )
    return list(connection.scalars(query))


def _send_form(connection: Connection, delivery: int, form: int) -> int:
    """Puts what is due of a form into the outbox and returns how many records that is."""
    rows = _form_rows(connection, form)
    if any(row.is_reading and row.pending and row.meter is None for row in rows):
        refresh(connection, form)
        rows = _form_rows(connection, form)
    waits = {row.name for row in rows if row.decision == Decision.REVIEW}
    date = next((row.value for row in rows if row.name == DATE), None)
    sent = 0
    for row in rows:
        if row.is_reading and row.pending and not _is_held(row, waits):
            sent += _send(connection, delivery, row, date)
    return sent


def _form_rows(connection: Connection, form: int) -> list[Row[Any]]:
    query = (
        select(
            fields,
            forms.c.organisation,
            forms.c.account,
            forms.c.digest,
        )
        .join(forms, forms.c.id == fields.c.form)
        .where(fields.c.form == form)
        .order_by(fields.c.position)
    )
    return list(connection.execute(query))


def _is_held(row: Row[Any], waits: set[str]) -> bool:
    """Whether a reading must stay: undecided, or it is not sure yet what it belongs to."""
    if row.decision == Decision.REVIEW:
        return True
    if row.decision not in OPEN or row.superseded:
        return False
    unsure = ACCOUNT in waits or f"{row.place}.meter" in waits
    return unsure or not (row.account and row.meter and row.period)


def _send(connection: Connection, delivery: int, row: Row[Any], date: str | None) -> int:
    """Sends what changed about a reading: a new version, a withdrawal, both or nothing."""
    record = _record(row, date) if row.decision in OPEN and not row.superseded else None
    last = _last_sent(connection, row.id)
    changes: list[ReadingRecord] = []
    if last is not None and last.value is not None and (record is None or record.id != last.id):
        changes.append(replace(last, value=None, reason=_withdrawal(row, record)))
    if record is not None and not _says_the_same(record, last):
        changes.append(record)
    for change in changes:
        _add(connection, delivery, row, change)
    connection.execute(update(fields).where(fields.c.id == row.id).values(pending=False))
    return len(changes)


def _withdrawal(row: Row[Any], record: ReadingRecord | None) -> str:
    if record is not None:
        return CORRECTED
    return SUPERSEDED if row.superseded else WITHDRAWN


def _add(connection: Connection, delivery: int, row: Row[Any], record: ReadingRecord) -> None:
    newest = select(func.max(outbox.c.version)).where(outbox.c.id == record.id)
    version = (connection.scalar(newest) or 0) + 1
    reason = record.reason or (CORRECTED if version > 1 else "")
    payload = asdict(replace(record, version=version, reason=reason))
    values = {
        "id": record.id,
        "version": version,
        "form": row.form,
        "field": row.id,
        "delivery": delivery,
        "payload": payload,
    }
    connection.execute(outbox.insert(), values)


def _last_sent(connection: Connection, field: int) -> ReadingRecord | None:
    """The last record about a field, unless the same reading went out for another scan since."""
    query = (
        select(outbox.c.id, outbox.c.version, outbox.c.payload)
        .where(outbox.c.field == field)
        .order_by(outbox.c.delivery.desc(), outbox.c.version.desc())
    )
    live = [row for row in connection.execute(query) if row.payload["value"] is not None]
    row = live[0] if live else None
    if row is None:
        return None
    newest = connection.scalar(select(func.max(outbox.c.version)).where(outbox.c.id == row.id))
    return ReadingRecord(**row.payload) if newest == row.version else None


def _says_the_same(record: ReadingRecord, last: ReadingRecord | None) -> bool:
    return last is not None and record == replace(last, version=1, reason="")


def _record(row: Row[Any], date: str | None) -> ReadingRecord:
    person = row.decided_by is not None
    record = ReadingRecord(
        id="",
        version=1,
        organisation=row.organisation,
        account=row.account,
        meter=row.meter,
        register=row.register,
        period=row.period,
        value=decimal_string(row.value, row.decimals),
        unit=row.unit or "",
        date=date,
        channel=CHANNEL,
        verification=_verification(person, row.reasons),
        confidence=1.0 if person else _confidence(row),
        evidence=row.evidence,
    )
    return replace(record, id=reading_id(record, row.digest))


def _verification(person: bool, reasons: list[str]) -> str:
    if person:
        return "person"
    return "provisional" if Reason.PROVISIONAL in reasons else "straight_through"


def _confidence(row: Row[Any]) -> float:
    shares = (share for value, share in row.candidates if value == row.value)
    return float(next(shares, 0.0))
