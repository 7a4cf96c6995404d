"""The engine's month calculated a second time, in another way: looking back instead of going on.

Nothing here uses the engine's own rules. Values are whole litres; months are numbers, 0 is January
2026.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from math import floor
from statistics import median

ORDER = ["portal", "sms", "terminal", "paper"]
LITRES = 1000


@dataclass(frozen=True)
class Sent:
    """One version of a reading: litres, None where it takes the reading back."""

    channel: str
    value: int | None
    day: int | None = None
    id: str = ""
    version: int = 1


@dataclass
class Dial:
    """One meter: when it was there, what it showed when it came and went, what was sent.

    One that came in month 0 was there before anybody knows; one that went in month 10,000 is.
    """

    number: str
    came: int = 0
    went: int = 10_000
    came_on: int = 15
    went_on: int = 15
    start: int | None = None
    end: int | None = None
    turn: int = 100_000 * LITRES
    verified: int = 10_000
    sent: dict[int, list[Sent]] = field(default_factory=dict)


def chosen(sent: list[Sent], window: tuple[int, int]) -> Sent | None:
    """What counts: newest versions, none taken back, none late, best channel, last arrived."""
    ids = {one.id for one in sent}
    tops = [max((s for s in sent if s.id == id), key=lambda s: s.version) for id in ids]
    able = [s for s in tops if s.value is not None and not (s.day and s.day > window[1])]
    for channel in ORDER:
        of_channel = [s for s in able if s.channel == channel]
        if of_channel:
            return max(of_channel, key=sent.index)
    return None


@dataclass
class Calculation:
    """All months of one point of supply, each asked for by looking back.

    Its dials are in the order in which they came.
    """

    dials: list[Dial]
    months: int
    average_of: int
    window: tuple[int, int] = (25, 31)

    def there(self, dial: Dial, month: int) -> bool:
        known = self.told(dial, month) is not None and dial.came <= month <= dial.went
        return known or any(self._owner(month, day) is dial for day in _days(month))

    def _owner(self, month: int, day: int) -> Dial | None:
        """Whose day it is: the last dial that came, unless it has gone."""
        there = [one for one in self.dials if self._arrived(one) <= (month, day)]
        last = there[-1]
        return last if (month, day) <= (last.went, last.went_on) else None

    def _arrived(self, dial: Dial) -> tuple[int, int]:
        return (dial.came, dial.came_on) if dial.came else (-1, 0)

    def _share(self, whole: Fraction, dial: Dial, month: int) -> int:
        """What of an average stands for a dial: up to each of its days, less the day before."""
        days = _days(month)
        upto = [floor(whole * day / len(days) + Fraction(1, 2)) for day in (0, *days)]
        mine = [day for day in days if self._owner(month, day) is dial]
        return sum(upto[day] - upto[day - 1] for day in mine)

    def told(self, dial: Dial, month: int) -> int | None:
        """The value of a month, usable or not."""
        if month == dial.went and dial.end is not None:
            return dial.end
        found = chosen(dial.sent.get(month, []), self.window)
        return None if found is None else found.value

    def status(self, dial: Dial, month: int) -> str:
        return self._rows[dial.number, month][0]

    def charge(self, dial: Dial, month: int) -> int | None:
        return self._rows[dial.number, month][1]

    def missing(self, dial: Dial, month: int) -> int:
        return self._rows[dial.number, month][2]

    @cached_property
    def _rows(self) -> dict[tuple[str, int], tuple[str, int | None, int]]:
        rows: dict[tuple[str, int], tuple[str, int | None, int]] = {}
        for month in range(self.months):
            for dial in self.dials:
                if self.there(dial, month):
                    rows[dial.number, month] = self._row(rows, dial, month)
        return rows

    def _row(
        self, rows: dict[tuple[str, int], tuple[str, int | None, int]], dial: Dial, month: int
    ) -> tuple[str, int | None, int]:
        if dial.verified < month:
            return "unverified", None, 0
        before = [m for m in range(month) if (dial.number, m) in rows]
        base, since = self._base(rows, dial, before)
        value = self.told(dial, month)
        gap = [m for m in before if m > since and rows[dial.number, m][0] != "unverified"]
        if value is not None and base is None:
            return "first", None, 0
        if value is not None:
            most = self._most(rows, month) * self._elapsed(dial, since, month)
            used = _used(dial, base, value, most)
            if used is not None:
                return "read", used - sum(rows[dial.number, m][1] or 0 for m in gap), 0
        run = len(gap) + 1 + self._handed_on(rows, dial, before, month)
        guess = self._average(rows, month)
        is_charged = guess is not None and run <= 2 and self._has_days(dial, month)
        charge = self._share(guess, dial, month) if is_charged else None
        if value is not None:
            return "below_previous", charge, run
        return ("missing" if charge is None else "estimated"), charge, run

    def _has_days(self, dial: Dial, month: int) -> bool:
        return any(self._owner(month, day) is dial for day in _days(month))

    def _handed_on(self, rows: dict, dial: Dial, before: list[int], month: int) -> int:
        """Months that the place had been missing when a dial came that was not read since."""
        if any(rows[dial.number, m][0] in {"read", "first"} for m in before):
            return 0
        began = min([*before, month])
        others = [rows[d.number, began] for d in self.dials if (d.number, began) in rows]
        if dial is self.dials[-1] and any(kind in {"read", "first"} for kind, *_ in others):
            return 0
        return len(self._gone_through(rows, began)[1])

    def _base(self, rows: dict, dial: Dial, before: list[int]) -> tuple[int | None, int]:
        """The last reading that was used, and its month."""
        for month in reversed(before):
            if rows[dial.number, month][0] in {"read", "first"}:
                return self.told(dial, month), month
        return dial.start, (dial.came if dial.start is not None else 0) - 1

    def _elapsed(self, dial: Dial, since: int, month: int) -> int:
        began = max(since, dial.came) if dial.start is not None else since
        return max(month - began, 1)

    def _most(self, rows: dict, month: int) -> Fraction:
        used = self._used_by_month(rows, month)
        if len(used) < 3:
            return Fraction(15 * LITRES)
        usual = Fraction(median(used))
        apart = Fraction("1.4826") * Fraction(median(abs(one - usual) for one in used))
        return usual + 8 * max(apart, usual / 4, Fraction(LITRES))

    def _average(self, rows: dict, month: int) -> Fraction | None:
        used = self._used_by_month(rows, month)[-self.average_of :]
        return sum(used, Fraction(0)) / len(used) if used else None

    def _used_by_month(self, rows: dict, until: int) -> list[Fraction]:
        """Use of the months before `until`, each gap shared out over the months it lasted."""
        return self._gone_through(rows, until)[0]

    def _gone_through(self, rows: dict, until: int) -> tuple[list[Fraction], list[int]]:
        """Use of the months before `until`, and what was charged in the gap that is still open."""
        used: list[Fraction] = []
        waiting: list[int] = []
        for month in range(until):
            of_month = [rows[d.number, month] for d in self.dials if (d.number, month) in rows]
            kinds = {kind for kind, _, _ in of_month}
            total = sum(charge or 0 for _, charge, _ in of_month)
            if kinds & {"estimated", "missing", "below_previous"}:
                waiting.append(total)
            elif "read" in kinds:
                count = len(waiting) + 1
                used += [Fraction(sum(waiting) + total, count)] * count
                waiting = []
            elif "first" in kinds:
                waiting = []
        return used, waiting


def _days(month: int) -> range:
    return range(1, monthrange(2026 + month // 12, month % 12 + 1)[1] + 1)


def _used(dial: Dial, base: int, value: int, most: Fraction) -> int | None:
    if value >= base:
        return value - base
    passed = value + dial.turn - base
    return passed if 0 <= passed <= most else None
