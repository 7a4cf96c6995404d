"""The queue of what is keyed blind: nobody sees what the machine or others read."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from intake.queue import Queue
    from intake.records import Correction, QueueItem, Waiting


class BlindDesk:
    """A queue whose items come without anything of the machine's, and whose decisions are answers.

    What an answer leads to is not told: it would hint at what somebody else answered.
    """

    def __init__(self, queue: Queue) -> None:
        self._queue = queue
        self._taken: dict[int, QueueItem] = {}

    @property
    def who(self) -> str:
        """The clerk's name."""
        return self._queue.who

    def count(self, _which: Waiting | None = None) -> int:
        """How many fields this clerk can key."""
        return self._queue.count_blind()

    def take(self, limit: int, _which: Waiting | None = None) -> Sequence[QueueItem]:
        """Fields for this clerk to key."""
        items = self._queue.take_blind(limit)
        self._taken |= {item.id: item for item in items}
        return items

    def keep(self) -> int:
        """Says that the clerk is still there; returns how many items they hold."""
        return self._queue.keep()

    def give_back(self) -> None:
        """Lets others have what was taken and not keyed."""
        self._queue.give_back()

    def item(self, field: int) -> QueueItem:
        """One item as it was taken: what has become of it meanwhile would tell something."""
        return self._taken[field]

    def beside(self, _field: int) -> Sequence[QueueItem]:
        """Nothing: what others read is not shown."""
        return ()

    def decide(self, correction: Correction) -> None:
        """Keeps the answer."""
        self._queue.key(correction)

    def undo(self) -> QueueItem | None:
        """Takes the last answer back that settled nothing yet."""
        item = self._queue.take_back_keying()
        if item is not None:
            self._taken[item.id] = item
        return item
