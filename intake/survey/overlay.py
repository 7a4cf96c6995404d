"""The fields of a template drawn over its form, with rulers to measure by."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from intake import geometry
from intake.errors import UsageError
from intake.records import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from intake.records import FieldPlace, Matrix
    from intake.sampling import Levels
    from intake.template import Field, Template

PX_PER_MM = 8.0
RULER_MM = 8.0
TICK_MM = 10
LETTERS = cv2.FONT_HERSHEY_SIMPLEX
LETTER_SIZE = 0.55
PRINT = 128
"""What is darker is printed."""
WHITE, BLACK = (255, 255, 255), (0, 0, 0)
COLOURS = {
    Kind.HANDWRITTEN: (200, 60, 0),
    Kind.MARK: (0, 110, 220),
    Kind.PRINTED: (0, 130, 0),
    Kind.BARCODE: (160, 0, 160),
}
"""Of a field's box, blue-green-red."""

Picture = NDArray[np.uint8]


def draw_overlay(
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
    window = (-RULER_MM, -RULER_MM, template.page[0] + RULER_MM, template.page[1] + RULER_MM)
    canvas = np.asarray(
        cv2.cvtColor(levels.cut(to_page, window, PX_PER_MM), cv2.COLOR_GRAY2BGR), np.uint8
    )
    _draw_rulers(canvas, template.page)
    back = geometry.inverse(to_page)
    for field in template.field:
        moved = back @ places[field.name].to_page if field.name in places else np.eye(3)
        _draw_field(canvas, field, moved)
    return canvas


def write_png(path: Path, picture: Picture) -> None:
    """Writes a picture, grey or blue-green-red.

    Raises:
        UsageError: the file cannot be written.
    """
    _, encoded = cv2.imencode(".png", picture)
    try:
        path.write_bytes(encoded.tobytes())
    except OSError as fault:
        raise UsageError(
            f"{path}: cannot be written ({fault.strerror}). Name another file."
        ) from fault


def _pixel(x: float, y: float) -> tuple[int, int]:
    """The pixel of a point on the form."""
    return round((x + RULER_MM) * PX_PER_MM), round((y + RULER_MM) * PX_PER_MM)


def _draw_rulers(canvas: Picture, page: tuple[float, float]) -> None:
    """Centimetres along the upper and the left edge, labelled in millimetres."""
    width, height = _pixel(*page)
    edge = round(RULER_MM * PX_PER_MM)
    canvas[:edge] = canvas[:, :edge] = 235
    for at in range(0, int(max(page)) + 1, TICK_MM):
        x, y = _pixel(at, at)
        if x <= width:
            cv2.line(canvas, (x, edge - 14), (x, edge), BLACK, 1)
            cv2.putText(canvas, str(at), (x + 3, edge - 18), LETTERS, 0.5, BLACK, 1, cv2.LINE_AA)
        if y <= height:
            cv2.line(canvas, (edge - 14, y), (edge, y), BLACK, 1)
            cv2.putText(canvas, str(at), (4, y + 5), LETTERS, 0.5, BLACK, 1, cv2.LINE_AA)


def _draw_field(canvas: Picture, field: Field, moved: Matrix) -> None:
    colour = COLOURS[field.kind]
    for box in geometry.cell_boxes(field.box, max(field.cells, 1), field.gap):
        corners = [_pixel(x, y) for x, y in geometry.apply(moved, geometry.corners(box))]
        cv2.polylines(canvas, [np.array(corners, np.int32)], True, colour, 2, cv2.LINE_AA)
    upper, _, _, lower = geometry.apply(moved, geometry.corners(field.box))
    draw_label(
        canvas, field.name, _clearer(canvas, field.name, _pixel(*upper), _pixel(*lower)), colour
    )


def _clearer(
    canvas: Picture, name: str, upper: tuple[int, int], lower: tuple[int, int]
) -> tuple[int, int]:
    """Where the label of a box covers less of what is printed: above it, or below it.

    Args:
        canvas: the picture.
        name: what the label says.
        upper: pixels of the box's upper left corner.
        lower: of its lower left one.
    """
    (width, height), _ = cv2.getTextSize(name, LETTERS, LETTER_SIZE, 1)
    below = lower[0], lower[1] + height + 10

    def covered(at: tuple[int, int]) -> float:
        part = canvas[max(at[1] - height - 7, 0) : at[1] - 2, max(at[0], 0) : at[0] + width]
        return float((part < PRINT).mean()) if part.size else 1.0

    return below if covered(below) < covered(upper) else upper


def draw_label(
    canvas: Picture, name: str, at: tuple[int, int], colour: tuple[int, int, int]
) -> None:
    """Writes a name on a white ground, above the upper left corner, `at` pixels, of its box."""
    (width, height), _ = cv2.getTextSize(name, LETTERS, LETTER_SIZE, 1)
    x, y = at[0], at[1] - 4
    cv2.rectangle(canvas, (x - 1, y - height - 3), (x + width + 1, y + 3), WHITE, cv2.FILLED)
    cv2.putText(canvas, name, (x, y), LETTERS, LETTER_SIZE, colour, 1, cv2.LINE_AA)
