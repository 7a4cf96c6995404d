"""What the company knows, kept in the intake database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Row, and_, bindparam, delete, select

from intake.records import Account, Meter, PastReading
from intake.rows import meter_of, put, row_of
from intake.store.opening import open_database
from intake.store.tables import accounts, meters, readings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from intake.database import Database, Target
    from intake.records import ReadingRecord


class StoredRegistry:
    """The registry of one organisation, read from the database at each question."""

    def __init__(self, database: Database, organisation: str) -> None:
        self._database = database
        self._organisation = organisation

    def account(self, number: str) -> Account | None:
        """The account with that number; None where there is none."""
        asked = {"organisation": self._organisation, "number": number}
        with self._database.reading() as connection:
            row = connection.execute(_ACCOUNT, asked).first()
        return None if row is None else _account(row)

    def accounts(self) -> Iterator[Account]:
        """All accounts in the order of their numbers."""
        query = (
            select(accounts)
            .where(accounts.c.organisation == self._organisation)
            .order_by(accounts.c.number)
        )
        with self._database.reading() as connection:
            for row in connection.execute(query).yield_per(1000):
                yield _account(row)

    def meters(self, account: str) -> tuple[Meter, ...]:
        """The meters billed to an account, by place; empty where there are none."""
        with self._database.reading() as connection:
            return meters_of(connection, self._organisation, account)

    def histories(self, account: str) -> dict[tuple[str, str], tuple[PastReading, ...]]:
        """Past readings of an account's meters by meter and register, newest first."""
        found: dict[tuple[str, str], list[PastReading]] = {}
        known = {"organisation": self._organisation, "account": account}
        with self._database.reading() as connection:
            for row in connection.execute(_HISTORIES, known):
                found.setdefault((row.meter, row.register), []).append(_reading(row))
        return {key: tuple(past) for key, past in found.items()}

    @property
    def is_empty(self) -> bool:
        """Whether there is no account at all: rules that need one are off."""
        query = select(accounts.c.number).where(accounts.c.organisation == self._organisation)
        with self._database.reading() as connection:
            return connection.scalar(query.limit(1)) is None


def open_registry(target: Target, organisation: str) -> StoredRegistry:
    """The registry of an organisation, for a worker that opens no store.

    Raises:
        StoreError: as `open_store`.
    """
    return StoredRegistry(open_database(target), organisation)


def meters_of(connection: Connection, organisation: str, account: str) -> tuple[Meter, ...]:
    """The meters billed to an account, by place and number."""
    asked = {"organisation": organisation, "account": account}
    return tuple(meter_of(row) for row in connection.execute(_METERS, asked))


def history_of(
    connection: Connection, organisation: str, meter: str, register: str
) -> tuple[PastReading, ...]:
    """Past readings of one register, newest first."""
    query = (
        select(readings)
        .where(
            readings.c.organisation == organisation,
            readings.c.meter == meter,
            readings.c.register == register,
        )
        .order_by(readings.c.period.desc(), readings.c.channel)
    )
    return tuple(map(_reading, connection.execute(query)))


_ACCOUNT = select(accounts).where(
    accounts.c.organisation == bindparam("organisation"), accounts.c.number == bindparam("number")
)
_METERS = (
    select(meters)
    .where(
        meters.c.organisation == bindparam("organisation"),
        meters.c.account == bindparam("account"),
    )
    .order_by(meters.c.place, meters.c.number)
)
_HISTORIES = (
    select(readings)
    .join(
        meters,
        and_(meters.c.organisation == readings.c.organisation, meters.c.number == readings.c.meter),
    )
    .where(
        meters.c.organisation == bindparam("organisation"),
        meters.c.account == bindparam("account"),
    )
    .order_by(readings.c.period.desc(), readings.c.channel)
)


def put_accounts(connection: Connection, organisation: str, rows: Sequence[Account]) -> int:
    """Adds accounts; those that are there are brought up to date. Returns how many it wrote."""
    return put(connection, accounts, [row_of(organisation, row) for row in rows])


def put_meters(connection: Connection, organisation: str, rows: Sequence[Meter]) -> int:
    """Adds meters; those that are there are brought up to date. Returns how many it wrote."""
    return put(connection, meters, [row_of(organisation, row) for row in rows])


def put_readings(connection: Connection, organisation: str, rows: Sequence[PastReading]) -> int:
    """Adds past readings, or brings them up to date. Returns how many it wrote."""
    return put(connection, readings, [row_of(organisation, row) for row in rows])


def learn(
    connection: Connection, records: Sequence[ReadingRecord], instead_of: Sequence[ReadingRecord]
) -> None:
    """Makes what is handed over the past of its meters.

    Args:
        connection: of a writing transaction.
        records: what the receiver will hold.
        instead_of: what it held of the same fields.
    """
    if instead_of:
        connection.execute(_FORGOTTEN, [_past_row(record) for record in instead_of])
    put(connection, readings, [_past_row(record) for record in records])


def _past_row(record: ReadingRecord) -> dict[str, object]:
    return {column.name: getattr(record, column.name) for column in readings.columns}


# what was imported meanwhile, or came from another form, has its own value and stays
_FORGOTTEN = delete(readings).where(
    *(column == bindparam(column.name) for column in readings.columns)
)


def _account(row: Row[Any]) -> Account:
    return Account(row.number, row.address, row.premises or "flat")


def _reading(row: Row[Any]) -> PastReading:
    return PastReading(row.meter, row.register, row.period, row.value, row.channel)
