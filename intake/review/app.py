"""The Textual application around the clerk's screen."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import App
from textual.events import Paste
from textual.filter import NoColor

from intake.errors import IntakeError
from intake.queue import CONFLICTS
from intake.records import Waiting
from intake.review import words
from intake.review.blind import BlindDesk
from intake.review.desktop import QUESTIONS, Desktop, ModeChosen
from intake.review.gridscreen import GridScreen
from intake.review.keys import KEYS
from intake.review.loose import LooseScreen
from intake.review.modes import Mode, first_kind
from intake.review.oversight import OversightScreen
from intake.review.screen import ReviewScreen
from intake.review.telling import told
from intake.review.widgets import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from textual.actions import ActionParseResult
    from textual.dom import DOMNode
    from textual.events import Event
    from textual.filter import LineFilter

    from intake.review.station import Station

SCREENS: Mapping[Mode, Callable[[Station], Desktop]] = {
    Mode.FORMS: ReviewScreen,
    Mode.KINDS: lambda station: ReviewScreen(station, which=first_kind(station)),
    Mode.ALIKE: GridScreen,
    Mode.BLIND: lambda station: ReviewScreen(station, BlindDesk(station.desk)),
    Mode.CONFLICTS: lambda station: ReviewScreen(station, which=Waiting(reasons=CONFLICTS)),
    Mode.LOOSE: LooseScreen,
    Mode.OVERSIGHT: OversightScreen,
}
"""What opens for each way of working."""
NUMBER = re.compile(r"[0-9]+(?:[.,][0-9]*)?")
"""What may be pasted."""


class ReviewApp(App[None]):
    """Shows one station in the terminal."""

    CSS_PATH = "review.tcss"
    ENABLE_COMMAND_PALETTE: ClassVar[bool] = False

    def __init__(self, station: Station) -> None:
        super().__init__()
        self._station = station

    def on_mount(self) -> None:
        """Puts the keys in place and opens the clerk's screen."""
        moved = set(self._station.keys) - {*KEYS}
        self.set_keymap({key.id: key.keys for key in moved})
        self.push_screen(ReviewScreen(self._station))

    @on(ModeChosen)
    def turn_to(self, message: ModeChosen) -> None:
        """Opens the screen of another way of working."""
        try:
            self._station.desk.give_back()
            self._station.papers.give_back()
            screen = SCREENS[message.mode](self._station)
        except IntakeError as fault:
            self.screen.query_one("#message", Text).show(told(fault, self._station.say))
        else:
            self.switch_screen(screen)

    async def on_event(self, event: Event) -> None:
        """What is pasted is typed, in its turn among the keys."""
        if not isinstance(event, Paste) or event.is_forwarded:
            await super().on_event(event)
        elif NUMBER.fullmatch(event.text.strip()):
            for letter in event.text.strip():
                action = f"digit('{letter}')" if letter.isdecimal() else "mark"
                await self.run_action(action, self.screen)
        elif isinstance(self.screen, Desktop):
            self.screen.show_sentence(self._station.say(words.ONLY_A_NUMBER))

    async def run_action(
        self,
        action: str | ActionParseResult,
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        """Does what a key asks for; where that is a question, the next key may be its answer."""
        done = await super().run_action(action, default_namespace, namespaces)
        while self._is_about_to_ask:
            await asyncio.sleep(0)
        return done

    @property
    def _is_about_to_ask(self) -> bool:
        """Whether a question has been begun, or answered, and nothing is on the screen of that."""
        asking = any(one.group == QUESTIONS and not one.is_finished for one in self.workers)
        return asking and not self.screen.is_modal

    def action_help_quit(self) -> None:
        """Ctrl-C leaves, as everywhere."""
        self.exit()

    def get_line_filters(self) -> Sequence[LineFilter]:
        """With colours off nothing but letters, bold and reverse reaches the terminal."""
        return super().get_line_filters() if self._station.colours else [NoColor()]
