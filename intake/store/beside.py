"""What a field is in conflict with: its twin on another slip, its rivals, its own form's code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Connection, Row, Select, literal, select

from intake.records import Kind, Reason
from intake.store.identity import ACCOUNT
from intake.store.tables import fields, forms
from intake.store.waiting import read

if TYPE_CHECKING:
    from intake.records import QueueItem


def beside(connection: Connection, field: int) -> list[QueueItem]:
    """The fields to be looked at beside `field`; empty where it is in no conflict."""
    about = select(fields, forms.c.organisation, forms.c.account, forms.c.template).join(
        forms, forms.c.id == fields.c.form
    )
    row = connection.execute(about.where(fields.c.id == field)).first()
    if row is None:
        return []
    queries = [_PARTNERS[reason](row) for reason in row.reasons if reason in _PARTNERS]
    found = {number for query in queries for number in connection.scalars(query)}
    return read(connection, select(fields.c.id).where(fields.c.id.in_(found)))


def _alike(row: Row[Any], most: int, *wanted: ColumnElement[bool]) -> Select[Any]:
    """The first fields of the same organisation that are as wanted."""
    return (
        select(fields.c.id)
        .join(forms, forms.c.id == fields.c.form)
        .where(forms.c.organisation == row.organisation, *wanted)
        .order_by(fields.c.id)
        .limit(most)
    )


def _twin(row: Row[Any]) -> Select[Any]:
    """The same field of the same slip that came first."""
    return _alike(
        row,
        1,
        forms.c.account == row.account,
        forms.c.period == row.period,
        forms.c.template == row.template,
        forms.c.id != row.form,
        forms.c.specimen.is_(False),
        forms.c.reason.is_(None),
        fields.c.name == row.name,
    )


def _rivals(row: Row[Any]) -> Select[Any]:
    """Other readings for the same meter, register and month."""
    return _alike(
        row,
        2,
        fields.c.meter == row.meter,
        fields.c.register == row.register,
        fields.c.period == row.period,
        fields.c.is_reading,
        fields.c.id != row.id,
    )


def _code(row: Row[Any]) -> Select[Any]:
    """The code of the same form, where it names another account than the print."""
    return select(fields.c.id).where(
        fields.c.form == row.form,
        fields.c.kind == Kind.BARCODE,
        literal(row.name) == ACCOUNT,
    )


_PARTNERS = {
    Reason.DUPLICATE_FORM: _twin,
    Reason.CHANNEL_CONFLICT: _rivals,
    Reason.CONTRADICTION: _code,
}
