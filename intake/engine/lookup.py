"""Numbers of accounts and meters: whether anybody knows them, and which ones are near."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Column, Connection, or_, select

from intake.engine.tables import accounts, meters, readings

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_NEAR = 3
LONGEST = 32

_COLUMNS: dict[str, tuple[Column[str], ...]] = {
    "meter": (meters.c.number, readings.c.meter),
    "account": (accounts.c.number, meters.c.account, readings.c.account),
}


def is_known(connection: Connection, organisation: str, kind: str, number: str) -> bool:
    """Whether a list or a reading names a number.

    Args:
        connection: of a reading transaction.
        organisation: whose.
        kind: `meter` or `account`.
        number: as it was asked for.
    """
    return any(
        connection.scalar(
            select(column).where(_owner(column) == organisation, column == number).limit(1)
        )
        for column in _COLUMNS[kind]
    )


def near(connection: Connection, organisation: str, kind: str, number: str) -> list[str]:
    """A few listed numbers that are one slip of the hand away, smallest first."""
    if len(number) > LONGEST:
        return []
    column = meters.c.number if kind == "meter" else meters.c.account
    slips = [column.like(pattern, escape="\\") for pattern in _slips(number)]
    query = select(column).where(_owner(column) == organisation, or_(*slips)).distinct()
    return list(connection.scalars(query.order_by(column).limit(MOST_NEAR)))


def advice(near: list[str]) -> str:
    """What to do about a number that nobody knows."""
    found = f"Near it are {', '.join(near)}. " if near else ""
    return f"{found}Check the number, and whose it is (`--organisation`)."


def _owner(column: Column[str]) -> Column[str]:
    return column.table.c.organisation


def _slips(number: str) -> Iterator[str]:
    """Patterns of a number with a character wrong, too few or too many, or two changed about."""
    plain = ["\\" + letter if letter in "\\%_" else letter for letter in number]
    for place in range(len(plain) + 1):
        before, after = plain[:place], plain[place:]
        yield "".join([*before, "_", *after])
        if after:
            yield "".join([*before, "_", *after[1:]])
            yield "".join([*before, *after[1:]])
        if len(after) > 1:
            yield "".join([*before, after[1], after[0], *after[2:]])
