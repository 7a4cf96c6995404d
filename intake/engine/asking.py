"""What the engine answers: readings with what became of them, and an account's months."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Connection, func, select

from intake.engine.arrivals import Arrival, Judged, Standing, judge
from intake.engine.keeping import arrival_of
from intake.engine.months import month_rows
from intake.engine.point import Counted, Point
from intake.engine.tables import accounts, fittings, meters, readings
from intake.records import Account, Fitting, Meter
from intake.rows import meter_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from intake.engine.point import MonthRow, Terms

CHUNK = 500
"""Accounts whose readings are looked up together."""

Key = tuple[str, str, str]
"""Meter, register and month."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which readings are asked for; None leaves a side open.

    Attributes:
        organisation: whose.
        account: account number.
        meter: meter number.
        period: billing month.
        channel: where they came from.
        on: the day as of which; later arrivals did not happen.
    """

    organisation: str
    account: str | None = None
    meter: str | None = None
    period: str | None = None
    channel: str | None = None
    on: str | None = None


def versions(connection: Connection, wanted: Wanted) -> Iterator[Arrival]:
    """Every version that arrived, in the order of meters, registers, months and arrival."""
    query = select(readings).where(*_conditions(wanted)).order_by(*_ORDER)
    for row in connection.execute(query).yield_per(1000):
        yield arrival_of(row)


def standings(connection: Connection, wanted: Wanted, terms: Terms) -> Iterator[Judged]:
    """The newest version of each reading with what became of it, in the order of `versions`."""
    known = _known_meters(connection, wanted.organisation)
    rivals = select(readings).where(*_conditions(_with_rivals(wanted))).order_by(*_ORDER)
    if wanted.account is not None:
        owned = readings.c.account == wanted.account
        rivals = rivals.where(readings.c.meter.in_(select(readings.c.meter).where(owned)))
    arrivals = map(arrival_of, connection.execute(rivals).yield_per(1000))
    for _, group in groupby(arrivals, key=_key):
        for one in judge(group, terms.billing):
            record = one.arrival.record
            if record.channel == (wanted.channel or record.channel) and record.account == (
                wanted.account or record.account
            ):
                yield _known(one, known)


def owners(connection: Connection, organisation: str) -> dict[str, str]:
    """The account of each meter."""
    query = select(meters.c.number, meters.c.account)
    found = connection.execute(query.where(meters.c.organisation == organisation))
    return {row.number: row.account for row in found}


def months(
    connection: Connection, organisation: str, period: str, terms: Terms, on: str | None
) -> Iterator[MonthRow]:
    """The rows of one month, in the order of accounts, places, registers and meters."""
    mine = readings.c.organisation == organisation
    since = connection.scalar(select(func.min(readings.c.period)).where(mine)) or period
    owners = list(_accounts(connection, organisation))
    for start in range(0, len(owners), CHUNK):
        chunk = owners[start : start + CHUNK]
        for point in _points(connection, organisation, chunk, _Span(since, period, on), terms):
            rows = month_rows(point, period, terms, on)
            yield from (row for row in rows if row.period == period)


@dataclass(frozen=True, slots=True)
class _Span:
    since: str
    until: str
    on: str | None


_ORDER = (
    readings.c.meter,
    readings.c.register,
    readings.c.period,
    readings.c.number,
)


def _with_rivals(wanted: Wanted) -> Wanted:
    """Those of other channels and accounts too, since only one of them counts."""
    return replace(wanted, channel=None, account=None)


def _conditions(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    for name in ("organisation", "account", "meter", "period", "channel"):
        value = getattr(wanted, name)
        if value is not None:
            yield readings.c[name] == value
    if wanted.on is not None:
        yield readings.c.received < f"{wanted.on}T99"


def _key(arrival: Arrival) -> Key:
    return arrival.record.meter, arrival.record.register, arrival.record.period


def _known(judged: Judged, known: frozenset[str]) -> Judged:
    if not known or judged.arrival.record.meter in known:
        return judged
    return Judged(judged.arrival, Standing.UNKNOWN_METER, judged.early)


def _known_meters(connection: Connection, organisation: str) -> frozenset[str]:
    mine = meters.c.organisation == organisation
    return frozenset(connection.scalars(select(meters.c.number).where(mine)))


def _accounts(connection: Connection, organisation: str) -> Iterator[Account]:
    """Accounts with a meter; one that no list named is a flat."""
    query = (
        select(meters.c.account, accounts.c.address, accounts.c.premises)
        .select_from(
            meters.outerjoin(
                accounts,
                (accounts.c.organisation == meters.c.organisation)
                & (accounts.c.number == meters.c.account),
            )
        )
        .where(meters.c.organisation == organisation)
        .distinct()
        .order_by(meters.c.account)
    )
    for row in connection.execute(query):
        yield Account(row.account, row.address or "", row.premises or "flat")


def _points(
    connection: Connection, organisation: str, chunk: list[Account], span: _Span, terms: Terms
) -> Iterator[Point]:
    owners = {account.number: account for account in chunk}
    query = (
        select(meters)
        .where(meters.c.organisation == organisation, meters.c.account.in_(owners))
        .order_by(meters.c.account, meters.c.place, meters.c.kind, meters.c.number)
    )
    found = [meter_of(row) for row in connection.execute(query)]
    numbers = [meter.number for meter in found]
    fitted = _fittings(connection, organisation, numbers)
    counted = _counted(connection, organisation, numbers, span, terms)
    for (number, place, _), group in groupby(found, key=attrgetter("account", "place", "kind")):
        there = tuple(group)
        for register in sorted({name for meter in there for name in meter.registers}):
            having = tuple(meter for meter in there if register in meter.registers)
            yield Point(
                account=owners[number],
                place=place,
                register=register,
                meters=having,
                fittings=_of(having, fitted, register),
                readings=_of(having, counted, register),
                since=span.since,
            )


def _of(
    having: Iterable[Meter], known: dict[tuple[str, str], dict[str, Any]], register: str
) -> dict[tuple[str, str], Any]:
    """What is known of some meters' register, by meter and event or month."""
    return {
        (meter.number, key): value
        for meter in having
        for key, value in known.get((meter.number, register), {}).items()
    }


def _fittings(
    connection: Connection, organisation: str, numbers: list[str]
) -> dict[tuple[str, str], dict[str, Fitting]]:
    query = select(fittings).where(
        fittings.c.organisation == organisation, fittings.c.meter.in_(numbers)
    )
    found: dict[tuple[str, str], dict[str, Fitting]] = defaultdict(dict)
    for row in connection.execute(query):
        fitting = Fitting(row.meter, row.register, row.date, row.event, row.value)
        found[row.meter, row.register][row.event] = fitting
    return found


def _counted(
    connection: Connection, organisation: str, numbers: list[str], span: _Span, terms: Terms
) -> dict[tuple[str, str], dict[str, Counted]]:
    """The readings that count, by meter and register, then by month."""
    query = (
        select(readings)
        .where(
            *_conditions(Wanted(organisation, on=span.on)),
            readings.c.meter.in_(numbers),
            readings.c.period <= span.until,
        )
        .order_by(*_ORDER)
    )
    arrivals = (arrival_of(row) for row in connection.execute(query))
    found: dict[tuple[str, str], dict[str, Counted]] = defaultdict(dict)
    for (meter, register, period), group in groupby(arrivals, key=_key):
        for judged in judge(group, terms.billing):
            if judged.standing is Standing.COUNTS:
                found[meter, register][period] = _as_counted(judged)
    return found


def _as_counted(judged: Judged) -> Counted:
    record = judged.arrival.record
    assert record.value is not None
    value = Decimal(record.value)
    return Counted(value, record.channel, record.id, record.version, judged.early)
