"""The Textual application around the clerk's screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import App
from textual.filter import NoColor

from intake.review.screen import ReviewScreen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.filter import LineFilter

    from intake.review.station import Station


class ReviewApp(App[None]):
    """Shows one station in the terminal."""

    CSS_PATH = "review.tcss"
    ENABLE_COMMAND_PALETTE: ClassVar[bool] = False

    def __init__(self, station: Station) -> None:
        super().__init__()
        self._station = station

    def on_mount(self) -> None:
        """Puts the keys in place and opens the clerk's screen."""
        self.set_keymap({key.id: key.keys for key in self._station.keys})
        self.push_screen(ReviewScreen(self._station))

    def get_line_filters(self) -> Sequence[LineFilter]:
        """With colours off nothing but letters, bold and reverse reaches the terminal."""
        return super().get_line_filters() if self._station.colours else [NoColor()]
