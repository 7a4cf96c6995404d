"""Fields whose only doubt is one digit: their boxes are looked at many at a time."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Row, Select, or_, select

from intake.records import Candidate, Kind, Reason
from intake.store.leases import end_overdue, held_by_others, hold
from intake.store.tables import IN_REVIEW, fields

if TYPE_CHECKING:
    from collections.abc import Sequence

    from intake.records import QueueItem

DOUBTS = (Reason.LOW_CONFIDENCE, Reason.THIN_DATA)
"""A field with one of these, and nothing else, may be confirmed by its doubtful boxes alone."""
SURE = 0.99
"""Probability that the boxes outside of the grid are what they seem to be, at least."""
AT_ONCE = 500


def take(
    connection: Connection, who: str, digit: str, limit: int, seconds: float
) -> list[QueueItem]:
    """Leases waiting fields to `who` whose doubtful boxes all seem to hold `digit`.

    Args:
        connection: of a writing transaction.
        who: name of the person.
        digit: that the boxes seem to hold.
        limit: how many fields at most.
        seconds: for how long, unless kept.
    """
    moment = end_overdue(connection)
    query: Select[Any] = (
        select(fields.c.id, fields.c.cells, fields.c.candidates, fields.c.doubtful_cells)
        .where(
            IN_REVIEW,
            fields.c.kind == Kind.HANDWRITTEN,
            fields.c.cells > 1,
            fields.c.format.is_(None),
            or_(*(fields.c.reasons == [doubt.value] for doubt in DOUBTS)),
            fields.c.id.not_in(held_by_others(who)),
        )
        .order_by(fields.c.id)
    )
    with connection.execute(query.execution_options(yield_per=AT_ONCE)) as rows:
        alike = (row.id for row in rows if is_doubt_about(digit, row))
        found = list(islice(alike, limit))
    return hold(connection, who, found, moment + seconds)


def is_doubt_about(digit: str, row: Row[Any]) -> bool:
    """Whether all that is in doubt about a field are boxes that seem to hold `digit`."""
    candidates = [Candidate(value, share) for value, share in row.candidates]
    best = candidates[0].value if candidates else None
    if not best or not row.doubtful_cells:
        return False
    boxes = best.rjust(row.cells)
    if any(boxes[cell] != digit for cell in row.doubtful_cells):
        return False
    return _share_alike(candidates, boxes, row.doubtful_cells) >= SURE


def _share_alike(candidates: Sequence[Candidate], boxes: str, doubtful: Sequence[int]) -> float:
    """Probability of the candidates that say the same as `boxes` where nothing is in doubt."""
    kept = [cell for cell in range(len(boxes)) if cell not in doubtful]
    return sum(
        one.probability
        for one in candidates
        if one.value is not None
        and [one.value.rjust(len(boxes))[cell] for cell in kept] == [boxes[cell] for cell in kept]
    )
