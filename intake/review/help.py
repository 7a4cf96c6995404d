"""The page that tells what every key does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from intake.review import words
from intake.review.keys import MOVES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.events import Key as KeyPress

    from intake.review.keys import Key
    from intake.review.words import Say


class Help(ModalScreen[None]):
    """Every key, its word and what it does; any key closes it."""

    def __init__(self, keys: Sequence[Key], say: Say) -> None:
        super().__init__()
        self._keys = keys
        self._say = say

    def compose(self) -> ComposeResult:
        """A line for each key."""
        say = self._say
        rows = [("0…9", say(words.NUMBERS_LONG))]
        rows += [(key.shown, say(key.long)) for key in self._keys if key.id not in MOVES]
        arrows = "".join(key.shown for key in self._keys if key.id in MOVES)
        rows += [(arrows, say(words.MOVE_LONG))] if arrows else []
        lines = [Content.assemble((f"{shown:>5} ", "bold"), f" {told}") for shown, told in rows]
        title = Content.styled(say(words.TITLE), "bold")
        yield Static(Content("\n").join([title, *lines, Content(say(words.CLOSE))]), id="help")

    def on_key(self, event: KeyPress) -> None:
        """Closes the page."""
        event.stop()
        if self.is_current:
            self.dismiss()
