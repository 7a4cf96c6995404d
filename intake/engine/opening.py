"""The engine's database: made where there is none, opened where there is one."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine, select
from sqlalchemy.exc import SQLAlchemyError

from intake.database import Database, Target, engine_of, let_readers_read, sqlite_engine
from intake.engine import tables
from intake.errors import StoreError


def open_database(target: Target) -> Database:
    """Opens the engine's database and makes its tables where there are none.

    Raises:
        StoreError: it cannot be reached or written, or was made by a newer program.
        UsageError: the address is none.
        MissingProgram: the driver for PostgreSQL is not installed.
    """
    engine = engine_of(target)
    database = Database(engine)
    try:
        if isinstance(target, Path):
            _prepare(engine, target)
        _make_ready(database)
    except BaseException:
        engine.dispose()
        raise
    return database


def copy_database(source: Path, target: Path) -> None:
    """Writes one state of an engine's SQLite file into another, whoever writes meanwhile.

    Raises:
        StoreError: the file cannot be written.
    """
    database = Database(sqlite_engine(source))
    try:
        database.copy_to(target)
    finally:
        database.close()


def _make_ready(database: Database) -> None:
    with database.writing() as connection:
        tables.metadata.create_all(connection)
        stored = connection.scalar(select(tables.meta.c.value))
        if stored is None:
            version = {"key": "schema", "value": str(tables.SCHEMA)}
            connection.execute(tables.meta.insert(), version)
    if stored is not None and int(stored) > tables.SCHEMA:
        raise StoreError(
            f"{database.name}: was made by a newer version of this program. Update the program."
        )


def _prepare(engine: Engine, path: Path) -> None:
    try:
        let_readers_read(engine)
    except SQLAlchemyError as fault:
        cause = getattr(fault, "orig", None) or fault
        raise StoreError(f"{path}: cannot be opened ({cause}). Check folder and rights.") from fault
    except OSError as fault:
        raise StoreError(f"{path}: cannot be opened ({fault}). Check folder and rights.") from fault
