"""What comes in: readings once per version, and what the engine knows about meters."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Row, func, select

from intake.engine.arrivals import Arrival, Standing, judge
from intake.engine.tables import meters, readings
from intake.records import ReadingRecord

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from intake.settings import Billing

NAMES = tuple(one.name for one in fields(ReadingRecord))

UNDATED_CHANNELS = frozenset({"paper"})
"""A slip lies in its box for days: the day it arrived says nothing about when it was written."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """The engine's word that it has a version of a reading.

    Attributes:
        id: of the reading.
        version: of the reading.
        received: when it arrived first, UTC, ISO 8601.
        standing: what became of it when it arrived.
        is_new: whether it arrived for the first time.
    """

    id: str
    version: int
    received: str
    standing: Standing
    is_new: bool


class Differs(Exception):  # noqa: N818 - becomes an answer or a problem of a file's line
    """The same version of a reading arrived before with other content."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A checked record that wants to come in.

    Attributes:
        record: its version 0 stands for whichever is due: the newest one if that says the same,
            else the next.
        day: by which it is early or late; None where nobody knows.
    """

    record: ReadingRecord
    day: str | None


def receive(
    connection: Connection, incoming: Sequence[Incoming], received: str, billing: Billing
) -> list[Receipt]:
    """Keeps versions of readings, each once; returns a receipt for each.

    Args:
        connection: of a writing transaction.
        incoming: of one organisation, each version of a reading once.
        received: now, UTC, ISO 8601.
        billing: of that organisation.

    Raises:
        Differs: one of them arrived before with other content.
    """
    known = _known(connection, incoming)
    first = (connection.scalar(select(func.max(readings.c.number))) or 0) + 1
    receipts: list[Receipt | None] = []
    arrived: list[Arrival] = []
    for one in incoming:
        record = _versioned(one.record, known.get(one.record.id, {}))
        there = known.get(record.id, {}).get(record.version)
        if there is None:
            arrived.append(Arrival(first + len(arrived), received, one.day, record))
        elif record_of(there) != record:
            raise Differs(f"{record.id}:{record.version}")
        receipts.append(None if there is None else _receipt(there))
    added = iter(_add(connection, arrived, billing))
    return [next(added) if receipt is None else receipt for receipt in receipts]


def arrival_of(row: Row[Any]) -> Arrival:
    """A stored row as the arrival that it was."""
    return Arrival(row.number, row.received, row.day, record_of(row))


def record_of(row: Row[Any]) -> ReadingRecord:
    """The record in a stored row."""
    return ReadingRecord(**{name: getattr(row, name) for name in NAMES})


def _known(connection: Connection, incoming: Sequence[Incoming]) -> dict[str, dict[int, Row[Any]]]:
    """The versions that arrived before, by id and version."""
    if not incoming:
        return {}
    query = select(readings).where(
        readings.c.organisation == incoming[0].record.organisation,
        readings.c.id.in_([one.record.id for one in incoming]),
    )
    found: dict[str, dict[int, Row[Any]]] = defaultdict(dict)
    for row in connection.execute(query):
        found[row.id][row.version] = row
    return found


def _versioned(record: ReadingRecord, versions: Mapping[int, Row[Any]]) -> ReadingRecord:
    if record.version:
        return record
    if not versions:
        return replace(record, version=1)
    last = record_of(versions[max(versions)])
    same = replace(record, version=last.version, reason=last.reason) == last
    return last if same else replace(record, version=last.version + 1, reason="corrected")


def _receipt(row: Row[Any]) -> Receipt:
    return Receipt(row.id, row.version, row.received, Standing(row.standing), is_new=False)


def _add(connection: Connection, arrived: list[Arrival], billing: Billing) -> list[Receipt]:
    if not arrived:
        return []
    standings = _standings(connection, arrived, billing)
    rows = [
        {
            "number": one.number,
            "received": one.received,
            "day": one.day,
            "standing": standings[one.number],
            **{name: getattr(one.record, name) for name in NAMES},
        }
        for one in arrived
    ]
    connection.execute(readings.insert(), rows)
    return [
        Receipt(one.record.id, one.record.version, one.received, standings[one.number], is_new=True)
        for one in arrived
    ]


def _standings(
    connection: Connection, arrived: list[Arrival], billing: Billing
) -> dict[int, Standing]:
    """What becomes of readings that have just arrived, by number, among those that were there."""
    by_key: dict[tuple[str, str, str], list[Arrival]] = defaultdict(list)
    for one in (*_rivals(connection, arrived), *arrived):
        by_key[one.record.meter, one.record.register, one.record.period].append(one)
    standings = {one.number: Standing.OUTDATED for one in arrived}
    for group in by_key.values():
        standings |= {one.arrival.number: one.standing for one in judge(group, billing)}
    strange = _strange_meters(connection, arrived)
    unknown = (one.number for one in arrived if one.record.meter in strange)
    return standings | dict.fromkeys(unknown, Standing.UNKNOWN_METER)


def _rivals(connection: Connection, arrived: list[Arrival]) -> Iterator[Arrival]:
    """What was there for the same meters and months."""
    query = select(readings).where(
        readings.c.organisation == arrived[0].record.organisation,
        readings.c.meter.in_({one.record.meter for one in arrived}),
        readings.c.period.in_({one.record.period for one in arrived}),
    )
    keys = {(one.record.meter, one.record.register, one.record.period) for one in arrived}
    for row in connection.execute(query):
        if (row.meter, row.register, row.period) in keys:
            yield arrival_of(row)


def _strange_meters(connection: Connection, arrived: list[Arrival]) -> frozenset[str]:
    """Those the engine does not know; while it knows none at all, every meter will do."""
    mine = meters.c.organisation == arrived[0].record.organisation
    if connection.scalar(select(meters.c.number).where(mine).limit(1)) is None:
        return frozenset()
    asked = {one.record.meter for one in arrived}
    query = select(meters.c.number).where(mine, meters.c.number.in_(asked))
    return frozenset(asked - set(connection.scalars(query)))
