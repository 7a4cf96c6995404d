"""Reading a scan again: the machine's new word replaces its old one, a person's word stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Connection, delete, select

from intake.store.paper_tables import paper_events
from intake.store.standing import keys_of, settle
from intake.store.tables import ERASED, events, fields, forms, leases, outbox
from intake.store.trust_tables import blinds, keyings

if TYPE_CHECKING:
    from intake.records import PageResult


def is_touched(connection: Connection, form: int) -> bool:
    """Whether a person had a hand in a form or erased it, or anything of it has gone out."""
    decided = (
        select(events.c.id).join(fields, fields.c.id == events.c.field).where(fields.c.form == form)
    )
    keyed = (
        select(keyings.c.id)
        .join(blinds, blinds.c.id == keyings.c.blind)
        .join(fields, fields.c.id == blinds.c.field)
        .where(fields.c.form == form)
    )
    placed = select(paper_events.c.id).where(paper_events.c.form == form)
    sent = select(outbox.c.id).where(outbox.c.form == form)
    erased = select(forms.c.id).where(forms.c.id == form, forms.c.reason == ERASED)
    queries = (decided, keyed, placed, sent, erased)
    return any(connection.scalar(query.limit(1)) is not None for query in queries)


def clear(connection: Connection, form: int) -> None:
    """Takes the fields of a form that nobody touched away, for those that replace them."""
    mine = select(fields.c.id).where(fields.c.form == form)
    connection.execute(delete(leases).where(leases.c.field.in_(mine)))
    connection.execute(delete(blinds).where(blinds.c.field.in_(mine)))
    connection.execute(delete(fields).where(fields.c.form == form))


def drop_vanished(connection: Connection, file: int, page: PageResult) -> None:
    """Drops the forms of a page that are not found on it any more and that nobody touched."""
    found = [form.number for form in page.forms]
    query = select(forms.c.id).where(
        forms.c.file == file, forms.c.page == page.number, forms.c.number.not_in(found)
    )
    for form in list(connection.scalars(query)):
        if not is_touched(connection, form):
            keys = keys_of(connection, form)
            clear(connection, form)
            connection.execute(delete(forms).where(forms.c.id == form))
            settle(connection, form, keys)
