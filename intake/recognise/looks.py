"""Looks at cells, and again from four sides where the first look leaves doubt."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from intake.recognise.framing import frame_cells
from intake.recognise.model import DigitModel, Probabilities, softmax

if TYPE_CHECKING:
    from collections.abc import Sequence

    from intake.records import Grey

_SURE = 0.99
"""Probability of a cell's likeliest class from which one look is enough."""

_TRIM = 0.05
"""Share of a cell that each further look leaves out, on one side."""

_SIDES = 4
_TINY = 1e-9


def look(
    model: DigitModel, fields: Sequence[Sequence[Grey]], *, together: bool = True
) -> list[Probabilities]:
    """Returns what stands in the cells of each field, N×14 probabilities.

    Args:
        model: the network.
        fields: pictures of cells, all written by one person.
        together: whether the network may see which cells are one person's.

    A cell in doubt is looked at again, beside all the others, cut a little closer on each side
    in turn. What the looks say is joined as a geometric mean: where they differ, there is doubt.
    """
    cells = [cell for field in fields for cell in field]
    hands = np.zeros(len(cells), np.int64) if together else np.arange(len(cells))
    seen, memory = model.look(frame_cells(cells), hands)
    doubtful = np.flatnonzero(seen.max(axis=1) < _SURE)
    if len(doubtful):
        closer = frame_cells([_closer(cells[i], side) for side in range(_SIDES) for i in doubtful])
        again, _ = model.look(closer, np.tile(hands[doubtful], _SIDES), memory)
        logs = np.log(again + _TINY).reshape(_SIDES, len(doubtful), -1).sum(axis=0)
        seen[doubtful] = softmax((np.log(seen[doubtful] + _TINY) + logs) / (1 + _SIDES))
    ends = np.cumsum([0, *(len(field) for field in fields)])
    return [seen[first:end] for first, end in pairwise(ends.tolist())]


def _closer(cell: Grey, side: int) -> Grey:
    """The cell without a strip at its top, bottom, left or right."""
    upright = cell if side < 2 else cell.T
    strip = max(1, round(_TRIM * len(upright)))
    rest = upright[strip:] if side % 2 == 0 else upright[:-strip]
    return np.ascontiguousarray(rest if side < 2 else rest.T)
