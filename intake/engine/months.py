"""What an account is charged for, month by month: pure rules over counted readings."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import TYPE_CHECKING

from intake.engine.point import FITTED, MISSED, Counted, Mark, MonthRow, Status
from intake.engine.stays import Stay, days_of, stays
from intake.registry.consumption import full_turn, most_expected, used_since
from intake.registry.months import day_in, month_named, month_number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from intake.engine.point import Point, Terms
    from intake.records import Meter
    from intake.settings import Billing


@dataclass(slots=True)
class _Past:
    """What the months before used, oldest first, and the gap since the last reading.

    `taken` are the days of the month at hand for which an average is charged already.
    """

    months: list[Fraction] = field(default_factory=list)
    gap: list[Decimal] = field(default_factory=list)
    taken: set[int] = field(default_factory=set)

    def add(self, rows: list[MonthRow]) -> None:
        """A month: what a reading settles is spread evenly over the months it stands for."""
        self.taken = set()
        statuses = {row.status for row in rows}
        charge = sum((row.consumption or Decimal(0) for row in rows), Decimal(0))
        if statuses & MISSED:
            self.gap.append(charge)
        elif Status.READ in statuses:
            count = len(self.gap) + 1
            self.months += [Fraction(sum(self.gap, charge)) / count] * count
            self.gap = []
        elif Status.FIRST in statuses:
            self.gap = []

    def average(self, count: int) -> Fraction | None:
        known = self.months[-count:]
        return sum(known, Fraction(0)) / len(known) if known else None

    def take(self, days: range) -> list[int]:
        """Those of the days for which nothing is charged yet; now an average is."""
        free = [day for day in days if day not in self.taken]
        self.taken.update(free)
        return free


@dataclass(slots=True)
class _Dial:
    """Where the account with one meter stands while its months are gone through.

    `handed_on` are the months in a row that its place was missing when it came; None until then.
    """

    stay: Stay
    last: Decimal | None = None
    at: int = 0
    charged: Decimal = Decimal(0)
    missing: int = 0
    handed_on: int | None = None

    @property
    def meter(self) -> Meter:
        return self.stay.meter

    def start(self, value: Decimal, period: str) -> None:
        """Nothing before this reading is open any more."""
        self.last, self.at = value, month_number(period)
        self.charged, self.missing, self.handed_on = Decimal(0), 0, 0


def month_rows(point: Point, until: str, terms: Terms, on: str | None = None) -> Iterator[MonthRow]:
    """Goes through all months of a point of supply.

    Args:
        point: with its meters and counted readings.
        until: the last month wanted, `YYYY-MM`.
        terms: of its organisation.
        on: the day on which this is looked at; a month whose window is still open then is
            preliminary. None: all windows are closed.

    Yields:
        A row per meter and month in which it was the place's meter or was read, months in order.
    """
    dials = [_fresh(point, stay) for stay in stays(point)]
    past = _Past()
    for number in range(month_number(point.since), month_number(until) + 1):
        period = month_named(number)
        rows: list[MonthRow] = []
        for dial in dials:
            if _is_there(point, dial.stay, period):
                _hand_on(dial, past, rows)
                rows.append(_month(point, dial, period, past, terms))
        past.add(rows)
        is_open = on is not None and on <= day_in(period, terms.billing.window[1])
        yield from (_preliminary(row) if is_open else row for row in rows)


def is_unverified(meter: Meter, period: str, billing: Billing) -> bool:
    """Whether a meter's verification has run out when the month's window closes."""
    until = meter.verified_until
    return until is not None and until < day_in(period, billing.window[1])


def _is_there(point: Point, stay: Stay, period: str) -> bool:
    """Whether a month is a meter's: it supplied the place on some day, or it was read."""
    if stay.own_days(period):
        return True
    return stay.is_noted_in(period) and _counted(point, stay.meter, period) is not None


def _fresh(point: Point, stay: Stay) -> _Dial:
    start = point.fittings.get((stay.meter.number, "installed"))
    if start is None:
        return _Dial(stay)
    return _Dial(stay, Decimal(start.value), month_number(start.date[:7]))


def _hand_on(dial: _Dial, past: _Past, rows: list[MonthRow]) -> None:
    """A meter that comes goes on with the months missing in a row that it finds at its place."""
    if dial.handed_on is None:
        is_read = any(row.status in {Status.READ, Status.FIRST} for row in rows)
        dial.handed_on = 0 if is_read else len(past.gap)


def _month(point: Point, dial: _Dial, period: str, past: _Past, terms: Terms) -> MonthRow:
    """One month of one meter; moves its dial on."""
    counted = _counted(point, dial.meter, period)
    row = _plain_row(point, dial, period, counted)
    if is_unverified(dial.meter, period, terms.billing):
        dial.last, dial.at = counted.value if counted else dial.last, month_number(period)
        return replace(row, status=Status.UNVERIFIED)
    if counted is None:
        return _missed(row, point, dial, past, terms)
    if dial.last is None:
        dial.start(counted.value, period)
        return replace(row, status=Status.FIRST)
    used = _used(dial, counted.value, period, past, terms)
    if used is None:
        below = _missed(row, point, dial, past, terms)
        return replace(below, status=Status.BELOW_PREVIOUS)
    return _read(row, used, counted, dial)


def _counted(point: Point, meter: Meter, period: str) -> Counted | None:
    """What counts for the month: what was written down when the meter left, else a reading."""
    end = point.fittings.get((meter.number, "removed"))
    if end is not None and end.date[:7] == period:
        return Counted(Decimal(end.value), FITTED)
    return point.readings.get((meter.number, period))


def _used(dial: _Dial, value: Decimal, period: str, past: _Past, terms: Terms) -> Decimal | None:
    """Consumption since the last reading; None where it is below and no full turn explains it."""
    assert dial.last is not None
    if value >= dial.last:
        return value - dial.last
    unit, rules = dial.meter.unit, terms.rules
    months = [Decimal(use.numerator) / use.denominator for use in past.months]
    month = most_expected(months, unit, Decimal(str(rules.spreads)), Decimal(rules.few(unit)))
    elapsed = max(month_number(period) - dial.at, 1)
    return used_since(dial.last, value, full_turn(dial.meter), month * elapsed)


def _missed(row: MonthRow, point: Point, dial: _Dial, past: _Past, terms: Terms) -> MonthRow:
    """A month without a usable reading: an average stands for it, for so many in a row."""
    dial.missing += 1
    row = replace(row, missing=dial.missing + (dial.handed_on or 0))
    billing = terms.billing
    is_house = point.account.premises == "house"
    average = past.average(billing.house_months if is_house else billing.flat_months)
    if average is None or row.missing > billing.charged_missing:
        return row
    days = past.take(dial.stay.own_days(row.period))
    if not days:
        return row
    charge = _share(average, days, days_of(row.period), dial.meter.decimals)
    dial.charged += charge
    return replace(row, status=Status.ESTIMATED, consumption=charge)


def _share(average: Fraction, days: list[int], of: int, decimals: int) -> Decimal:
    """What of a month's average falls on some of its days; all days together get the whole."""
    if len(days) == of:
        return _rounded(average, decimals)
    upto = [_rounded(average * day / of, decimals) for day in range(of + 1)]
    return sum((upto[day] - upto[day - 1] for day in days), Decimal(0))


def _rounded(number: Fraction, decimals: int) -> Decimal:
    """Half a unit of the last place goes up."""
    return Decimal(floor(number * 10**decimals + Fraction(1, 2))).scaleb(-decimals)


def _read(row: MonthRow, used: Decimal, counted: Counted, dial: _Dial) -> MonthRow:
    """A month with a reading: what was used since the last one, less what was charged since."""
    marks = list(row.marks)
    if dial.last is not None and counted.value < dial.last:
        marks.append(Mark.ROLLED_OVER)
    if dial.missing:
        marks.append(Mark.SETTLED)
    charge = used - dial.charged
    dial.start(counted.value, row.period)
    return replace(row, status=Status.READ, consumption=charge, marks=tuple(marks))


def _plain_row(point: Point, dial: _Dial, period: str, counted: Counted | None) -> MonthRow:
    """The month before anything is made of it."""
    meter = dial.meter
    return MonthRow(
        account=point.account.number,
        place=point.place,
        meter=meter.number,
        register=point.register,
        period=period,
        previous=dial.last,
        value=counted.value if counted else None,
        consumption=None,
        unit=meter.unit,
        status=Status.MISSING,
        channel=counted.channel if counted else "",
        marks=tuple(_marks(dial.stay, period, counted)),
        missing=0,
        reading=counted.id if counted else "",
        version=counted.version if counted and counted.id else 0,
    )


def _marks(stay: Stay, period: str, counted: Counted | None) -> Iterator[Mark]:
    if stay.noted[:7] == period:
        yield Mark.INSTALLED
    if stay.until[:7] == period:
        yield Mark.REMOVED
    if counted is not None and counted.early:
        yield Mark.EARLY
    if counted is not None and counted.version > 1:
        yield Mark.CORRECTED


def _preliminary(row: MonthRow) -> MonthRow:
    return replace(row, marks=(*row.marks, Mark.PRELIMINARY))
