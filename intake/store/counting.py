"""What was counted when it was read, told row by row, so that it can be counted again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Row, func, select

from intake.store.tables import LATE, events, fields, files, forms, pages

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class KeptPage:
    """A page as it was counted.

    Attributes:
        number: from 1.
        kind: what it turned out to be.
        forms: forms found on it.
        reason: why it was refused or is unknown; None where it is neither.
    """

    number: int
    kind: str
    forms: int
    reason: str | None


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file as it was counted.

    Attributes:
        name: of the scan.
        state: reading, read or refused.
        original: digest of what is kept of it; None where nothing is.
        count: pages in it; None until it is read.
        pages: those that are counted, in order.
    """

    name: str
    state: str
    original: str | None
    count: int | None
    pages: tuple[KeptPage, ...]


def files_of(connection: Connection) -> Iterator[KeptFile]:
    """Every file, in the order in which they came."""
    on = (
        select(forms.c.file, forms.c.page, func.count().label("forms"))
        .group_by(forms.c.file, forms.c.page)
        .subquery()
    )
    for row in connection.execute(select(files).order_by(files.c.id)).all():
        query = (
            select(pages.c.number, pages.c.kind, func.coalesce(on.c.forms, 0), pages.c.reason)
            .outerjoin(on, (on.c.file == pages.c.file) & (on.c.page == pages.c.number))
            .where(pages.c.file == row.id)
            .order_by(pages.c.number)
        )
        found = tuple(KeptPage(*page) for page in connection.execute(query))
        yield KeptFile(row.name, row.state, _original(row), row.pages, found)


def disagreements(connection: Connection) -> list[str]:
    """Fields whose state is not the one that their last event led to, one sentence each."""
    last = (
        select(events.c.field, func.max(events.c.id).label("id"))
        .where(events.c.what != LATE)
        .group_by(events.c.field)
        .subquery()
    )
    query = (
        select(fields.c.id, fields.c.decision, fields.c.value, events.c.after)
        .join(last, last.c.field == fields.c.id)
        .join(events, events.c.id == last.c.id)
    )
    return [
        f"field {row.id}: stands at {row.decision}, its last event led to {row.after['decision']}"
        for row in connection.execute(query)
        if (row.decision, row.value) != (row.after["decision"], row.after["value"])
    ]


def _original(row: Row[Any]) -> str | None:
    return row.redacted or None if row.redacted is not None else row.sha256
