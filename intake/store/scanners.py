"""Which scanner made a page when, and how it came out."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from sqlalchemy import Connection, bindparam, delete, func, select

from intake.records import PageCondition, ScannedPage
from intake.store.tables import files
from intake.store.trust_tables import conditions, origins

if TYPE_CHECKING:
    from intake.records import PageResult, ScanFile


def note_origin(connection: Connection, file: int, scan: ScanFile) -> None:
    """Remembers where a file came from; the first place counts."""
    if connection.scalar(_ORIGIN, {"file": file}) is None:
        row = {"file": file, "scanner": scan.scanner, "hour": scan.hour}
        connection.execute(origins.insert(), row)


def keep_condition(connection: Connection, file: int, page: PageResult) -> None:
    """Keeps how a page came out; read again, the newer word counts."""
    if page.condition is None:
        return
    connection.execute(_FORGET, {"of_file": file, "of_page": page.number})
    row = {"file": file, "number": page.number, "condition": dataclasses.asdict(page.condition)}
    connection.execute(conditions.insert(), row)


_ORIGIN = select(origins.c.file).where(origins.c.file == bindparam("file"))
_FORGET = delete(conditions).where(
    conditions.c.file == bindparam("of_file"), conditions.c.number == bindparam("of_page")
)


def pages_of(connection: Connection, batch: int) -> list[ScannedPage]:
    """The pages of a batch, in the order of its files."""
    query = (
        select(
            func.coalesce(origins.c.scanner, "").label("scanner"),
            func.coalesce(origins.c.hour, "").label("hour"),
            conditions.c.condition,
        )
        .join(files, files.c.id == conditions.c.file)
        .outerjoin(origins, origins.c.file == files.c.id)
        .where(files.c.batch == batch)
        .order_by(conditions.c.file, conditions.c.number)
    )
    return [
        ScannedPage(row.scanner, row.hour, _condition(row.condition))
        for row in connection.execute(query)
    ]


def _condition(stored: dict[str, object]) -> PageCondition:
    scale = stored["scale"]
    pair = (float(scale[0]), float(scale[1])) if isinstance(scale, list) else None
    return dataclasses.replace(PageCondition(**stored), scale=pair)  # type: ignore[arg-type]
