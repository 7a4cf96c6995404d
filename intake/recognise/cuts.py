"""What a free line says when it is cut into digits: a second opinion, from the digit network.

The ink is cut into small pieces wherever a cut could be right. Every run of neighbouring pieces
that could be one digit is shown to the network, all in one pass, and the best way through the
pieces is the value. A decimal mark is a piece too small to be a digit, low on the line.
"""

from __future__ import annotations

import heapq
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from intake.recognise.framing import frame_cells
from intake.recognise.model import EMPTY, DigitModel, Probabilities
from intake.recognise.pieces import Piece, pieces_of, together

if TYPE_CHECKING:
    from collections.abc import Sequence

    from intake.records import Crop, Grey

_RUN = 5
"""Pieces that one digit may have been cut into."""

_WIDEST = 1.7
"""Width of a digit over the height of the writing, at most."""

_RIM = 0.2
"""Paper around a digit, as a share of the height of the writing."""

_PATHS = 12

_LOW = 0.45
"""Height of a digit over that of the whole line, at least."""

_APART = 0.12
"""Gap over the height of the line that hardly ever runs through a digit."""

_STRANGE, _LOOSE, _CUT = 0.02, 0.5, 0.01
"""Odds of a run too low or too loose for a digit, of one in several pieces, of one cut off."""


class _Run(NamedTuple):
    """Neighbouring pieces that may be one digit: those from `first`, below `end`."""

    first: int
    end: int


def values_by_cuts(model: DigitModel, crops: Sequence[Crop]) -> list[dict[str, float]]:
    """Returns, per crop, what its line may say and how likely that is."""
    lines = [pieces_of(crop.image, crop.box_in_image) for crop in crops]
    runs = [_runs(line) for line in lines]
    pictures = [
        _picture(line[run.first : run.end])
        for line, some in zip(lines, runs, strict=True)
        for run in some
    ]
    whose = np.repeat(np.arange(len(lines)), [len(some) for some in runs])
    seen = model.probabilities(frame_cells(pictures), whose)
    return [_values(lines[n], runs[n], seen[whose == n]) for n in range(len(crops))]


def _values(line: list[Piece], runs: list[_Run], seen: Probabilities) -> dict[str, float]:
    if not line:
        return {}
    shapes = _shapes(line, runs)
    return _summed(_paths(len(line), runs, seen * shapes[:, None]))


def _shapes(line: list[Piece], runs: list[_Run]) -> Probabilities:
    """How well each run has the shape of a digit: by its height, gaps and cuts, 0..1."""
    tall = max(piece.bottom for piece in line) - min(piece.top for piece in line)
    return np.array([_shape(line[run.first : run.end], tall) for run in runs])


def _shape(pieces: list[Piece], tall: int) -> float:
    height = max(piece.bottom for piece in pieces) - min(piece.top for piece in pieces)
    fits = 1.0 if height > _LOW * tall else _STRANGE
    if pieces[0].cut:
        fits *= _CUT
    for piece, following in pairwise(pieces):
        if not following.cut:
            fits *= _STRANGE if following.left - piece.right > _APART * tall else _LOOSE
    return fits


def _runs(line: list[Piece]) -> list[_Run]:
    """Every run of neighbouring pieces that is no wider than a digit, single pieces always."""
    if not line:
        return []
    tall = max(piece.bottom for piece in line) - min(piece.top for piece in line)
    return [
        _Run(first, end)
        for first in range(len(line))
        for end in range(first + 1, min(first + _RUN, len(line)) + 1)
        if end == first + 1 or _width(line[first:end]) <= _WIDEST * tall
    ]


def _width(pieces: list[Piece]) -> int:
    return max(piece.right for piece in pieces) - min(piece.left for piece in pieces)


def _picture(pieces: list[Piece]) -> Grey:
    """One run of pieces on white paper."""
    whole = together(pieces)
    rim = max(2, round(_RIM * max(whole.ink.shape)))
    return np.pad(np.asarray(255 - whole.ink, np.uint8), rim, constant_values=255)


def _paths(pieces: int, runs: list[_Run], seen: Probabilities) -> list[tuple[float, str]]:
    """The likeliest ways through the pieces: probability and digits, best first."""
    best: list[list[tuple[float, str]]] = [[] for _ in range(pieces + 1)]
    best[0] = [(1.0, "")]
    for run, probabilities in sorted(zip(runs, seen, strict=True), key=lambda item: item[0]):
        digits = np.argsort(probabilities[:EMPTY])[::-1][:3]
        longer = [
            (weight * float(probabilities[digit]), f"{written}{digit}")
            for weight, written in best[run.first]
            for digit in digits
        ]
        best[run.end] = heapq.nlargest(_PATHS, [*best[run.end], *longer])
    return best[pieces]


def _summed(paths: list[tuple[float, str]]) -> dict[str, float]:
    """Ways that give the same digits count together, as shares of the whole."""
    values: dict[str, float] = {}
    for weight, written in paths:
        values[written] = values.get(written, 0.0) + weight
    total = max(1.0, sum(values.values()))
    return {value: weight / total for value, weight in values.items()}
