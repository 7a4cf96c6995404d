"""Each field found again on its own printed box.

The form's transform is right on the whole; feeder stretch, folds and photocopies make it wrong
here and there. The box of a comb or tick mark is looked for near where it should be, and what
was found also tells how good the form's transform is: it was fitted to the marks alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from intake import geometry
from intake.align.lines import LineFit, fit_lines, ink_profile
from intake.records import FieldPlace, Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from intake.records import Matrix
    from intake.sampling import Levels
    from intake.template import Field, Template

SEARCH_PX_PER_MM = 8.0
REACH_MM = 1.4
MAX_LINE_RESIDUAL_MM = 0.2


def has_printed_box(field: Field) -> bool:
    """Whether a box is printed around the field that can be looked for."""
    return field.kind in {Kind.HANDWRITTEN, Kind.MARK}


def find_places(levels: Levels, template: Template, to_page: Matrix) -> dict[str, FieldPlace]:
    """Looks for every printed box of a form.

    Args:
        levels: the page.
        template: the form's.
        to_page: 3×3 homography, millimetres on the form → pixels of the page as stored.

    Returns:
        By field name, the refined place; where a box was not found, the form's transform.
    """
    return {
        field.name: find_place(levels, field, to_page)
        for field in template.field
        if has_printed_box(field)
    }


def find_place(levels: Levels, field: Field, to_page: Matrix) -> FieldPlace:
    """Looks for one field's printed box near where the form's transform puts it."""
    window = geometry.grown(field.box, REACH_MM)
    picture = levels.cut(to_page, window, SEARCH_PX_PER_MM)
    inner = int(REACH_MM * SEARCH_PX_PER_MM)
    verticals = ink_profile(picture[inner:-inner], axis=1)
    horizontals = ink_profile(picture[:, inner:-inner], axis=0)
    left, top = window[0], window[1]
    columns = np.linspace(field.box[0], field.box[0] + field.box[2], max(field.cells, 1) + 1)
    rows = np.array([field.box[1], field.box[1] + field.box[3]])
    across = fit_lines(verticals, columns - left, SEARCH_PX_PER_MM, REACH_MM)
    down = fit_lines(horizontals, rows - top, SEARCH_PX_PER_MM, REACH_MM)
    if across is None or down is None or _unsteady(across) or _unsteady(down):
        return FieldPlace(to_page, None)
    middle = geometry.centre(field.box)[0]
    local = _axis_map(across, float(middle[0]), down, float(middle[1]))
    return FieldPlace(to_page @ local, _farthest_corner(local, field))


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
