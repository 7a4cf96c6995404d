"""What is made ready before it is asked for: the pictures of the items that come next."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from textual.message import Message

from intake.errors import IntakeError
from intake.review.sights import companion, prepare
from intake.review.telling import told
from intake.review.widgets import sheet_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from intake.records import Grey, QueueItem
    from intake.review.line import Desk
    from intake.review.look import Look
    from intake.review.sights import Companion, Pictures
    from intake.review.station import Station
    from intake.review.views import Screen, Sight
    from intake.review.widgets import Sheet

RECENT = 8
"""Pictures that stay decoded."""


@dataclass(frozen=True, eq=False, slots=True)
class Ready:
    """Everything about an item that is made ready.

    Attributes:
        sight: its pictures.
        beside: what it is to be compared with; None where it is in no conflict.
        problem: a sentence on what could not be had; empty where all could.
        sheet: its picture, drawn for the screen as it was then; None where it has none.
    """

    sight: Sight
    beside: Companion | None = None
    problem: str = ""
    sheet: Sheet | None = None


class SightReady(Message):
    """The pictures of an item were fetched and drawn, and of what stands beside it."""

    def __init__(self, item: int, ready: Ready) -> None:
        super().__init__()
        self.item = item
        self.ready = ready


class Ahead:
    """The items at hand, with their pictures as far as those are there."""

    def __init__(self, station: Station, desk: Desk) -> None:
        self._station = station
        self._desk = desk
        self._pictures = RecentPictures(station.pictures)
        self._ready: dict[int, Ready | None] = {}

    def ready(self, item: QueueItem) -> Ready | None:
        """What is ready of `item`; None while it is on its way."""
        return self._ready.get(item.id)

    def turn_to(self, items: Sequence[QueueItem]) -> list[QueueItem]:
        """Forgets all but `items`; returns those that nothing has been asked of yet."""
        fresh = [item for item in items if item.id not in self._ready]
        self._ready = {item.id: self._ready.get(item.id) for item in items}
        return fresh

    def make(self, item: QueueItem, look: Look, room: Screen) -> Ready:
        """Fetches all there is to see of `item` and draws it; for a thread of its own.

        Args:
            item: what comes next.
            look: how it will be looked at first.
            room: the screen that there is.
        """
        station = self._station
        sight = prepare(item, self._pictures, station.templates, station.say)
        beside, problem, sheet = None, sight.problem, None
        try:
            beside = companion(item, self._desk, self._pictures, station.templates, station.say)
        except IntakeError as fault:
            problem = told(fault, station.say)
        if room.columns and room.rows and not sight.blind:
            sheet = sheet_of(item, sight, look, room, colours=station.colours)
        return Ready(sight, beside, problem, sheet)

    def keep(self, made: SightReady) -> None:
        """Keeps what was made, unless its item is gone from here."""
        if made.item in self._ready:
            self._ready[made.item] = made.ready


class RecentPictures:
    """Pictures, the last few decoded once: the fields of a form share their page."""

    def __init__(self, pictures: Pictures) -> None:
        self._pictures = lru_cache(maxsize=RECENT)(pictures.picture)
        self._pages = lru_cache(maxsize=RECENT)(pictures.page)

    def picture(self, name: str) -> Grey:
        """The picture that was kept under `name`.

        Raises:
            IntakeError: it is gone.
        """
        return self._pictures(name)

    def page(self, scan: str, number: int) -> Grey:
        """A page of a scan.

        Raises:
            IntakeError: it is gone.
        """
        return self._pages(scan, number)
