"""An aligned form → one small upright picture per field, and one per cell of a comb."""

from __future__ import annotations

from typing import TYPE_CHECKING

from intake import geometry
from intake.records import CELL_MARGIN, Crop, Kind, read_only

if TYPE_CHECKING:
    from collections.abc import Sequence

    from intake.records import AlignedForm, Box, Grey
    from intake.sampling import Levels
    from intake.template import Field

CELL_HEIGHT_PX = 64
LINE_PX_PER_MM = 12.0
AROUND_MM = 2.0

GLANCE_PX_PER_MM = 6.0
"""Scale at which nearly all codes, tick boxes and printed numbers can be read."""

CLOSER = {Kind.PRINTED: LINE_PX_PER_MM, Kind.BARCODE: LINE_PX_PER_MM, Kind.MARK: 10.0}
"""Scale, by kind of field, at which the others can."""


def crop_form(
    levels: Levels, fields: Sequence[Field], form: AlignedForm, *, closer: bool = False
) -> dict[str, Crop]:
    """Cuts fields out of an aligned form.

    Args:
        levels: the page the form was found on.
        fields: of its template.
        form: with its transform and the places of its printed boxes.
        closer: whether at the finer scale that some of them need.

    Returns:
        By field name, in the order of `fields`.
    """
    return {field.name: crop_field(levels, field, form, closer=closer) for field in fields}


def crop_field(levels: Levels, field: Field, form: AlignedForm, *, closer: bool = False) -> Crop:
    """Cuts out one field with a margin around it, and its cells where it is a comb."""
    to_page = form.place(field.name).to_page
    px_per_mm = _scale_for(field, closer=closer)
    window = geometry.grown(field.box, AROUND_MM)
    image = levels.cut(to_page, window, px_per_mm)
    inner: Box = (
        AROUND_MM * px_per_mm,
        AROUND_MM * px_per_mm,
        field.box[2] * px_per_mm,
        field.box[3] * px_per_mm,
    )
    return Crop(
        field=field.name,
        image=read_only(image),
        px_per_mm=px_per_mm,
        box_in_image=inner,
        box_px=geometry.apply(to_page, geometry.corners(field.box)),
        cells=tuple(_cut_cell(image, cell) for cell in _cells_of(field, inner, px_per_mm))
        if field.cells
        else (),
    )


def _cells_of(field: Field, inner: Box, px_per_mm: float) -> tuple[Box, ...]:
    """The comb's cells in its picture, pixels."""
    return geometry.cell_boxes(inner, field.cells, field.gap * px_per_mm)


def _scale_for(field: Field, *, closer: bool) -> float:
    """Pixels per millimetre: a cell with its margins is `CELL_HEIGHT_PX` high."""
    if field.cells:
        return CELL_HEIGHT_PX / (field.box[3] * (1 + 2 * CELL_MARGIN))
    if field.kind in CLOSER and not closer:
        return GLANCE_PX_PER_MM
    return CLOSER.get(field.kind, LINE_PX_PER_MM)


def _cut_cell(image: Grey, cell: Box) -> Grey:
    """The part of a comb's picture that shows one cell with its margin."""
    left, top, width, height = geometry.grown(cell, CELL_MARGIN * cell[2], CELL_MARGIN * cell[3])
    row, column = max(round(top), 0), max(round(left), 0)
    return read_only(image[row : row + round(height), column : column + round(width)])
