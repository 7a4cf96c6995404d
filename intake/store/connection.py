"""Transactions that end in a sentence when they fail, and what all of them share."""

from __future__ import annotations

import time
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, CursorResult, Engine, func, select
from sqlalchemy.exc import SQLAlchemyError

from intake.errors import StoreError
from intake.store.engines import snapshots

if TYPE_CHECKING:
    from collections.abc import Iterator


class Database:
    """An open database: hands out reading and writing transactions."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._reader = snapshots(engine)
        self._writer = engine.execution_options(writes=True)

    @property
    def name(self) -> str:
        """Where the database is, without a password."""
        url = self._engine.url
        return str(url.database) if url.drivername == "sqlite" else url.render_as_string()

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
