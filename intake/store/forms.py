"""Saving a form: one transaction, once, with what the forms before it say about it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, bindparam, select, update

from intake.records import Decision, Reason, Verdict
from intake.store.connection import new_id
from intake.store.identity import Answer, account_of, is_ownerless, meter_of
from intake.store.known import meters_of
from intake.store.ledger import refusal_columns
from intake.store.rereading import clear, is_touched
from intake.store.standing import OPEN, keys_of, settle, standing_for
from intake.store.tables import batches, fields, files, forms

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from intake.records import FieldResult, FormResult


def save_form(connection: Connection, file: int, page: int, form: FormResult) -> None:
    """Adds a form with its fields, or replaces what the machine said about it before.

    One that is there already stays as it is where its file is not being read again, or where a
    person has had a hand in it.
    """
    reading = _reading(connection, file)
    there = _find(connection, file, page, form.number)
    if there is not None and not (reading.again and not is_touched(connection, there)):
        return
    if _has_twin(connection, reading.organisation, form, there):
        form = _hold_all(form, Reason.DUPLICATE_FORM)
    else:
        form = _hold_ownerless(form)
    account, meters = _resolve(connection, reading.organisation, form)
    taken = _taken(connection, reading.organisation, form, meters, there)
    form = _hold_contested(form, meters, taken)
    head = _form_row(file, page, form)
    head |= {"batch": reading.batch, "organisation": reading.organisation, "account": account}
    if there is None:
        key = new_id(connection.execute(forms.insert(), head))
        _add_fields(connection, key, form, meters)
        return
    keys = keys_of(connection, there)
    clear(connection, there)
    connection.execute(update(forms).where(forms.c.id == there).values(head))
    _add_fields(connection, there, form, meters)
    settle(connection, there, keys | keys_of(connection, there))


@dataclass(frozen=True, slots=True)
class _Reading:
    """On whose behalf a file is read at present: batch, organisation, and whether again."""

    batch: int
    organisation: str
    again: bool


def _reading(connection: Connection, file: int) -> _Reading:
    row = connection.execute(_BATCH, {"file": file}).one()
    return _Reading(row.id, row.organisation, row.rereading)


_BATCH = (
    select(batches.c.id, batches.c.organisation, files.c.rereading)
    .join(files, files.c.batch == batches.c.id)
    .where(files.c.id == bindparam("file"))
)


def _find(connection: Connection, file: int, page: int, number: int) -> int | None:
    return connection.scalar(_FORM, {"file": file, "page": page, "number": number})


_FORM = select(forms.c.id).where(
    forms.c.file == bindparam("file"),
    forms.c.page == bindparam("page"),
    forms.c.number == bindparam("number"),
)


def _add_fields(
    connection: Connection, key: int, form: FormResult, meters: Mapping[str, str]
) -> None:
    rows = [
        _field_row(key, position, field, form.period, meters)
        for position, field in enumerate(form.fields)
    ]
    if rows:
        connection.execute(fields.insert(), rows)


def _has_twin(
    connection: Connection, organisation: str, form: FormResult, there: int | None
) -> bool:
    """Whether the same slip, by its code, came before: scanned twice or filled in twice.

    Args:
        connection: of a writing transaction.
        organisation: whose form it is.
        form: as the pipeline decided it.
        there: its id where it is read again; only forms before it count. None: all do.
    """
    if form.specimen or form.refusal or form.account is None or form.period is None:
        return False
    about = {"account": form.account, "period": form.period, "template": form.template}
    first = connection.scalar(_FIRST_OF_CODE, {"organisation": organisation, **about})
    return first is not None and (there is None or first < there)


_FIRST_OF_CODE = (
    select(forms.c.id)
    .where(
        forms.c.organisation == bindparam("organisation"),
        forms.c.account == bindparam("account"),
        forms.c.period == bindparam("period"),
        forms.c.template == bindparam("template"),
        forms.c.specimen.is_(False),
        forms.c.reason.is_(None),
    )
    .order_by(forms.c.id)
    .limit(1)
)


def _hold_all(form: FormResult, reason: Reason) -> FormResult:
    return replace(form, fields=tuple(_held(field, reason) for field in form.fields))


def _hold_ownerless(form: FormResult) -> FormResult:
    """Holds accepted readings whose meter or account the form was to name and does not."""
    if form.specimen:
        return form
    answers = _answers(form)

    def checked(field: FieldResult) -> FieldResult:
        if not field.is_reading or field.verdict.decision is not Decision.ACCEPTED:
            return field
        ownerless = is_ownerless(field.place, form.account, answers)
        return _held(field, Reason.MISSING_VALUE) if ownerless else field

    return replace(form, fields=tuple(map(checked, form.fields)))


def _taken(
    connection: Connection,
    organisation: str,
    form: FormResult,
    meters: Mapping[str, str],
    there: int | None,
) -> frozenset[tuple[str, str]]:
    """Meters and registers of a form that have a reading for its month on a form before."""
    if form.specimen or form.period is None or not meters:
        return frozenset()
    rows = standing_for(connection, organisation, form.period, meters.values())
    return frozenset((row.meter, row.register) for row in rows if not there or row.form < there)


def _hold_contested(
    form: FormResult, meters: Mapping[str, str], taken: Collection[tuple[str, str]]
) -> FormResult:
    """Holds accepted readings whose meter already has one for the month."""

    def checked(field: FieldResult) -> FieldResult:
        accepted = field.is_reading and field.verdict.decision is Decision.ACCEPTED
        if accepted and (meters.get(field.place or ""), field.register) in taken:
            return _held(field, Reason.CHANNEL_CONFLICT)
        return field

    return replace(form, fields=tuple(map(checked, form.fields)))


def _held(field: FieldResult, reason: Reason) -> FieldResult:
    kept = tuple(known for known in field.verdict.reasons if known is not reason)
    return replace(field, verdict=Verdict(Decision.REVIEW, None, (reason, *kept)))


def _resolve(
    connection: Connection, organisation: str, form: FormResult
) -> tuple[str | None, dict[str, str]]:
    """The form's account, and the meters at its places as far as they are known."""
    answers = _answers(form)
    account = account_of(form.account, answers)
    known = meters_of(connection, organisation, account) if account else ()
    places = {field.place for field in form.fields if field.place is not None}
    found = {place: meter_of(place, answers, known) for place in places}
    return account, {place: meter for place, meter in found.items() if meter is not None}


def _answers(form: FormResult) -> dict[str, Answer]:
    return {
        field.name: Answer(field.kind, field.verdict.decision, field.verdict.value)
        for field in form.fields
    }


def _form_row(file: int, page: int, form: FormResult) -> dict[str, Any]:
    return {
        "file": file,
        "page": page,
        "number": form.number,
        "template": form.template,
        "version": form.version,
        "read_account": form.account,
        "read_period": form.period,
        "period": form.period,
        "digest": form.digest,
        "specimen": form.specimen,
        "to_page": [float(number) for number in form.to_page.ravel()],
        "residual_mm": float(form.residual_mm),
        **refusal_columns(form.refusal),
    }


def _field_row(
    form: int, position: int, field: FieldResult, period: str | None, meters: Mapping[str, str]
) -> dict[str, Any]:
    reading, verdict = field.reading, field.verdict
    return {
        "form": form,
        "position": position,
        "name": field.name,
        "place": field.place,
        "kind": field.kind,
        "is_reading": field.is_reading,
        "period": period or "",
        "cells": field.cells,
        "decimals": field.decimals,
        "unit": field.unit,
        "format": field.format,
        "register": field.register,
        "candidates": [[one.value, one.probability] for one in reading.candidates],
        "signs": list(reading.signs),
        "doubtful_cells": list(reading.doubtful_cells),
        "engine": reading.engine,
        "box_px": [[float(x), float(y)] for x, y in field.box_px],
        "evidence": field.evidence,
        "fit": field.fit,
        "decision": verdict.decision,
        "value": verdict.value,
        "reasons": list(verdict.reasons),
        "decided_by": None,
        "version": 1,
        "meter": meters.get(field.place or ""),
        "superseded": False,
        "pending": field.is_reading and verdict.decision in OPEN,
    }
