"""What all statements of the intake database share: ids and clocks."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, CursorResult, func, select


def new_id(inserted: CursorResult[Any]) -> int:
    """The id that an inserted row was given."""
    key = inserted.inserted_primary_key
    assert key is not None
    return int(key[0])


def clock(connection: Connection) -> float:
    """Seconds since 1970 by the one clock that all users of the database share."""
    if connection.dialect.name == "postgresql":
        seconds = connection.scalar(select(func.extract("epoch", func.clock_timestamp())))
        return float(seconds or 0)
    return time.time()


def now() -> str:
    """The present moment, UTC, as it is stored."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")
