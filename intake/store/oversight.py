"""What a supervisor sees and does: what waits, who does how much how well, passing work on."""

from __future__ import annotations

from collections import Counter, defaultdict
from statistics import mean, median
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Row, Select, exists, func, select, update

from intake.records import ClerkTally, Decision, Load, Reason
from intake.store import decisions, leases
from intake.store.connection import clock
from intake.store.papers import counts
from intake.store.tables import DECIDED, IN_REVIEW, LATE, UNDONE, events, fields, forms
from intake.store.tables import leases as held
from intake.store.trust_tables import blinds, keyings
from intake.store.waiting import read

if TYPE_CHECKING:
    from collections.abc import Mapping

    from intake.database import Database
    from intake.records import QueueItem

_undone = events.alias("undone")


class Oversight:
    """An intake database as a supervisor works with it; each method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def load(self) -> Load:
        """What waits."""
        with self._database.reading() as connection:
            return _load(connection)

    def clerks(self, since: str = "") -> list[ClerkTally]:
        """What each person has done, most first.

        Args:
            since: day or moment, `YYYY-MM-DD…`, UTC; empty: from the beginning.
        """
        with self._database.reading() as connection:
            return _clerks(connection, since)

    def reassign(self, giver: str, taker: str | None) -> int:
        """Hands what `giver` holds to `taker`, or back to the queue; returns how many items.

        What `giver` decides on them after that comes too late, and is refused.
        """
        with self._database.writing() as connection:
            query = select(func.count()).where(held.c.who == giver)
            count = connection.scalar(query) or 0
            if taker is None:
                leases.give_back(connection, giver)
            else:
                connection.execute(update(held).where(held.c.who == giver).values(who=taker))
            return count

    def decided(self, account: str) -> list[QueueItem]:
        """The decided fields of an account, newest form first."""
        query = (
            select(fields.c.id)
            .join(forms, forms.c.id == fields.c.form)
            .where(forms.c.account == account, fields.c.decision != Decision.REVIEW)
        )
        with self._database.reading() as connection:
            return read(connection, query)[::-1]

    def reopen(self, field: int, who: str) -> None:
        """Sends a decided field back to review.

        Raises:
            InputError: it waits already, or there is no such field.
        """
        with self._database.writing() as connection:
            decisions.send_back(connection, field, who)


def _load(connection: Connection) -> Load:
    query = (
        select(fields.c.period, fields.c.reasons, func.count())
        .where(IN_REVIEW)
        .group_by(fields.c.period, fields.c.reasons)
    )
    months: Counter[str] = Counter()
    reasons: Counter[Reason] = Counter()
    for period, given, count in connection.execute(query):
        months[period] += count
        if given:
            reasons[Reason(given[0])] += count
    pages, forms = counts(connection)
    ordered = sorted(months.items(), key=lambda item: (item[0] == "", item[0]))
    return Load(dict(ordered), dict(reasons.most_common()), pages, forms)


def _clerks(connection: Connection, since: str) -> list[ClerkTally]:
    done = _by_person(connection, since)
    holding = _holding(connection)
    keyed = _keyed(connection, since)
    people = done.keys() | holding.keys() | keyed.keys()
    tallies = [
        _tally(who, done.get(who, []), keyed.get(who, []), holding.get(who, 0)) for who in people
    ]
    return sorted(tallies, key=lambda tally: (-tally.decided - tally.keyed, tally.who))


def _by_person(connection: Connection, since: str) -> Mapping[str, list[Row[Any]]]:
    taken_back = exists().where(_undone.c.cause == events.c.id, _undone.c.what == UNDONE)
    query: Select[Any] = select(
        events.c.who, events.c.what, events.c.seconds, events.c.tries
    ).where(events.c.what.in_((DECIDED, LATE)), events.c.at >= since, ~taken_back)
    found: defaultdict[str, list[Row[Any]]] = defaultdict(list)
    for row in connection.execute(query):
        found[row.who].append(row)
    return found


def _holding(connection: Connection) -> Mapping[str, int]:
    query = (
        select(held.c.who, func.count())
        .where(held.c.until >= clock(connection))
        .group_by(held.c.who)
    )
    return {who: count for who, count in connection.execute(query)}  # noqa: C416 - to mypy


def _keyed(connection: Connection, since: str) -> Mapping[str, list[Row[Any]]]:
    query: Select[Any] = (
        select(keyings.c.who, keyings.c.answer, blinds.c.truth, blinds.c.audits, blinds.c.settled)
        .join(blinds, blinds.c.id == keyings.c.blind)
        .where(keyings.c.withdrawn.is_(False), keyings.c.at >= since)
    )
    found: defaultdict[str, list[Row[Any]]] = defaultdict(list)
    for row in connection.execute(query):
        found[row.who].append(row)
    return found


def _tally(who: str, done: list[Row[Any]], keyed: list[Row[Any]], holds: int) -> ClerkTally:
    decided = [row for row in done if row.what == DECIDED]
    seconds = [row.seconds for row in decided if row.seconds]
    checked = [row for row in keyed if row.audits and row.settled]
    return ClerkTally(
        who=who,
        holds=holds,
        decided=len(decided),
        seconds=round(median(seconds), 1) if seconds else None,
        tries=round(mean(row.tries for row in decided), 2) if decided else 1.0,
        late=len(done) - len(decided),
        keyed=len(keyed),
        checked=len(checked),
        right=sum(row.answer == row.truth for row in checked),
    )
