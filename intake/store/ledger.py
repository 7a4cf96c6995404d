"""Batches, files and pages: what came in, and the totals that prove none of it is lost."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Row,
    Select,
    and_,
    bindparam,
    func,
    or_,
    select,
    true,
    union,
    update,
)

from intake.errors import StoreError
from intake.records import (
    BatchEntry,
    ControlTotals,
    Decision,
    FieldTally,
    FileEntry,
    PageKind,
    Reason,
    Through,
)
from intake.store.connection import new_id, now
from intake.store.rereading import drop_vanished
from intake.store.tables import (
    IN_REVIEW,
    PENDING,
    SETTLED,
    batches,
    deliveries,
    fields,
    files,
    forms,
    outbox,
    pages,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from intake.records import PageResult, Refusal, ScanFile

READING, READ, REFUSED = "reading", "read", "refused"
"""States of a file: in progress, done, and given up until it is handed in again."""


def add_batch(connection: Connection, label: str, organisation: str) -> int:
    """Adds a batch and returns its id."""
    row = {"label": label, "organisation": organisation, "begun": now()}
    return new_id(connection.execute(batches.insert(), row))


def begin_file(
    connection: Connection, batch: int, scan: ScanFile, *, reread: bool = False
) -> FileEntry:
    """Finds or adds the entry for the content of `scan`; refused pages are to be read again.

    With `reread` all pages are, now and after an interruption, until the file is finished. A file
    of which something was erased is never read again: that would bring it back.
    """
    entry = _find(connection, scan)
    if entry is None:
        return FileEntry(_add_file(connection, batch, scan, READING), False, frozenset())
    if entry.redacted is not None:
        return FileEntry(entry.id, True, frozenset())
    if reread or entry.rereading:
        _take_over(connection, entry.id, batch, scan, rereading=True)
        return FileEntry(entry.id, False, frozenset())
    refused = _pages(connection, entry.id, pages.c.kind == PageKind.REFUSED)
    if entry.state == READ and not refused:
        return FileEntry(entry.id, True, frozenset())
    _take_over(connection, entry.id, batch, scan, rereading=False)
    return FileEntry(entry.id, False, _pages(connection, entry.id) - refused)


def seal_page(connection: Connection, file: int, page: PageResult) -> None:
    """Puts a page into the ledger, once; what was refused or is read again is counted anew."""
    at = {"of_file": file, "of_page": page.number}
    rereading, known = connection.execute(_PAGE, at).one()
    if known not in {None, PageKind.REFUSED} and not rereading:
        return
    kind = page.kind
    if rereading:
        drop_vanished(connection, file, page)
        kind = PageKind.FORMS if _has_forms(connection, file, page.number) else kind
    if known is not None:
        there = and_(pages.c.file == file, pages.c.number == page.number)
        connection.execute(pages.delete().where(there))
    row = {
        "file": file,
        "number": page.number,
        "kind": kind,
        "evidence": page.evidence,
        **refusal_columns(page.refusal),
    }
    connection.execute(pages.insert(), row)


_PAGE = (
    select(files.c.rereading, pages.c.kind)
    .outerjoin(
        pages,
        and_(pages.c.file == files.c.id, pages.c.number == bindparam("of_page", type_=Integer)),
    )
    .where(files.c.id == bindparam("of_file"))
)
"""Whether a file is being read again, and what one of its pages was counted as."""


def finish_file(connection: Connection, file: int, count: int) -> None:
    """Marks a file as read.

    Raises:
        StoreError: not all of its `count` pages are sealed.
    """
    sealed = connection.scalar(_SEALED, {"of_file": file})
    if sealed != count:
        raise StoreError(
            f"File {file}: {sealed} of {count} pages are stored, so it cannot be closed. "
            "Run the same folder again."
        )
    connection.execute(_FINISH, {"of_file": file, "count": count})


_SEALED = select(func.count()).where(pages.c.file == bindparam("of_file"))
_FINISH = (
    update(files)
    .where(files.c.id == bindparam("of_file"))
    .values(state=READ, rereading=False, pages=bindparam("count"), reason=None, advice=None)
)


def refuse_file(connection: Connection, batch: int, scan: ScanFile, refusal: Refusal) -> None:
    """Puts a refused file into the ledger, once per content; one that was read stays read."""
    entry = _find(connection, scan)
    if entry is None:
        identifier = _add_file(connection, batch, scan, REFUSED)
    elif entry.state == READ:
        return
    else:
        identifier = entry.id
        _take_over(connection, identifier, batch, scan, rereading=False)
    values = {"state": REFUSED, **refusal_columns(refusal)}
    connection.execute(update(files).where(files.c.id == identifier).values(values))


def refusal_columns(refusal: Refusal | None) -> dict[str, str | None]:
    """Reason and advice as they are stored."""
    if refusal is None:
        return {"reason": None, "advice": None}
    return {"reason": refusal.reason, "advice": refusal.advice}


def totals(connection: Connection, batch: int | None = None) -> ControlTotals:
    """Counts the ledger, or what of it came with one batch."""
    of_files, of_forms = _of(batch, files.c.batch), _of(batch, forms.c.batch)
    of_pages = _among(batch, pages.c.file, select(files.c.id).where(of_files))
    of_fields = _among(batch, fields.c.form, select(forms.c.id).where(of_forms))
    by_state = _counts(connection, files.c.state, of_files)
    by_kind = _counts(connection, pages.c.kind, of_pages)
    by_decision = _counts(connection, fields.c.decision, and_(of_fields, SETTLED))
    in_review = select(func.count(fields.c.period)).where(of_fields, IN_REVIEW)
    by_decision[Decision.REVIEW] = connection.scalar(in_review) or 0
    all_forms = connection.scalar(select(func.count()).select_from(forms).where(of_forms)) or 0
    refused = select(func.count()).where(of_forms, forms.c.reason.is_not(None))
    refused_forms = connection.scalar(refused) or 0
    open_forms = union(*(query.where(of_fields) for query in _open())).subquery()
    waiting = connection.scalar(select(func.count()).select_from(open_forms)) or 0
    return ControlTotals(
        files=by_state.get(READ, 0) + by_state.get(REFUSED, 0),
        files_read=by_state.get(READ, 0),
        files_refused=by_state.get(REFUSED, 0),
        pages=sum(by_kind.values()),
        pages_blank=by_kind.get(PageKind.BLANK, 0),
        pages_unknown=by_kind.get(PageKind.UNKNOWN, 0),
        pages_refused=by_kind.get(PageKind.REFUSED, 0),
        pages_with_forms=by_kind.get(PageKind.FORMS, 0),
        forms=all_forms,
        forms_waiting=waiting,
        forms_finished=all_forms - refused_forms - waiting,
        forms_refused=refused_forms,
        fields=sum(by_decision.values()),
        **{decision.value: by_decision.get(decision, 0) for decision in Decision},
    )


def tally(connection: Connection, batch: int) -> FieldTally:
    """Counts the fields of a batch by decision, and those in review by their first reason."""
    query = (
        select(fields.c.decision, fields.c.is_reading, fields.c.reasons, func.count())
        .join(forms, forms.c.id == fields.c.form)
        .where(forms.c.batch == batch)
        .group_by(fields.c.decision, fields.c.is_reading, fields.c.reasons)
    )
    by_decision: Counter[Decision] = Counter()
    readings: Counter[Decision] = Counter()
    by_reason: Counter[Reason] = Counter()
    for decision, is_reading, reasons, count in connection.execute(query):
        by_decision[Decision(decision)] += count
        readings[Decision(decision)] += count if is_reading else 0
        if decision == Decision.REVIEW and reasons:
            by_reason[Reason(reasons[0])] += count
    return FieldTally(by_decision, readings, by_reason, through(connection, batch))


def through(connection: Connection, batch: int | None) -> Through:
    """Counts the readings, of a batch or of all, that nobody had to look at."""
    readings = and_(
        fields.c.is_reading,
        _among(batch, fields.c.form, select(forms.c.id).where(forms.c.batch == batch)),
    )
    what = (fields.c.decision, fields.c.decided_by.is_(None).label("unseen"), fields.c.reasons)
    settled = select(*what, func.count()).where(readings, SETTLED).group_by(*what)
    rows = [row for row in connection.execute(settled) if row.decision != Decision.BLANK]
    in_review = select(func.count(fields.c.period)).where(readings, IN_REVIEW)
    unseen = [row for row in rows if row.decision == Decision.ACCEPTED and row.unseen]
    return Through(
        _sum(rows) + (connection.scalar(in_review) or 0),
        _sum(unseen),
        _sum(row for row in unseen if Reason.HISTORY_CONFIRMED in row.reasons),
        _sum(row for row in unseen if Reason.PROVISIONAL in row.reasons),
    )


def _sum(rows: Iterable[Row[Any]]) -> int:
    return sum(row[-1] for row in rows)


def batch_entries(connection: Connection) -> list[BatchEntry]:
    """Every batch with its files and pages, oldest first."""
    by_state = _counts_of_batches(connection, files.c.state, select(files.c.batch))
    by_kind = _counts_of_batches(
        connection, pages.c.kind, select(files.c.batch).join(pages, pages.c.file == files.c.id)
    )
    query = select(batches).order_by(batches.c.id)
    return [
        BatchEntry(row.id, row.label, row.begun, by_state.get(row.id, {}), by_kind.get(row.id, {}))
        for row in connection.execute(query)
    ]


def _counts_of_batches(
    connection: Connection, column: ColumnElement[str], query: Select[tuple[int]]
) -> dict[int, dict[str, int]]:
    grouped = query.add_columns(column, func.count()).group_by(files.c.batch, column)
    found: dict[int, dict[str, int]] = {}
    for batch, key, count in connection.execute(grouped):
        found.setdefault(batch, {})[key] = count
    return found


def _open() -> tuple[Select[tuple[int]], ...]:
    """Forms that still wait: readings not out, readings on the way, no readings and in review."""
    others = fields.alias()
    readings = select(others.c.id).where(others.c.form == fields.c.form, others.c.is_reading)
    form = select(fields.c.form)
    return (
        form.where(PENDING),
        form.join(outbox, outbox.c.field == fields.c.id)
        .join(deliveries, deliveries.c.id == outbox.c.delivery)
        .where(deliveries.c.closed.is_(None)),
        form.where(IN_REVIEW, ~readings.exists()),
    )


def _of(batch: int | None, column: ColumnElement[int]) -> ColumnElement[bool]:
    return true() if batch is None else column == batch


def _among(
    batch: int | None, column: ColumnElement[int], those: Select[tuple[int]]
) -> ColumnElement[bool]:
    return true() if batch is None else column.in_(those)


def _counts(
    connection: Connection, column: ColumnElement[str], which: ColumnElement[bool]
) -> dict[str, int]:
    rows = connection.execute(select(column, func.count()).where(which).group_by(column))
    return {key: count for key, count in rows}  # noqa: C416 - rows are not pairs to mypy


def _identity(scan: ScanFile) -> str:
    return scan.sha256 or f"path:{scan.path}"


def _has_forms(connection: Connection, file: int, page: int) -> bool:
    query = select(forms.c.id).where(forms.c.file == file, forms.c.page == page)
    return connection.scalar(query.limit(1)) is not None


def _pages(connection: Connection, file: int, *which: ColumnElement[bool]) -> frozenset[int]:
    query = select(pages.c.number).where(pages.c.file == file, *which)
    return frozenset(connection.scalars(query))


def _find(connection: Connection, scan: ScanFile) -> Row[Any] | None:
    """The file of the same content, or the one that was unreadable at that path."""
    content, path = _identity(scan), f"path:{scan.path}"
    rows = connection.execute(_FILES, {"content": content, "path": path})
    found = {row.identity: row for row in rows}
    return found.get(content, found.get(path))


_FILES: Select[Any] = select(
    files.c.identity, files.c.id, files.c.state, files.c.rereading, files.c.redacted
).where(or_(files.c.identity == bindparam("content"), files.c.identity == bindparam("path")))


def _take_over(
    connection: Connection, file: int, batch: int, scan: ScanFile, *, rereading: bool
) -> None:
    values = {
        "rereading": rereading,
        "batch": batch,
        "identity": _identity(scan),
        "sha256": scan.sha256,
        "size": scan.size,
    }
    connection.execute(update(files).where(files.c.id == file).values(values))


def _add_file(connection: Connection, batch: int, scan: ScanFile, state: str) -> int:
    row = {
        "batch": batch,
        "identity": _identity(scan),
        "name": scan.name,
        "path": scan.path,
        "sha256": scan.sha256,
        "size": scan.size,
        "state": state,
        "rereading": False,
    }
    return new_id(connection.execute(files.insert(), row))
