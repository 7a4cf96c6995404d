"""What all screens of the app have in common: a sentence, the keys, help, modes and the way out."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from textual import work
from textual.message import Message
from textual.screen import Screen

from intake.errors import IntakeError
from intake.review import words
from intake.review.asking import Choose
from intake.review.help import Help
from intake.review.keys import footer
from intake.review.modes import Mode, open_to, title
from intake.review.telling import told
from intake.review.widgets import KeyBar, Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from intake.review.keys import Key
    from intake.review.station import Station

KEEP_SECONDS = 30.0
"""A fraction of the time after which the items of a clerk who is gone return to the queue."""


QUESTIONS = "questions"
"""The work that asks the clerk something and waits for nothing else."""


class ModeChosen(Message):
    """The clerk wants to work in another way."""

    def __init__(self, mode: Mode) -> None:
        super().__init__()
        self.mode = mode


class Desktop(Screen[None]):
    """A screen with a line for sentences and a bar of keys."""

    def __init__(self, station: Station, keys: tuple[Key, ...]) -> None:
        super().__init__()
        self._station = station
        self._say = station.say
        self._keys = keys

    def on_mount(self) -> None:
        """Keeps the clerk's items as long as the screen is open."""
        self.set_interval(KEEP_SECONDS, self._keep)

    def action_help(self) -> None:
        """Shows every key."""
        self.app.push_screen(Help(self._keys, self._say))

    def action_quit(self) -> None:
        """Leaves."""
        self.app.exit()

    @work(exclusive=True, group=QUESTIONS)
    async def action_modes(self) -> None:
        """Asks how to go on."""
        modes = open_to(self._station.desk.role)
        with self._told():
            options = [title(mode, self._station) for mode in modes]
            question = self._say(words.WHICH_MODE)
            chosen = await self.app.push_screen_wait(Choose(self._say, question, options))
            if chosen is not None:
                self.post_message(ModeChosen(modes[chosen]))

    def show_sentence(self, sentence: str) -> None:
        """Says `sentence` in place of the last one."""
        self.query_one("#message", Text).show(sentence)

    def _show(self, sentence: str = "") -> None:
        """Says `sentence` in place of the last one and brings the screen up to date."""
        self.show_sentence(sentence)
        self._redraw()

    def _redraw(self) -> None:
        """Brings the screen up to date."""
        self.show_keys()

    def show_keys(self) -> None:
        """Shows every key with its word."""
        self.query_one(KeyBar).show(footer(self._keys, self._say), self.size.width)

    def _keep(self) -> None:
        with self._told():
            self._station.desk.keep()

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Whatever goes wrong with the queue ends in a sentence on the screen."""
        try:
            yield
        except IntakeError as fault:
            self._on_fault(told(fault, self._say))

    def _on_fault(self, sentence: str) -> None:
        self.show_sentence(sentence)
