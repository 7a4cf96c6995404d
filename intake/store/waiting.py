"""The fields that wait for a person, as the queue shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    String,
    and_,
    bindparam,
    cast,
    func,
    or_,
    select,
    union_all,
)

from intake.records import Candidate, Decision, Kind, QueueItem, Reason
from intake.store.known import history_of
from intake.store.tables import IN_REVIEW, fields, files, forms, pages

if TYPE_CHECKING:
    from intake.records import Waiting

_COLUMNS = (
    fields,
    forms.c.page,
    forms.c.number,
    forms.c.template,
    forms.c.organisation,
    forms.c.account,
    forms.c.to_page,
    forms.c.specimen,
    files.c.name.label("file"),
    files.c.sha256.label("scan"),
    pages.c.evidence.label("page_picture"),
)
_PLACE = (fields.c.period, fields.c.form, fields.c.position)
_ORDER = (fields.c.period == "", *_PLACE)
"""Oldest month first, and what says no month last; within a month the form that came first, so
that the batch that has been held up longest can go out."""


def count(connection: Connection, waiting: Waiting) -> int:
    """How many fields wait for a person."""
    found = _all_waiting(waiting).subquery()
    return connection.scalar(select(func.count()).select_from(found)) or 0


def items(connection: Connection, limit: int, waiting: Waiting) -> list[QueueItem]:
    """Fields that wait for a person: oldest month first, then as the forms came."""
    return read(connection, select(chosen(waiting, limit).subquery().c.id))


def read(connection: Connection, which: Select[Any]) -> list[QueueItem]:
    """The fields whose ids `which` selects, as the queue shows them and in its order."""
    query = _items().where(fields.c.id.in_(which)).order_by(*_ORDER)
    return [_item(connection, row) for row in connection.execute(query).all()]


def chosen(waiting: Waiting, limit: int, but: Select[Any] | None = None) -> Select[Any]:
    """Selects the ids of the first fields that wait, those that `but` selects left out.

    Those with a month and those without are asked for apart, so that an index has each in order.
    """
    query = _all_waiting(waiting).add_columns(*_PLACE)
    if but is not None:
        query = query.where(fields.c.id.not_in(but))
    parts = (
        query.where(which).order_by(*_PLACE).limit(limit).subquery()
        for which in (fields.c.period > "", fields.c.period == "")
    )
    both = union_all(*map(select, parts)).subquery()
    order = (both.c.period == "", both.c.period, both.c.form, both.c.position)
    return select(both.c.id).order_by(*order).limit(limit)


def item(connection: Connection, field: int) -> QueueItem | None:
    """One field as the queue shows it, waiting or not; None where there is none."""
    row = connection.execute(_ONE, {"field": field}).first()
    return None if row is None else _item(connection, row)


def form_items(connection: Connection, field: int) -> list[QueueItem]:
    """All fields of the form that `field` stands on, in the template's order."""
    form = select(fields.c.form).where(fields.c.id == field).scalar_subquery()
    query = _items().where(fields.c.form == form).order_by(fields.c.position)
    return [_item(connection, row) for row in connection.execute(query).all()]


def _all_waiting(waiting: Waiting) -> Select[Any]:
    query = select(fields.c.id).where(IN_REVIEW)
    if waiting.field is not None:
        part = fields.c.name.endswith(f".{waiting.field}", autoescape=True)
        query = query.where(or_(fields.c.name == waiting.field, part))
    if waiting.reason is not None:
        query = query.where(waits_for(waiting.reason))
    if waiting.reasons:
        query = query.where(or_(*map(waits_for, waiting.reasons)))
    if waiting.but:
        query = query.where(*(~waits_for(reason) for reason in waiting.but))
    if waiting.period is not None:
        query = query.where(fields.c.period == waiting.period)
    return _of_form(query, waiting)


def waits_for(reason: Reason) -> ColumnElement[bool]:
    """Fields that have `reason` among theirs."""
    return cast(fields.c.reasons, String).contains(f'"{reason}"')


def _of_form(query: Select[Any], waiting: Waiting) -> Select[Any]:
    if waiting.template is None and waiting.account is None and waiting.batch is None:
        return query
    query = query.join(forms, forms.c.id == fields.c.form)
    if waiting.template is not None:
        query = query.where(forms.c.template == waiting.template)
    if waiting.account is not None:
        query = query.where(forms.c.account == waiting.account)
    if waiting.batch is not None:
        query = query.where(forms.c.batch == waiting.batch)
    return query


def _items() -> Select[Any]:
    return (
        select(*_COLUMNS)
        .join(forms, forms.c.id == fields.c.form)
        .join(files, files.c.id == forms.c.file)
        .outerjoin(pages, and_(pages.c.file == forms.c.file, pages.c.number == forms.c.page))
    )


_ONE = _items().where(fields.c.id == bindparam("field"))
"""Asked for around each decision: put together once, it costs a fraction."""


def _item(connection: Connection, row: Row[Any]) -> QueueItem:
    register = row.register if row.is_reading else None
    past = (
        history_of(connection, row.organisation, row.meter, register)
        if row.meter and register
        else ()
    )
    return QueueItem(
        id=row.id,
        version=row.version,
        file=row.file,
        page=row.page,
        form=row.number,
        template=row.template,
        account=row.account,
        period=row.period or None,
        field=row.name,
        kind=Kind(row.kind),
        cells=row.cells,
        decimals=row.decimals,
        candidates=tuple(Candidate(value, share) for value, share in row.candidates),
        doubtful_cells=tuple(row.doubtful_cells),
        reasons=tuple(map(Reason, row.reasons)),
        crop=row.evidence,
        page_picture=row.page_picture,
        box_px=tuple((x, y) for x, y in row.box_px),
        to_page=tuple(row.to_page),
        unit=row.unit,
        format=row.format,
        meter=row.meter,
        register=register,
        previous=past,
        decision=Decision(row.decision),
        value=row.value,
        specimen=row.specimen,
        scan=row.scan,
    )


def organisation_of(connection: Connection, field: int) -> str:
    """Whose form a field stands on."""
    query = (
        select(forms.c.organisation)
        .join(fields, fields.c.form == forms.c.id)
        .where(fields.c.id == field)
    )
    return str(connection.execute(query).scalar_one())
