"""The Textual application around the clerk's screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import App
from textual.filter import NoColor

from intake.errors import IntakeError
from intake.queue import CONFLICTS
from intake.records import Waiting
from intake.review.blind import BlindDesk
from intake.review.desktop import ModeChosen
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

    from textual.filter import LineFilter

    from intake.review.desktop import Desktop
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

    def action_help_quit(self) -> None:
        """Ctrl-C leaves, as everywhere."""
        self.exit()

    def get_line_filters(self) -> Sequence[LineFilter]:
        """With colours off nothing but letters, bold and reverse reaches the terminal."""
        return super().get_line_filters() if self._station.colours else [NoColor()]
