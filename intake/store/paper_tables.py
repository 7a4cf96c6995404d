"""The tables behind papers that belong nowhere yet: who has them, and what was said about them."""

from __future__ import annotations

from sqlalchemy import Column, Float, ForeignKey, Integer, String, Table

from intake.store.tables import JSON, metadata

paper_leases = Table(
    "paper_leases",
    metadata,
    Column("paper", String, primary_key=True),
    Column("who", String, nullable=False, index=True),
    Column("until", Float, nullable=False),
)

NAMED, DATED, REFUSED, UNDONE = "named", "dated", "refused", "undone"
"""What was done: a page was given its form, a form its month; a page was refused; taken back."""

paper_events = Table(
    "paper_events",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("page", ForeignKey("pages.id"), index=True),
    Column("form", Integer, index=True),
    Column("at", String, nullable=False),
    Column("who", String, nullable=False, index=True),
    Column("what", String, nullable=False),
    Column("cause", ForeignKey("paper_events.id"), index=True),
    Column("before", JSON, nullable=False),
    Column("after", JSON, nullable=False),
    Column("seconds", Float),
    Column("why", String, nullable=False),
)
"""What people said about papers; a form that was taken back is gone from the forms."""
