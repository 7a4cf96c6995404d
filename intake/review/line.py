"""The items a clerk works through: the present one, those next, those put aside."""

from __future__ import annotations

import itertools
from collections import deque
from typing import TYPE_CHECKING, Protocol

from intake.errors import StaleDecision
from intake.records import Decision

if TYPE_CHECKING:
    from collections.abc import Sequence

    from intake.records import Correction, QueueItem, Waiting

AHEAD = 3
"""Items whose pictures are fetched before they are asked for."""
AT_HAND = 8
"""Items that a clerk has taken at a time: the queue is asked once for several decisions."""


class Desk(Protocol):
    """The review queue, as one clerk sees it."""

    @property
    def who(self) -> str:
        """The clerk's name."""
        ...

    def count(self, which: Waiting | None = None) -> int:
        """How many items wait."""
        ...

    def take(self, limit: int, which: Waiting | None = None) -> Sequence[QueueItem]:
        """The first `limit` items that wait, most urgent first; nobody else gets them."""
        ...

    def keep(self) -> int:
        """Says that the clerk is still there; returns how many items they hold."""
        ...

    def give_back(self) -> None:
        """Lets others have what was taken and not decided."""
        ...

    def item(self, field: int) -> QueueItem:
        """One item as it stands now, waiting or not."""
        ...

    def beside(self, field: int) -> Sequence[QueueItem]:
        """The fields that a field is in conflict with; empty where it is in none."""
        ...

    def decide(self, correction: Correction) -> object:
        """Applies a decision.

        Raises:
            IntakeError: it is late, or impossible; nothing was changed.
        """
        ...

    def undo(self) -> QueueItem | None:
        """Takes the clerk's last decision back; None where there is none."""
        ...


class Line:
    """What stands in front of the clerk.

    Attributes:
        which: the items meant; the others stay in the queue.
        waiting: how many of them wait, as far as is known.
    """

    def __init__(self, desk: Desk, which: Waiting) -> None:
        self._desk = desk
        self.which = which
        self._items: deque[QueueItem] = deque()
        self._aside: set[int] = set()
        self.waiting = 0

    @property
    def present(self) -> QueueItem | None:
        """The item on the screen; None where nothing waits."""
        return self._items[0] if self._items else None

    @property
    def ahead(self) -> tuple[QueueItem, ...]:
        """The present item and those next after it."""
        return tuple(itertools.islice(self._items, AHEAD + 1))

    def count(self) -> None:
        """Asks how many items wait; between two counts the line keeps its own."""
        self.waiting = self._desk.count(self.which)

    def turn_to(self, which: Waiting) -> None:
        """Gives back what is at hand and asks for other items."""
        self.which = which
        self._items.clear()
        self._desk.give_back()
        self.count()
        self.refill()

    def refill(self) -> None:
        """Asks the queue for more where fewer than needed are at hand; the present item stays."""
        if len(self._items) <= AHEAD:
            self._items.extend(self._fresh())

    def decide(self, correction: Correction) -> None:
        """Hands the decision on the present item in; it leaves the line.

        Raises:
            StaleDecision: somebody else was first; the item leaves the line all the same.
            IntakeError: the decision cannot be kept; the item stays.
        """
        try:
            self._desk.decide(correction)
        except StaleDecision:
            self._leave()
            raise
        self._leave()

    def drop(self) -> None:
        """Lets go of the present item, which others have decided with the rest of its form."""
        self._leave()

    def put_aside(self) -> bool:
        """Leaves the present item for later; False where nothing else waits."""
        if self.waiting < 2:
            return False
        self._aside.add(self._items.popleft().id)
        self._advance()
        return True

    def undo(self) -> bool:
        """Takes the last decision back and shows its item; False where there is none."""
        item = self._desk.undo()
        if item is None:
            return False
        self._items = deque(other for other in self._items if other.id != item.id)
        self._items.appendleft(item)
        self._aside.discard(item.id)
        self.waiting += 1
        return True

    def _leave(self) -> None:
        self._items.popleft()
        self.waiting = max(self.waiting - 1, len(self._items))
        self._advance()

    def _advance(self) -> None:
        """Turns to the next item that still waits; asks the queue only where none is at hand."""
        while self._items and not self._renewed():
            self._items.popleft()
        if not self._items:
            self.refill()

    def _fresh(self) -> list[QueueItem]:
        """Items that are neither here nor put aside; those put aside once nothing else is left."""
        here = {item.id for item in self._items}
        limit = len(self._aside) + AT_HAND
        listed = [item for item in self._desk.take(limit, self.which) if item.id not in here]
        wanted = [item for item in listed if item.id not in self._aside]
        if wanted or self._items:
            return wanted[: AT_HAND - len(here)]
        self._aside.clear()
        return listed

    def _renewed(self) -> bool:
        """Brings the front item up to date: decisions on its form may have changed it."""
        self._items[0] = self._desk.item(self._items[0].id)
        return self._items[0].decision is Decision.REVIEW
