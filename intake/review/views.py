"""What the clerk looks at: the field's cells, the field, its form or its page, for any screen."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from intake import geometry
from intake.review import comb, raster
from intake.review.drawing import Shape
from intake.review.look import Look, View
from intake.sampling import Levels

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from intake.records import Box, Grey, Matrix, QueueItem


PAN = 0.25
"""Share of what is visible that one step to the side moves."""
BARE_ROWS, BAND_ROWS = 6, 9
"""Rows left over above the cells that the bare field, and a band of its form, are worth."""
LEAST_CELL = 4
"""Characters across that a cell needs; on a narrower screen the field is shown in one piece."""
NARROW, BROAD = 1.0, 1.5
"""Columns that a cell has for each row: all cells of a comb in a row are drawn twice as tall as
wide, for a screen has rows to spare; a few alone nearly in their true shape."""
GAP_GREY = 110


@dataclass(frozen=True, eq=False, slots=True)
class Plane:
    """Something flat to look at, upright.

    Attributes:
        pixels: the page or crop it is taken from.
        to_pixels: 3×3 homography, its own lengths → pixels.
        extent: what there is to see, in its own lengths.
        focus: what the clerk is asked about, in its own lengths; None where that is all.
    """

    pixels: Levels
    to_pixels: Matrix
    extent: Box
    focus: Box | None = None


def whole(pixels: Levels, focus: Box | None = None) -> Plane:
    """All of a picture, its own lengths being pixels."""
    height, width = pixels.image.shape
    return Plane(pixels, np.eye(3), (0.0, 0.0, float(width), float(height)), focus)


@dataclass(frozen=True, eq=False, slots=True)
class Sight:
    """The pictures of one item, ready to be looked at.

    Attributes:
        crop: the field; None where its picture is gone.
        form: its form; None where the page's picture is gone or nothing tells where it lies.
        page: its page; None where its picture is gone.
        problem: a sentence on what could not be had; empty where all could.
    """

    crop: Grey | None = None
    form: Plane | None = None
    page: Plane | None = None
    problem: str = ""

    @property
    def blind(self) -> bool:
        """Whether there is no picture at all."""
        return self.crop is None and self.page is None


@dataclass(frozen=True, eq=False, slots=True)
class Scene:
    """A picture for the screen.

    Attributes:
        picture: grey, as many pixels as the characters of the screen show.
        places: first character and width of each comb cell that is in the picture, by index.
    """

    picture: Grey
    places: Mapping[int, tuple[int, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Screen:
    """The room there is for a picture: characters across and down, and what they are."""

    columns: int
    rows: int
    shape: Shape

    @property
    def width(self) -> int:
        """Pixels across."""
        return self.columns * self.shape.across

    @property
    def height(self) -> int:
        """Pixels down."""
        return self.rows * self.shape.down


def scene(item: QueueItem, sight: Sight, look: Look, screen: Screen) -> Scene:
    """The picture of `item` that `look` asks for; the nearest there is where one is gone."""
    if look.view is View.PAGE and sight.page is not None:
        return Scene(seen(sight.page, look, screen))
    if look.view in {View.FORM, View.PAGE} and sight.form is not None:
        return Scene(seen(sight.form, look, screen))
    if sight.crop is None:
        plane = sight.form or sight.page
        return Scene(seen(plane, look, screen) if plane else _nothing(screen))
    return _field_scene(item, sight, sight.crop, look, screen)


def _field_scene(item: QueueItem, sight: Sight, crop: Grey, look: Look, screen: Screen) -> Scene:
    clear = raster.levelled(crop, look.contrast)
    cells = comb.cells_of(clear, item)
    cramped = screen.columns < LEAST_CELL * item.cells
    if not cells or cramped or look.zoom or look.turns:
        return Scene(seen(whole(Levels(crop)), replace(look, zoom=max(look.zoom - 1, 0)), screen))
    cells = comb.windowed(cells)
    if look.view is View.DOUBTFUL and item.doubtful_cells:
        return _cells_scene(item, cells, sorted(item.doubtful_cells), BROAD, screen)
    strip = _cells_scene(item, cells, range(item.cells), NARROW, screen)
    return _with_context(strip, sight, look, screen)


def _cells_scene(
    item: QueueItem, cells: Sequence[Grey], shown: Sequence[int], breadth: float, screen: Screen
) -> Scene:
    """The cells `shown` side by side at the lower edge, as large as the screen allows.

    Args:
        item: the cells are its.
        cells: all of them, in windows.
        shown: indices of those to show.
        breadth: columns that a cell has for each of its rows.
        screen: where to.
    """
    doubtful = [index in item.doubtful_cells for index in shown]
    widest = max(round(screen.rows * breadth), LEAST_CELL)
    found = dict(zip(shown, comb.places(screen.columns, doubtful, widest), strict=True))
    picture = _nothing(screen)
    down, across = screen.shape.down, screen.shape.across
    for index, (start, columns) in found.items():
        rows = min(round(columns / breadth), screen.rows)
        cell = raster.resized(cells[index], columns * across, rows * down)
        left = start * across
        if not (cells[index] < comb.INK).any():
            cell = _boxed(cell, last=index == max(found))
        picture[-rows * down :, left : left + columns * across] = cell
        picture[-rows * down :, max(left - 1, 0) : left] = GAP_GREY
    return Scene(picture, found)


def _boxed(cell: Grey, *, last: bool) -> Grey:
    """An empty cell with its outline, so that it is seen to be one; the next one draws its own."""
    outlined = cell.copy()
    outlined[[0, -1]] = GAP_GREY
    if last:
        outlined[:, -1] = GAP_GREY
    return outlined


def _with_context(strip: Scene, sight: Sight, look: Look, screen: Screen) -> Scene:
    """`strip` with the field as it stands on the form above it, where there is room."""
    drawn = np.flatnonzero((strip.picture != raster.WHITE).any(axis=1))
    free = int(drawn[0]) // screen.shape.down - 1 if len(drawn) else 0
    plane = _context(sight, screen.columns, free)
    if plane is None:
        return strip
    above = Screen(screen.columns, free, screen.shape)
    picture = strip.picture.copy()
    picture[: above.height] = seen(plane, look, above)
    return Scene(picture, strip.places)


def _context(sight: Sight, columns: int, rows: int) -> Plane | None:
    """What goes above the cells: a band of the form, or the bare field in less room."""
    if rows < BARE_ROWS or sight.crop is None:
        return None
    form = sight.form
    if rows < BAND_ROWS or form is None or form.focus is None:
        return whole(Levels(sight.crop))
    left, top, width, height = form.extent
    high = min(width * 2 * rows / columns, height)
    middle = form.focus[1] + form.focus[3] / 2
    start = min(max(middle - high / 2, top), top + height - high)
    return replace(form, extent=(left, start, width, high))


def seen(plane: Plane, look: Look, screen: Screen) -> Grey:
    """The visible part of `plane` on the whole screen, turned as asked."""
    box, fine = _visible(plane, look, screen)
    picture = plane.pixels.cut(plane.to_pixels, box, 2 * fine)
    picture = raster.levelled(picture, look.contrast)
    if plane.focus is not None:
        picture = _framed(picture, plane.focus, box, 2 * fine)
    turned = np.ascontiguousarray(np.rot90(picture, look.turns))
    return raster.fitted(turned, screen.width, screen.height, screen.shape.tallness)


def _visible(plane: Plane, look: Look, screen: Screen) -> tuple[Box, float]:
    """What is seen of `plane`, and the screen's pixels per length of it."""
    left, top, width, height = plane.extent
    room = (float(screen.width), screen.height * screen.shape.tallness)
    across, down = room if look.turns % 2 == 0 else room[::-1]
    scale = min(across / width, down / height) * 2**look.zoom
    wide, high = min(width, across / scale), min(height, down / scale)
    middle = geometry.centre(plane.focus or plane.extent)[0]
    x = float(middle[0]) - wide / 2 + look.pan[0] * PAN * wide
    y = float(middle[1]) - high / 2 + look.pan[1] * PAN * high
    x, y = min(max(x, left), left + width - wide), min(max(y, top), top + height - high)
    return (x, y, wide, high), scale


def _framed(picture: Grey, focus: Box, box: Box, scale: float) -> Grey:
    """A line around the field that is asked about."""
    left, top = (focus[0] - box[0]) * scale, (focus[1] - box[1]) * scale
    right, bottom = left + focus[2] * scale, top + focus[3] * scale
    corners = (round(left) - 4, round(top) - 4), (round(right) + 4, round(bottom) + 4)
    return cv2.rectangle(picture.copy(), *corners, (0,), 2).astype(np.uint8, copy=False)


def _nothing(screen: Screen) -> Grey:
    return np.full((screen.height, screen.width), raster.WHITE, np.uint8)
