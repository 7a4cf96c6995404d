"""The tables of the intake database.

What a machine read stands once and stays; the columns under `now` are the state that the
events have led to, kept beside it so that queue, ledger and search need no replay.
"""

from __future__ import annotations

from sqlalchemy import JSON as PLAIN_JSON
from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    literal_column,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from intake.rows import meter_columns

SCHEMA = 5
"""Version of these tables; a change takes a new one. New tables, new columns that may be null and
new indexes are added to older databases when they are opened."""

ERASED = "erased"
"""Why a form that was read is refused now, and the name of a file nothing of which is left.

What is left of a file is the scan `files.redacted`: null where that is all of it, empty where
nothing is.
"""

metadata = MetaData()

JSON = PLAIN_JSON().with_variant(JSONB(), "postgresql")

meta = Table(
    "meta",
    metadata,
    Column("key", String, primary_key=True),
    Column("value", String, nullable=False),
)

batches = Table(
    "batches",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("label", String, nullable=False),
    Column("organisation", String, nullable=False),
    Column("begun", String, nullable=False),
)

files = Table(
    "files",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("batch", ForeignKey("batches.id"), nullable=False, index=True),
    Column("identity", String, nullable=False, unique=True),
    Column("name", String, nullable=False),
    Column("path", String, nullable=False),
    Column("sha256", String),
    Column("size", Integer),
    Column("state", String, nullable=False),
    Column("rereading", Boolean, nullable=False),
    Column("pages", Integer),
    Column("reason", String),
    Column("advice", String),
    Column("redacted", String),
)

pages = Table(
    "pages",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("file", ForeignKey("files.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("kind", String, nullable=False),
    Column("reason", String),
    Column("advice", String),
    Column("evidence", String),
    UniqueConstraint("file", "number"),
)

forms = Table(
    "forms",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("file", ForeignKey("files.id"), nullable=False),
    Column("page", Integer, nullable=False),
    Column("number", Integer, nullable=False),
    Column("batch", ForeignKey("batches.id"), nullable=False, index=True),
    Column("organisation", String, nullable=False),
    Column("template", String, nullable=False),
    Column("version", Integer, nullable=False),
    Column("read_account", String),
    Column("read_period", String),
    Column("digest", String, nullable=False),
    Column("specimen", Boolean, nullable=False),
    Column("to_page", JSON, nullable=False),
    Column("residual_mm", Float, nullable=False),
    Column("reason", String),
    Column("advice", String),
    # now
    Column("account", String),
    Column("period", String),
    Column("given_period", String),
    UniqueConstraint("file", "page", "number"),
    Index("forms_by_code", "organisation", "account", "period"),
    Index("forms_by_month", "period", "organisation"),
)

_REFUSED = forms.c.reason.is_not(None)
Index("forms_refused", forms.c.reason, sqlite_where=_REFUSED, postgresql_where=_REFUSED)

fields = Table(
    "fields",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("form", ForeignKey("forms.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("name", String, nullable=False),
    Column("place", String),
    Column("kind", String, nullable=False),
    Column("is_reading", Boolean, nullable=False),
    Column("cells", Integer, nullable=False),
    Column("decimals", Integer, nullable=False),
    Column("unit", String),
    Column("format", String),
    Column("register", String, nullable=False),
    Column("candidates", JSON, nullable=False),
    Column("signs", JSON, nullable=False),
    Column("doubtful_cells", JSON, nullable=False),
    Column("engine", String, nullable=False),
    Column("box_px", JSON, nullable=False),
    Column("evidence", String),
    Column("fit", Float),
    # now
    Column("decision", String, nullable=False),
    Column("value", String),
    Column("reasons", JSON, nullable=False),
    Column("decided_by", String),
    Column("version", Integer, nullable=False),
    Column("meter", String),
    Column("period", String, nullable=False),
    Column("superseded", Boolean, nullable=False),
    Column("pending", Boolean, nullable=False),
    UniqueConstraint("form", "position"),
    Index("fields_by_meter", "meter", "register", "period"),
)

IN_REVIEW = fields.c.decision == literal_column("'review'")
SETTLED = fields.c.decision != literal_column("'review'")
PENDING: ColumnElement[bool] = literal_column("fields.pending")
"""Written out, so that the planner sees that the indexes below have the answer."""

Index(
    "fields_settled",
    fields.c.decision,
    fields.c.is_reading,
    fields.c.decided_by,
    fields.c.reasons,
    sqlite_where=SETTLED,
    postgresql_where=SETTLED,
)
_PENDING = text("pending")

Index(
    "fields_waiting",
    fields.c.period,
    fields.c.form,
    fields.c.position,
    sqlite_where=IN_REVIEW,
    postgresql_where=IN_REVIEW,
)
Index(
    "fields_pending",
    fields.c.form,
    sqlite_where=_PENDING,
    postgresql_where=_PENDING,
)

leases = Table(
    "leases",
    metadata,
    Column("field", ForeignKey("fields.id"), primary_key=True),
    Column("who", String, nullable=False, index=True),
    Column("until", Float, nullable=False),
)

DECIDED, UNDONE, REOPENED, LATE = "decided", "undone", "reopened", "late"
AUDITED, CONFIRMED = "audited", "confirmed"
"""What an event did to its field.

`undone` and `reopened` name the event that caused them; `late` came after another decision, or
while somebody else held the field, and did nothing. `audited` put the truth that people found out
blind in the place of what was accepted unseen; `confirmed` found the same and changed nothing.
"""

events = Table(
    "events",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("field", ForeignKey("fields.id"), nullable=False, index=True),
    Column("at", String, nullable=False),
    Column("who", String, nullable=False, index=True),
    Column("what", String, nullable=False),
    Column("cause", ForeignKey("events.id"), index=True),
    Column("before", JSON, nullable=False),
    Column("after", JSON, nullable=False),
    Column("version", Integer, nullable=False),
    Column("seconds", Float),
    Column("tries", Integer, nullable=False),
    Column("why", String, nullable=False),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("target", String, nullable=False),
    Column("format", String, nullable=False),
    Column("opened", String, nullable=False),
    Column("closed", String),
    Column("last_event", Integer, nullable=False),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", String, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("form", ForeignKey("forms.id"), nullable=False, index=True),
    Column("field", ForeignKey("fields.id"), nullable=False, index=True),
    Column("delivery", ForeignKey("deliveries.id"), nullable=False, index=True),
    Column("payload", JSON, nullable=False),
)

receipts = Table(
    "receipts",
    metadata,
    Column("id", String, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("delivery", ForeignKey("deliveries.id"), nullable=False, index=True),
    Column("at", String, nullable=False),
    Column("standing", String, nullable=False),
)

accounts = Table(
    "accounts",
    metadata,
    Column("organisation", String, primary_key=True),
    Column("number", String, primary_key=True),
    Column("address", String, nullable=False),
    Column("premises", String),
)

meters = Table(
    "meters",
    metadata,
    *meter_columns(),
    Index("meters_by_account", "organisation", "account"),
)

readings = Table(
    "readings",
    metadata,
    Column("organisation", String, primary_key=True),
    Column("meter", String, primary_key=True),
    Column("register", String, primary_key=True),
    Column("period", String, primary_key=True),
    Column("channel", String, primary_key=True),
    Column("value", String, nullable=False),
)
