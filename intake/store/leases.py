"""Who works on which field: leases that run out when nobody keeps them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Connection, Select, delete, select, update

from intake.store.connection import clock
from intake.store.tables import leases
from intake.store.waiting import chosen, read

if TYPE_CHECKING:
    from collections.abc import Sequence

    from intake.records import QueueItem, Waiting


def take(
    connection: Connection, who: str, limit: int, waiting: Waiting, seconds: float
) -> list[QueueItem]:
    """Leases the first waiting fields that nobody else holds to `who`.

    Args:
        connection: of a writing transaction.
        who: name of the person.
        limit: how many at most; those that `who` holds already come first in the same order.
        waiting: which fields are meant.
        seconds: for how long, unless kept.
    """
    moment = end_overdue(connection)
    taken = list(connection.scalars(chosen(waiting, limit, held_by_others(who))))
    return hold(connection, who, taken, moment + seconds)


def end_overdue(connection: Connection) -> float:
    """Ends the leases that nobody kept; returns the present moment."""
    moment = clock(connection)
    connection.execute(delete(leases).where(leases.c.until < moment))
    return moment


def held_by_others(who: str) -> Select[tuple[int]]:
    """Selects the fields that somebody else than `who` holds."""
    return select(leases.c.field).where(leases.c.who != who)


def hold(connection: Connection, who: str, taken: Sequence[int], until: float) -> list[QueueItem]:
    """Leases fields that nobody else holds to `who`; returns them in the queue's order."""
    connection.execute(delete(leases).where(leases.c.field.in_(taken)))
    if taken:
        rows = [{"field": field, "who": who, "until": until} for field in taken]
        connection.execute(leases.insert(), rows)
    return read(connection, select(leases.c.field).where(leases.c.field.in_(taken)))


def keep(connection: Connection, who: str, seconds: float) -> int:
    """Extends what `who` still holds; returns how many fields that are."""
    moment = clock(connection)
    mine = (leases.c.who == who, leases.c.until >= moment)
    result = connection.execute(update(leases).where(*mine).values(until=moment + seconds))
    return result.rowcount


def give_back(connection: Connection, who: str) -> None:
    """Ends all leases of `who`."""
    connection.execute(delete(leases).where(leases.c.who == who))


def end(connection: Connection, field: int) -> None:
    """Ends the lease of a field that was decided."""
    connection.execute(delete(leases).where(leases.c.field == field))


def holder(connection: Connection, field: int) -> str | None:
    """Who holds a field at present; None where nobody does."""
    query = select(leases.c.who).where(leases.c.field == field, leases.c.until >= clock(connection))
    return connection.scalar(query)
