"""The tables of the reading engine. A reading is never changed: each version is a row."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, MetaData, String, Table, UniqueConstraint

from intake.rows import meter_columns, record_columns

SCHEMA = 1
"""Version of these tables; a change takes a new one and a migration."""

metadata = MetaData()

meta = Table(
    "engine_meta",
    metadata,
    Column("key", String, primary_key=True),
    Column("value", String, nullable=False),
)

accounts = Table(
    "engine_accounts",
    metadata,
    Column("organisation", String, primary_key=True),
    Column("number", String, primary_key=True),
    Column("address", String, nullable=False),
    Column("premises", String, nullable=False),
)

meters = Table(
    "engine_meters",
    metadata,
    *meter_columns(),
    Index("engine_meters_by_account", "organisation", "account"),
)

fittings = Table(
    "engine_fittings",
    metadata,
    Column("organisation", String, primary_key=True),
    Column("meter", String, primary_key=True),
    Column("register", String, primary_key=True),
    Column("event", String, primary_key=True),
    Column("date", String, nullable=False),
    Column("value", String, nullable=False),
)

readings = Table(
    "engine_readings",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("received", String, nullable=False),
    Column("day", String),
    Column("standing", String, nullable=False),
    Column("id", String, nullable=False),
    *record_columns(),
    UniqueConstraint("organisation", "id", "version"),
    Index("engine_readings_by_meter", "organisation", "meter", "register", "period"),
    Index("engine_readings_by_account", "organisation", "account", "period"),
    Index("engine_readings_by_period", "organisation", "period"),
)

tokens = Table(
    "engine_tokens",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("digest", String, nullable=False, unique=True),
    Column("name", String, nullable=False),
    Column("organisation", String, nullable=False),
    Column("channel", String),
    Column("scope", String, nullable=False),
    Column("made", String, nullable=False),
    Column("revoked", String),
)
