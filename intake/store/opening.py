"""Making and opening intake databases: the right one, of the right version, or a sentence."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import inspect, select
from sqlalchemy.exc import DatabaseError, OperationalError

from intake.database import Database, Target, engine_of, let_readers_read
from intake.errors import StoreError
from intake.store import tables
from intake.store.upgrading import upgrade

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Engine


def create_database(target: Target) -> Database:
    """Makes the tables of an intake database.

    Raises:
        StoreError: something is there already, or it cannot be written.
    """
    if isinstance(target, Path):
        _check_free(target)
    with _kept_if_sound(target) as (engine, database):
        if isinstance(target, Path):
            let_readers_read(engine)
        else:
            _check_unused(engine, database.name)
        with database.writing() as connection:
            tables.metadata.create_all(connection)
            version = {"key": "schema", "value": str(tables.SCHEMA)}
            connection.execute(tables.meta.insert(), version)
    return database


def is_database(target: Target) -> bool:
    """Whether there is an intake database already.

    Raises:
        StoreError: PostgreSQL does not answer.
    """
    if isinstance(target, Path) and not target.is_file():
        return False
    with _kept_if_sound(target) as (engine, database):
        found = _schema_version(engine, database.name) is not None
    database.close()
    return found


def open_database(target: Target) -> Database:
    """Opens an intake database; an older one is brought up to date, after a copy was kept.

    Raises:
        StoreError: it is missing, is something else, or was made by a newer program.
    """
    if isinstance(target, Path) and not target.is_file():
        raise StoreError(f"{target}: there is no intake database. Make one with `init`.")
    with _kept_if_sound(target) as (engine, database):
        if _checked_schema(engine, database.name) < tables.SCHEMA:
            with database.writing() as connection:
                _upgrade(connection, target, database, _checked_schema(engine, database.name))
    return database


def _upgrade(connection: Connection, target: Target, database: Database, schema: int) -> None:
    """Keeps a SQLite file as the older program left it, then changes it: both or neither."""
    if schema == tables.SCHEMA:
        return
    if isinstance(target, Path):
        database.copy_to(target.with_name(f"{target.stem}-schema-{schema}{target.suffix}"))
    upgrade(connection)


@contextmanager
def _kept_if_sound(target: Target) -> Iterator[tuple[Engine, Database]]:
    """Opens a database that is closed again when what is done with it fails."""
    engine = engine_of(target)
    try:
        yield engine, Database(engine)
    except BaseException:
        engine.dispose()
        raise


def _check_free(path: Path) -> None:
    if path.exists():
        raise StoreError(f"{path}: is there already. Use it as it is, or name another place.")
    if not path.parent.is_dir():
        raise StoreError(f"{path.parent}: no such folder. Make it first.")


def _check_unused(engine: Engine, name: str) -> None:
    try:
        there = set(inspect(engine).get_table_names()) & set(tables.metadata.tables)
    except OperationalError as fault:
        raise _unreachable(name, fault) from fault
    if there:
        raise StoreError(f"{name}: is in use already. Use it as it is, or name an empty database.")


def _checked_schema(engine: Engine, name: str) -> int:
    version = _schema_version(engine, name)
    if version is None:
        raise StoreError(
            f"{name}: is not an intake database. Name the right workspace, or make one with `init`."
        )
    if version > tables.SCHEMA:
        raise StoreError(
            f"{name}: was made by a newer version of this program (schema {version}, this one "
            f"knows {tables.SCHEMA}). Update the program."
        )
    return version


def _schema_version(engine: Engine, name: str) -> int | None:
    """The version of the tables; None where they are not an intake database's."""
    try:
        with engine.connect() as connection:
            if not inspect(connection).has_table(tables.meta.name):
                return None
            query = select(tables.meta.c.value).where(tables.meta.c.key == "schema")
            stored = connection.scalar(query)
    except OperationalError as fault:
        raise _unreachable(name, fault) from fault
    except DatabaseError:
        return None
    return int(stored) if stored is not None and stored.isdigit() else None


def _unreachable(name: str, fault: OperationalError) -> StoreError:
    return StoreError(
        f"{name}: cannot be reached ({fault.orig}). Check that the database runs and lets you in."
    )
