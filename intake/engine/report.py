"""The month in rows: what is charged, and the lists of what a person has to look after."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, TextIO

from intake.engine.arrivals import Standing
from intake.engine.asking import Wanted
from intake.engine.point import MonthRow, Status
from intake.spreadsheets import cell

if TYPE_CHECKING:
    from collections.abc import Iterable

    from intake.engine import Engine
    from intake.engine.arrivals import Judged

Row = dict[str, object]

MISSING_IN_A_ROW = 3
"""Months without a usable reading that have consequences."""

SHAPES = ("table", "csv", "jsonl")
NUMBERS = frozenset({"previous", "value", "consumption", "missing"})
"""Columns of numbers, which may be negative: a minus sign there begins no formula."""


@dataclass(frozen=True, slots=True)
class Month:
    """A billing month as it is looked at.

    Attributes:
        organisation: whose.
        period: the month, `YYYY-MM`.
        on: as of that day; later arrivals did not happen.
    """

    organisation: str
    period: str
    on: str

    def rows(self, engine: Engine) -> Iterator[MonthRow]:
        """What it is charged with, by meter and register."""
        return engine.months(self.organisation, self.period, self.on)

    def readings(self, engine: Engine) -> Iterator[Judged]:
        """The newest version of each reading for it, with what became of it."""
        return engine.standings(Wanted(self.organisation, period=self.period, on=self.on))


Lister = Callable[["Engine", Month], Iterator[Row]]


def months(engine: Engine, month: Month) -> Iterator[Row]:
    """A row per meter and register that was there in the month."""
    for row in month.rows(engine):
        yield month_row(row)


def missing(engine: Engine, month: Month) -> Iterator[Row]:
    """Those without a usable reading for three months in a row, or more."""
    for row in month.rows(engine):
        if row.missing >= MISSING_IN_A_ROW:
            yield {
                "account": row.account,
                "place": row.place,
                "meter": row.meter,
                "register": row.register,
                "months": row.missing,
            }


def unverified(engine: Engine, month: Month) -> Iterator[Row]:
    """Meters past their verification: treated as no meter."""
    for row in month.rows(engine):
        if row.status is Status.UNVERIFIED:
            yield {"account": row.account, "place": row.place, "meter": row.meter}


def month_row(row: MonthRow) -> Row:
    """One row as it is shown: numbers as decimal strings."""
    return {
        "account": row.account,
        "place": row.place,
        "meter": row.meter,
        "register": row.register,
        "period": row.period,
        "previous": _text(row.previous),
        "value": _text(row.value),
        "consumption": _text(row.consumption),
        "unit": row.unit,
        "status": str(row.status),
        "channel": row.channel,
        "marks": " ".join(row.marks),
        "missing": row.missing,
        "reading": row.reading,
        "version": row.version,
    }


def totals(engine: Engine, month: Month) -> dict[str, int]:
    """Control totals of a month: rows by status, and readings that arrived by what they became."""
    rows = Counter(str(row.status) for row in month.rows(engine))
    readings = Counter(str(one.standing) for one in month.readings(engine))
    return {**{f"months {name}": count for name, count in sorted(rows.items())}, **readings}


def write(rows: Iterable[Row], shape: str, stream: TextIO) -> None:
    """Writes rows as CSV or JSON Lines.

    Args:
        rows: all with the same keys.
        shape: `csv` or `jsonl`.
        stream: text, line ends kept as they are written.
    """
    if shape == "jsonl":
        for row in rows:
            stream.write(json.dumps(row, ensure_ascii=False) + "\n")
        return
    listed = list(rows)
    out = csv.writer(stream)
    out.writerow(listed[0] if listed else [])
    for row in listed:
        out.writerow([value if name in NUMBERS else cell(value) for name, value in row.items()])


def _of(*standings: Standing) -> Lister:
    def listed(engine: Engine, month: Month) -> Iterator[Row]:
        for one in month.readings(engine):
            if one.standing in standings:
                yield _reading(one)

    return listed


def _reading(judged: Judged) -> Row:
    record = judged.arrival.record
    names = ("account", "meter", "register", "period", "value", "channel", "date", "id", "version")
    row = {name: getattr(record, name) for name in names}
    return {**row, "standing": str(judged.standing), "received": judged.arrival.received}


def _text(number: object) -> str | None:
    return None if number is None else f"{number:f}"


LISTS: dict[str, Lister] = {
    "months": months,
    "missing": missing,
    "unverified": unverified,
    "readings": _of(*Standing),
    "contradictions": _of(Standing.CONTRADICTION),
    "doubles": _of(Standing.DOUBLE),
    "late": _of(Standing.LATE),
    "strangers": _of(Standing.UNKNOWN_METER),
}
