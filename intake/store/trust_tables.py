"""The tables behind the bound on what is accepted unseen: keyings, thresholds, pages' state."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKey,
    Integer,
    String,
    Table,
    UniqueConstraint,
)

from intake.store.tables import JSON, metadata

blinds = Table(
    "blinds",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("field", ForeignKey("fields.id"), nullable=False, unique=True),
    Column("audits", Boolean, nullable=False),
    Column("organisation", String, nullable=False),
    Column("period", String, nullable=False, index=True),
    Column("at", String, nullable=False),
    Column("machine", JSON, nullable=False),
    # now
    Column("truth", JSON),
    Column("event", ForeignKey("events.id")),
    Column("settled", Boolean, nullable=False, index=True),
)

keyings = Table(
    "keyings",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("blind", ForeignKey("blinds.id"), nullable=False, index=True),
    Column("who", String, nullable=False, index=True),
    Column("at", String, nullable=False),
    Column("answer", JSON, nullable=False),
    Column("seconds", Float),
    Column("tries", Integer, nullable=False),
    Column("withdrawn", Boolean, nullable=False),
)

thresholds = Table(
    "thresholds",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("organisation", String, nullable=False, index=True),
    Column("at", String, nullable=False),
    Column("template", String, nullable=False),
    Column("version", Integer, nullable=False),
    Column("kind", String, nullable=False),
    Column("engine", String, nullable=False),
    Column("confirmed", Boolean, nullable=False),
    Column("max_error", Float, nullable=False),
    Column("assurance", Float, nullable=False),
    Column("threshold", Float, nullable=False),
    Column("seen", Integer, nullable=False),
    Column("fields", Integer, nullable=False),
    Column("wrong", Integer, nullable=False),
    Column("bound", Float, nullable=False),
    Column("last_event", Integer, nullable=False),
)

origins = Table(
    "origins",
    metadata,
    Column("file", ForeignKey("files.id"), primary_key=True),
    Column("scanner", String, nullable=False),
    Column("hour", String, nullable=False),
)

conditions = Table(
    "conditions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("file", ForeignKey("files.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("condition", JSON, nullable=False),
    UniqueConstraint("file", "number"),
)
