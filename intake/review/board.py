"""Everything the screen shows about one item."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Vertical

from intake.review import telling, words
from intake.review.drawing import Shape
from intake.review.widgets import Choices, Digits, Picture, Text

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from intake.review.entry import Entry
    from intake.review.look import Look
    from intake.review.station import Station
    from intake.review.views import Sight


class Board(Vertical):
    """Heading, picture, what the machine read, what Enter would do, and why the item waits."""

    def __init__(self, station: Station) -> None:
        super().__init__()
        self._station = station
        self._say = station.say
        self._shape = station.shape

    def compose(self) -> ComposeResult:
        """The picture gets what room the lines leave."""
        yield Text(id="heading")
        yield Picture(colours=self._station.colours)
        with Vertical(id="panel"):
            yield Digits(id="digits")
            yield Text(id="intent")
            yield Choices(id="choices")
            yield Text(id="picture-reasons")
            yield Text(id="registry-reasons")
            yield Text(id="history")

    def next_shape(self) -> str:
        """Draws with other characters from now on; returns what they are called."""
        shapes = list(Shape)
        self._shape = shapes[(shapes.index(self._shape) + 1) % len(shapes)]
        return self._shape.value

    def say(self, sentence: str) -> None:
        """Shows a sentence and no item."""
        self.query_one("#panel").display = False
        self.query_one("#heading", Text).show("")
        self.query_one(Picture).say(sentence)

    def show(self, entry: Entry, sight: Sight | None, look: Look, waiting: int) -> None:
        """Shows an item.

        Args:
            entry: the item and what was keyed on it.
            sight: its pictures; None while they are on their way.
            look: how they are looked at.
            waiting: how many items wait.
        """
        self.query_one("#panel").display = True
        self._show_picture(entry, sight, look)
        for name, text in self._texts(entry, waiting).items():
            self.query_one(f"#{name}", Text).show(text)
        offers = [telling.offer(candidate, self._say) for candidate in entry.candidates]
        self.query_one(Choices).show(offers, entry.choice)
        self.query_one(Digits).show(entry, self.query_one(Picture).places)

    def _show_picture(self, entry: Entry, sight: Sight | None, look: Look) -> None:
        picture = self.query_one(Picture)
        if sight is None:
            picture.say(self._say(words.FETCHING))
        elif sight.blind:
            picture.say(self._say(words.NO_PICTURE))
        else:
            picture.show(entry.item, sight, look, self._shape)

    def _texts(self, entry: Entry, waiting: int) -> dict[str, str]:
        station, columns = self._station, self.size.width
        name = telling.label(entry.item, station.templates, station.language, self._say)
        known = entry.registry_reasons if entry.informed else ()
        return {
            "heading": telling.heading(name, entry.item, waiting, columns, self._say),
            "intent": telling.intent(entry, self._say),
            "picture-reasons": telling.reasons(entry.picture_reasons, self._say),
            "registry-reasons": telling.reasons(known, self._say),
            "history": telling.history(entry, columns, self._say),
        }
