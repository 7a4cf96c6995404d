"""Each field found again on its own printed box.

The form's transform is right on the whole; feeder stretch, folds and photocopies make it wrong
here and there. The box of a comb or tick mark is looked for near where it should be, and what
was found also tells how good the form's transform is: it was fitted to the marks alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from intake import geometry
from intake.align.lines import (
    LINE_INK,
    REMNANT_INK,
    LineFits,
    fit_lines,
    ink_profiles,
    remnant_profiles,
)
from intake.align.spread import moved_along
from intake.records import FieldPlace, Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from intake.align.lines import Floats, Stack
    from intake.records import Matrix, Points
    from intake.sampling import Levels
    from intake.template import Field, Template

REACH_MM = 1.4
MAX_LINE_RESIDUAL_MM = 0.2


@dataclass(frozen=True, slots=True)
class _Trace:
    """What printed lines have left on a page.

    Attributes:
        px_per_mm: scale to look for it at.
        profiles: its ink along an axis.
        least: ink from which a line stands out, grey levels.
    """

    px_per_mm: float
    profiles: Callable[[Stack, int, float], Floats]
    least: float

    def fit(self, pictures: Stack, axis: int, expected: Floats) -> LineFits:
        """Lines found in pictures, near where they are expected."""
        ink = self.profiles(pictures, axis, self.px_per_mm)
        return fit_lines(ink, expected, self.px_per_mm, REACH_MM, self.least)


INK = _Trace(6.0, ink_profiles, LINE_INK)
REMNANTS = _Trace(8.0, remnant_profiles, REMNANT_INK)


def has_printed_box(field: Field) -> bool:
    """Whether a box is printed around the field that can be looked for."""
    return field.kind in {Kind.HANDWRITTEN, Kind.MARK}


def find_places(
    levels: Levels,
    template: Template,
    to_page: Matrix,
    anchors: tuple[Points, Points] | None = None,
) -> dict[str, FieldPlace]:
    """Looks for every printed box of a form; what has no box of its own moves with the others.

    Args:
        levels: the page.
        template: the form's.
        to_page: 3×3 homography, millimetres on the form → pixels of the page as stored.
        anchors: points known besides, N×2 millimetres on the form and N×2 page pixels.

    Returns:
        By field name, the refined place; where a box was not found, the form's transform.
    """
    boxed = [field for field in template.field if has_printed_box(field)]
    places = find_boxes(levels, boxed, to_page)
    return places | moved_along(template.field, places, to_page, anchors)


def find_boxes(levels: Levels, fields: Sequence[Field], to_page: Matrix) -> dict[str, FieldPlace]:
    """Looks for fields' printed boxes near where the form's transform puts them.

    Boxes of which a 1-bit scan has left mere dots are looked for by those, at a finer scale.
    """
    places = _find_by(INK, levels, fields, to_page)
    lost = [field for field in fields if places[field.name].moved_mm is None]
    return places | _find_by(REMNANTS, levels, lost, to_page)


def _find_by(
    trace: _Trace, levels: Levels, fields: Sequence[Field], to_page: Matrix
) -> dict[str, FieldPlace]:
    places: dict[str, FieldPlace] = {}
    for _, alike in groupby(sorted(fields, key=_shape), key=_shape):
        group = list(alike)
        windows = [geometry.grown(field.box, REACH_MM) for field in group]
        pictures = np.stack(list(levels.cuts(to_page, windows, trace.px_per_mm)))
        moves, found = _fit_boxes(trace, pictures, group[0])
        for field, move, is_found in zip(group, moves, found, strict=True):
            places[field.name] = _placed(field, to_page, move if is_found else None)
    return places


def _shape(field: Field) -> tuple[float, float, int, float]:
    return (*field.box[2:], field.cells, field.gap)


def _placed(field: Field, to_page: Matrix, move: Floats | None) -> FieldPlace:
    """A field moved as found: shift and stretch across, shift and stretch down its middle."""
    if move is None:
        return FieldPlace(to_page, None)
    (x, y), *_ = geometry.centre(field.box)
    right, wide, down, high = move
    local = np.array(
        [[wide, 0.0, right + x * (1 - wide)], [0.0, high, down + y * (1 - high)], [0.0, 0.0, 1.0]]
    )
    half = np.array(field.box[2:]) / 2
    farthest = np.hypot(abs(right) + abs(wide - 1) * half[0], abs(down) + abs(high - 1) * half[1])
    return FieldPlace(to_page @ local, float(farthest))


def _fit_boxes(trace: _Trace, pictures: Stack, field: Field) -> tuple[Floats, NDArray[np.bool_]]:
    """Of N boxes alike: N×4 shift and stretch across and down; N, whether each was found."""
    inner = int(REACH_MM * trace.px_per_mm)
    columns = np.array(_upright_lines(*_shape(field))) + REACH_MM
    rows = np.array([0.0, field.box[3]]) + REACH_MM
    across = trace.fit(pictures[:, inner:-inner], 1, columns)
    down = trace.fit(pictures[:, :, inner:-inner], 0, rows)
    moves = np.column_stack([across.shift, across.stretch, down.shift, down.stretch])
    return moves, np.maximum(across.residual, down.residual) <= MAX_LINE_RESIDUAL_MM


@cache
def _upright_lines(width: float, height: float, cells: int, gap: float) -> tuple[float, ...]:
    """Where the upright lines of a box and its cells stand, millimetres from its left edge."""
    count = max(cells, 1)
    if not gap:
        return tuple(np.linspace(0.0, width, count + 1))
    boxes = geometry.cell_boxes((0.0, 0.0, width, height), count, gap)
    return tuple(edge for left, _, wide, _ in boxes for edge in (left, left + wide))


def residual_mm(places: Mapping[str, FieldPlace], names: Sequence[str] | None = None) -> float:
    """Root mean square of how far boxes lay from the form's transform; inf for none.

    Args:
        places: by field name.
        names: the fields to count; None: all.
    """
    chosen = places.values() if names is None else [places[name] for name in names]
    moved = [place.moved_mm for place in chosen if place.moved_mm is not None]
    return float(np.sqrt(np.mean(np.square(moved)))) if moved else float("inf")
