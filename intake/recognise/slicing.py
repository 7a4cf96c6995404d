"""Finds the cells of a comb in a picture of the whole comb."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from intake.records import CELL_MARGIN, read_only

if TYPE_CHECKING:
    from intake.records import Grey

_LINE = 0.6
"""Share of the picture's height that a column must be dark along to count as a printed line."""

_ENOUGH = 0.6
"""Share of a comb's lines that must be found for them to be followed."""

_CLOSE = 0.08
"""How far beside a border of two cells ink still counts as crossing it, as a share of a cell."""

_UNEVEN = 0.02
"""What it costs to lay a comb without lines unevenly into its picture, in shares of ink."""

Columns = NDArray[np.float64]
Grid = tuple[float, float]
"""Left edge of the first cell and width of a cell, pixels."""


def slice_cells(image: Grey, cells: int) -> list[Grey]:
    """Returns one picture per cell, left to right, each with a margin around its cell.

    Follows the printed lines where there are enough of them, else cuts where there is the least
    ink, as evenly as can be. A picture of one cell is taken whole.
    """
    if cells == 1:
        return [image]
    dark = _dark(image)
    grid = _by_lines(dark, cells) or _by_gaps(dark, cells)
    return [_column(image, grid, index) for index in range(cells)]


def _column(image: Grey, grid: Grid, index: int) -> Grey:
    (left, pitch), width = grid, image.shape[1]
    first = min(max(0, round(left + (index - CELL_MARGIN) * pitch)), width - 2)
    end = min(width, round(left + (index + 1 + CELL_MARGIN) * pitch))
    return read_only(image[:, first : max(first + 2, end)])


def _dark(image: Grey) -> NDArray[np.bool_]:
    paper, dark = np.percentile(image, 80), np.percentile(image, 1)
    return np.asarray(image < paper - max(12.0, 0.35 * (paper - dark)))


def _grids(width: int, cells: int) -> list[tuple[float, Columns]]:
    """Widths of a cell that could be, each with the left edges that could be."""
    even = width / cells
    return [
        (float(pitch), np.arange(-0.1 * pitch, width - 0.9 * cells * pitch, 1.0))
        for pitch in np.linspace(0.6 * even, 1.02 * even, 85)
    ]


def _by_lines(dark: NDArray[np.bool_], cells: int) -> Grid | None:
    """The grid that hits most printed lines; None where it hits too few."""
    near = dark.copy()
    near[:, 1:] |= dark[:, :-1]
    near[:, :-1] |= dark[:, 1:]
    lines = np.clip(near.mean(axis=0) - _LINE, 0, None)
    best, score = None, _ENOUGH * (cells + 1)
    for pitch, starts in _grids(len(lines), cells):
        spots = _at(starts[:, None] + np.arange(cells + 1) * pitch, len(lines))
        hits = (lines[spots] > 0).sum(axis=1) + lines[spots].sum(axis=1)
        if hits.max() > score:
            best, score = (float(starts[hits.argmax()]), pitch), float(hits.max())
    return best


def _by_gaps(dark: NDArray[np.bool_], cells: int) -> Grid:
    """The grid whose borders cross the least ink and that leaves none outside."""
    ink = dark.mean(axis=0)
    width, even = len(ink), len(ink) / cells
    total = np.concatenate([[0.0], np.cumsum(ink)])
    best, least = (0.0, even), np.inf
    for pitch, starts in _grids(width, cells):
        borders = starts[:, None] + np.arange(cells + 1) * pitch
        reach = _CLOSE * pitch
        across = total[_at(borders + reach, width)] - total[_at(borders - reach, width)]
        outside = total[_at(borders[:, 0], width)] + total[-1] - total[_at(borders[:, -1], width)]
        aside = np.abs(starts + cells * pitch / 2 - width / 2) / even + (1 - pitch / even)
        cost = (across[:, 1:-1].sum(axis=1) + outside) / max(total[-1], 1e-9) + _UNEVEN * aside
        if cost.min() < least:
            best, least = (float(starts[cost.argmin()]), pitch), float(cost.min())
    return best


def _at(places: Columns, width: int) -> NDArray[np.int64]:
    return np.clip(np.round(places), 0, width - 1).astype(np.int64)
