"""The widget that shows many boxes at a glance, each with its number."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from rich.segment import Segment
from rich.style import Style
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from intake.review import raster
from intake.review.drawing import draw, draw_plain
from intake.review.grid import Layout, drawn_tile, layout
from intake.review.widgets import strips_of

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from intake.records import Grey
    from intake.review.drawing import Shape
    from intake.review.grid import Tile

NUMBER, MARKED, CURSOR = Style(), Style(bold=True, reverse=True), Style(bold=True, underline=True)


class Tiles(Widget):
    """Draws tiles with characters, their numbers below them; those marked stand out."""

    class Resized(Message):
        """There is more or less room than before."""

    def __init__(self, *, colours: bool) -> None:
        super().__init__(id="tiles")
        self._draw = draw if colours else draw_plain
        self._lines: list[Strip] = []
        self.layout_shown = Layout(1, 1, 1)

    def show(
        self, tiles: Sequence[Tile], shape: Shape, marked: Collection[int], cursor: int
    ) -> None:
        """Shows `tiles`.

        Args:
            tiles: in the order of their numbers.
            shape: characters to draw with.
            marked: indices of the odd ones.
            cursor: index of the one that the cursor is on.
        """
        if not self.size.area:
            return
        plan = self.layout_shown = layout(len(tiles), self.size.width, self.size.height)
        self._lines = []
        for start in range(0, len(tiles), plan.across):
            row = tiles[start : start + plan.across]
            drawing = self._draw(_row_picture(row, plan, shape, self.size.width), shape)
            self._lines += strips_of(drawing)
            self._lines.append(_numbers(start, len(row), plan, marked, cursor))
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """One row of characters."""
        return self._lines[y] if y < len(self._lines) else Strip.blank(self.size.width)

    def on_resize(self) -> None:
        """Asks for tiles that fit."""
        self.post_message(self.Resized())


def _row_picture(tiles: Sequence[Tile], plan: Layout, shape: Shape, columns: int) -> Grey:
    """Tiles of one row side by side, with a little white after each, on white to the right edge."""
    height, step = plan.picture_rows * shape.down, plan.columns * shape.across
    sheet = np.full((max(height, shape.down), columns * shape.across), raster.WHITE, np.uint8)
    for index, tile in enumerate(tiles):
        picture = drawn_tile(tile, plan, shape)
        sheet[:, index * step : index * step + picture.shape[1]] = picture
    return sheet


def _numbers(start: int, count: int, plan: Layout, marked: Collection[int], cursor: int) -> Strip:
    segments = []
    for index in range(start, start + count):
        text = f"{'×' if index in marked else ''}{index + 1:02}"
        style = MARKED if index in marked else CURSOR if index == cursor else NUMBER
        shown = text[: plan.columns - 1].center(plan.columns - 1)
        segments += [Segment(shown, style), Segment(" ")]
    return Strip(segments)
