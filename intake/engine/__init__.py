"""The embedded reading engine: readings of all channels in, what billing makes of them out.

`Engine` is a thin face; each of its methods is one transaction. The rules are pure: which
reading counts in `arrivals`, what a month is charged with in `months`.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from intake.database import Target
from intake.engine import asking, lookup, tables, tokens
from intake.engine.arrivals import Arrival, Judged, Standing, faults
from intake.engine.asking import Wanted
from intake.engine.erasing import erase
from intake.engine.keeping import (
    UNDATED_CHANNELS,
    Differs,
    Incoming,
    Receipt,
    receive,
)
from intake.engine.opening import copy_database, open_database
from intake.engine.point import Mark, MonthRow, Status, Terms
from intake.engine.tokens import Scope, Token
from intake.errors import InputError
from intake.rows import put, row_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Table

    from intake.database import Database
    from intake.records import Account, Fitting, Meter, ReadingRecord
    from intake.settings import EngineSettings, Rules

__all__ = [
    "Arrival",
    "Differs",
    "Engine",
    "Judged",
    "Mark",
    "MonthRow",
    "Receipt",
    "Scope",
    "Standing",
    "Status",
    "Target",
    "Token",
    "Wanted",
    "copy_database",
    "open_engine",
]


def open_engine(target: Target, settings: EngineSettings, rules: Rules) -> Engine:
    """Opens the engine's database; makes it where there is none.

    Raises:
        StoreError: it cannot be reached or written, or was made by a newer program.
    """
    return Engine(open_database(target), settings, rules)


class Engine:
    """An open reading engine."""

    def __init__(self, database: Database, settings: EngineSettings, rules: Rules) -> None:
        self._database = database
        self._settings = settings
        self._rules = rules

    def close(self) -> None:
        """Gives the database back."""
        self._database.close()

    def terms(self, organisation: str) -> Terms:
        """What holds for an organisation."""
        return Terms(self._settings.billing_of(organisation), self._rules)

    def erase(self, organisation: str, account: str) -> int:
        """Takes an account out of everything, for ever; returns how many readings that were."""
        with self._database.writing() as connection:
            count = erase(connection, organisation, account)
        self._database.scrub()
        return count

    # ---- what comes in ---------------------------------------------------------------

    def receive(self, record: ReadingRecord) -> Receipt:
        """Keeps a version of a reading, once; answers the same whenever it comes again.

        Raises:
            InputError: the record is not one; the message does not hold its value.
            Differs: this version arrived before with other content.
        """
        billing = self.terms(record.organisation).billing
        for fault in faults(record, billing.channels):
            raise InputError(fault)
        received = _now()
        undated = record.channel in UNDATED_CHANNELS
        day = record.date or (None if undated else received[:10])
        with self._database.writing() as connection:
            return receive(connection, [Incoming(record, day)], received, billing)[0]

    def receive_all(self, organisation: str, records: Sequence[ReadingRecord]) -> list[Receipt]:
        """Keeps readings of a file, all or none; one without a date is in time.

        Args:
            organisation: whose all of them are.
            records: checked, each version once; version 0 stands for whichever is due.

        Raises:
            Differs: one of them arrived before with other content.
        """
        incoming = [Incoming(record, record.date) for record in records]
        billing = self.terms(organisation).billing
        with self._database.writing() as connection:
            return receive(connection, incoming, _now(), billing)

    def put_accounts(self, organisation: str, rows: Sequence[Account]) -> int:
        """Adds accounts; those that are there are brought up to date. Returns how many it wrote."""
        return self._put(tables.accounts, organisation, rows)

    def put_meters(self, organisation: str, rows: Sequence[Meter]) -> int:
        """Adds meters; those that are there are brought up to date. Returns how many it wrote."""
        return self._put(tables.meters, organisation, rows)

    def put_fittings(self, organisation: str, rows: Sequence[Fitting]) -> int:
        """Adds what dials showed when they came and went. Returns how many rows it wrote."""
        return self._put(tables.fittings, organisation, rows)

    # ---- what it answers -------------------------------------------------------------

    def standings(self, wanted: Wanted) -> Iterator[Judged]:
        """The newest version of each reading, with what became of it."""
        with self._database.reading() as connection:
            yield from asking.standings(connection, wanted, self.terms(wanted.organisation))

    def versions(self, wanted: Wanted) -> Iterator[Arrival]:
        """Every version that arrived."""
        with self._database.reading() as connection:
            yield from asking.versions(connection, wanted)

    def must_know(self, organisation: str, kind: str, number: str) -> None:
        """Says so where no list and no reading names a number.

        Args:
            organisation: whose.
            kind: `meter` or `account`.
            number: as it was asked for.

        Raises:
            InputError: nobody knows it; with those that are near it.
        """
        with self._database.reading() as connection:
            if lookup.is_known(connection, organisation, kind, number):
                return
            near = lookup.near(connection, organisation, kind, number)
        fault = f"the engine knows no {kind} `{number}` of `{organisation}`."
        raise InputError(f"{fault} {lookup.advice(near)}")

    def owners(self, organisation: str) -> dict[str, str]:
        """The account of each meter."""
        with self._database.reading() as connection:
            return asking.owners(connection, organisation)

    def months(self, organisation: str, period: str, on: str | None) -> Iterator[MonthRow]:
        """What a month is charged with, by account, place, register and meter.

        Args:
            organisation: whose.
            period: billing month.
            on: as of that day; None: with all that arrived, all windows closed.
        """
        terms = self.terms(organisation)
        with self._database.reading() as connection:
            yield from asking.months(connection, organisation, period, terms, on)

    # ---- who may ask -----------------------------------------------------------------

    def add_token(self, token: Token) -> tuple[int, str]:
        """Makes a token; returns its id and its text, which is kept nowhere."""
        with self._database.writing() as connection:
            return tokens.add(connection, token, _now())

    def token(self, text: str) -> Token | None:
        """The token with that text; None where there is none that holds."""
        with self._database.reading() as connection:
            return tokens.find(connection, text)

    def tokens(self) -> list[Token]:
        """All tokens, those called back included."""
        with self._database.reading() as connection:
            return list(tokens.listed(connection))

    def revoke_token(self, id: int) -> None:
        """Calls a token back."""
        with self._database.writing() as connection:
            tokens.revoke(connection, id, _now())

    def _put(
        self, table: Table, organisation: str, rows: Sequence[Account | Meter | Fitting]
    ) -> int:
        with self._database.writing() as connection:
            return put(connection, table, [row_of(organisation, row) for row in rows])


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
