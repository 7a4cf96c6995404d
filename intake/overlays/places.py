"""The fields of a template drawn over its form, with rulers to measure by."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from intake import geometry
from intake.overlays.canvas import LETTERS, PX_PER_MM, Canvas
from intake.records import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from intake.overlays.canvas import Picture
    from intake.records import FieldPlace, Matrix
    from intake.sampling import Levels
    from intake.template import Template

RULER_MM = 8.0
TICK_MM = 10
BLACK = (0, 0, 0)
COLOURS = {
    Kind.HANDWRITTEN: (200, 60, 0),
    Kind.MARK: (0, 110, 220),
    Kind.PRINTED: (0, 130, 0),
    Kind.BARCODE: (160, 0, 160),
}
"""Of a field's box, blue-green-red."""


def template_overlay(
    levels: Levels, template: Template, to_page: Matrix, places: Mapping[str, FieldPlace]
) -> Picture:
    """A form with the boxes, cells and names of its fields, between rulers.

    Args:
        levels: the page that shows the form.
        template: the form's.
        to_page: 3×3 homography, millimetres on the form → page pixels.
        places: where fields were found, by name; a field that is missing stands by `to_page`.

    Returns:
        h×w×3, blue-green-red, `PX_PER_MM` pixels to the millimetre; the form begins
        `RULER_MM` from the left and the top.
    """
    canvas = Canvas.of(levels, to_page, template.page, RULER_MM)
    _draw_rulers(canvas, template.page)
    back = geometry.inverse(to_page)
    for field in template.field:
        moved = back @ places[field.name].to_page if field.name in places else np.eye(3)
        canvas.draw_field(field, moved, field.name, COLOURS[field.kind])
    return canvas.picture


def _draw_rulers(canvas: Canvas, size: tuple[float, float]) -> None:
    """Centimetres along the upper and the left edge, labelled in millimetres."""
    width, height = canvas.pixel(*size)
    edge, picture = round(RULER_MM * PX_PER_MM), canvas.picture
    picture[:edge] = picture[:, :edge] = 235
    for at in range(0, int(max(size)) + 1, TICK_MM):
        x, y = canvas.pixel(at, at)
        if x <= width:
            cv2.line(picture, (x, edge - 14), (x, edge), BLACK, 1)
            cv2.putText(picture, str(at), (x + 3, edge - 18), LETTERS, 0.5, BLACK, 1, cv2.LINE_AA)
        if y <= height:
            cv2.line(picture, (edge - 14, y), (edge, y), BLACK, 1)
            cv2.putText(picture, str(at), (4, y + 5), LETTERS, 0.5, BLACK, 1, cv2.LINE_AA)
