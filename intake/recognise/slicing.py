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


def slice_cells(image: Grey, cells: int) -> list[Grey]:
    """Returns one picture per cell, left to right, each with a margin around its cell.

    Follows the printed lines where there are enough of them; divides evenly where there are not.
    A picture of one cell is taken whole.
    """
    if cells == 1:
        return [image]
    left, pitch = _find_grid(_line_strength(image), cells)
    return [
        _column(image, left + (i - CELL_MARGIN) * pitch, left + (i + 1 + CELL_MARGIN) * pitch)
        for i in range(cells)
    ]


def _column(image: Grey, left: float, right: float) -> Grey:
    width = image.shape[1]
    first = min(max(0, round(left)), width - 2)
    return read_only(image[:, first : max(first + 2, min(width, round(right)))])


def _line_strength(image: Grey) -> NDArray[np.float64]:
    """Per column, the share of rows that are dark there or in a neighbouring column."""
    paper, dark = np.percentile(image, 80), np.percentile(image, 1)
    ink = image < paper - max(12.0, 0.35 * (paper - dark))
    near = ink.copy()
    near[:, 1:] |= ink[:, :-1]
    near[:, :-1] |= ink[:, 1:]
    return np.asarray(near.mean(axis=0), np.float64)


def _find_grid(strength: NDArray[np.float64], cells: int) -> tuple[float, float]:
    """Left edge of the first cell and width of a cell, pixels."""
    width = len(strength)
    even = width / cells
    lines = np.clip(strength - _LINE, 0, None)
    places = np.arange(cells + 1)
    best, score = (0.0, even), 0.0
    for pitch in np.linspace(0.72 * even, 1.02 * even, 61):
        starts = np.arange(-0.1 * pitch, width - cells * pitch + 0.1 * pitch, 1.0)
        spots = np.clip(np.round(starts[:, None] + places * pitch), 0, width - 1).astype(int)
        hits = (lines[spots] > 0).sum(axis=1) + lines[spots].sum(axis=1)
        if len(hits) and hits.max() > score:
            score = float(hits.max())
            best = (float(starts[int(hits.argmax())]), float(pitch))
    return best if score >= 0.6 * (cells + 1) else (0.0, even)
