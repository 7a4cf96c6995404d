"""All doubtful 1s, or 7s, at a glance: the odd ones are marked, all others accepted at once."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.message import Message

from intake.errors import IntakeError
from intake.records import Correction, Decision
from intake.review import words
from intake.review.desktop import Desktop
from intake.review.grid import DIGITS, Tile, at_a_glance, tiles_of
from intake.review.keys import DIGIT_KEYS, GRID_TEXTS, KEYS, keys_for
from intake.review.telling import told
from intake.review.tiles import Tiles
from intake.review.widgets import KeyBar, Text

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from intake.records import QueueItem
    from intake.review.station import Station

WHY = "grid of {digit}s"
OTHER_LINES = 4
"""The question, a sentence, the keys."""
MOVES = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}


class TilesReady(Message):
    """The boxes of the next fields were cut out."""

    def __init__(self, tiles: list[Tile]) -> None:
        super().__init__()
        self.tiles = tiles


class GridScreen(Desktop):
    """Boxes that all seem to hold one digit."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *DIGIT_KEYS,
        *(key.binding for key in keys_for(KEYS, GRID_TEXTS)),
    ]

    def __init__(self, station: Station) -> None:
        super().__init__(station, keys_for(station.keys, GRID_TEXTS))
        self._digit = DIGITS[0]
        self._tiles: list[Tile] = []
        self._marked: set[int] = set()
        self._cursor = 0
        self._typed = ""
        self._aside: set[int] = set()
        self._done: list[int] = []
        self._shape = station.shape
        self._since = monotonic()

    def compose(self) -> ComposeResult:
        """The question, the boxes, the last sentence, the keys."""
        yield Text(id="heading")
        yield Tiles(colours=self._station.colours)
        yield Text(id="message")
        yield KeyBar(id="keys")

    def on_mount(self) -> None:
        """Takes the first boxes."""
        self._turn_to(self._digit)

    # ---- what a key does -------------------------------------------------------------------

    def action_digit(self, digit: str) -> None:
        """Two digits are a box's number."""
        self._typed += digit
        if len(self._typed) == 2:
            number, self._typed = int(self._typed), ""
            self._mark(number - 1)
        self._show()

    def action_candidate(self) -> None:
        """Marks the box that the cursor is on, or takes its mark away."""
        self._mark(self._cursor)
        self._show()

    def action_look(self, change: str) -> None:
        """Moves the cursor, or turns to the other digit."""
        if change == "whole":
            self._turn_to(DIGITS[(DIGITS.index(self._digit) + 1) % len(DIGITS)])
            return
        right, down = MOVES[change]
        step = right + down * self.query_one(Tiles).layout_shown.across
        self._cursor = min(max(self._cursor + step, 0), max(len(self._tiles) - 1, 0))
        self._show()

    def action_accept(self) -> None:
        """Accepts every field none of whose boxes is marked."""
        if not self._tiles:
            return
        if monotonic() - self._since < self._station.least_look:
            self._show(self._say(words.NOT_YET))
            return
        odd = {self._tiles[index].item.id for index in self._marked}
        odd |= {tile.item.id for tile in self._tiles if tile.picture is None}
        items = {tile.item.id: tile.item for tile in self._tiles}
        seconds = (monotonic() - self._since) / len(items)
        self._done, faults = [], []
        for item in items.values():
            if item.id not in odd:
                faults += self._accept(item, seconds)
        self._aside |= odd
        accepted = self._say(words.GRID_DONE).format(accepted=len(self._done), odd=len(odd))
        self._next(" ".join([accepted, *faults[:1]]))

    def action_undo(self) -> None:
        """Takes the last page of decisions back, or the last one before it."""
        with self._told():
            undone = [self._station.desk.undo() for _ in self._done or [0]]
            self._done = []
            self._next(self._say(words.TAKEN_BACK if any(undone) else words.NOTHING_TO_UNDO))

    def action_shape(self) -> None:
        """Draws with other characters."""
        self._shape = self._shape.next
        self._show(self._shape.value)

    # ---- what happens by itself ------------------------------------------------------------

    @on(Tiles.Resized)
    def _refit(self) -> None:
        self._redraw()

    @work(thread=True, exclusive=True, group="tiles")
    def _fetch(self, items: list[QueueItem]) -> None:
        tiles: list[Tile] = []
        for item in items:
            try:
                crop = self._station.pictures.picture(item.crop) if item.crop else None
            except IntakeError:
                crop = None
            tiles += tiles_of(item, crop)
        self.post_message(TilesReady(tiles))

    @on(TilesReady)
    def _keep_tiles(self, message: TilesReady) -> None:
        self._tiles, self._since = message.tiles, monotonic()
        if any(tile.picture is None for tile in self._tiles):
            self.show_sentence(self._say(words.GRID_GONE))
        self._redraw()

    # ---- state -----------------------------------------------------------------------------

    def _turn_to(self, digit: str) -> None:
        self._digit = digit
        self._next()

    def _next(self, sentence: str = "") -> None:
        """Asks for the next boxes; those that were odd are left for a closer look."""
        self._tiles, self._marked, self._cursor, self._typed = [], set(), 0, ""
        with self._told():
            self._station.desk.give_back()
            room = at_a_glance(self.app.size.width, self.app.size.height - OTHER_LINES)
            taken = self._station.desk.take_alike(room + len(self._aside), self._digit)
            wanted = _fitting([item for item in taken if item.id not in self._aside], room)
            self._show(sentence)
            if wanted:
                self._fetch(wanted)
            else:
                self._show(f"{sentence} {self._say(words.GRID_EMPTY)}".strip())

    def _mark(self, index: int) -> None:
        if 0 <= index < len(self._tiles):
            self._marked ^= {index}
            self._cursor = index

    def _accept(self, item: QueueItem, seconds: float) -> list[str]:
        correction = Correction(
            item=item.id,
            version=item.version,
            who=self._station.desk.who,
            decision=Decision.ACCEPTED,
            value=item.candidates[0].value,
            seconds=round(seconds, 2),
            why=WHY.format(digit=self._digit),
        )
        try:
            self._station.desk.decide(correction)
        except IntakeError as fault:
            return [told(fault, self._say)]
        self._done.append(item.id)
        return []

    def _redraw(self) -> None:
        question = self._say(words.GRID_QUESTION).format(digit=self._digit)
        typed = f"  {self._typed}_" if self._typed else ""
        self.query_one("#heading", Text).show(f"{question}{typed}")
        super()._redraw()
        self.query_one(Tiles).show(self._tiles, self._shape, self._marked, self._cursor)


def _fitting(items: list[QueueItem], room: int) -> list[QueueItem]:
    """The first fields whose doubtful boxes fill the `room` for boxes and no more."""
    chosen: list[QueueItem] = []
    for item in items:
        room -= len(item.doubtful_cells)
        if room < 0:
            break
        chosen.append(item)
    return chosen
