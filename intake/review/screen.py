"""The clerk's screen: keys become decisions; all state lives here, widgets only show it."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from time import monotonic
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.message import Message
from textual.screen import Screen

from intake.errors import IntakeError
from intake.review import words
from intake.review.board import Board
from intake.review.entry import Entry
from intake.review.help import Help
from intake.review.keys import KEYS, footer
from intake.review.line import Line
from intake.review.look import CHANGES, Look, View
from intake.review.sights import prepare
from intake.review.widgets import KeyBar, Picture, Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.events import Key as KeyPress

    from intake.records import Correction, QueueItem
    from intake.review.station import Station
    from intake.review.views import Sight

POLL_SECONDS = 3.0
KEEP_SECONDS = 30.0
"""A fraction of the time after which the items of a clerk who is gone return to the queue."""


class SightReady(Message):
    """The pictures of an item were fetched."""

    def __init__(self, item: int, sight: Sight) -> None:
        super().__init__()
        self.item = item
        self.sight = sight


class ReviewScreen(Screen[None]):
    """One item at a time, its picture first."""

    BINDINGS: ClassVar[list[BindingType]] = [key.binding for key in KEYS]

    def __init__(self, station: Station) -> None:
        super().__init__()
        self._station = station
        self._say = station.say
        self._line = Line(station.desk, station.which)
        self._entry: Entry | None = None
        self._look = Look()
        self._sights: dict[int, Sight | None] = {}
        self._since = monotonic()

    def compose(self) -> ComposeResult:
        """The item, the last sentence, and the keys."""
        yield Board(self._station)
        yield Text(id="message")
        yield KeyBar(id="keys")

    def on_mount(self) -> None:
        """Takes the first item."""
        self.set_interval(POLL_SECONDS, self._poll)
        self.set_interval(KEEP_SECONDS, self._keep)
        self._poll()

    # ---- what a key does -------------------------------------------------------------------

    def on_key(self, event: KeyPress) -> None:
        """Digits go into the entry."""
        if event.character is None or event.character not in "0123456789":
            return
        event.stop()
        entry = self._entry
        if entry is None:
            return
        if entry.is_full:
            self._show(self._say(words.NO_MORE_ROOM))
        else:
            self._change(entry.press(event.character))

    def action_erase(self) -> None:
        """Takes the last digit away."""
        if self._entry is not None:
            self._change(self._entry.erase())

    def action_candidate(self) -> None:
        """Offers the next candidate."""
        if self._entry is None:
            return
        alone = len(self._entry.candidates) < 2 and not self._entry.typed
        self._change(self._entry.next_candidate(), words.NO_OTHER if alone else "")

    def action_accept(self) -> None:
        """Decides on what was typed or offered, or says why not yet."""
        entry = self._entry
        if entry is None:
            return
        if entry.holds_back:
            self._change(entry.told(), words.NOW_KNOWN)
        elif obstacle := self._obstacle(entry):
            self._show(self._say(obstacle))
        elif entry.seems_short:
            self._change(entry.warn(), words.FEW_DIGITS)
        else:
            self._decide(entry.accepted(self._station.desk.who, self._seconds))

    def action_blank(self) -> None:
        """Decides that nothing is written; among digits it is the decimal mark."""
        entry = self._entry
        if entry is None:
            return
        if entry.takes_mark:
            self._change(entry.mark())
        elif entry.typed:
            self._show(self._say(words.NO_MARK_NEEDED))
        elif obstacle := self._unseen():
            self._show(self._say(obstacle))
        else:
            self._decide(entry.blank(self._station.desk.who, self._seconds))

    def action_unreadable(self) -> None:
        """Decides that nobody can read it."""
        if self._entry is not None:
            self._decide(self._entry.refused(self._station.desk.who, self._seconds))

    def action_undo(self) -> None:
        """Takes the last decision back."""
        with self._told():
            undone = self._line.undo()
            self._go_on(self._say(words.TAKEN_BACK if undone else words.NOTHING_TO_UNDO))

    def action_aside(self) -> None:
        """Leaves the item for later."""
        with self._told():
            moved = self._line.put_aside()
            self._go_on(self._say(words.PUT_ASIDE if moved else words.ONLY_ONE))

    def action_only(self) -> None:
        """Turns to the next kind of field that something waits of, or to all again."""
        with self._told():
            kind = self._turn_to_next_kind()
            told = self._say(words.ONLY if kind else words.ALL_KINDS)
            self._go_on(told.format(kind=self._say(words.KINDS.get(kind, ""))))

    def action_look(self, change: str) -> None:
        """Changes how the paper is looked at."""
        if self._entry is None or self._sight is None:
            return
        self._look = CHANGES[change](self._look)
        self._show(self._say(self._missing(self._entry, self._sight)))

    def action_shape(self) -> None:
        """Draws with other characters."""
        self._show(self.query_one(Board).next_shape())

    def action_help(self) -> None:
        """Shows every key."""
        self.app.push_screen(Help(self._station.keys, self._say))

    def action_quit(self) -> None:
        """Leaves."""
        self.app.exit()

    # ---- what happens by itself ------------------------------------------------------------

    @work(thread=True, group="sights")
    def _fetch(self, item: QueueItem) -> None:
        sight = prepare(item, self._station.pictures, self._station.templates)
        self.post_message(SightReady(item.id, sight))

    @on(SightReady)
    def _keep_sight(self, message: SightReady) -> None:
        self._sights[message.item] = message.sight
        if self._entry is not None and self._entry.item.id == message.item:
            self._since = monotonic()
            if message.sight.problem:
                self._show(message.sight.problem)
            else:
                self._redraw()

    @on(Picture.Resized)
    def _refit(self) -> None:
        self._redraw()

    def _poll(self) -> None:
        with self._told():
            self._line.count()
            if self._entry is None:
                self._line.refill()
            if self._entry is None and self._line.present is not None:
                self._next()
            else:
                self._redraw()

    def _keep(self) -> None:
        with self._told():
            self._station.desk.keep()

    # ---- state -----------------------------------------------------------------------------

    @property
    def _sight(self) -> Sight | None:
        return self._sights.get(self._entry.item.id) if self._entry is not None else None

    @property
    def _seconds(self) -> float:
        return monotonic() - self._since

    def _obstacle(self, entry: Entry) -> str:
        """Why Enter cannot decide now; empty where it can."""
        if entry.typed:
            return words.NO_SUCH_DAY if entry.value is None else ""
        if entry.offered is None:
            return words.NO_OFFER
        return self._unseen()

    def _unseen(self) -> str:
        """Why the clerk cannot have compared the offer with the picture; empty if they could."""
        if self._sight is None:
            return words.FETCHING
        if self._sight.blind:
            return words.LOOK_FIRST
        return words.NOT_YET if self._seconds < self._station.least_look else ""

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Whatever goes wrong with the queue ends in a sentence on the screen."""
        try:
            yield
        except IntakeError as fault:
            self._go_on(str(fault))

    def _decide(self, correction: Correction) -> None:
        with self._told():
            self._line.decide(correction)
            self._go_on()

    def _go_on(self, sentence: str = "") -> None:
        """Says `sentence`, and turns to the item in front where that is another one now."""
        shown = self._entry.item if self._entry is not None else None
        if self._line.present is shown:
            self._show(sentence)
        else:
            self._next(sentence)

    def _turn_to_next_kind(self) -> str:
        """Asks for fields of the next kind only; returns its name, empty where it is all."""
        kinds = [*words.KINDS]
        which, desk = self._line.which, self._station.desk
        after = kinds.index(which.field) + 1 if which.field in kinds else 0
        choices = (replace(which, field=kind) for kind in kinds[after:])
        everything = replace(which, field=None)
        chosen = next(filter(desk.count, choices), everything)
        self._line.turn_to(chosen)
        return chosen.field or ""

    def _missing(self, entry: Entry, sight: Sight) -> str:
        """What the present look asks for and cannot show; empty where it shows it."""
        if self._look.view is View.DOUBTFUL and not entry.item.doubtful_cells:
            return words.NO_DOUBT
        if self._look.view in {View.FORM, View.PAGE} and sight.page is None:
            return words.NO_FORM
        return ""

    def _next(self, sentence: str = "") -> None:
        """Turns to the item in front, and has the pictures of those behind it fetched."""
        present = self._line.present
        self._entry = Entry(present) if present is not None else None
        self._look = Look(contrast=self._look.contrast)
        self._since = monotonic()
        ahead = {item.id: item for item in self._line.ahead}
        self._sights = {key: sight for key, sight in self._sights.items() if key in ahead}
        for item in ahead.values():
            if item.id not in self._sights:
                self._sights[item.id] = None
                self._fetch(item)
        problem = self._sight.problem if self._sight is not None else ""
        self._show(sentence or problem)

    def _change(self, entry: Entry, sentence: str = "") -> None:
        self._entry = entry
        self._show(self._say(sentence))

    def _show(self, sentence: str = "") -> None:
        """Says `sentence` in place of the last one and brings the screen up to date."""
        self.query_one("#message", Text).show(sentence)
        self._redraw()

    def _redraw(self) -> None:
        """Brings the screen up to date."""
        self.query_one(KeyBar).show(footer(self._station.keys, self._say), self.size.width)
        board = self.query_one(Board)
        if self._entry is None:
            board.say(self._say(words.QUIET))
        else:
            board.show(self._entry, self._sight, self._look, self._line.waiting)
