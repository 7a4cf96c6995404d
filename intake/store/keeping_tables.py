"""The table of evidence that is on its way out: an erasure that was cut short goes on with it."""

from __future__ import annotations

from sqlalchemy import Column, String, Table

from intake.store.tables import metadata

removals = Table(
    "removals",
    metadata,
    Column("kind", String, primary_key=True),
    Column("digest", String, primary_key=True),
)
