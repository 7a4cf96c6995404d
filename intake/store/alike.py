"""An error found among what was accepted unseen: the fields most like it are looked at again."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Row, Select, String, cast, exists, func, or_, select

from intake.records import Decision, Reason
from intake.store.decisions import place_again, reopen
from intake.store.tables import fields, forms, outbox
from intake.store.trust_tables import blinds, origins

if TYPE_CHECKING:
    from intake.records import Correction

MOST = 50
"""Fields that one error re-opens, at most."""

BAND = 1.0
"""Difference in log odds within which two fields were read with like confidence."""

_newer = outbox.alias("newer")


def reopen_alike(
    connection: Connection, error: Row[Any], misread: str | None, truth: Correction, cause: int
) -> int:
    """Sends the accepted fields that are most like an error back to review.

    Like it are fields of the same template, month and kind in whose value a digit stands that
    was misread; those of the same scanner, the same hour and like confidence come first.

    Args:
        connection: of a writing transaction.
        error: the field that was accepted with a wrong value.
        misread: that value.
        truth: what stands there really.
        cause: the event that says so.

    Returns:
        How many were sent back.
    """
    place = _place(connection, error.form)
    query = _candidates(error, place, misread_digits(misread, truth.value))
    unsettled = connection.execute(query).all()
    ranked = sorted(unsettled, key=lambda row: (*_distance(row, error, place), row.id))
    for row in ranked[:MOST]:
        reopen(connection, row, Reason.LIKE_AN_ERROR, truth.who, cause)
        place_again(connection, row.form, truth.who, cause)
    return len(ranked[:MOST])


def to_recall(connection: Connection) -> list[int]:
    """Re-opened fields whose reading the receiver still holds: it may have to be called back."""
    later = exists().where(_newer.c.id == outbox.c.id, _newer.c.version > outbox.c.version)
    query = (
        select(fields.c.id, outbox.c.payload)
        .join(outbox, outbox.c.field == fields.c.id)
        .where(
            fields.c.decision == Decision.REVIEW,
            cast(fields.c.reasons, String).contains(f'"{Reason.LIKE_AN_ERROR}"'),
            ~later,
        )
        .order_by(fields.c.id)
    )
    rows = connection.execute(query)
    return list(dict.fromkeys(row.id for row in rows if row.payload["value"] is not None))


def misread_digits(misread: str | None, truth: str | None) -> frozenset[str]:
    """The digits that the machine put where others stand; empty where that cannot be told."""
    if misread is None or truth is None or len(misread) != len(truth):
        return frozenset()
    return frozenset(said for said, is_ in zip(misread, truth, strict=True) if said != is_)


def _place(connection: Connection, form: int) -> Row[Any]:
    return connection.execute(_placed().where(forms.c.id == form)).one()


def _placed() -> Select[Any]:
    return select(
        forms.c.organisation,
        forms.c.template,
        forms.c.version.label("template_version"),
        func.coalesce(origins.c.scanner, "").label("scanner"),
        func.coalesce(origins.c.hour, "").label("hour"),
    ).outerjoin(origins, origins.c.file == forms.c.file)


def _candidates(error: Row[Any], place: Row[Any], digits: frozenset[str]) -> Select[Any]:
    accepted = Decision.ACCEPTED if error.value is not None else Decision.BLANK
    settled = select(blinds.c.field).where(blinds.c.settled)
    query = (
        _placed()
        .add_columns(*fields.c)
        .join(fields, fields.c.form == forms.c.id)
        .where(
            forms.c.organisation == place.organisation,
            forms.c.template == place.template,
            forms.c.version == place.template_version,
            fields.c.period == error.period,
            fields.c.kind == error.kind,
            fields.c.is_reading == error.is_reading,
            fields.c.engine == error.engine,
            fields.c.decision == accepted,
            fields.c.decided_by.is_(None),
            fields.c.id != error.id,
            fields.c.id.not_in(settled),
        )
    )
    if digits:
        query = query.where(or_(*(fields.c.value.contains(digit) for digit in sorted(digits))))
    return query


def _distance(row: Row[Any], error: Row[Any], place: Row[Any]) -> tuple[bool, bool, bool, float]:
    apart = abs(_log_odds(row) - _log_odds(error))
    return (row.scanner != place.scanner, row.hour != place.hour, apart > BAND, apart)


def _log_odds(row: Row[Any]) -> float:
    share = float(row.candidates[0][1]) if row.candidates else 0.0
    safe = min(max(share, 1e-6), 1 - 1e-6)
    return math.log(safe / (1 - safe))
