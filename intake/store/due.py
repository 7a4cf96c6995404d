"""What is due about a reading: pure comparison of how it stands with what was sent of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_URL, uuid5

from intake.records import Decision, ReadingRecord, Reason, decimal_string
from intake.store.identity import ACCOUNT

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import Row

CHANNEL = "paper"
CORRECTED, WITHDRAWN, SUPERSEDED = "corrected", "withdrawn", "superseded"
"""Why a later version of a record goes out."""

_NAMES = uuid5(NAMESPACE_URL, "meter-intake/reading")


def is_held(row: Row[Any], waits: Collection[str]) -> bool:
    """Whether a reading must stay: undecided, or not sure yet what it belongs to.

    Args:
        row: the reading with its form's account.
        waits: names of the form's fields that are in review.
    """
    if row.decision == Decision.REVIEW:
        return True
    return _counts(row) and bool(lacks(row, waits))


def lacks(row: Row[Any], waits: Collection[str]) -> tuple[str, ...]:
    """What is not known for sure about a reading: `account`, `meter`, `month`.

    Args:
        row: the reading with its form's account.
        waits: names of the form's fields that are in review.
    """
    known = {
        "account": row.account and ACCOUNT not in waits,
        "meter": row.meter and f"{row.place}.meter" not in waits,
        "month": row.period,
    }
    return tuple(name for name, is_known in known.items() if not is_known)


def changes(row: Row[Any], date: str | None, last: ReadingRecord | None) -> list[ReadingRecord]:
    """What is to go out about a reading: a record, a withdrawal, both or nothing.

    Args:
        row: the reading with its form's organisation, account and digest.
        date: day of reading; None where the form does not give one.
        last: what the receiver holds of it; None where nothing.

    Returns:
        Records with version 1; their real version depends on what went out under their id.
    """
    record = _record(row, date) if _counts(row) else None
    gone = last is not None and (record is None or record.id != last.id)
    due = [replace(last, version=1, value=None, reason=_why(row))] if last and gone else []
    if record is not None and (last is None or record != replace(last, version=1, reason="")):
        due.append(record)
    return due


def reading_id(record: ReadingRecord, digest: str) -> str:
    """The stable id of a reading from the form with that digest."""
    parts = (
        record.organisation,
        record.meter,
        record.register,
        record.period,
        record.channel,
        digest,
    )
    return str(uuid5(_NAMES, "\x1f".join(parts)))


def _counts(row: Row[Any]) -> bool:
    return row.decision == Decision.ACCEPTED and not row.superseded


def _why(row: Row[Any]) -> str:
    if _counts(row):
        return CORRECTED
    return SUPERSEDED if row.superseded else WITHDRAWN


def _record(row: Row[Any], date: str | None) -> ReadingRecord:
    person = row.decided_by is not None
    record = ReadingRecord(
        id="",
        version=1,
        organisation=row.organisation,
        account=row.account,
        meter=row.meter,
        register=row.register,
        period=row.period,
        value=decimal_string(row.value, row.decimals),
        unit=row.unit or "",
        date=date,
        channel=CHANNEL,
        verification=_verification(person, row.reasons),
        confidence=1.0 if person else _confidence(row),
        evidence=row.evidence,
    )
    return replace(record, id=reading_id(record, row.digest))


def _verification(person: bool, reasons: list[str]) -> str:
    if person:
        return "person"
    return "provisional" if Reason.PROVISIONAL in reasons else "straight_through"


def _confidence(row: Row[Any]) -> float:
    shares = (share for value, share in row.candidates if value == row.value)
    return float(next(shares, 0.0))
