"""Finding all that is kept about a person, or about months long past."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    String,
    and_,
    cast,
    exists,
    false,
    or_,
    select,
    tuple_,
)

from intake.records import Decision, PageKind
from intake.store.identity import ACCOUNT
from intake.store.tables import ERASED, deliveries, fields, files, forms, meters, outbox, pages

if TYPE_CHECKING:
    from collections.abc import Collection

Corners = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Whose:
    """What is to be erased: all of an account, or all months before one.

    Attributes:
        organisation: whose forms they are.
        account: its number; None where months are meant.
        before: first month `YYYY-MM` that stays; None where an account is meant.
    """

    organisation: str
    account: str | None = None
    before: str | None = None


@dataclass(frozen=True, slots=True)
class Spot:
    """A part of a page that goes.

    Attributes:
        template: of its form.
        to_page: millimetres on the form → pixels of the page as stored, row by row.
        boxes: corners of the fields that go, pixels; empty where the whole form does.
    """

    template: str
    to_page: tuple[float, ...]
    boxes: tuple[Corners, ...] = ()


@dataclass(frozen=True, slots=True)
class HeldPage:
    """A page with something to erase on it.

    Attributes:
        number: from 1.
        picture: digest of the picture that is kept of it; None where none is.
        alone: whether nothing else is on it.
        spots: what goes.
    """

    number: int
    picture: str | None
    alone: bool
    spots: tuple[Spot, ...]


@dataclass(frozen=True, slots=True)
class HeldFile:
    """A scan with something to erase in it.

    Attributes:
        id: in the store.
        path: where it was found; it may still lie there.
        original: digest of what is kept of it.
        whole: whether all of its pages were read.
        alone: whether nothing else is in it.
        pages: those with something to erase.
    """

    id: int
    path: str
    original: str
    whole: bool
    alone: bool
    pages: tuple[HeldPage, ...]


@dataclass(frozen=True, slots=True)
class Held:
    """All that is kept about somebody, or about months.

    Attributes:
        forms: ids of forms that go as a whole.
        fields: ids of fields that go from forms that stay.
        files: the scans they are on.
        delivered: where records of them have been handed to.
        doubtful: forms that may be theirs, a sentence each.
        crops: names of the pictures of `fields`.
    """

    forms: frozenset[int]
    fields: frozenset[int]
    files: tuple[HeldFile, ...]
    delivered: tuple[str, ...]
    doubtful: tuple[str, ...]
    crops: tuple[str, ...] = ()


def held(connection: Connection, whose: Whose) -> Held:
    """Finds all that is kept about `whose`."""
    whole = frozenset(connection.scalars(select(forms.c.id).where(_meant(whose))))
    rows_of_lists = _rows_of_lists(connection, whose)
    single = frozenset(connection.scalars(rows_of_lists) if whose.account else ())
    touched = or_(
        forms.c.id.in_(whole), forms.c.id.in_(select(fields.c.form).where(fields.c.id.in_(single)))
    )
    rows = connection.execute(select(files).join(forms).where(touched).distinct()).all()
    on = select(outbox.c.delivery).where(or_(outbox.c.form.in_(whole), outbox.c.field.in_(single)))
    told = select(deliveries.c.target).where(
        deliveries.c.id.in_(on), deliveries.c.closed.is_not(None)
    )
    return Held(
        forms=whole,
        fields=single,
        files=tuple(_file(connection, row, whole, single) for row in rows),
        delivered=tuple(dict.fromkeys(connection.scalars(told.order_by(deliveries.c.id)))),
        doubtful=_doubtful(connection, whose),
        crops=_crops_of(connection, single),
    )


def _crops_of(connection: Connection, single: Collection[int]) -> tuple[str, ...]:
    query = select(fields.c.evidence).where(fields.c.id.in_(single), fields.c.evidence.is_not(None))
    return tuple(connection.scalars(query))


def _meant(whose: Whose) -> ColumnElement[bool]:
    """Forms that go as a whole; of past months only those nobody has to do with any more."""
    there = and_(
        forms.c.organisation == whose.organisation, forms.c.reason.is_distinct_from(ERASED)
    )
    if whose.account is not None:
        return and_(
            there, or_(forms.c.account == whose.account, forms.c.read_account == whose.account)
        )
    waits = or_(fields.c.pending, fields.c.decision == Decision.REVIEW)
    return and_(
        there, forms.c.period < whose.before, ~exists().where(fields.c.form == forms.c.id, waits)
    )


def _rows_of_lists(connection: Connection, whose: Whose) -> Select[Any]:
    """Fields about the account's meters on forms of others: their rows on a building's list."""
    owned = select(meters.c.number).where(
        meters.c.organisation == whose.organisation, meters.c.account == whose.account
    )
    seen = [_says(number) for number in connection.scalars(owned)]
    numbers = and_(fields.c.name.endswith(".meter"), or_(false(), *seen))
    theirs = (
        select(fields.c.form, fields.c.place)
        .join(forms)
        .where(
            forms.c.organisation == whose.organisation,
            or_(fields.c.meter.in_(owned), numbers),
            fields.c.place.is_not(None),
            ~_meant(whose),
        )
    )
    return select(fields.c.id).where(tuple_(fields.c.form, fields.c.place).in_(theirs))


def _says(number: str) -> ColumnElement[bool]:
    """Fields that say a number, or would if they were sure."""
    likeliest = cast(fields.c.candidates, String).startswith(f'[["{number}"', autoescape=True)
    return or_(fields.c.value == number, likeliest)


def _may_say(number: str) -> ColumnElement[bool]:
    """Fields that say a number, or have it among what they may say."""
    return or_(fields.c.value == number, cast(fields.c.candidates, String).contains(f'"{number}"'))


def _doubtful(connection: Connection, whose: Whose) -> tuple[str, ...]:
    """Forms that nobody knows the account of, and that may be theirs."""
    if whose.account is None:
        return ()
    query = (
        select(files.c.name, forms.c.page, forms.c.number)
        .join(forms, forms.c.file == files.c.id)
        .join(fields, fields.c.form == forms.c.id)
        .where(
            forms.c.organisation == whose.organisation,
            forms.c.account.is_(None),
            fields.c.name == ACCOUNT,
            _may_say(whose.account),
        )
        .distinct()
    )
    return tuple(
        f"{row.name}, page {row.page}, form {row.number}: may be theirs. Decide its account first."
        for row in connection.execute(query)
    )


def _file(
    connection: Connection,
    row: Row[Any],
    whole: Collection[int],
    single: Collection[int],
) -> HeldFile:
    rows = connection.execute(select(pages).where(pages.c.file == row.id)).all()
    shown = [(page, _page(connection, page, whole, single)) for page in rows]
    return HeldFile(
        id=row.id,
        path=row.path,
        original=row.redacted or row.sha256,
        whole=row.state == "read",
        alone=all(held.alone or page.kind == PageKind.BLANK for page, held in shown),
        pages=tuple(held for _, held in shown if held.spots),
    )


def _page(
    connection: Connection,
    page: Row[Any],
    whole: Collection[int],
    single: Collection[int],
) -> HeldPage:
    here = select(forms).where(forms.c.file == page.file, forms.c.page == page.number)
    found = connection.execute(here).all()
    spots = [_spot(connection, form, form.id in whole, single) for form in found]
    return HeldPage(
        number=page.number,
        picture=page.evidence,
        alone=bool(found) and all(one.id in whole or one.reason == ERASED for one in found),
        spots=tuple(spot for spot in spots if spot is not None),
    )


def _spot(
    connection: Connection,
    form: Row[Any],
    goes: bool,
    single: Collection[int],
) -> Spot | None:
    if goes:
        return Spot(form.template, tuple(form.to_page))
    query = select(fields.c.box_px).where(fields.c.form == form.id, fields.c.id.in_(single))
    boxes = tuple(tuple((x, y) for x, y in box) for box in connection.scalars(query))
    return Spot(form.template, tuple(form.to_page), boxes) if boxes else None
