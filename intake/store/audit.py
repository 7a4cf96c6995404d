"""The audit of what was accepted unseen: a random sample of it, and the labels that come of it."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Row, Select, delete, func, select

from intake.records import AuditTally, Decision, Kind, LabelledField
from intake.store.blind import draw_more
from intake.store.tables import DECIDED, events, fields, files, forms
from intake.store.trust_tables import blinds, keyings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

Place = tuple[str, int, int, str]
"""File, page, form and field."""

UNSEEN = (Decision.ACCEPTED, Decision.BLANK)
"""What the machine decides without anybody looking."""


def draw(connection: Connection, organisation: str, size: int) -> None:
    """Brings the sample up to `size` accepted values a month, or all; blanks at the same rate.

    Every field has a lot that follows from its form's digest and its name alone, and those with
    the lowest are in the sample: the same ones, however often and whenever it is drawn. A field
    that others push out leaves it only as long as nobody has keyed it.
    """
    by_period: dict[str, list[Row[Any]]] = {}
    for row in connection.execute(_unseen(organisation)):
        by_period.setdefault(row.period, []).append(row)
    there = _drawn(connection, organisation)
    for period, rows in by_period.items():
        chosen = {row.id: row for row in _lowest(rows, size)}
        new = sorted(chosen.keys() - there)
        draw_more(connection, [_entry(organisation, period, chosen[field]) for field in new])
        pushed_out = {row.id for row in rows} & (there - chosen.keys())
        _drop_unkeyed(connection, pushed_out)


def standing(connection: Connection, organisation: str) -> list[AuditTally]:
    """How the audit of each month stands, oldest first."""
    accepted = Counter(
        row.period
        for row in connection.execute(_unseen(organisation))
        if row.decision == Decision.ACCEPTED
    )
    mine = (blinds.c.audits, blinds.c.organisation == organisation)
    drawn: dict[str, list[Row[Any]]] = {}
    for row in connection.execute(select(blinds).where(*mine)):
        if row.machine["decision"] == Decision.ACCEPTED:
            drawn.setdefault(row.period, []).append(row)
    return [
        _tally(period, accepted[period], drawn.get(period, []))
        for period in sorted(accepted.keys() | drawn.keys())
    ]


def labelled(connection: Connection, organisation: str) -> Iterator[LabelledField]:
    """Every value read whose truth people found out and that no sign kept from acceptance.

    What was accepted unseen counts as the audit found it; what waited, as a person decided it
    in the end. Fields that somebody refused have no truth, and do not count unless two people
    keyed them blind.
    """
    for row in connection.execute(_settled(organisation)):
        if _counts(row):
            yield _label(row, right=row.truth == row.machine, event=row.event, audited=True)
    for row in connection.execute(_decided(organisation)):
        if _counts(row):
            yield _label(row, right=row.candidates[0][0] == row.value, event=row.event)


def labelled_by(
    connection: Connection, truth: Mapping[Place, str | None]
) -> Iterator[LabelledField]:
    """Every value read that `truth` speaks of and that no sign kept from acceptance."""
    query = (
        _about()
        .add_columns(files.c.name.label("file"), forms.c.page, forms.c.number)
        .join(files, files.c.id == forms.c.file)
        .order_by(fields.c.id)
    )
    for row in connection.execute(query):
        place = (row.file, row.page, row.number, row.name)
        if place in truth and _counts(row):
            yield _label(row, right=row.candidates[0][0] == truth[place])


def _unseen(organisation: str) -> Select[Any]:
    return (
        select(
            fields.c.id,
            fields.c.name,
            fields.c.period,
            fields.c.decision,
            fields.c.value,
            forms.c.digest,
        )
        .join(forms, forms.c.id == fields.c.form)
        .where(
            forms.c.organisation == organisation,
            forms.c.specimen.is_(False),
            fields.c.kind == Kind.HANDWRITTEN,
            fields.c.decision.in_(UNSEEN),
            fields.c.decided_by.is_(None),
        )
        .order_by(fields.c.id)
    )


def _lowest(rows: Iterable[Row[Any]], size: int) -> list[Row[Any]]:
    """Fields whose lot is not above that of the last of `size` accepted values."""
    lots = sorted(((_lot(row), row) for row in rows), key=lambda drawn: drawn[0])
    values = [lot for lot, row in lots if row.decision == Decision.ACCEPTED]
    if len(values) <= size:
        return [row for _, row in lots]
    last = values[size - 1] if size else b""
    return [row for lot, row in lots if lot <= last]


def _lot(row: Row[Any]) -> bytes:
    return hashlib.sha256(f"{row.digest}/{row.name}".encode()).digest()


def _entry(organisation: str, period: str, row: Row[Any]) -> dict[str, Any]:
    machine = {"decision": row.decision, "value": row.value}
    return {"field": row.id, "organisation": organisation, "period": period, "machine": machine}


def _drawn(connection: Connection, organisation: str) -> set[int]:
    query = select(blinds.c.field).where(blinds.c.organisation == organisation)
    return set(connection.scalars(query))


def _drop_unkeyed(connection: Connection, some: set[int]) -> None:
    unkeyed = (blinds.c.audits, blinds.c.id.not_in(select(keyings.c.blind)))
    for field in sorted(some):
        connection.execute(delete(blinds).where(blinds.c.field == field, *unkeyed))


def _tally(period: str, accepted: int, rows: list[Row[Any]]) -> AuditTally:
    settled = [row for row in rows if row.settled]
    wrong = sum(row.truth != row.machine for row in settled)
    return AuditTally(period, accepted, len(rows), len(settled), wrong)


def _about() -> Select[Any]:
    version = forms.c.version.label("template_version")
    return select(fields, forms.c.template, version, forms.c.account, forms.c.digest).join(
        forms, forms.c.id == fields.c.form
    )


def _settled(organisation: str) -> Select[Any]:
    return (
        _about()
        .add_columns(blinds.c.truth, blinds.c.machine, blinds.c.event)
        .join(blinds, blinds.c.field == fields.c.id)
        .where(blinds.c.audits, blinds.c.settled, blinds.c.organisation == organisation)
        .order_by(blinds.c.event)
    )


def _decided(organisation: str) -> Select[Any]:
    """Fields that a person decided in review, with the event that did it last."""
    last = func.max(events.c.id).label("event")
    event = (
        select(events.c.field, last)
        .where(events.c.what == DECIDED)
        .group_by(events.c.field)
        .subquery()
    )
    audited = select(blinds.c.field).where(blinds.c.audits)
    return (
        _about()
        .add_columns(event.c.event)
        .join(event, event.c.field == fields.c.id)
        .where(
            forms.c.organisation == organisation,
            forms.c.specimen.is_(False),
            fields.c.decided_by.is_not(None),
            fields.c.decision.in_(UNSEEN),
            fields.c.id.not_in(audited),
        )
        .order_by(event.c.event)
    )


def _counts(row: Row[Any]) -> bool:
    """Whether a threshold decides about such a field: no sign of trouble, and a value read."""
    return not row.signs and bool(row.candidates) and row.candidates[0][0] is not None


def _label(row: Row[Any], *, right: bool, event: int = 0, audited: bool = False) -> LabelledField:
    return LabelledField(
        field=row.id,
        template=row.template,
        version=row.template_version,
        kind=Kind(row.kind),
        engine=row.engine,
        writer=row.account or row.digest,
        confidence=float(row.candidates[0][1]),
        right=right,
        fit=row.fit,
        event=event,
        audited=audited,
    )
