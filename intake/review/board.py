"""Everything the screen shows about one item."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Container, Vertical

from intake.records import Reason
from intake.review import telling, words
from intake.review.widgets import Choices, Digits, Picture, Text

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from intake.review.ahead import Ready
    from intake.review.entry import Entry
    from intake.review.look import Look
    from intake.review.sights import Companion
    from intake.review.station import Station
    from intake.review.views import Screen


WIDE = 120
"""Columns from which on two fields stand side by side; below that, one above the other."""


class Board(Vertical):
    """Heading, picture, what the machine read, what Enter would do, and why the item waits."""

    def __init__(self, station: Station) -> None:
        super().__init__()
        self._station = station
        self._say = station.say
        self._shape = station.shape

    def compose(self) -> ComposeResult:
        """The picture gets what room the lines leave."""
        colours = self._station.colours
        yield Text(id="heading")
        with Container(id="pictures"):
            yield Picture(colours=colours)
            with Vertical(id="beside"):
                yield Text(id="beside-told")
                yield Picture(colours=colours, name="other")
        with Vertical(id="panel"):
            yield Digits(id="digits")
            yield Text(id="intent")
            yield Choices(id="choices")
            yield Text(id="picture-reasons")
            yield Text(id="registry-reasons")
            yield Text(id="history")

    def next_shape(self) -> str:
        """Draws with other characters from now on; returns what they are called."""
        self._shape = self._shape.next
        return self._shape.value

    def say(self, sentence: str) -> None:
        """Shows a sentence and no item."""
        self.query_one("#panel").display = False
        self.query_one("#heading", Text).show("")
        self.query_one("#beside").display = False
        self._picture.say(sentence)

    @property
    def room(self) -> Screen:
        """How much room there is for the item's picture."""
        return self._picture.room(self._shape)

    def show(self, entry: Entry, ready: Ready | None, look: Look, waiting: int) -> None:
        """Shows an item.

        Args:
            entry: the item and what was keyed on it.
            ready: its pictures; None while they are on their way.
            look: how they are looked at.
            waiting: how many items wait.
        """
        self.query_one("#panel").display = True
        self._show_picture(entry, ready, look)
        texts = self._texts(entry, waiting)
        if ready is not None and ready.sight.blind and not entry.typed:
            texts["intent"] = self._say(words.LOOK_FIRST)
        for name, text in texts.items():
            self.query_one(f"#{name}", Text).show(text)
        offers = [telling.offer(one, entry.item, self._say) for one in entry.candidates]
        self.query_one(Choices).show(offers, entry.choice)
        self.query_one(Digits).show(entry, self._picture.places)

    def show_beside(self, other: Companion | None, entry: Entry, look: Look) -> None:
        """Shows what the item is to be compared with, or nothing."""
        self.query_one("#beside").display = other is not None
        self.query_one("#pictures").set_class(self.size.width >= WIDE, "wide")
        if other is None:
            return
        informed = entry.informed or Reason.CONTRADICTION in entry.item.reasons
        told = telling.other(other.item, self._say, informed=informed)
        self.query_one("#beside-told", Text).show(told)
        picture = self.query_one("#other", Picture)
        if other.sight.blind:
            picture.say(self._say(words.NO_PICTURE))
        else:
            picture.show(other.item, other.sight, look, self._shape)

    @property
    def _picture(self) -> Picture:
        return self.query_one("#picture", Picture)

    def _show_picture(self, entry: Entry, ready: Ready | None, look: Look) -> None:
        picture = self._picture
        if ready is None:
            picture.say(self._say(words.FETCHING))
        elif ready.sight.blind:
            picture.say(self._say(words.NO_PICTURE))
        else:
            picture.show(entry.item, ready.sight, look, self._shape, ready.sheet)

    def _texts(self, entry: Entry, waiting: int) -> dict[str, str]:
        station, columns = self._station, self.size.width
        name = telling.label(entry.item, station.templates, station.language, self._say)
        known = entry.registry_reasons if entry.informed else ()
        return {
            "heading": telling.heading(name, entry.item, waiting, columns, self._say),
            "intent": telling.intent(entry, self._say),
            "picture-reasons": telling.reasons(entry.picture_reasons, entry.item, self._say),
            "registry-reasons": telling.reasons(known, entry.item, self._say),
            "history": telling.history(entry, columns, self._say),
        }
