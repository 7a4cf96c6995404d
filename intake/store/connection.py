"""Opening the database, and transactions that end in a sentence when they fail."""

from __future__ import annotations

import time
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import Connection, CursorResult, Engine, create_engine, event, func, inspect, select
from sqlalchemy.engine import URL
from sqlalchemy.exc import DatabaseError, SQLAlchemyError

from intake.errors import StoreError
from intake.store import tables

if TYPE_CHECKING:
    from collections.abc import Iterator

BUSY_MS = 15_000
"""How long a writer waits for another one before it gives up."""


class Database:
    """An open database: hands out reading and writing transactions."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writer = engine.execution_options(writes=True)

    @property
    def name(self) -> str:
        """Where the database is, without a password."""
        return self._engine.url.database or str(self._engine.url)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one state of the database throughout."""
        with self._translated(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that holds the right to write from its start; all of it or nothing."""
        with self._translated(), self._writer.begin() as connection:
            yield connection

    def set_up_journal(self) -> None:
        """Lets readers read while somebody writes; the file remembers it."""
        with self._translated(), self._engine.connect() as connection:
            raw = connection.connection.dbapi_connection
            assert raw is not None
            raw.cursor().execute("PRAGMA journal_mode = WAL")

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except SQLAlchemyError as fault:
            cause = getattr(fault, "orig", None) or fault
            raise StoreError(
                f"{self.name}: the database could not be used ({cause}). Check that the disk has "
                "room, that you may write there and that nothing else holds it; then run again."
            ) from fault

    def close(self) -> None:
        """Gives all connections back."""
        self._engine.dispose()


def create_database(path: Path) -> Database:
    """Makes the SQLite file `path` with empty tables.

    Raises:
        StoreError: something is there already, or it cannot be written.
    """
    if path.exists():
        raise StoreError(f"{path}: is there already. Use it as it is, or name another place.")
    if not path.parent.is_dir():
        raise StoreError(f"{path.parent}: no such folder. Make it first.")
    database = Database(_engine(path))
    database.set_up_journal()
    with database.writing() as connection:
        tables.metadata.create_all(connection)
        connection.execute(tables.meta.insert(), {"key": "schema", "value": str(tables.SCHEMA)})
    return database


def open_database(path: Path) -> Database:
    """Opens the SQLite file `path`.

    Raises:
        StoreError: it is missing, is something else, or was made by a newer program.
    """
    if not path.is_file():
        raise StoreError(f"{path}: there is no intake database. Make one with `init`.")
    database = Database(_engine(path))
    try:
        _check_schema(database, path)
    except StoreError:
        database.close()
        raise
    return database


def new_id(inserted: CursorResult[Any]) -> int:
    """The id that an inserted row was given."""
    key = inserted.inserted_primary_key
    assert key is not None
    return int(key[0])


def clock(connection: Connection) -> float:
    """Seconds since 1970 by the one clock that all users of the database share."""
    if connection.dialect.name == "postgresql":
        seconds = connection.scalar(select(func.extract("epoch", func.clock_timestamp())))
        return float(seconds or 0)
    return time.time()


def now() -> str:
    """The present moment, UTC, as it is stored."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _check_schema(database: Database, path: Path) -> None:
    version = _schema_version(database, path)
    if version > tables.SCHEMA:
        raise StoreError(
            f"{path}: was made by a newer version of this program (schema {version}, this one "
            f"knows {tables.SCHEMA}). Update the program."
        )


def _schema_version(database: Database, path: Path) -> int:
    foreign = StoreError(
        f"{path}: is not an intake database. Name the right workspace, or make one with `init`."
    )
    try:
        with database._engine.connect() as connection:
            if not inspect(connection).has_table(tables.meta.name):
                raise foreign
            stored = connection.scalar(
                select(tables.meta.c.value).where(tables.meta.c.key == "schema")
            )
    except DatabaseError as fault:
        raise foreign from fault
    if stored is None or not stored.isdigit():
        raise foreign
    return int(stored)


def _engine(path: Path) -> Engine:
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        json_serializer=_to_json,
        json_deserializer=msgspec.json.decode,
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _to_json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _prepare_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401 - a driver's own
    connection.isolation_level = None
    for pragma in (
        f"busy_timeout = {BUSY_MS}",
        "synchronous = FULL",
        "foreign_keys = ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
