"""The grid: boxes that all seem to hold one digit, laid out to fit the screen, with numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from intake.review import comb, raster
from intake.review.views import Screen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from intake.records import Grey, QueueItem
    from intake.review.drawing import Shape

DIGITS = ("1", "7")
AT_A_GLANCE = 60
LEAST_TILE = (7, 6)
"""Characters across and down, gap and number included, below which a 1 and a 7 look alike."""
MOST_BOXES = 8
"""Boxes of a field that may be in doubt; a field is never shown in part."""
TILE_LINES = 1
"""Lines below each picture that hold its number."""


@dataclass(frozen=True, eq=False, slots=True)
class Tile:
    """One box in the grid.

    Attributes:
        item: the field it stands in.
        picture: the box, close around what is written; None where its picture is gone.
    """

    item: QueueItem
    picture: Grey | None


@dataclass(frozen=True, slots=True)
class Layout:
    """How tiles are laid out on a screen.

    Attributes:
        across: tiles in a row.
        columns: characters across for each tile, the gap after it included.
        rows: lines for each tile, the one with its number included.
    """

    across: int
    columns: int
    rows: int

    @property
    def picture_columns(self) -> int:
        """Characters across of a picture."""
        return self.columns - 1

    @property
    def picture_rows(self) -> int:
        """Lines of a picture."""
        return self.rows - TILE_LINES


def at_a_glance(columns: int, rows: int) -> int:
    """How many boxes a screen shows at a time: as many as can be told apart on it."""
    room = (columns // LEAST_TILE[0]) * (rows // LEAST_TILE[1])
    return min(max(room, MOST_BOXES), AT_A_GLANCE)


def layout(count: int, columns: int, rows: int) -> Layout:
    """The layout in which `count` tiles on `columns` × `rows` characters are largest."""
    shown = max(count, 1)
    layouts = [
        Layout(across, columns // across, rows // -(-shown // across))
        for across in range(1, shown + 1)
    ]
    return max(layouts, key=lambda one: (min(one.picture_columns, one.picture_rows), -one.across))


def tiles_of(item: QueueItem, crop: Grey | None) -> list[Tile]:
    """The doubtful boxes of a field."""
    cells: Sequence[Grey] = ()
    if crop is not None:
        cells = comb.cells_of(raster.levelled(crop, raster.Contrast.CLEAR), item)
    if not cells:
        return [Tile(item, None) for _ in item.doubtful_cells]
    shown = comb.windowed(cells)
    return [Tile(item, shown[cell]) for cell in sorted(item.doubtful_cells)]


def drawn_tile(tile: Tile, plan: Layout, shape: Shape) -> Grey:
    """A tile's picture as large as its place; white where there is none."""
    room = Screen(max(plan.picture_columns, 1), max(plan.picture_rows, 1), shape)
    if tile.picture is None:
        return np.full((room.height, room.width), raster.WHITE, np.uint8)
    return raster.fitted(tile.picture, room.width, room.height, shape.tallness)
