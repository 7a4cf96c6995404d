"""Drawing on a PDF page in millimetres from the top left corner, y downwards."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
from reportlab.lib.colors import Color
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from reportlab.pdfgen.canvas import Canvas

    from intake.records import Box

PLAIN = "DejaVuSans"
BOLD = "DejaVuSans-Bold"
FONTS = Path(__file__).parent / "fonts"

BLACK = Color(0.0, 0.0, 0.0)
LIGHT_BLUE = Color(0.45, 0.63, 0.82)
"""Outlines: light enough to drop out, dark enough to be found again on a grey scan."""

OUTLINE_MM = 0.25


@dataclass(frozen=True, slots=True)
class Face:
    """How letters look.

    Attributes:
        font: one of the fonts that come with the program.
        size: points.
        align: which part of the text stands where it is put.
    """

    font: str
    size: float
    align: Literal["left", "centre", "right"] = "left"


@cache
def load_fonts() -> None:
    """Makes the fonts that come with the program known to reportlab."""
    for name in (PLAIN, BOLD):
        pdfmetrics.registerFont(TTFont(name, FONTS / f"{name}.ttf"))


@dataclass(frozen=True, eq=False, slots=True)
class Ink:
    """A pen over one form of a canvas whose origin is the form's bottom left corner.

    Attributes:
        canvas: what is drawn on.
        height: of the form, millimetres.
    """

    canvas: Canvas
    height: float

    def text(self, text: str, at: tuple[float, float], face: Face) -> None:
        """Writes `text` with its base line at `at`."""
        draw = {
            "left": self.canvas.drawString,
            "centre": self.canvas.drawCentredString,
            "right": self.canvas.drawRightString,
        }[face.align]
        self.canvas.setFillColor(BLACK)
        self.canvas.setFont(face.font, face.size)
        draw(at[0] * mm, (self.height - at[1]) * mm, text)

    def outline(self, box: Box) -> None:
        """A light rectangle whose line runs along the edge of `box`."""
        left, top, across, down = box
        self.canvas.setStrokeColor(LIGHT_BLUE)
        self.canvas.setLineWidth(OUTLINE_MM * mm)
        self.canvas.rect(left * mm, (self.height - top - down) * mm, across * mm, down * mm)

    def rule(self, start: tuple[float, float], end: tuple[float, float], width: float) -> None:
        """A black line, `width` millimetres."""
        self.canvas.setStrokeColor(BLACK)
        self.canvas.setLineWidth(width * mm)
        y_start, y_end = (self.height - y for y in (start[1], end[1]))
        self.canvas.line(start[0] * mm, y_start * mm, end[0] * mm, y_end * mm)

    def squares(self, box: Box, dark: NDArray[np.bool_]) -> None:
        """Fills the dark squares of a grid that covers `box`.

        All go into one path: neighbours drawn one by one would show hairlines between them.
        """
        left, top, across, down = box
        rows, columns = dark.shape
        width, height = across / columns, down / rows
        path = self.canvas.beginPath()
        for row, column in np.argwhere(dark):
            y = self.height - top - (row + 1) * height
            path.rect((left + column * width) * mm, y * mm, width * mm, height * mm)
        self.canvas.setFillColor(BLACK)
        self.canvas.drawPath(path, stroke=0, fill=1)
