"""Fields keyed blind: by two people who see nothing of the machine's or of each other's.

Two equal answers are the truth; where they differ a third person's is. A field of the audit
sample was accepted unseen; any other waits in review, and the truth becomes the decision on it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Row, Select, func, select, update

from intake.errors import InputError, StaleDecision
from intake.records import Correction, Decision, Keyed, Kind
from intake.store import decisions, leases
from intake.store.alike import reopen_alike
from intake.store.connection import now
from intake.store.tables import IN_REVIEW, fields, forms
from intake.store.trust_tables import blinds, keyings

if TYPE_CHECKING:
    from intake.records import QueueItem

PEOPLE = 2
"""How many have to agree."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody says stands in a field."""

    decision: str
    value: str | None


def draw_more(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Puts accepted fields into the audit sample: their ids, organisation, period and answer."""
    common = {"audits": True, "at": now(), "settled": False}
    if rows:
        connection.execute(blinds.insert(), [{**common, **row} for row in rows])


def count(connection: Connection, who: str) -> int:
    """How many fields `who` can key."""
    open_ones = (_audits(who).subquery(), _ordinary(who).subquery())
    counted = (connection.scalar(select(func.count()).select_from(one)) for one in open_ones)
    return sum(number or 0 for number in counted)


def take(connection: Connection, who: str, limit: int, seconds: float) -> list[QueueItem]:
    """Leases fields for `who` to key blind: of the audit sample and ordinary ones, mixed.

    Args:
        connection: of a writing transaction.
        who: name of the person; gets nothing that they have keyed.
        limit: how many at most.
        seconds: for how long, unless kept.

    Returns:
        The fields with nothing of the machine's, of the registry's or of others in them.
    """
    moment = leases.end_overdue(connection)
    free = fields.c.id.not_in(leases.held_by_others(who))
    audits = connection.scalars(_audits(who).where(free).order_by(fields.c.id).limit(limit))
    ordinary = connection.scalars(_ordinary(who).where(free).order_by(fields.c.id).limit(limit))
    chosen = sorted({*audits, *ordinary}, key=_shuffled)[:limit]
    return [
        without_machine(item) for item in leases.hold(connection, who, chosen, moment + seconds)
    ]


def without_machine(item: QueueItem) -> QueueItem:
    """The field as somebody sees it who is to key it blind."""
    return replace(
        item,
        candidates=(),
        doubtful_cells=(),
        reasons=(),
        previous=(),
        decision=Decision.REVIEW,
        value=None,
        blind=True,
    )


def key(connection: Connection, keying: Correction) -> Keyed:
    """Keeps one person's answer, and settles the field once enough people agree.

    Raises:
        InputError: the field is not there to be keyed, or they have keyed it already.
        StaleDecision: somebody else holds it, or it was settled in the meantime.
    """
    row = connection.execute(_field(keying.item)).first()
    if row is None:
        raise InputError(decisions.NO_ITEM, item=keying.item)
    entry = _entry(connection, row)
    _check_free(connection, row, entry, keying.who)
    kept = {"blind": entry.id, "who": keying.who, "at": now(), "withdrawn": False}
    told = {"decision": keying.decision, "value": keying.value}
    effort = {"seconds": keying.seconds, "tries": keying.tries}
    connection.execute(keyings.insert(), {**kept, **effort, "answer": told})
    leases.end(connection, row.id)
    answers = _answers(connection, entry.id)
    truth = agreed(answers)
    if truth is None:
        return Keyed(keying.item, settled=False, needs_third=len(answers) == PEOPLE)
    settled = replace(keying, decision=Decision(truth.decision), value=truth.value)
    _settle(connection, row, entry, settled)
    return Keyed(keying.item, settled=True, needs_third=False)


def take_back(connection: Connection, who: str) -> int | None:
    """Takes back the last keying of `who` whose field is not settled; returns the field."""
    query = (
        select(keyings.c.id, blinds.c.field)
        .join(blinds, blinds.c.id == keyings.c.blind)
        .where(keyings.c.who == who, keyings.c.withdrawn.is_(False), blinds.c.settled.is_(False))
        .order_by(keyings.c.id.desc())
    )
    row = connection.execute(query.limit(1)).first()
    if row is None:
        return None
    withdrawn = update(keyings).where(keyings.c.id == row.id).values(withdrawn=True)
    connection.execute(withdrawn)
    return int(row.field)


def agreed(answers: list[Answer]) -> Answer | None:
    """What two people agree on, or the third one settles; None while it is open."""
    if len(answers) > PEOPLE:
        return answers[-1]
    if len(answers) == PEOPLE and answers[0] == answers[1]:
        return answers[0]
    return None


def _audits(who: str) -> Select[Any]:
    open_ones = select(blinds.c.field).where(blinds.c.audits, blinds.c.settled.is_(False))
    return select(fields.c.id).where(fields.c.id.in_(open_ones), fields.c.id.not_in(_keyed_by(who)))


def _ordinary(who: str) -> Select[Any]:
    return select(fields.c.id).where(
        IN_REVIEW,
        fields.c.kind == Kind.HANDWRITTEN,
        fields.c.id.not_in(_keyed_by(who)),
        fields.c.id.not_in(select(blinds.c.field).where(blinds.c.audits)),
    )


def _keyed_by(who: str) -> Select[Any]:
    return (
        select(blinds.c.field)
        .join(keyings, keyings.c.blind == blinds.c.id)
        .where(keyings.c.who == who, keyings.c.withdrawn.is_(False), blinds.c.settled.is_(False))
    )


def _shuffled(field: int) -> bytes:
    """A place among others that says nothing about where the field comes from."""
    return hashlib.sha256(str(field).encode()).digest()


def _field(field: int) -> Select[Any]:
    return (
        select(fields, forms.c.organisation)
        .join(forms, forms.c.id == fields.c.form)
        .where(fields.c.id == field)
    )


def _entry(connection: Connection, row: Row[Any]) -> Row[Any]:
    """The field's row among those keyed blind; an ordinary waiting one gets it now."""
    query = select(blinds).where(blinds.c.field == row.id)
    entry = connection.execute(query).first()
    waits = row.decision == Decision.REVIEW
    if entry is not None and entry.audits:
        return entry
    if not waits:
        raise InputError("Item {item} does not wait to be keyed. Take the next one.", item=row.id)
    if entry is None:
        about = {"field": row.id, "organisation": row.organisation, "period": row.period}
        state = {"audits": False, "at": now(), "machine": None, "settled": False}
        connection.execute(blinds.insert(), {**about, **state})
    elif entry.settled:
        _open_again(connection, entry.id)
    return connection.execute(query).one()


def _open_again(connection: Connection, entry: int) -> None:
    """Lets a field that came back to review be keyed anew."""
    connection.execute(update(blinds).where(blinds.c.id == entry).values(settled=False))
    connection.execute(update(keyings).where(keyings.c.blind == entry).values(withdrawn=True))


def _check_free(connection: Connection, row: Row[Any], entry: Row[Any], who: str) -> None:
    if entry.settled:
        sentence = "Item {item} was settled in the meantime. Take the next one."
        raise StaleDecision(sentence, item=row.id)
    mine = select(keyings.c.id).where(
        keyings.c.blind == entry.id, keyings.c.who == who, keyings.c.withdrawn.is_(False)
    )
    if connection.scalar(mine.limit(1)) is not None:
        sentence = "You have keyed item {item} already; somebody else has to."
        raise InputError(sentence, item=row.id)
    holder = leases.holder(connection, row.id)
    if holder is not None and holder != who:
        raise StaleDecision(decisions.HELD, who=holder, item=row.id)


def _answers(connection: Connection, entry: int) -> list[Answer]:
    query = (
        select(keyings.c.answer)
        .where(keyings.c.blind == entry, keyings.c.withdrawn.is_(False))
        .order_by(keyings.c.id)
    )
    return [Answer(**row.answer) for row in connection.execute(query)]


def _settle(connection: Connection, row: Row[Any], entry: Row[Any], truth: Correction) -> None:
    """Makes the answer that people agree on the field's own."""
    said = {"decision": truth.decision, "value": truth.value}
    event = None
    if entry.audits:
        wrong = said != entry.machine
        told = replace(truth, why="audit")
        event = decisions.record_truth(connection, told, wrong=wrong)
        if wrong:
            reopen_alike(connection, row, entry.machine["value"], truth, event)
    elif row.decision == Decision.REVIEW:
        decisions.decide(connection, replace(truth, version=row.version, why="keyed blind"))
    values = {"settled": True, "truth": said, "event": event}
    connection.execute(update(blinds).where(blinds.c.id == entry.id).values(values))
