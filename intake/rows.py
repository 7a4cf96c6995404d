"""Rows that several databases hold alike: accounts, meters and reading records, written once."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, Connection, Float, Integer, Row, String, Table, or_
from sqlalchemy.dialects import postgresql, sqlite

from intake.records import Account, Fitting, Meter, PastReading

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Known = Account | Meter | Fitting | PastReading


def meter_columns() -> list[Column[Any]]:
    """What a table of meters holds, of every organisation."""
    return [
        Column("organisation", String, primary_key=True),
        Column("number", String, primary_key=True),
        Column("account", String, nullable=False),
        Column("kind", String, nullable=False),
        Column("place", String, nullable=False),
        Column("registers", String, nullable=False),
        Column("dial_digits", Integer, nullable=False),
        Column("decimals", Integer, nullable=False),
        Column("unit", String, nullable=False),
        Column("verified_until", String),
        Column("installed", String),
        Column("removed", String),
    ]


def record_columns() -> list[Column[Any]]:
    """What a table of reading records holds beside the id of each."""
    return [
        Column("version", Integer, nullable=False),
        Column("organisation", String, nullable=False),
        Column("account", String, nullable=False),
        Column("meter", String, nullable=False),
        Column("register", String, nullable=False),
        Column("period", String, nullable=False),
        Column("value", String),
        Column("unit", String, nullable=False),
        Column("date", String),
        Column("channel", String, nullable=False),
        Column("verification", String, nullable=False),
        Column("confidence", Float, nullable=False),
        Column("evidence", String),
        Column("reason", String, nullable=False),
    ]


def row_of(organisation: str, known: Known) -> dict[str, object]:
    """What an organisation knows, as a row of its table; registers stand in one word each."""
    values = {one.name: getattr(known, one.name) for one in fields(known)}
    if isinstance(known, Meter):
        values["registers"] = " ".join(known.registers)
    return {"organisation": organisation, **values}


def meter_of(row: Row[Any]) -> Meter:
    """The meter in a stored row."""
    values = {one.name: getattr(row, one.name) for one in fields(Meter)}
    return Meter(**{**values, "registers": tuple(row.registers.split())})


def put(
    connection: Connection,
    table: Table,
    rows: Sequence[Mapping[str, object]],
    later: str | None = None,
) -> int:
    """Adds rows; those that are there are brought up to date. Returns how many rows it wrote.

    Args:
        connection: of a writing transaction.
        table: with a primary key, by which a row is known.
        rows: each with all columns.
        later: a column; a row that is there gives way only to one with more in it. None: to one
            that says anything else.
    """
    if not rows:
        return 0
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    insert = dialect.insert(table)
    keys = [column.name for column in table.primary_key]
    others = {
        column.name: insert.excluded[column.name]
        for column in table.columns
        if column.name not in keys
    }
    differs = [value.is_distinct_from(table.c[name]) for name, value in others.items()]
    gives_way = or_(*differs) if later is None else insert.excluded[later] > table.c[later]
    statement = insert.on_conflict_do_update(index_elements=keys, set_=others, where=gives_way)
    counted = statement.execution_options(preserve_rowcount=True)
    return connection.execute(counted, rows).rowcount
