"""The clerk's screen: keys become decisions; all state lives here, widgets only show it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from time import monotonic
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.message import Message

from intake.errors import IntakeError
from intake.records import Waiting
from intake.review import telling, words
from intake.review.ahead import Ahead, SightReady
from intake.review.asking import Choose, ask_code
from intake.review.board import Board
from intake.review.desktop import QUESTIONS, Desktop
from intake.review.entry import Entry
from intake.review.keys import DIGIT_KEYS, KEYS, REVIEW_TEXTS, keys_for
from intake.review.line import Line
from intake.review.look import CHANGES, Look, View
from intake.review.widgets import KeyBar, Picture, Text

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from intake.records import Correction, QueueItem
    from intake.review.ahead import Ready
    from intake.review.line import Desk
    from intake.review.station import Station
    from intake.review.views import Screen, Sight

POLL_SECONDS = 3.0
COUNT_SECONDS = 15.0
"""Between two counts of what waits; in between the clerk's own decisions are counted off."""
WHY_DROPPED = (
    "the same form came before",
    "none of our forms",
    "nobody can read it",
    "the customer took it back",
)
"""Why a whole form is refused, in the order in which that is asked."""


class Counted(Message):
    """The queue was asked how much waits."""

    def __init__(self, which: Waiting, count: int) -> None:
        super().__init__()
        self.which = which
        self.count = count


class ReviewScreen(Desktop):
    """One item at a time, its picture first."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *DIGIT_KEYS,
        *(key.binding for key in keys_for(KEYS, REVIEW_TEXTS)),
    ]

    def __init__(
        self, station: Station, desk: Desk | None = None, which: Waiting | None = None
    ) -> None:
        super().__init__(station, keys_for(station.keys, REVIEW_TEXTS))
        self._desk = desk or station.desk
        self._line = Line(self._desk, which or station.which)
        self._entry: Entry | None = None
        self._look = Look()
        self._ahead = Ahead(station, self._desk)
        self._since = monotonic()

    def compose(self) -> ComposeResult:
        """The item, the last sentence, and the keys."""
        yield Board(self._station)
        yield Text(id="message")
        yield KeyBar(id="keys")

    def on_mount(self) -> None:
        """Takes the first item."""
        self.set_interval(POLL_SECONDS, self._poll)
        self.set_interval(COUNT_SECONDS, self._count)
        self._poll()

    # ---- what a key does -------------------------------------------------------------------

    def action_digit(self, digit: str) -> None:
        """Puts a digit into the entry."""
        entry = self._entry
        if entry is None:
            return
        if not entry.takes(digit):
            self._show(self._say(words.CODE_BY_ENTER if entry.is_code else words.ONLY_A_TICK))
        elif entry.mark_astray:
            self._show(self._say(telling.impossible(entry)))
        elif entry.is_full:
            self._show(self._say(words.NO_MORE_ROOM))
        else:
            self._change(entry.press(digit))

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
        if entry.is_code:
            self._ask_code(entry)
        elif entry.holds_back:
            self._change(entry.warn(), words.NOW_KNOWN)
        elif obstacle := self._obstacle(entry):
            self._show(self._say(obstacle))
        elif warning := _warning(entry):
            self._change(entry.warn(), warning)
        else:
            self._decide(entry.accepted(self._desk.who, self._seconds))

    def action_blank(self) -> None:
        """Decides that nothing is written; among digits it is the decimal mark."""
        entry = self._entry
        if entry is None:
            return
        if entry.typed:
            self.action_mark()
        elif obstacle := self._unseen():
            self._show(self._say(obstacle))
        else:
            self._decide(entry.blank(self._desk.who, self._seconds))

    def action_mark(self) -> None:
        """Puts the decimal mark among the digits, or says why none belongs there."""
        entry = self._entry
        if entry is None or not entry.typed:
            return
        marked = entry.mark()
        self._change(marked, _about_mark(entry, marked))

    def action_unreadable(self) -> None:
        """Decides that nobody can read it."""
        if self._entry is not None:
            self._decide(self._entry.refused(self._desk.who, self._seconds))

    @work(exclusive=True, group=QUESTIONS)
    async def action_drop(self) -> None:
        """Asks why, and refuses the whole form."""
        entry = self._entry
        if entry is None or entry.item.blind:
            self._show(self._say(words.NOT_HERE))
            return
        question, reasons = self._say(words.WHY_REFUSE), list(map(self._say, WHY_DROPPED))
        chosen = await self.app.push_screen_wait(Choose(self._say, question, reasons))
        if chosen is None or self._entry is not entry:
            return
        refusal = entry.refused(self._desk.who, self._seconds)
        with self._told():
            self._station.desk.refuse_form(replace(refusal, why=WHY_DROPPED[chosen]))
            self._line.drop()
            self._go_on(self._say(words.FORM_REFUSED))

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
        if self._desk is not self._station.desk:
            self._show(self._say(words.NOT_HERE))
            return
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

    # ---- what happens by itself ------------------------------------------------------------

    @work(thread=True, group="sights")
    def _fetch(self, item: QueueItem, look: Look, room: Screen) -> None:
        self.post_message(SightReady(item.id, self._ahead.make(item, look, room)))

    @on(SightReady)
    def _keep_sight(self, message: SightReady) -> None:
        self._ahead.keep(message)
        if self._entry is not None and self._entry.item.id == message.item:
            self._since = monotonic()
            if message.ready.problem:
                self._show(message.ready.problem)
            else:
                self._redraw()

    @work(thread=True, exclusive=True, group="counting")
    def _count(self) -> None:
        """Asks how much waits, beside everything else: that takes longer the more it is."""
        which = self._line.which
        with suppress(IntakeError):
            self.post_message(Counted(which, self._desk.count(which)))

    @on(Counted)
    def _keep_count(self, message: Counted) -> None:
        if message.which is self._line.which:
            self._line.waiting = message.count
            self._redraw()

    @on(Picture.Resized)
    def _refit(self) -> None:
        self._redraw()

    def _poll(self) -> None:
        """Looks for new items where none is left."""
        if self._entry is not None:
            return
        with self._told():
            self._line.refill()
            if self._line.present is not None:
                self._line.count()
                self._next()
            else:
                self._redraw()

    # ---- state -----------------------------------------------------------------------------

    @property
    def present(self) -> QueueItem | None:
        """The item on the screen; None where nothing waits."""
        return self._entry.item if self._entry is not None else None

    @property
    def _sight(self) -> Sight | None:
        return self._ready.sight if self._ready is not None else None

    @property
    def _ready(self) -> Ready | None:
        return self._ahead.ready(self._entry.item) if self._entry is not None else None

    @property
    def _seconds(self) -> float:
        return monotonic() - self._since

    def _obstacle(self, entry: Entry) -> str:
        """Why Enter cannot decide now; empty where it can."""
        if entry.typed:
            return telling.impossible(entry) if entry.value is None else ""
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

    def _on_fault(self, sentence: str) -> None:
        self._go_on(sentence)

    @work(exclusive=True, group=QUESTIONS)
    async def _ask_code(self, entry: Entry) -> None:
        """Asks for account and month, and decides that the form's code says so."""
        self._look = self._look.at(View.FORM)
        self._redraw()
        with self._told():
            text = await ask_code(self.app, self._station, entry.item)
            if text is not None and self._entry is entry:
                self._decide(entry.coded(self._desk.who, self._seconds, text))

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
        which, desk = self._line.which, self._desk
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
        """Turns to the item in front; those behind it are seen to once it is on the screen."""
        present = self._line.present
        rules = self._station.rules
        self._entry = Entry(present, rules=rules) if present is not None else None
        self._look = Look(contrast=self._look.contrast)
        self._since = monotonic()
        problem = self._ready.problem if self._ready is not None else ""
        self._show(sentence or problem)
        self.call_after_refresh(self._look_ahead)

    def _look_ahead(self) -> None:
        """Takes more items where few are left, and has the pictures of those next made ready."""
        with self._told():
            self._line.refill()
        room, look = self.query_one(Board).room, Look(contrast=self._look.contrast)
        for item in self._ahead.turn_to(self._line.ahead):
            self._fetch(item, look, room)

    def _change(self, entry: Entry, sentence: str = "") -> None:
        self._entry = entry
        self._show(self._say(sentence))

    def _redraw(self) -> None:
        """Brings the screen up to date."""
        super()._redraw()
        board, entry = self.query_one(Board), self._entry
        if entry is None:
            everything = self._line.which == Waiting()
            board.say(self._say(words.QUIET if everything else words.QUIET_HERE))
        else:
            ready = self._ready
            board.show(entry, ready, self._look, self._line.waiting)
            board.show_beside(ready.beside if ready else None, entry, self._look)


def _about_mark(entry: Entry, marked: Entry) -> str:
    """What to say about a decimal mark that made `marked` of `entry`; empty where it belongs."""
    if marked.mark_astray:
        return telling.impossible(marked)
    return words.NO_MARK_NEEDED if marked.typed == entry.typed else ""


def _warning(entry: Entry) -> str:
    """Why Enter should be pressed again; empty where it need not be, or was."""
    if entry.warned:
        return ""
    if entry.seems_short:
        return words.FEW_DIGITS
    if entry.is_guess:
        return words.GUESS
    return words.OBJECTIONS[entry.objection] if entry.objection else ""
