"""Each field found again on its own printed box.

The form's transform is right on the whole; feeder stretch, folds and photocopies make it wrong
here and there. The box of a comb or tick mark is looked for near where it should be, and what
was found also tells how good the form's transform is: it was fitted to the marks alone.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from intake import geometry
from intake.align.lines import (
    LINE_INK,
    REMNANT_INK,
    LineFit,
    Profile,
    fit_lines,
    ink_profile,
    remnant_profile,
)
from intake.records import FieldPlace, Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from intake.records import Grey, Matrix
    from intake.sampling import Levels
    from intake.template import Field, Template

SEARCH_PX_PER_MM = 8.0
REACH_MM = 1.4
MAX_LINE_RESIDUAL_MM = 0.2
NEAR_MM = 4.0


def has_printed_box(field: Field) -> bool:
    """Whether a box is printed around the field that can be looked for."""
    return field.kind in {Kind.HANDWRITTEN, Kind.MARK}


def find_places(levels: Levels, template: Template, to_page: Matrix) -> dict[str, FieldPlace]:
    """Looks for every printed box of a form; what has no box of its own moves with the nearest.

    Args:
        levels: the page.
        template: the form's.
        to_page: 3×3 homography, millimetres on the form → pixels of the page as stored.

    Returns:
        By field name, the refined place; where a box was not found, the form's transform.
    """
    boxed = [field for field in template.field if has_printed_box(field)]
    places = {field.name: find_place(levels, field, to_page) for field in boxed}
    found = [field for field in boxed if places[field.name].moved_mm is not None]
    return places | {
        field.name: _moved_along(field, found, places, to_page)
        for field in template.field
        if found and not has_printed_box(field)
    }


def _moved_along(
    field: Field, found: Sequence[Field], places: Mapping[str, FieldPlace], to_page: Matrix
) -> FieldPlace:
    """A field without a box, shifted as the found boxes nearest to it were shifted."""
    middle = geometry.centre(field.box)
    centres = np.vstack([geometry.centre(one.box) for one in found])
    away = np.linalg.norm(centres - middle, axis=1)
    weights = 1 / (away + NEAR_MM) ** 2
    back = geometry.inverse(to_page)
    shifts = np.vstack(
        [
            geometry.apply(back @ places[one.name].to_page, centre[None]) - centre
            for one, centre in zip(found, centres, strict=True)
        ]
    )
    x, y = (weights[:, None] * shifts).sum(axis=0) / weights.sum()
    shift = np.array([[1.0, 0.0, x], [0.0, 1.0, y], [0.0, 0.0, 1.0]])
    return FieldPlace(to_page @ shift, None, boxed=False)


def find_place(levels: Levels, field: Field, to_page: Matrix) -> FieldPlace:
    """Looks for one field's printed box near where the form's transform puts it."""
    window = geometry.grown(field.box, REACH_MM)
    picture = levels.cut(to_page, window, SEARCH_PX_PER_MM)
    remnants = partial(remnant_profile, px_per_mm=SEARCH_PX_PER_MM)
    fits = _fit_box(picture, field, ink_profile, LINE_INK) or _fit_box(
        picture, field, remnants, REMNANT_INK
    )
    if fits is None:
        return FieldPlace(to_page, None)
    x, y = geometry.centre(field.box)[0]
    local = _axis_map(fits[0], float(x), fits[1], float(y))
    return FieldPlace(to_page @ local, _farthest_corner(local, field))


def _fit_box(
    picture: Grey, field: Field, profile: Callable[[Grey, int], Profile], least: float
) -> tuple[LineFit, LineFit] | None:
    """The box's lines across and down; None where they do not stand out or do not fit."""
    inner = int(REACH_MM * SEARCH_PX_PER_MM)
    columns = _upright_lines(field) + REACH_MM
    rows = np.array([0.0, field.box[3]]) + REACH_MM
    across = fit_lines(
        profile(picture[inner:-inner], 1), columns, SEARCH_PX_PER_MM, REACH_MM, least
    )
    down = fit_lines(profile(picture[:, inner:-inner], 0), rows, SEARCH_PX_PER_MM, REACH_MM, least)
    if across is None or down is None or _unsteady(across) or _unsteady(down):
        return None
    return across, down


def _upright_lines(field: Field) -> Profile:
    """Where the upright lines of a box and its cells stand, millimetres from its left edge."""
    cells = max(field.cells, 1)
    if not field.gap:
        return np.linspace(0.0, field.box[2], cells + 1)
    boxes = np.array(geometry.cell_boxes((0.0, 0.0, *field.box[2:]), cells, field.gap))
    return np.column_stack([boxes[:, 0], boxes[:, 0] + boxes[:, 2]]).reshape(-1)


def _unsteady(fit: LineFit) -> bool:
    return fit.residual > MAX_LINE_RESIDUAL_MM


def _axis_map(across: LineFit, x: float, down: LineFit, y: float) -> Matrix:
    """Millimetres where the field should be → millimetres where it was found."""
    return np.array(
        [
            [across.stretch, 0.0, across.shift + x * (1 - across.stretch)],
            [0.0, down.stretch, down.shift + y * (1 - down.stretch)],
            [0.0, 0.0, 1.0],
        ]
    )


def _farthest_corner(local: Matrix, field: Field) -> float:
    square = geometry.corners(field.box)
    return float(np.linalg.norm(geometry.apply(local, square) - square, axis=1).max())


def residual_mm(places: Mapping[str, FieldPlace]) -> float:
    """Root mean square of how far the boxes lay from the form's transform; inf for none."""
    moved = [place.moved_mm for place in places.values() if place.moved_mm is not None]
    return float(np.sqrt(np.mean(np.square(moved)))) if moved else float("inf")
