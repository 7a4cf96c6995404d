"""Reading records as rows of a database: one row per reading, its newest version."""

from __future__ import annotations

from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING

import msgspec
from sqlalchemy import Column, Connection, MetaData, String, Table
from sqlalchemy.exc import SQLAlchemyError

from intake.database import Target, engine_of
from intake.errors import InputError, UsageError
from intake.rows import put, record_columns

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from intake.records import ReadingRecord

CHUNK = 1000
"""Rows that are written at a time."""

_metadata = MetaData()
_readings = Table(
    "readings",
    _metadata,
    Column("id", String, primary_key=True),
    *record_columns(),
)


def make_ready(target: Target) -> None:
    """Makes the table `readings` where there is none, before anything is promised to it.

    Raises:
        InputError: the database cannot be written.
        UsageError: the address is none, or holds a password.
        MissingProgram: the driver for PostgreSQL is not installed.
    """
    with _writing(target) as connection:
        if connection.engine.url.password is not None:
            raise UsageError(
                "The address holds a password, which would be kept with the delivery. Put it "
                "into `~/.pgpass` and leave it out of the address."
            )
        _metadata.create_all(connection)


def write_rows(records: Iterable[ReadingRecord], target: Target) -> int:
    """Writes records into the table `readings`, all or none; returns how many there were.

    A row gives way to a later version of its reading alone, so records may come twice.

    Args:
        records: with their versions.
        target: a SQLite file, or the address of a PostgreSQL database.

    Raises:
        InputError: the database cannot be written.
    """
    count = 0
    with _writing(target) as connection:
        for chunk in _chunks(records):
            rows = [msgspec.to_builtins(record) for record in chunk]
            put(connection, _readings, rows, later="version")
            count += len(chunk)
    return count


@contextmanager
def _writing(target: Target) -> Iterator[Connection]:
    engine = engine_of(target)
    name = engine.url.render_as_string()
    try:
        with engine.execution_options(writes=True).begin() as connection:
            yield connection
    except SQLAlchemyError as fault:
        cause = getattr(fault, "orig", None) or fault
        raise InputError(
            f"{name}: the readings cannot be written ({cause}). Check that the database runs and "
            "lets you make and fill a table `readings`; then export again."
        ) from fault
    finally:
        engine.dispose()


def _chunks(records: Iterable[ReadingRecord]) -> Iterator[list[ReadingRecord]]:
    waiting = iter(records)
    while chunk := list(islice(waiting, CHUNK)):
        yield chunk
