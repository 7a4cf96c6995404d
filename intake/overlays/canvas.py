"""A picture of a form that is drawn on in millimetres."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from intake import geometry
from intake.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from intake.records import Matrix
    from intake.sampling import Levels
    from intake.template import Field

PX_PER_MM = 8.0
LETTERS = cv2.FONT_HERSHEY_SIMPLEX
LETTER_SIZE = 0.55
PRINT = 128
"""What is darker is printed."""
WHITE = (255, 255, 255)

Picture = NDArray[np.uint8]
Colour = tuple[int, int, int]
"""Blue, green, red."""


@dataclass(frozen=True, eq=False, slots=True)
class Canvas:
    """A form laid upright.

    Attributes:
        picture: h×w×3, blue-green-red, `PX_PER_MM` pixels to the millimetre.
        rim: millimetres that are shown beyond the form, on its left and above it.
    """

    picture: Picture
    rim: float

    @classmethod
    def of(
        cls, levels: Levels, to_page: Matrix, size: tuple[float, float], rim: float = 0.0
    ) -> Canvas:
        """Cuts a form of `size` millimetres out of its page.

        Args:
            levels: the page.
            to_page: 3×3 homography, millimetres on the form → page pixels.
            size: width and height of the form.
            rim: millimetres to be shown on its left and above it.
        """
        upright = levels.cut(to_page, (-rim, -rim, size[0] + rim, size[1] + rim), PX_PER_MM)
        return cls(np.asarray(cv2.cvtColor(upright, cv2.COLOR_GRAY2BGR), np.uint8), rim)

    def pixel(self, x: float, y: float) -> tuple[int, int]:
        """The pixel of a point on the form."""
        return round((x + self.rim) * PX_PER_MM), round((y + self.rim) * PX_PER_MM)

    def draw_field(self, field: Field, moved: Matrix, label: str, colour: Colour) -> None:
        """Draws the cells of a field and a label beside it.

        Args:
            field: of the form's template.
            moved: 3×3, from where the field should be to where it is, millimetres.
            label: what stands beside it.
            colour: of both.
        """
        for box in geometry.cell_boxes(field.box, max(field.cells, 1), field.gap):
            corners = [self.pixel(x, y) for x, y in geometry.apply(moved, geometry.corners(box))]
            outline = np.array(corners, np.int32)
            cv2.polylines(self.picture, [outline], True, colour, 2, cv2.LINE_AA)
        upper, _, _, lower = geometry.apply(moved, geometry.corners(field.box))
        self._write(label, self._clearer(label, self.pixel(*upper), self.pixel(*lower)), colour)

    def _clearer(
        self, label: str, upper: tuple[int, int], lower: tuple[int, int]
    ) -> tuple[int, int]:
        """Where a label covers less of what is printed: above its box, or below it.

        Args:
            label: what it says.
            upper: pixels of the box's upper left corner.
            lower: of its lower left one.
        """
        (width, height), _ = cv2.getTextSize(label, LETTERS, LETTER_SIZE, 1)
        below = lower[0], lower[1] + height + 10

        def covered(at: tuple[int, int]) -> float:
            rows = slice(max(at[1] - height - 7, 0), at[1] - 2)
            part = self.picture[rows, max(at[0], 0) : at[0] + width]
            return float((part < PRINT).mean()) if part.size else 1.0

        return below if covered(below) < covered(upper) else upper

    def _write(self, label: str, at: tuple[int, int], colour: Colour) -> None:
        """Writes a label on a white ground, its lower left corner a little above `at`, pixels."""
        (width, height), _ = cv2.getTextSize(label, LETTERS, LETTER_SIZE, 1)
        x, y = at[0], at[1] - 4
        ground = (x - 1, y - height - 3), (x + width + 1, y + 3)
        cv2.rectangle(self.picture, *ground, WHITE, cv2.FILLED)
        cv2.putText(self.picture, label, (x, y), LETTERS, LETTER_SIZE, colour, 1, cv2.LINE_AA)


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
