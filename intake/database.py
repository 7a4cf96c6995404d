"""SQLite and PostgreSQL behind one door, so that both keep the same promises.

A writing transaction holds the only right to write from its start. What it reads is therefore the
last committed state, and nobody can decide on the same field meanwhile.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, OperationalError, SQLAlchemyError

from intake.errors import MissingProgram, StoreError, UsageError
from intake.syncing import sync

if TYPE_CHECKING:
    from collections.abc import Iterator

Target = Path | str
"""A SQLite file, or the address of a PostgreSQL database."""

BUSY_MS = 15_000
"""How long a writer of a SQLite file waits for another one before it gives up."""

WRITERS_LOCK = 0x4D455445
"""Key of the lock that PostgreSQL's writers share."""

STALLED_SECONDS = 60.0
"""How long a writer on PostgreSQL may stand still while all others wait for it: a machine that went
to sleep in the middle of a decision loses it, and is told so, instead of holding the queue."""


class Database:
    """An open database: hands out reading and writing transactions."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._reader = _snapshots(engine)
        self._writer = engine.execution_options(writes=True)

    @property
    def name(self) -> str:
        """Where the database is, without a password."""
        url = self._engine.url
        return str(url.database) if url.drivername == "sqlite" else url.render_as_string()

    def user(self) -> str | None:
        """Whom PostgreSQL knows the connection as; None on SQLite, which knows nobody."""
        if self._engine.dialect.name != "postgresql":
            return None
        with self.reading() as connection:
            return str(connection.exec_driver_sql("SELECT session_user").scalar_one())

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one state of the database throughout."""
        with self._translated(), self._reader.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that holds the right to write from its start; all of it or nothing."""
        with self._translated(), self._writer.begin() as connection:
            yield connection

    def copy_to(self, path: Path) -> None:
        """Writes one state of a SQLite database into a file, whoever writes meanwhile.

        Raises:
            UsageError: it is a PostgreSQL database, which has its own program for this.
            StoreError: the file cannot be written.
        """
        if self._engine.dialect.name != "sqlite":
            raise UsageError(
                f"{self.name}: copy a PostgreSQL database with `pg_dump`, then the evidence folder."
            )
        part = path.with_name(f".new-{os.getpid()}-{path.name}")
        part.unlink(missing_ok=True)
        try:
            self._alone("VACUUM INTO ?", str(part))
            sync(part)
            part.replace(path)
            sync(path.parent)
        except OSError as fault:
            raise StoreError(
                f"{path}: cannot be written ({fault.strerror}). Make room or name another folder."
            ) from fault
        finally:
            part.unlink(missing_ok=True)

    def scrub(self) -> None:
        """Leaves nothing of deleted rows in a SQLite file; PostgreSQL's `VACUUM` is its own."""
        if self._engine.dialect.name == "sqlite":
            self._alone("VACUUM")
            self._alone("PRAGMA wal_checkpoint(TRUNCATE)")

    def _alone(self, statement: str, *values: str) -> None:
        """A statement that cannot be part of a transaction."""
        with self._translated():
            raw = self._engine.raw_connection()
            try:
                raw.cursor().execute(statement, values)
            except sqlite3.Error as fault:
                raise OperationalError(statement, None, fault) from fault
            finally:
                raw.close()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except SQLAlchemyError as fault:
            cause = getattr(fault, "orig", None) or fault
            raise StoreError(
                "{name}: the database could not be used ({cause}). Check that the disk has room, "
                "that you may write there and that nothing else holds it; then run again.",
                name=self.name,
                cause=cause,
            ) from fault

    def close(self) -> None:
        """Gives all connections back."""
        self._engine.dispose()


def engine_of(target: Target) -> Engine:
    """The engine for a file or an address.

    Raises:
        UsageError: the address is none.
        MissingProgram: the driver is not installed.
    """
    return sqlite_engine(target) if isinstance(target, Path) else _postgres_engine(target)


def let_readers_read(engine: Engine) -> None:
    """Lets them while somebody writes a SQLite file, which remembers it."""
    raw = engine.raw_connection()
    try:
        raw.cursor().execute("PRAGMA journal_mode = WAL")
    finally:
        raw.close()


def sqlite_engine(path: Path) -> Engine:
    """The engine for a SQLite file, which need not exist."""
    engine = _engine(URL.create("sqlite", database=str(path)))
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _postgres_engine(text: str) -> Engine:
    """The engine for a PostgreSQL database, `postgresql://user@host/name`."""
    try:
        engine = _engine(_postgres_url(text), pool_pre_ping=True)
    except ModuleNotFoundError as fault:
        raise MissingProgram(
            "A store on PostgreSQL needs the driver `psycopg`. Install `meter-intake[postgres]`."
        ) from fault
    event.listen(engine, "begin", _begin_postgres)
    return engine


def _postgres_url(text: str) -> URL:
    try:
        url = make_url(text)
    except ArgumentError:
        url = URL.create("none")
    if url.get_backend_name() != "postgresql":
        raise UsageError(
            "The store's address is not understood. It looks like `postgresql://user@host/name`."
        )
    return url.set(drivername="postgresql+psycopg")


def _snapshots(engine: Engine) -> Engine:
    """The engine for transactions that see one state throughout; SQLite's all do."""
    if engine.dialect.name != "postgresql":
        return engine
    return engine.execution_options(isolation_level="REPEATABLE READ")


def _engine(url: URL, **options: Any) -> Engine:  # noqa: ANN401 - SQLAlchemy's own
    return create_engine(
        url,
        json_serializer=_to_json,
        json_deserializer=msgspec.json.decode,
        hide_parameters=True,
        **options,
    )


def _to_json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _prepare_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401 - a driver's own
    connection.isolation_level = None
    for pragma in (f"busy_timeout = {BUSY_MS}", "synchronous = FULL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _begin_postgres(connection: Connection) -> None:
    if connection.get_execution_options().get("writes", False):
        patience = f"'idle_in_transaction_session_timeout', '{STALLED_SECONDS:.0f}s'"
        connection.exec_driver_sql(
            f"SELECT set_config({patience}, true), pg_advisory_xact_lock({WRITERS_LOCK})"
        )
