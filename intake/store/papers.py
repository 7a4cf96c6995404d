"""Papers that belong nowhere yet: pages and forms that could not be read, or say no month."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Row, Select, and_, delete, exists, func, select, update

from intake.errors import InputError, StaleDecision
from intake.records import LoosePaper, PageKind, Reason
from intake.store.connection import clock, now
from intake.store.decisions import place_again
from intake.store.forms import save_form
from intake.store.paper_tables import (
    DATED,
    NAMED,
    REFUSED,
    UNDONE,
    paper_events,
    paper_leases,
)
from intake.store.rereading import clear
from intake.store.standing import keys_of, settle
from intake.store.tables import batches, events, fields, files, forms, pages

if TYPE_CHECKING:
    from intake.database import Database
    from intake.records import FormResult, Placing

UNREAD = (Reason.MISALIGNED, Reason.UNKNOWN_FORM)
"""Why the machine does not read a form that it has found."""

_taken_back = paper_events.alias("taken_back")


class Papers:
    """The loose papers of an intake database; each method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def waiting(self, limit: int) -> list[LoosePaper]:
        """Pages that no template fits, forms that were not read, then those that say no month."""
        with self._database.reading() as connection:
            return _first(connection, limit, None)

    def counts(self) -> tuple[int, int]:
        """How many pages and forms were not read, and how many forms say no month."""
        with self._database.reading() as connection:
            return counts(connection)

    def take(self, who: str, seconds: float) -> LoosePaper | None:
        """The first one that nobody else has, for `who` alone for some seconds; None: none."""
        with self._database.writing() as connection:
            moment = clock(connection)
            connection.execute(delete(paper_leases).where(paper_leases.c.until < moment))
            found = _first(connection, 1, who)
            if found:
                _lease(connection, found[0].id, who, moment + seconds)
        return found[0] if found else None

    def keep(self, who: str, seconds: float) -> None:
        """Extends what `who` still has."""
        with self._database.writing() as connection:
            until = clock(connection) + seconds
            mine = update(paper_leases).where(paper_leases.c.who == who)
            connection.execute(mine.values(until=until))

    def give_back(self, who: str) -> None:
        """Lets others have what `who` has."""
        with self._database.writing() as connection:
            connection.execute(delete(paper_leases).where(paper_leases.c.who == who))

    def newest_month(self) -> str | None:
        """The month of the newest form that says one; None where none does."""
        query = select(forms.c.period).where(forms.c.period.is_not(None))
        with self._database.reading() as connection:
            return connection.scalar(query.order_by(forms.c.id.desc()).limit(1))

    def next_number(self, paper: str) -> tuple[int, str, int, str]:
        """Of what was not read: its file, that one's digest, its form's number, and whose it is.

        Raises:
            InputError: it is no loose paper of that kind, or not any more.
        """
        with self._database.reading() as connection:
            found = _paper(connection, paper)
            page = _page(connection, found)
            number = found.form or _last_form(connection, page) + 1
            return page.file, page.sha256 or "", number, page.organisation

    def name(self, placing: Placing, form: FormResult) -> int:
        """Gives what was not read its form, with all fields to be keyed; returns the first one.

        Raises:
            InputError: it is no loose paper of that kind, or not any more.
            StaleDecision: somebody else has it.
        """
        with self._database.writing() as connection:
            paper = _mine(connection, placing)
            page = _page(connection, paper)
            before = _take_out(connection, paper)
            save_form(connection, page.file, page.number, form)
            key = _form_id(connection, page, form.number)
            connection.execute(
                update(pages).where(pages.c.id == page.id).values(kind=PageKind.FORMS)
            )
            after = {"template": form.template, "account": form.account, "period": form.period}
            about = {"page": page.id, "form": key, "before": before, "after": after}
            _tell(connection, placing, NAMED, about)
            first = select(func.min(fields.c.id)).where(fields.c.form == key)
            return int(connection.scalar(first) or 0)

    def date(self, placing: Placing) -> None:
        """Gives a form its month.

        Raises:
            InputError: it is no loose form, or not any more.
            StaleDecision: somebody else has it.
        """
        with self._database.writing() as connection:
            form = _form(_mine(connection, placing))
            _give_month(connection, form, placing.period, placing.who)
            about = {"form": form, "after": {"period": placing.period}}
            _tell(connection, placing, DATED, about)

    def refuse(self, placing: Placing, reason: Reason, why: str) -> None:
        """Refuses a page or form that was not read for good, with a reason.

        Raises:
            InputError: it is no loose paper of that kind, or not any more.
            StaleDecision: somebody else has it.
        """
        after = {"reason": reason, "advice": why}
        with self._database.writing() as connection:
            paper = _mine(connection, placing)
            page = _page(connection, paper)
            if paper.refused is not None:
                about = _refuse_form(connection, paper, after)
            else:
                after |= {"kind": PageKind.REFUSED}
                connection.execute(update(pages).where(pages.c.id == page.id).values(**after))
                about = {"page": page.id, "before": {"reason": page.reason, "advice": page.advice}}
            _tell(connection, placing, REFUSED, {**about, "after": after, "why": why})

    def undo(self, who: str) -> bool:
        """Takes back what `who` said last about a paper; False where nothing can be taken back.

        A form on which anybody decided anything since stays.
        """
        with self._database.writing() as connection:
            event = connection.execute(_undoable(who)).first()
            if event is None:
                return False
            _UNDO[event.what](connection, event)
            about = {"page": event.page, "form": event.form, "cause": event.id}
            row = {"at": now(), "who": who, "what": UNDONE, "why": "", **about}
            connection.execute(
                paper_events.insert(), {**row, "before": event.after, "after": event.before}
            )
        return True


def counts(connection: Connection) -> tuple[int, int]:
    """How many pages and forms were not read, and how many forms say no month."""
    queries = (_pages(), _unread(), _undated())
    numbers = (
        connection.scalar(select(func.count()).select_from(query.subquery())) for query in queries
    )
    unknown, unread, undated = (number or 0 for number in numbers)
    return unknown + unread, undated


def _pages() -> Select[Any]:
    return (
        select(pages, files.c.name, files.c.sha256)
        .join(files, files.c.id == pages.c.file)
        .where(pages.c.kind == PageKind.UNKNOWN)
        .order_by(pages.c.id)
    )


def _forms() -> Select[Any]:
    return (
        select(forms, files.c.name, files.c.sha256, pages.c.evidence)
        .join(files, files.c.id == forms.c.file)
        .outerjoin(pages, and_(pages.c.file == forms.c.file, pages.c.number == forms.c.page))
        .order_by(forms.c.id)
    )


def _unread() -> Select[Any]:
    """Forms that the machine refused; what a person says of them is another reason, or none."""
    return _forms().where(forms.c.reason.in_(UNREAD))


def _undated() -> Select[Any]:
    return _forms().where(
        forms.c.period.is_(None), forms.c.specimen.is_(False), forms.c.reason.is_(None)
    )


def _first(connection: Connection, limit: int, who: str | None) -> list[LoosePaper]:
    """The first papers; with `who`, those that nobody else has."""
    others = select(paper_leases.c.paper).where(paper_leases.c.who != who) if who else None
    taken = set(connection.scalars(others)) if others is not None else set()
    room = limit + len(taken)
    unknown = map(_of_page, connection.execute(_pages().limit(room)))
    unread, undated = (
        map(_of_form, connection.execute(query.limit(room))) for query in (_unread(), _undated())
    )
    found = (*unknown, *unread, *undated)
    return [paper for paper in found if paper.id not in taken][:limit]


def _paper(connection: Connection, paper: str) -> LoosePaper:
    kind, _, number = paper.partition(":")
    row = None
    if number.isdecimal() and kind == "page":
        row = connection.execute(_pages().where(pages.c.id == int(number))).first()
    elif number.isdecimal() and kind == "form":
        mine = forms.c.id == int(number)
        rows = (connection.execute(query.where(mine)).first() for query in (_unread(), _undated()))
        row = next(filter(None, rows), None)
    if row is None:
        raise InputError("There is no loose paper {paper}; it may have been placed.", paper=paper)
    return _of_page(row) if kind == "page" else _of_form(row)


def _of_page(row: Row[Any]) -> LoosePaper:
    return LoosePaper(
        id=f"page:{row.id}",
        file=row.name,
        page=row.number,
        picture=row.evidence,
        scan=row.sha256,
    )


def _of_form(row: Row[Any]) -> LoosePaper:
    return LoosePaper(
        id=f"form:{row.id}",
        file=row.name,
        page=row.page,
        form=row.number,
        template=row.template,
        account=row.account,
        picture=row.evidence,
        to_page=tuple(row.to_page),
        scan=row.sha256,
        refused=None if row.reason is None else Reason(row.reason),
    )


def _lease(connection: Connection, paper: str, who: str, until: float) -> None:
    connection.execute(delete(paper_leases).where(paper_leases.c.paper == paper))
    connection.execute(paper_leases.insert(), {"paper": paper, "who": who, "until": until})


def _mine(connection: Connection, placing: Placing) -> LoosePaper:
    """The paper, if nobody else has it."""
    found = _paper(connection, placing.paper)
    held = select(paper_leases.c.who).where(
        paper_leases.c.paper == placing.paper,
        paper_leases.c.who != placing.who,
        paper_leases.c.until >= clock(connection),
    )
    holder = connection.scalar(held)
    if holder is not None:
        raise StaleDecision("{who} works on {paper} now.", who=holder, paper=placing.paper)
    return found


def _page(connection: Connection, paper: LoosePaper) -> Row[Any]:
    """The page of what was not read."""
    if not paper.is_unread:
        raise InputError("{paper} is a form that was read; it lacks its month.", paper=paper.id)
    query = (
        select(pages, files.c.sha256, batches.c.organisation)
        .join(files, files.c.id == pages.c.file)
        .join(batches, batches.c.id == files.c.batch)
    )
    if paper.refused is None:
        return connection.execute(query.where(pages.c.id == _number(paper))).one()
    mine = forms.c.id == _number(paper)
    on_it = and_(forms.c.file == pages.c.file, forms.c.page == pages.c.number)
    return connection.execute(query.join(forms, on_it).where(mine)).one()


def _form(paper: LoosePaper) -> int:
    if paper.is_unread:
        raise InputError("{paper} was not read: say first which form it is.", paper=paper.id)
    return _number(paper)


def _number(paper: LoosePaper) -> int:
    return int(paper.id.partition(":")[2])


def _last_form(connection: Connection, page: Row[Any]) -> int:
    query = select(func.max(forms.c.number)).where(
        forms.c.file == page.file, forms.c.page == page.number
    )
    return connection.scalar(query) or 0


def _take_out(connection: Connection, paper: LoosePaper) -> dict[str, Any]:
    """Makes room for the form that a person names, and returns the row that was there."""
    if paper.refused is None:
        return {}
    mine = forms.c.id == _number(paper)
    row = connection.execute(select(forms).where(mine)).one()
    connection.execute(delete(forms).where(mine))
    return dict(row._mapping)


def _refuse_form(
    connection: Connection, paper: LoosePaper, after: dict[str, str]
) -> dict[str, Any]:
    mine = forms.c.id == _number(paper)
    row = connection.execute(select(forms.c.reason, forms.c.advice).where(mine)).one()
    connection.execute(update(forms).where(mine).values(**after))
    return {"form": _number(paper), "before": dict(row._mapping)}


def _form_id(connection: Connection, page: Row[Any], number: int) -> int:
    query = select(forms.c.id).where(
        forms.c.file == page.file, forms.c.page == page.number, forms.c.number == number
    )
    return int(connection.execute(query).scalar_one())


def _give_month(connection: Connection, form: int, period: str | None, who: str) -> None:
    connection.execute(update(forms).where(forms.c.id == form).values(given_period=period))
    place_again(connection, form, who)


def _tell(connection: Connection, placing: Placing, what: str, about: dict[str, Any]) -> None:
    row = {"at": now(), "who": placing.who, "what": what, "seconds": placing.seconds}
    usual: dict[str, Any] = {"page": None, "form": None, "before": {}, "why": ""}
    connection.execute(paper_events.insert(), {**usual, **row, **about})
    connection.execute(delete(paper_leases).where(paper_leases.c.paper == placing.paper))


def _undoable(who: str) -> Select[Any]:
    decided = (
        select(events.c.id)
        .join(fields, fields.c.id == events.c.field)
        .where(fields.c.form == paper_events.c.form)
        .correlate(paper_events)
    )
    return (
        select(paper_events)
        .where(
            paper_events.c.who == who,
            paper_events.c.what != UNDONE,
            ~exists().where(_taken_back.c.cause == paper_events.c.id),
            ~decided.exists(),
        )
        .order_by(paper_events.c.id.desc())
        .limit(1)
    )


def _unname(connection: Connection, event: Row[Any]) -> None:
    keys = keys_of(connection, event.form)
    clear(connection, event.form)
    connection.execute(delete(forms).where(forms.c.id == event.form))
    settle(connection, event.form, keys)
    if event.before:
        connection.execute(forms.insert(), event.before)
        return
    values = {"kind": PageKind.UNKNOWN}
    connection.execute(update(pages).where(pages.c.id == event.page).values(**values))


def _undate(connection: Connection, event: Row[Any]) -> None:
    _give_month(connection, event.form, None, event.who)


def _unrefuse(connection: Connection, event: Row[Any]) -> None:
    if event.form is not None:
        mine = forms.c.id == event.form
        connection.execute(update(forms).where(mine).values(**event.before))
        return
    values = {"kind": PageKind.UNKNOWN, **event.before}
    connection.execute(update(pages).where(pages.c.id == event.page).values(**values))


_UNDO = {NAMED: _unname, DATED: _undate, REFUSED: _unrefuse}
