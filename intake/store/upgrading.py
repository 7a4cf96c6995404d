"""Older databases brought up to date: tables, columns and indexes that they lack are added."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import inspect, text, update
from sqlalchemy.schema import CreateColumn

from intake.store.tables import SCHEMA, meta, metadata

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Column, Connection, Table


def upgrade(connection: Connection) -> None:
    """Adds what is missing; rows that are there stay as they are, null in new columns."""
    metadata.create_all(connection)
    for table, column in list(_missing(connection)):
        described = CreateColumn(column).compile(dialect=connection.dialect)
        connection.execute(text(f'ALTER TABLE "{table.name}" ADD COLUMN {described}'))
    for table in metadata.sorted_tables:
        for index in table.indexes:
            index.create(connection, checkfirst=True)
    version = update(meta).where(meta.c.key == "schema").values(value=str(SCHEMA))
    connection.execute(version)


def _missing(connection: Connection) -> Iterator[tuple[Table, Column[object]]]:
    looked_at = inspect(connection)
    for table in metadata.sorted_tables:
        there = {column["name"] for column in looked_at.get_columns(table.name)}
        yield from ((table, column) for column in table.columns if column.name not in there)
