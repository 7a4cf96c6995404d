"""Printed combs, and how their cells are cut out of a scan."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from intake.records import CELL_MARGIN, Grey

Layer = NDArray[np.float32]
Window = tuple[float, float, float, float]
"""Left, top, width and height, pixels."""


@dataclass(frozen=True, slots=True)
class Comb:
    """A row of printed cells, pixels.

    Attributes:
        cells: how many.
        width: of a cell.
        height: of a cell.
        gap: between cells; 0 where they share their lines.
        line: width of the lines; 0 where nothing is printed.
        open_top: only feet and sides are printed.
    """

    cells: int
    width: float
    height: float
    gap: float = 0.0
    line: float = 1.0
    open_top: bool = False

    @property
    def rim(self) -> float:
        """Paper around the comb."""
        return 0.45 * self.height

    def window(self, index: int) -> Window:
        """Left, top, width and height of a cell."""
        return self.rim + index * (self.width + self.gap), self.rim, self.width, self.height

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of the whole picture."""
        across = self.cells * self.width + (self.cells - 1) * self.gap
        return round(self.height + 2 * self.rim), round(across + 2 * self.rim)


@dataclass(frozen=True, slots=True)
class Cut:
    """How cells are cut out of a strip.

    Attributes:
        margin: share of a cell's size shown beyond each edge.
        slip: deviation of the cutter's position, share of a cell.
        tight: cut close to the ink instead, as other programs do.
    """

    margin: float = CELL_MARGIN
    slip: float = 0.0
    tight: bool = False


_DPI = (150, 200, 300, 400, 600)
_DPI_SHARES = (0.12, 0.28, 0.5, 0.05, 0.05)
"""What office scanners are set to."""

_FINEST = 76.0
"""Pixels of a cell's height beyond which a scan is drawn no finer: crops are not, either."""


def draw_comb(rng: np.random.Generator, cells: int) -> Comb:
    """Draws a comb as some printer would have it, its cells 4 to 9 mm high."""
    resolution = float(rng.choice(_DPI, p=_DPI_SHARES))
    height = min(_FINEST, rng.uniform(4.2, 9) * resolution / 25.4)
    width = height * rng.uniform(0.58, 1.05)
    gap = 0.0 if rng.random() < 0.65 else width * rng.uniform(0.04, 0.3)
    line = 0.0 if rng.random() < 0.15 else max(0.6, height * rng.uniform(0.012, 0.06))
    return Comb(cells, width, height, gap, line, open_top=rng.random() < 0.1)


def draw_cut(rng: np.random.Generator, comb: Comb) -> Cut:
    """Draws how well the cells are found."""
    dice = rng.random()
    if dice < 0.72:
        return Cut(slip=rng.uniform(0, 0.035))
    if dice < 0.86 or comb.line:
        return Cut(margin=rng.uniform(-0.04, 0.32), slip=rng.uniform(0, 0.05))
    return Cut(tight=True)


def print_lines(comb: Comb) -> Layer:
    """The printed outlines, 0..1."""
    lines = np.zeros(comb.shape, np.uint8)
    if not comb.line:
        return lines.astype(np.float32)
    thick = max(1, round(comb.line))
    weak = min(1.0, comb.line / thick)
    for index in range(comb.cells):
        left, top, width, height = comb.window(index)
        right, bottom = left + width, top + height
        start = top + 0.6 * height if comb.open_top else top
        paths = [[(left, start), (left, bottom), (right, bottom), (right, start)]]
        if not comb.open_top:
            paths.append([(left, top), (right, top)])
        for path in paths:
            points = np.round(np.array(path) * 16).astype(np.int32).reshape(-1, 1, 2)
            cv2.polylines(lines, [points], False, round(255 * weak), thick, cv2.LINE_AA, 4)
    return lines.astype(np.float32) / np.float32(255)


def cut_cells(
    picture: Grey, ink: Layer, comb: Comb, cut: Cut, rng: np.random.Generator
) -> list[Grey]:
    """Returns one picture per cell; a tight cut follows the ink that was laid down."""
    windows = [comb.window(index) for index in range(comb.cells)]
    if cut.tight:
        boxes = [_close(_extent(ink, window), rng) for window in windows]
    else:
        drift = rng.normal(0, cut.slip, 2) * (comb.width, comb.height)
        grow = rng.normal(0, cut.slip * 0.5)
        boxes = [
            (
                left + drift[0] + grow * (left - comb.shape[1] / 2) - cut.margin * width,
                top + drift[1] - cut.margin * height,
                width * (1 + 2 * cut.margin),
                height * (1 + 2 * cut.margin),
            )
            for left, top, width, height in windows
        ]
    return [_cropped(picture, box) for box in boxes]


def _close(box: Window, rng: np.random.Generator) -> Window:
    left, top, width, height = box
    margin = rng.uniform(0.0, 0.25) * max(width, height)
    return left - margin, top - margin, width + 2 * margin, height + 2 * margin


def _extent(ink: Layer, window: Window) -> Window:
    left, top, width, height = (round(value) for value in window)
    rows, columns = np.where(ink[top : top + height, left : left + width] > 0.3)
    if len(rows) < 6:
        return window
    first, wide = int(columns.min()), int(np.ptp(columns)) + 1
    return left + first, top + int(rows.min()), wide, int(np.ptp(rows)) + 1


def _cropped(picture: Grey, box: Window) -> Grey:
    height, width = picture.shape
    left, top = max(0, int(box[0])), max(0, int(box[1]))
    right = min(width, max(left + 4, round(box[0] + box[2])))
    bottom = min(height, max(top + 4, round(box[1] + box[3])))
    return np.ascontiguousarray(picture[top:bottom, left:right])
