"""Taking a person, or months long past, out of the database; what is left still adds up.

A form that is erased stays in the ledger as a refused one without fields. Its file stays known by
its digest, so that the same bytes, handed in again, do not come back.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import (
    ColumnElement,
    Connection,
    Table,
    and_,
    delete,
    func,
    literal,
    or_,
    select,
    tuple_,
    update,
)

from intake.store.keeping_tables import removals
from intake.store.paper_tables import paper_events
from intake.store.standing import keys_of, settle
from intake.store.tables import (
    ERASED,
    accounts,
    fields,
    files,
    forms,
    metadata,
    meters,
    outbox,
    pages,
    readings,
    receipts,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from intake.store.holding import Held, HeldFile, Whose

PICTURE, ORIGINAL = "pictures", "originals"
"""Kinds of evidence, as the folders of `evidence` are called."""

DIGEST = 64
"""Characters of a name of evidence that say its file; what follows says which part of it."""

_NOTHING: dict[str, object] = {
    "reason": ERASED,
    "advice": None,
    "digest": "",
    "to_page": [],
    "account": None,
    "read_account": None,
}
"""What is left of an erased form."""


@dataclass(frozen=True, slots=True)
class Replaced:
    """What stands for evidence that goes.

    Attributes:
        originals: digest of the redacted copy by file; None where nothing is left.
        pictures: digest of the redacted picture by file and page; None likewise.
        crops: digest of what is left of the crops of a form that stays, by the digest before.
    """

    originals: Mapping[int, str | None]
    pictures: Mapping[tuple[int, int], str | None]
    crops: Mapping[str, str] = field(default_factory=dict)


def erase(connection: Connection, whose: Whose, going: Held, replaced: Replaced) -> None:
    """Takes it out of all tables and notes which evidence nothing needs any more."""
    _note_removals(connection, going)
    keys = {form: keys_of(connection, form) for form in going.forms}
    sent = or_(outbox.c.form.in_(going.forms), outbox.c.field.in_(going.fields))
    connection.execute(delete(receipts).where(receipts.c.id.in_(select(outbox.c.id).where(sent))))
    _rename_crops(connection, going, replaced.crops)
    _forget_what_hangs_on(connection, forms, forms.c.id.in_(going.forms))
    forget(connection, paper_events, paper_events.c.form.in_(going.forms))
    forget(connection, fields, fields.c.id.in_(going.fields))
    connection.execute(update(forms).where(forms.c.id.in_(going.forms)).values(_NOTHING))
    for form, stood_for in keys.items():
        settle(connection, form, stood_for)
    for file in going.files:
        _redact_file(connection, file, replaced)
    _forget_registry(connection, whose)


def forget(connection: Connection, table: Table, rows: ColumnElement[bool]) -> None:
    """Deletes rows and all that hangs on them; what merely mentions them mentions nothing."""
    _forget_what_hangs_on(connection, table, rows)
    connection.execute(delete(table).where(rows))


def _forget_what_hangs_on(connection: Connection, table: Table, rows: ColumnElement[bool]) -> None:
    for other in metadata.sorted_tables:
        for link in other.foreign_key_constraints:
            if link.referred_table is not table:
                continue
            gone = select(*(one.column for one in link.elements)).where(rows).correlate(None)
            hanging = tuple_(*link.columns).in_(gone)
            if all(column.nullable for column in link.columns):
                nothing = {column.name: None for column in link.columns}
                connection.execute(update(other).where(hanging).values(nothing))
            else:
                forget(connection, other, hanging)


def waiting_removals(connection: Connection) -> Iterator[tuple[str, str]]:
    """Kind and digest of evidence that is to be removed, where nothing needs it again."""
    for row in connection.execute(select(removals)).all():
        if row.digest not in named(connection, row.kind, row.digest):
            yield row.kind, row.digest


def end_removals(connection: Connection) -> None:
    """Says that all evidence that was to be removed is."""
    connection.execute(delete(removals))


def named(connection: Connection, kind: str, only: str | None = None) -> frozenset[str]:
    """Digests of the evidence of a kind that the database names."""
    columns = (fields.c.evidence, pages.c.evidence)
    if kind == ORIGINAL:
        columns = (files.c.redacted, files.c.sha256)
    found: set[str] = set()
    for column in columns:
        query = select(column).where(column.is_not(None), column != "")
        if column is files.c.sha256:
            query = query.where(files.c.redacted.is_(None), files.c.state != "refused")
        if only is not None:
            query = query.where(column.startswith(only))
        found.update(name[:DIGEST] for name in connection.scalars(query))
    return frozenset(found)


def _note_removals(connection: Connection, going: Held) -> None:
    query = select(fields.c.evidence).where(
        or_(fields.c.form.in_(going.forms), fields.c.id.in_(going.fields)),
        fields.c.evidence.is_not(None),
    )
    found = {(PICTURE, name[:DIGEST]) for name in connection.scalars(query)}
    for file in going.files:
        found.add((ORIGINAL, file.original))
        found.update((PICTURE, page.picture) for page in file.pages if page.picture)
    there = {tuple(row) for row in connection.execute(select(removals.c.kind, removals.c.digest))}
    rows = [{"kind": kind, "digest": digest} for kind, digest in sorted(found - there)]
    if rows:
        connection.execute(removals.insert(), rows)


def _rename_crops(connection: Connection, going: Held, replaced: Mapping[str, str]) -> None:
    """What stays of a form whose other crops go is in another file now, at the same place."""
    touched = select(fields.c.form).where(fields.c.id.in_(going.fields))
    for digest, left in replaced.items():
        there = and_(fields.c.form.in_(touched), fields.c.evidence.startswith(digest))
        name = literal(left) + func.substr(fields.c.evidence, DIGEST + 1)
        connection.execute(update(fields).where(there).values(evidence=name))


def _redact_file(connection: Connection, file: HeldFile, replaced: Replaced) -> None:
    values: dict[str, str | None] = {"redacted": replaced.originals[file.id] or ""}
    if file.alone:
        values |= {"name": ERASED, "path": ""}
    connection.execute(update(files).where(files.c.id == file.id).values(values))
    for page in file.pages:
        here = and_(pages.c.file == file.id, pages.c.number == page.number)
        digest = replaced.pictures.get((file.id, page.number))
        connection.execute(update(pages).where(here).values(evidence=digest))


def _forget_registry(connection: Connection, whose: Whose) -> None:
    if whose.account is None:
        old = and_(readings.c.organisation == whose.organisation, readings.c.period < whose.before)
        connection.execute(delete(readings).where(old))
        return
    mine = and_(meters.c.organisation == whose.organisation, meters.c.account == whose.account)
    owned = select(meters.c.number).where(mine)
    theirs = and_(readings.c.organisation == whose.organisation, readings.c.meter.in_(owned))
    connection.execute(delete(readings).where(theirs))
    connection.execute(delete(meters).where(mine))
    own = and_(accounts.c.organisation == whose.organisation, accounts.c.number == whose.account)
    connection.execute(delete(accounts).where(own))
