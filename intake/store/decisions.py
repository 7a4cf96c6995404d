"""What people decide: appended events, and the versions of fields they lead to."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Row, Select, bindparam, exists, func, or_, select, update

from intake.errors import InputError, StaleDecision
from intake.records import Decision, Reason
from intake.store import leases
from intake.store.connection import new_id, now
from intake.store.identity import is_ownerless
from intake.store.standing import OPEN, Key, answers_of, place, rivals, rows_of, settle
from intake.store.tables import (
    AUDITED,
    CONFIRMED,
    DECIDED,
    LATE,
    REOPENED,
    UNDONE,
    deliveries,
    events,
    fields,
    forms,
    outbox,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from intake.records import Correction

State = dict[str, Any]

HELD = "{who} works on item {item} now. Take another one."
NO_ITEM = "There is no queue item {item}. `queue list` shows those that wait."

_ONE = select(fields).where(fields.c.id == bindparam("field"))
_undone, _later = events.alias("undone"), events.alias("later")
_later_undone = events.alias("later_undone")


def decide(
    connection: Connection, correction: Correction, cause: int | None = None
) -> StaleDecision | None:
    """Applies a person's decision and appends it to the events.

    A decision that comes too late changes nothing; it is kept among the events as `late`.

    Args:
        connection: of a writing transaction.
        correction: the decision.
        cause: the event of the decision that it is part of; None where it stands by itself.

    Returns:
        Who was faster, to be raised once the event is kept, where it came too late; None where
        it was applied.

    Raises:
        InputError: there is no such field, or it is a reading that nothing says the meter of.
    """
    row = _field(connection, correction.item)
    event = {
        "who": correction.who,
        "what": DECIDED,
        "cause": cause,
        "seconds": correction.seconds,
        "tries": correction.tries,
        "why": correction.why,
    }
    faster = _faster(connection, row, correction)
    if faster is not None:
        _append(connection, row, _decided(row, correction), row.version, {**event, "what": LATE})
        return faster
    if correction.decision is Decision.ACCEPTED:
        _check_owner(connection, row)
    decided = _apply(connection, row, _decided(row, correction), event)
    leases.end(connection, row.id)
    place_again(connection, row.form, correction.who, decided)
    return None


def refuse_form(connection: Connection, correction: Correction) -> StaleDecision | None:
    """Refuses every open field of a form; undo takes that back as one decision.

    Args:
        connection: of a writing transaction.
        correction: the refusal of one of its fields.

    Returns:
        As `decide`; also where somebody else holds another field of the form.
    """
    row = _field(connection, correction.item)
    rows = _open_rows(connection, row.form)
    held = (_held_by_another(connection, one, correction.who) for one in rows)
    late = _faster(connection, row, correction) or next(filter(None, held), None)
    if late is not None:
        event = {"who": correction.who, "what": LATE, "why": correction.why}
        _append(connection, row, _decided(row, correction), row.version, event)
        return late
    cause = None
    for one in rows:
        version = _field(connection, one.id).version
        decide(connection, replace(correction, item=one.id, version=version), cause)
        cause = cause or _last_decision(connection, one.id)
    return None


def send_back(connection: Connection, field: int, who: str) -> None:
    """Sends a decided field back to review.

    Raises:
        InputError: it waits already, or there is no such field.
    """
    row = _field(connection, field)
    if row.decision == Decision.REVIEW:
        raise InputError("Item {item} waits already.", item=field)
    reopen(connection, row, Reason.SENT_BACK, who, None)
    place_again(connection, row.form, who)


def undo(connection: Connection, who: str) -> int | None:
    """Takes back the last decision of `who` that nobody overtook and that has not gone out.

    Returns:
        The field it was about; None where there is nothing to take back.
    """
    event = connection.execute(_undoable(who)).first()
    if event is None:
        return None
    caused = select(events).where(
        events.c.cause == event.id, events.c.what.in_((REOPENED, DECIDED))
    )
    for done in (event, *connection.execute(caused).all()):
        row = _field(connection, done.field)
        if done is event or row.version == done.version:
            undone = {"who": who, "what": UNDONE, "cause": done.id}
            _apply(connection, row, done.before, undone)
    place_again(connection, _field(connection, event.field).form, who, event.id)
    return int(event.field)


def place_again(connection: Connection, form: int, who: str, cause: int | None = None) -> None:
    """Brings a form up to date after a change; readings that it leaves in doubt go to review.

    In doubt are those that lost the account or meter they hang on, and those that came to
    stand for a meter and month for which another value counts.

    Args:
        connection: of a writing transaction.
        form: its id.
        who: made the change.
        cause: the event that made it; None where none did.
    """
    placed = place(connection, form)
    rows = rows_of(connection, form)
    answers = answers_of(rows)
    for row in rows:
        if not row.is_reading or row.decision != Decision.ACCEPTED:
            continue
        if is_ownerless(row.place, placed.account, answers):
            reopen(connection, row, Reason.MISSING_VALUE, who, cause)
        elif row.id in placed.moved and _is_contested(connection, row, placed.moved[row.id]):
            reopen(connection, row, Reason.CHANNEL_CONFLICT, who, cause)
    settle(connection, form, placed.keys)


def record_truth(connection: Connection, correction: Correction, *, wrong: bool) -> int:
    """Appends what people found out blind about a field that was accepted unseen.

    Args:
        connection: of a writing transaction.
        correction: the truth; `who` settled it.
        wrong: whether the machine said something else. The field then becomes what is true,
            unless a person has decided about it in the meantime.

    Returns:
        The event's id.
    """
    row = _field(connection, correction.item)
    after = _decided(row, correction)
    event = {"who": correction.who, "why": correction.why}
    if not wrong or row.decided_by is not None:
        return _append(connection, row, after, row.version, {**event, "what": CONFIRMED})
    cause = _apply(connection, row, after, {**event, "what": AUDITED})
    place_again(connection, row.form, correction.who, cause)
    return cause


def last_event(connection: Connection) -> int:
    """Id of the newest event; 0 where there is none."""
    return connection.scalar(select(func.max(events.c.id))) or 0


def history(connection: Connection, field: int) -> list[Mapping[str, Any]]:
    """What was done to a field, oldest first."""
    query = select(events).where(events.c.field == field).order_by(events.c.id)
    return [dict(row._mapping) for row in connection.execute(query)]


def _field(connection: Connection, field: int) -> Row[Any]:
    row = connection.execute(_ONE, {"field": field}).first()
    if row is None:
        raise InputError(NO_ITEM, item=field)
    return row


def _last_decision(connection: Connection, field: int) -> int:
    query = select(func.max(events.c.id)).where(events.c.field == field, events.c.what == DECIDED)
    return int(connection.scalar(query) or 0)


def _open_rows(connection: Connection, form: int) -> list[Row[Any]]:
    """Fields that may still go out, readings first: they hang on the others."""
    rows = [row for row in rows_of(connection, form) if row.decision in OPEN]
    return sorted(rows, key=lambda row: not row.is_reading)


def _faster(connection: Connection, row: Row[Any], correction: Correction) -> StaleDecision | None:
    if row.version != correction.version:
        sentence = (
            "{who} decided item {item} in the meantime. Look at it again before you decide."
            if row.decided_by
            else "Item {item} has changed in the meantime. Look at it again before you decide."
        )
        return StaleDecision(sentence, who=row.decided_by, item=row.id)
    return _held_by_another(connection, row, correction.who)


def _held_by_another(connection: Connection, row: Row[Any], who: str) -> StaleDecision | None:
    holder = leases.holder(connection, row.id)
    if holder is None or holder == who:
        return None
    return StaleDecision(HELD, who=holder, item=row.id)


def _check_owner(connection: Connection, row: Row[Any]) -> None:
    account = connection.scalar(select(forms.c.account).where(forms.c.id == row.form))
    answers = answers_of(rows_of(connection, row.form))
    if row.is_reading and is_ownerless(row.place, account, answers):
        raise InputError(
            "{field}: its account or meter number is blank or refused on this form, so the "
            "reading belongs to nobody. Correct that number first, or refuse the reading.",
            field=row.name,
        )


def _decided(row: Row[Any], correction: Correction) -> State:
    refused = correction.decision is Decision.REFUSED
    return {
        "decision": correction.decision,
        "value": correction.value,
        "reasons": (row.reasons or [Reason.UNREADABLE]) if refused else [],
        "decided_by": correction.who,
    }


def _apply(connection: Connection, row: Row[Any], after: State, event: Mapping[str, Any]) -> int:
    """Moves a field to its next version and appends the event that did it."""
    version = row.version + 1
    connection.execute(update(fields).where(fields.c.id == row.id).values(version=version, **after))
    return _append(connection, row, after, version, event)


def _append(
    connection: Connection, row: Row[Any], after: State, version: int, event: Mapping[str, Any]
) -> int:
    before = {key: getattr(row, key) for key in ("decision", "value", "reasons", "decided_by")}
    story = {"field": row.id, "at": now(), "before": before, "after": after, "version": version}
    return new_id(connection.execute(events.insert(), {"tries": 1, "why": "", **event, **story}))


def _is_contested(connection: Connection, row: Row[Any], key: Key) -> bool:
    return any(
        other.id != row.id
        and other.decision == Decision.ACCEPTED
        and not other.superseded
        and other.value != row.value
        for other in rivals(connection, key)
    )


def reopen(
    connection: Connection, row: Row[Any], reason: Reason, who: str, cause: int | None
) -> None:
    """Sends a decided field back to review for `reason`; `cause` is the event that led to it."""
    after = {"decision": Decision.REVIEW, "value": None, "reasons": [reason], "decided_by": None}
    _apply(connection, row, after, {"who": who, "what": REOPENED, "cause": cause})


def _undoable(who: str) -> Select[Any]:
    overtaken = select(_later.c.id).where(
        _later.c.field == events.c.field,
        _later.c.id > events.c.id,
        _later.c.what == DECIDED,
        ~exists().where(_later_undone.c.cause == _later.c.id, _later_undone.c.what == UNDONE),
    )
    return (
        select(events)
        .join(fields, fields.c.id == events.c.field)
        .where(
            events.c.who == who,
            events.c.what == DECIDED,
            events.c.cause.is_(None),
            ~exists().where(_undone.c.cause == events.c.id, _undone.c.what == UNDONE),
            ~overtaken.exists(),
            ~_sent_since().exists(),
        )
        .order_by(events.c.id.desc())
        .limit(1)
    )


def _sent_since() -> Select[Any]:
    """Records that went out after an event about a field they hang on."""
    return (
        select(outbox.c.id)
        .join(deliveries, deliveries.c.id == outbox.c.delivery)
        .where(
            outbox.c.form == fields.c.form,
            deliveries.c.last_event >= events.c.id,
            or_(outbox.c.field == fields.c.id, fields.c.is_reading.is_(False)),
        )
        .correlate(fields, events)
    )
