"""Readings as they arrive at the engine, and which of them counts for a month: pure rules."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from intake.registry.months import day_in
from intake.settings import is_month

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from intake.records import ReadingRecord
    from intake.settings import Billing


class Standing(StrEnum):
    """What became of a reading that arrived."""

    COUNTS = "counts"
    OTHER_CHANNEL = "other_channel"
    CONTRADICTION = "contradiction"
    DOUBLE = "double"
    LATE = "late"
    WITHDRAWN = "withdrawn"
    UNKNOWN_METER = "unknown_meter"
    OUTDATED = "outdated"


@dataclass(frozen=True, slots=True)
class Arrival:
    """One version of a reading, as it arrived.

    Attributes:
        number: counts from 1 in the order of arrival.
        received: when, UTC, ISO 8601.
        day: by which it is early or late, `YYYY-MM-DD`; None where nobody knows: in time then.
        record: the reading.
    """

    number: int
    received: str
    day: str | None
    record: ReadingRecord


@dataclass(frozen=True, slots=True)
class Judged:
    """The newest version of a reading and what became of it.

    Attributes:
        arrival: the newest version.
        standing: whether it counts for its month, and why not.
        early: whether it was read before the window opened.
    """

    arrival: Arrival
    standing: Standing
    early: bool


def newest(arrivals: Iterable[Arrival]) -> list[Arrival]:
    """The newest version of each reading, in the order in which the first ones arrived."""
    latest: dict[str, Arrival] = {}
    for arrival in arrivals:
        known = latest.get(arrival.record.id)
        if known is None or arrival.record.version > known.record.version:
            latest[arrival.record.id] = arrival
    return list(latest.values())


def judge(arrivals: Iterable[Arrival], billing: Billing) -> list[Judged]:
    """Which of the readings for one meter, register and month counts, and why not the others.

    Args:
        arrivals: all versions that arrived.
        billing: order of the channels, and the window.
    """
    readings = newest(arrivals)
    able = [one for one in readings if one.record.value is not None and not is_late(one, billing)]
    winner = min(able, key=lambda one: _order(one, billing), default=None)
    return [
        Judged(one, _standing(one, winner, billing), is_early(one, billing)) for one in readings
    ]


def is_late(arrival: Arrival, billing: Billing) -> bool:
    """Whether a reading was taken after the window of its month had closed."""
    last = day_in(arrival.record.period, billing.window[1])
    return arrival.day is not None and arrival.day > last


def is_early(arrival: Arrival, billing: Billing) -> bool:
    """Whether a reading was taken before the window of its month opened; it counts all the same."""
    first = day_in(arrival.record.period, billing.window[0])
    return arrival.day is not None and arrival.day < first


def faults(record: ReadingRecord, channels: Sequence[str], least_version: int = 1) -> Iterator[str]:
    """What is wrong with a record that wants to come in, by field, without its value."""
    for name in ("id", "organisation", "account", "meter", "register"):
        if not _NAME.fullmatch(getattr(record, name)):
            yield f"{name}: 1 to 64 printable characters."
    if not least_version <= record.version <= _MOST_VERSIONS:
        yield "version: a whole number from 1 on."
    if not is_month(record.period):
        yield "period: a month is YYYY-MM, such as 2026-11."
    if record.value is not None and not _DECIMAL.fullmatch(record.value):
        yield "value: digits with a point, such as 7.250, or null for one taken back."
    if record.date is not None and not _DAY.fullmatch(record.date):
        yield "date: a day is YYYY-MM-DD, or null."
    if record.channel not in channels:
        yield f"channel: one of {', '.join(channels)}."


def _order(arrival: Arrival, billing: Billing) -> tuple[int, int]:
    """The first channel wins, and in it what arrived last."""
    channel = arrival.record.channel
    known = channel in billing.channels
    rank = billing.channels.index(channel) if known else len(billing.channels)
    return rank, -arrival.number


def _standing(arrival: Arrival, winner: Arrival | None, billing: Billing) -> Standing:
    if arrival.record.value is None:
        return Standing.WITHDRAWN
    if is_late(arrival, billing):
        return Standing.LATE
    assert winner is not None
    if arrival is winner:
        return Standing.COUNTS
    if arrival.record.channel == winner.record.channel:
        return Standing.DOUBLE
    same = Decimal(arrival.record.value) == Decimal(winner.record.value or "NaN")
    return Standing.OTHER_CHANNEL if same else Standing.CONTRADICTION


_MOST_VERSIONS = 1_000_000
_NAME = re.compile(r"[^\s\x00-\x1f\x7f](?:[^\x00-\x1f\x7f]{0,62}[^\s\x00-\x1f\x7f])?")
_DECIMAL = re.compile(r"[0-9]{1,15}(\.[0-9]{1,9})?")
_DAY = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])")
