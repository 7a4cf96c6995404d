"""Around the outbox: receipts of what went out, what is held back and why, what can be recalled."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, exists, select, update

from intake.errors import InputError
from intake.records import Decision, Kind, ReadingRecord
from intake.rows import put
from intake.store.connection import now
from intake.store.control import control_totals
from intake.store.due import is_held, lacks
from intake.store.outbox import (
    OpenDelivery,
    close_delivery,
    held,
    next_delivery,
    open_deliveries,
    open_delivery,
    records_of,
)
from intake.store.tables import PENDING, deliveries, fields, files, forms, outbox, receipts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection, Row

    from intake.database import Database


REFUSED = "refused"
"""How the standing of a reading begins that the receiver will not have."""


@dataclass(frozen=True, slots=True)
class ReceivedAs:
    """The receiver's word about one version of a reading.

    Attributes:
        id: of the reading.
        version: of the reading.
        standing: what the receiver says became of it.
    """

    id: str
    version: int
    standing: str


@dataclass(frozen=True, slots=True)
class RefusedReading:
    """A reading that a receiver will not have.

    Attributes:
        delivery: in which it went out.
        id: of the reading.
        version: of the reading.
        account: account number.
        meter: meter number.
        period: billing month.
        answer: what the receiver said.
    """

    delivery: int
    id: str
    version: int
    account: str
    meter: str
    period: str
    answer: str


@dataclass(frozen=True, slots=True)
class Held:
    """A form of which accepted readings cannot go out.

    Attributes:
        file: name of the scan.
        page: from 1.
        form: from 1 on its page.
        template: template id and version, as its code names them.
        readings: how many of its readings are held.
        lacking: what they lack: `account`, `meter` or `month`, in that order.
        account: account number; None where unknown.
        items: ids of the fields to decide, by what they would tell; `code` for the form's code.
    """

    file: str
    page: int
    form: int
    template: str
    readings: int
    lacking: tuple[str, ...]
    account: str | None
    items: dict[str, int]


class Outgoing:
    """Deliveries from the first to the last step; each method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def open_deliveries(self) -> list[OpenDelivery]:
        """Deliveries that were opened and never closed, oldest first."""
        with self._database.reading() as connection:
            return open_deliveries(connection)

    def next_delivery(self) -> int:
        """The id that the next delivery will have."""
        with self._database.reading() as connection:
            return next_delivery(connection)

    def open_delivery(self, delivery: OpenDelivery) -> int:
        """Fixes all records that are due as one delivery; returns how many there are."""
        with self._database.writing() as connection:
            return open_delivery(connection, delivery)

    def delivery_records(self, delivery: int) -> Iterator[ReadingRecord]:
        """The records of a delivery, always in the same order."""
        with self._database.reading() as connection:
            yield from records_of(connection, delivery)

    def close_delivery(self, delivery: int) -> None:
        """Says that a delivery has arrived."""
        with self._database.writing() as connection:
            close_delivery(connection, delivery)

    def count_held(self) -> int:
        """Accepted readings that cannot go out: account, meter or period is not known."""
        with self._database.reading() as connection:
            return held(connection)

    def delivery(self, number: int) -> OpenDelivery:
        """A delivery, open or closed.

        Raises:
            InputError: there is none with that number.
        """
        query = select(deliveries.c.target, deliveries.c.format).where(deliveries.c.id == number)
        with self._database.reading() as connection:
            row, newest = connection.execute(query).first(), next_delivery(connection) - 1
        if row is None:
            raise InputError(f"There is no delivery {number}. Those so far: {newest}.")
        return OpenDelivery(number, row.target, row.format)

    def readdress(self, delivery: OpenDelivery) -> None:
        """Says where a delivery goes from now on, unless it has arrived."""
        mine = (deliveries.c.id == delivery.id, deliveries.c.closed.is_(None))
        with self._database.writing() as connection:
            connection.execute(update(deliveries).where(*mine).values(target=delivery.target))

    def refused(self, of: Sequence[int] | None = None) -> list[RefusedReading]:
        """What receivers would not have of some deliveries, or of all, in the order sent."""
        query = (
            select(receipts, outbox.c.payload)
            .join(
                outbox, and_(outbox.c.id == receipts.c.id, outbox.c.version == receipts.c.version)
            )
            .where(receipts.c.standing.like(f"{REFUSED}%"))
            .order_by(receipts.c.delivery, outbox.c.field, receipts.c.version)
        )
        mine = query if of is None else query.where(receipts.c.delivery.in_(of))
        with self._database.reading() as connection:
            return [_refused(row) for row in connection.execute(mine)]

    def unanswered(self, delivery: int) -> list[ReadingRecord]:
        """The records of a delivery that no receipt has come for."""
        answered = exists().where(
            receipts.c.id == outbox.c.id, receipts.c.version == outbox.c.version
        )
        query = (
            select(outbox.c.payload)
            .where(outbox.c.delivery == delivery, ~answered)
            .order_by(outbox.c.field, outbox.c.id, outbox.c.version)
        )
        with self._database.reading() as connection:
            return [ReadingRecord(**payload) for payload in connection.scalars(query)]

    def add_receipts(self, delivery: int, received: Sequence[ReceivedAs]) -> None:
        """Keeps receipts; a later one for the same version takes the earlier one's place."""
        with self._database.writing() as connection:
            _add(connection, delivery, received)

    def totals(self, batch: int | None, last_day: int) -> dict[str, int]:
        """Control totals of a batch, or of all; `last_day` of the month readings are due."""
        with self._database.reading() as connection:
            return control_totals(connection, batch, last_day)

    def held_back(self) -> list[Held]:
        """Forms of which accepted readings cannot go out, in the order in which they came."""
        with self._database.reading() as connection:
            return list(_held_back(connection))

    def item_of(self, reading: str) -> tuple[int, int]:
        """The field of a reading that went out, and the field's version now.

        Raises:
            InputError: nothing went out under that id.
        """
        query = (
            select(fields.c.id, fields.c.version)
            .join(outbox, outbox.c.field == fields.c.id)
            .where(outbox.c.id == reading)
            .order_by(outbox.c.version.desc())
            .limit(1)
        )
        with self._database.reading() as connection:
            row = connection.execute(query).first()
        if row is None:
            raise InputError(f"{reading}: no reading went out under that id. It stands in exports.")
        return row.id, row.version


def _refused(row: Row[Any]) -> RefusedReading:
    record = ReadingRecord(**row.payload)
    answer = row.standing.removeprefix(REFUSED).removeprefix(": ")
    where = record.account, record.meter, record.period
    return RefusedReading(row.delivery, row.id, row.version, *where, answer)


def _add(connection: Connection, delivery: int, received: Sequence[ReceivedAs]) -> None:
    at = now()
    rows = [
        {
            "id": one.id,
            "version": one.version,
            "delivery": delivery,
            "at": at,
            "standing": one.standing,
        }
        for one in received
    ]
    put(connection, receipts, rows)


def _held_back(connection: Connection) -> Iterator[Held]:
    for _, rows in groupby(_rows(connection), key=attrgetter("form")):
        of_form = list(rows)
        waits = {row.name for row in of_form if row.decision == Decision.REVIEW}
        held = [row for row in of_form if _is_accepted(row) and is_held(row, waits)]
        if held:
            yield _held(of_form, held, waits)


def _rows(connection: Connection) -> list[Row[Any]]:
    """All fields of the forms that have readings on the way out."""
    on_the_way = select(fields.c.form).where(PENDING)
    query = (
        select(fields, forms.c.account, forms.c.template, forms.c.version.label("template_version"))
        .add_columns(forms.c.page, forms.c.number, files.c.name.label("file"))
        .join(forms, forms.c.id == fields.c.form)
        .join(files, files.c.id == forms.c.file)
        .where(fields.c.form.in_(on_the_way), forms.c.specimen.is_(False))
        .order_by(fields.c.form, fields.c.position)
    )
    return list(connection.execute(query))


def _is_accepted(row: Row[Any]) -> bool:
    counts = row.decision == Decision.ACCEPTED and not row.superseded
    return bool(row.is_reading and row.pending and counts)


def _held(of_form: list[Row[Any]], held: list[Row[Any]], waits: set[str]) -> Held:
    first = held[0]
    lacking = {name for row in held for name in lacks(row, waits)}
    without_meter = {f"{row.place}.meter" for row in held if "meter" in lacks(row, waits)}
    return Held(
        file=first.file,
        page=first.page,
        form=first.number,
        template=f"{first.template}/{first.template_version}",
        readings=len(held),
        lacking=tuple(name for name in ("account", "meter", "month") if name in lacking),
        account=first.account,
        items=dict(_tellers(of_form, without_meter)),
    )


def _tellers(of_form: list[Row[Any]], without_meter: set[str]) -> Iterator[tuple[str, int]]:
    """What each field that could be typed would tell, with its id; the first one of a kind last."""
    for row in reversed(of_form):
        if row.kind == Kind.BARCODE:
            yield "code", row.id
        elif row.name == "account":
            yield "account", row.id
        elif row.name in without_meter:
            yield "meter", row.id
