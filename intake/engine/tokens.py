"""Bearer tokens: shown once, kept as digests, each bound to organisation, channel and scope."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import Connection, func, select, update

from intake.engine.tables import tokens
from intake.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

PREFIX = "mi_"


class Scope(StrEnum):
    """What a token lets its bearer do."""

    READ = "read"
    WRITE = "write"


@dataclass(frozen=True, slots=True)
class Token:
    """What a token is bound to.

    Attributes:
        id: counts from 1.
        name: who has it.
        organisation: whose readings.
        channel: of the readings; None: of any channel, to read alone.
        scope: to read or to write.
        revoked: when it was called back, UTC; None while it holds.
    """

    id: int
    name: str
    organisation: str
    channel: str | None
    scope: Scope
    revoked: str | None = None


def add(connection: Connection, token: Token, made: str) -> tuple[int, str]:
    """Makes a token; returns its id and its text, which is kept nowhere.

    Args:
        connection: of a writing transaction.
        token: what it is bound to; its id does not matter.
        made: now, UTC.

    Raises:
        InputError: it lets write without a channel.
    """
    if token.scope is Scope.WRITE and token.channel is None:
        raise InputError("A token that lets write belongs to one channel. Name it with --channel.")
    text = PREFIX + secrets.token_urlsafe(32)
    id = (connection.scalar(select(func.max(tokens.c.id))) or 0) + 1
    row = {
        "id": id,
        "digest": _digest(text),
        "name": token.name,
        "organisation": token.organisation,
        "channel": token.channel,
        "scope": token.scope,
        "made": made,
    }
    connection.execute(tokens.insert(), row)
    return id, text


def find(connection: Connection, text: str) -> Token | None:
    """The token with that text; None where there is none that holds."""
    query = select(tokens).where(tokens.c.digest == _digest(text), tokens.c.revoked.is_(None))
    row = connection.execute(query).first()
    if row is None:
        return None
    return Token(row.id, row.name, row.organisation, row.channel, Scope(row.scope))


def listed(connection: Connection) -> Iterator[Token]:
    """All tokens, those called back included."""
    for row in connection.execute(select(tokens).order_by(tokens.c.id)):
        scope = Scope(row.scope)
        yield Token(row.id, row.name, row.organisation, row.channel, scope, row.revoked)


def revoke(connection: Connection, id: int, at: str) -> None:
    """Calls a token back.

    Raises:
        InputError: there is none with that id that holds.
    """
    mine = (tokens.c.id == id) & tokens.c.revoked.is_(None)
    if not connection.execute(update(tokens).where(mine).values(revoked=at)).rowcount:
        raise InputError(f"There is no token {id} that holds. `engine token list` shows them.")


def _digest(text: str) -> str:
    """Enough for a random text of 256 bits, which no list of likely words holds."""
    return hashlib.sha256(text.encode()).hexdigest()
