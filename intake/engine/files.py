"""The other channels' files into the engine: CSV, kind known by header, bad rows told."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields, replace
from typing import TYPE_CHECKING
from uuid import NAMESPACE_URL, uuid5

from intake.engine.arrivals import faults
from intake.engine.keeping import Differs
from intake.errors import InputError
from intake.records import Account, Fitting, Meter, ReadingRecord
from intake.registry import ImportReport
from intake.registry.layouts import ACCOUNTS, METERS
from intake.registry.rows import (
    BadCell,
    Layout,
    Problem,
    Row,
    day_cell,
    decimal_cell,
    number_cell,
    one_of,
    period_cell,
    read_rows,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from intake.engine import Engine

Known = Account | Meter | Fitting | ReadingRecord

CHUNK = 500
"""Rows that go in at a time."""

EVENTS = ("installed", "removed")

_NAMES = uuid5(NAMESPACE_URL, "meter-intake/arrival")


def import_files(
    engine: Engine, organisation: str, paths: Iterable[Path], channel: str = ""
) -> ImportReport:
    """Reads files of any kind into the engine; a rerun brings rows up to date.

    Args:
        engine: open.
        organisation: whose they are.
        paths: CSV files.
        channel: of readings in rows that name none; empty: each has to name its own.
    """
    accepted: Counter[str] = Counter()
    unchanged: Counter[str] = Counter()
    problems: list[Problem] = []
    keeper = _Keeper(engine, organisation, channel)
    for path in paths:
        try:
            for name, rows in _chunks(path, problems):
                written = keeper.written
                refused = keeper.keep(path, rows)
                problems += refused
                accepted[name] += len(rows) - len(refused)
                unchanged[name] += len(rows) - len(refused) - (keeper.written - written)
        except InputError as fault:
            advice = str(fault).removeprefix(f"{path}: ")
            problems.append(Problem(str(path), 1, "", advice))
    return ImportReport(dict(+accepted), dict(+unchanged), (*problems,))


def _chunks(path: Path, problems: list[Problem]) -> Iterator[tuple[str, list[tuple[int, Known]]]]:
    """Rows with their lines, so many at a time."""
    rows: list[tuple[int, Known]] = []
    name = ""
    for layout, line, row in read_rows(path, LAYOUTS):
        name = layout.name
        if isinstance(row, Problem):
            problems.append(row)
            continue
        rows.append((line, row))
        if len(rows) == CHUNK:
            yield name, rows
            rows = []
    if rows:
        yield name, rows


class _Keeper:
    """Puts rows into the engine, what a file leaves open filled in; counts those written."""

    def __init__(self, engine: Engine, organisation: str, channel: str) -> None:
        self._engine = engine
        self._organisation = organisation
        self._channel = channel
        self._channels = engine.terms(organisation).billing.channels
        self._owners: dict[str, str] | None = None
        self.written = 0

    def keep(self, path: Path, rows: Sequence[tuple[int, Known]]) -> list[Problem]:
        """Puts rows in; returns what is wrong with those that it did not."""
        known = [row for _, row in rows]
        put, whose = self._engine, self._organisation
        self.written += (
            put.put_accounts(whose, [row for row in known if isinstance(row, Account)])
            + put.put_meters(whose, [row for row in known if isinstance(row, Meter)])
            + put.put_fittings(whose, [row for row in known if isinstance(row, Fitting)])
        )
        if any(isinstance(row, Meter) for row in known):
            self._owners = None
        readings = [(line, row) for line, row in rows if isinstance(row, ReadingRecord)]
        return self._receive(path, readings)

    def _receive(self, path: Path, rows: Sequence[tuple[int, ReadingRecord]]) -> list[Problem]:
        problems: list[Problem] = []
        good: dict[tuple[str, int], tuple[int, ReadingRecord]] = {}
        for line, row in rows:
            record = self._filled(row)
            wrong = self._fault(record)
            if wrong is not None:
                column, _, advice = wrong.partition(": ")
                problems.append(Problem(str(path), line, column, advice))
            elif (record.id, record.version) in good:
                problems += self._put(path, list(good.values()))
                good = {(record.id, record.version): (line, record)}
            else:
                good[record.id, record.version] = line, record
        return problems + self._put(path, list(good.values()))

    def _put(self, path: Path, rows: Sequence[tuple[int, ReadingRecord]]) -> list[Problem]:
        try:
            receipts = self._engine.receive_all(self._organisation, [one for _, one in rows])
        except Differs:
            if len(rows) > 1:
                return [problem for row in rows for problem in self._put(path, [row])]
            advice = "this version came before with other content. Give it the next version."
            return [Problem(str(path), rows[0][0], "version", advice)]
        self.written += sum(receipt.is_new for receipt in receipts)
        return []

    def _fault(self, record: ReadingRecord) -> str | None:
        """What keeps a reading out, by column."""
        if not record.account:
            return (
                f"meter: the engine knows no meter `{record.meter}`, and so not whose it is; "
                "import the list of meters first, or give the file the column `account`."
            )
        if record.organisation != self._organisation:
            return f"organisation: these files are taken in for `{self._organisation}`."
        return next(faults(record, self._channels, least_version=0), None)

    def _filled(self, row: ReadingRecord) -> ReadingRecord:
        channel = row.channel or self._channel
        organisation = row.organisation or self._organisation
        account = row.account or self._owner(row.meter)
        filled = replace(row, channel=channel, organisation=organisation, account=account)
        return filled if row.id else replace(filled, id=_id(filled))

    def _owner(self, meter: str) -> str:
        if self._owners is None:
            self._owners = self._engine.owners(self._organisation)
        return self._owners.get(meter, "")


def _id(record: ReadingRecord) -> str:
    """The same for the same reading, whichever file it stands in."""
    parts = (
        record.organisation,
        record.meter,
        record.register,
        record.period,
        record.channel,
        record.date or "",
    )
    return str(uuid5(_NAMES, "\x1f".join(parts)))


def _fitting(row: Row) -> Fitting:
    day = day_cell(row, "date")
    if day is None:
        raise BadCell("date", "a day is YYYY-MM-DD, such as 2026-11-28.")
    return Fitting(
        meter=number_cell(row, "meter"),
        register=row.get("register") or "main",
        date=day,
        event=one_of(row, "event", EVENTS),
        value=decimal_cell(row, "value"),
    )


def _reading(row: Row) -> ReadingRecord:
    is_named = bool(row.get("id"))
    return ReadingRecord(
        id=row.get("id", ""),
        version=_version(row) if is_named else 0,
        organisation=row.get("organisation", ""),
        account=row.get("account", ""),
        meter=number_cell(row, "meter"),
        register=row.get("register") or "main",
        period=period_cell(row, "period"),
        value=decimal_cell(row, "value") if row["value"] else None,
        unit=row.get("unit", ""),
        date=day_cell(row, "date"),
        channel=row.get("channel", ""),
        verification=row.get("verification", ""),
        confidence=_share(row),
        evidence=row.get("evidence") or None,
        reason=row.get("reason", ""),
    )


def _version(row: Row) -> int:
    cell = row.get("version", "")
    if not (cell.isascii() and cell.isdigit() and 0 < len(cell) < 7):
        raise BadCell("version", "a reading with an id has a version, a whole number from 1 on.")
    return int(cell)


def _share(row: Row) -> float:
    cell = row.get("confidence") or "1"
    try:
        share = float(cell)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise BadCell("confidence", "a share from 0 to 1.")
    return share


FITTINGS: Layout[Fitting] = Layout(
    "fittings",
    ("meter", "register", "date", "event", "value"),
    frozenset({"meter", "date", "event", "value"}),
    _fitting,
)
ARRIVALS: Layout[ReadingRecord] = Layout(
    "readings",
    tuple(one.name for one in fields(ReadingRecord)),
    frozenset({"meter", "period", "value"}),
    _reading,
)
LAYOUTS: tuple[Layout[Known], ...] = (ACCOUNTS, METERS, FITTINGS, ARRIVALS)
