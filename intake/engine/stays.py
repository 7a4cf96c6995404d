"""Whose the days of a place are: a later meter takes them over from the day on which it came."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from intake.registry.months import day_in

if TYPE_CHECKING:
    from intake.engine.point import Point
    from intake.records import Meter

BEFORE_ALL, AFTER_ALL = "", "9999-12-31"
"""Days for what nobody knows or what has not come yet."""


@dataclass(frozen=True, slots=True)
class Stay:
    """The days of a meter at its place, `YYYY-MM-DD`.

    Attributes:
        meter: the one that stays.
        noted: first day by the lists; `BEFORE_ALL` where they do not say.
        since: the same, or else what follows from the meters before it.
        until: last day; `AFTER_ALL` while it is there.
        replaced: the day on which a later meter came; `AFTER_ALL` where none did.
    """

    meter: Meter
    noted: str
    since: str
    until: str
    replaced: str = AFTER_ALL

    def is_noted_in(self, period: str) -> bool:
        """Whether the lists have the meter in its place on some day of a month."""
        return self.noted[:7] <= period <= self.until[:7]

    def own_days(self, period: str) -> range:
        """The days of a month on which it is this meter that supplies the place."""
        first = max(_day_within(self.since, period), 1)
        last = min(_day_within(self.until, period), _day_within(self.replaced, period) - 1)
        return range(first, min(last, days_of(period)) + 1)


def days_of(period: str) -> int:
    """How many days a month has."""
    return int(day_in(period, 31)[8:])


def stays(point: Point) -> list[Stay]:
    """The stays of a point's meters, in the order in which they came.

    One whose first day is unknown came when the last one was taken out, where one was.
    """
    left = max((_until(point, meter) or BEFORE_ALL for meter in point.meters), default=BEFORE_ALL)
    found = [_stay(point, meter, left) for meter in point.meters]
    found.sort(key=lambda stay: (stay.since, stay.meter.number))
    return [_until_replaced(stay, found) for stay in found]


def _stay(point: Point, meter: Meter, left: str) -> Stay:
    noted, until = _noted(point, meter), _until(point, meter)
    since = left if not noted and until is None else noted
    return Stay(meter, noted, since, until or AFTER_ALL)


def _until_replaced(stay: Stay, all_stays: list[Stay]) -> Stay:
    came = min((one.since for one in all_stays if one.since > stay.since), default=AFTER_ALL)
    return Stay(stay.meter, stay.noted, stay.since, stay.until, came)


def _noted(point: Point, meter: Meter) -> str:
    fitting = point.fittings.get((meter.number, "installed"))
    return (fitting.date if fitting else meter.installed) or BEFORE_ALL


def _until(point: Point, meter: Meter) -> str | None:
    fitting = point.fittings.get((meter.number, "removed"))
    return fitting.date if fitting else meter.removed


def _day_within(day: str, period: str) -> int:
    """A day by its number in a month; 0 before it, one more than it has days after it."""
    if day[:7] == period:
        return int(day[8:])
    return 0 if day < period else days_of(period) + 1
