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

    A field with a cell in doubt is looked at again with its cells cut a little closer on each
    side in turn. What the looks say is joined as a geometric mean: where they differ, there is
    doubt.
    """
    cells = [cell for field in fields for cell in field]
    first = _by_field(_seen(model, cells, 1, together=together), fields)
    doubtful = [place for place, seen in enumerate(first) if (seen.max(axis=1) < _SURE).any()]
    if not doubtful:
        return first
    again = _again(model, [fields[place] for place in doubtful], together=together)
    for place, more in zip(doubtful, again, strict=True):
        logs = np.log(first[place] + _TINY) + np.log(more + _TINY).sum(axis=0)
        first[place] = softmax(logs / (1 + _SIDES))
    return first


def _again(
    model: DigitModel, fields: Sequence[Sequence[Grey]], *, together: bool
) -> list[Probabilities]:
    """Returns, per field, 4×N×14 probabilities of the closer looks."""
    cells = [cell for field in fields for cell in field]
    looks = [_closer(cell, side) for side in range(_SIDES) for cell in cells]
    seen = _seen(model, looks, _SIDES, together=together)
    return _by_field(seen.reshape(_SIDES, len(cells), seen.shape[1]), fields)


def _by_field(seen: Probabilities, fields: Sequence[Sequence[Grey]]) -> list[Probabilities]:
    """Cuts …×N×14 probabilities of all cells into one piece per field."""
    ends = np.cumsum([0, *(len(field) for field in fields)])
    return [seen[..., first:end, :] for first, end in pairwise(ends.tolist())]


def _seen(model: DigitModel, cells: Sequence[Grey], looks: int, *, together: bool) -> Probabilities:
    """Shows the cells of so many looks, one after the other, to the network in one pass."""
    whose = np.repeat(np.arange(looks), len(cells) // looks) if together else np.arange(len(cells))
    return model.probabilities(frame_cells(cells), whose)


def _closer(cell: Grey, side: int) -> Grey:
    """The cell without a strip at its top, bottom, left or right."""
    upright = cell if side < 2 else cell.T
    strip = max(1, round(_TRIM * len(upright)))
    rest = upright[strip:] if side % 2 == 0 else upright[:-strip]
    return np.ascontiguousarray(rest if side < 2 else rest.T)
