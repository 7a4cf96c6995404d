"""The archive: every field that was read, found by what it is about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Row, Select, select

from intake.records import Candidate, Decision, FieldRow, Reason
from intake.store.tables import batches, fields, files, forms

if TYPE_CHECKING:
    from collections.abc import Iterator


def results(
    connection: Connection,
    *,
    account: str | None,
    meter: str | None,
    period: str | None,
    batch: int | None,
) -> Iterator[FieldRow]:
    """Fields in the order of their files, pages, forms and templates.

    An account or month is looked up under every organisation there is: the index begins with it.
    """
    query = (
        select(
            files.c.name.label("file"),
            files.c.sha256,
            forms.c.page,
            forms.c.number,
            forms.c.template,
            fields,
        )
        .join(forms, forms.c.id == fields.c.form)
        .join(files, files.c.id == forms.c.file)
        .order_by(files.c.id, forms.c.page, forms.c.number, fields.c.position)
    )
    asked = (
        (forms.c.account, account),
        (fields.c.meter, meter),
        (forms.c.period, period),
        (forms.c.batch, batch),
    )
    for column, value in asked:
        if value is not None:
            query = query.where(column == value)
    if account is not None or period is not None:
        query = query.where(forms.c.organisation.in_(select(batches.c.organisation)))
    return _rows(connection, query)


def crops(connection: Connection) -> dict[tuple[str, int, int, str], str]:
    """The digest of every field's picture, by file, page, form and field."""
    query = (
        select(files.c.name, forms.c.page, forms.c.number, fields.c.name, fields.c.evidence)
        .join(forms, forms.c.id == fields.c.form)
        .join(files, files.c.id == forms.c.file)
        .where(fields.c.evidence.is_not(None))
    )
    rows = connection.execute(query)
    return {(file, page, form, name): digest for file, page, form, name, digest in rows}


def _rows(connection: Connection, query: Select[Any]) -> Iterator[FieldRow]:
    for row in connection.execute(query).yield_per(1000):
        yield _field_row(row)


def _field_row(row: Row[Any]) -> FieldRow:
    candidates = tuple(Candidate(value, share) for value, share in row.candidates)
    return FieldRow(
        file=row.file,
        sha256=row.sha256,
        page=row.page,
        form=row.number,
        template=row.template,
        field=row.name,
        value=row.value,
        confidence=candidates[0].probability if candidates else 0.0,
        verdict=Decision(row.decision),
        reasons=tuple(map(Reason, row.reasons)),
        candidates=candidates,
        box_px=tuple((x, y) for x, y in row.box_px),
        fit=row.fit,
        decimals=row.decimals,
        unit=row.unit,
    )
