"""One form: what its template says is printed, and whose it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np
import segno

from intake import geometry
from intake.errors import UsageError
from intake.forms.ink import BOLD, PLAIN, Face, Ink
from intake.records import FormCode, Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from intake.forms.slips import Slip
    from intake.template import Field, Print, Ruling, Template

NUMBERS = Face(PLAIN, 12.5)
"""Account and meter numbers: digits 3.2 mm high, their 0 without a dot, which reads as a 6."""

DIGIT_HEIGHT = 0.729
"""Height of a digit over the size of its letters, in the number font."""

MM_PER_POINT = 25.4 / 72
DECIMAL_MARK = Face(BOLD, 15, "centre")
NOTHING_HERE = "–"
DOTS = "…" * 8
CODE_BORDER = 1
RULED_LINE = 0.3
"""Width of the lines of a grid, millimetres."""


@dataclass(frozen=True, slots=True)
class Form:
    """What to draw.

    Attributes:
        template: what stands where.
        locale: language of the texts; one of those that the template has.
        slip: whose form it is; None for a specimen that belongs to nobody.
    """

    template: Template
    locale: str
    slip: Slip | None = None

    def words(self, item: Print) -> str:
        """The text of `item`, filled in."""
        return self.template.texts[self.locale][item.text].format(
            period=self.slip.period if self.slip else DOTS,
            address=self.slip.account.address if self.slip else "",
            row=item.row,
        )

    def code(self) -> FormCode:
        """What its code says."""
        owner = (self.slip.account.number, self.slip.period) if self.slip else (None, None)
        return FormCode(self.template.id, self.template.version, *owner)


def draw_form(ink: Ink, form: Form) -> None:
    """Draws marks, texts, code, numbers and boxes."""
    template = form.template
    for mark, box in template.mark_boxes.items():
        ink.squares(box, mark_pattern(mark))
    for item in template.print:
        face = Face(BOLD if item.bold else PLAIN, item.size, item.align)
        ink.text(form.words(item), item.at, face)
    for field in template.field:
        _DRAW[field.kind](ink, form, field)
    if template.ruling is not None:
        draw_ruling(ink, template.ruling)


def texts_of(template: Template, locale: str | None) -> str:
    """The locale to print in.

    Raises:
        UsageError: the template has no texts in it.
    """
    chosen = locale or template.locale
    if template.texts and chosen not in template.texts:
        known = ", ".join(sorted(template.texts))
        raise UsageError(
            f"Template `{template.id}` has no texts for the locale `{chosen}`. Choose one of: "
            f"{known}, or add [texts.{chosen}] to it."
        )
    return chosen


def draw_ruling(ink: Ink, ruling: Ruling) -> None:
    """The lines of a grid that a form without marks is aligned by."""
    left, top, width, height = ruling.box
    for x in np.linspace(left, left + width, ruling.columns + 1):
        ink.rule((x, top), (x, top + height), RULED_LINE)
    for y in np.linspace(top, top + height, ruling.rows + 1):
        ink.rule((left, y), (left + width, y), RULED_LINE)


def mark_pattern(number: int) -> NDArray[np.bool_]:
    """6×6 squares of an ArUco mark of the dictionary 4×4/50, its border included."""
    dictionary = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50)
    return np.asarray(cv2.aruco.generateImageMarker(dictionary, number, 6)) < 128


def code_pattern(code: FormCode) -> NDArray[np.bool_]:
    """The squares of a QR code, with one light square around them."""
    symbol = segno.make(code.text(), error="m", micro=False, boost_error=True)
    return np.pad(np.array(symbol.matrix, dtype=bool), CODE_BORDER)


def _draw_code(ink: Ink, form: Form, field: Field) -> None:
    ink.squares(field.box, code_pattern(form.code()))


def _draw_number(ink: Ink, form: Form, field: Field) -> None:
    if form.slip is None:
        return
    left, top, _width, height = field.box
    base_line = top + (height + DIGIT_HEIGHT * NUMBERS.size * MM_PER_POINT) / 2
    ink.text(_number(field, form.slip), (left, base_line), NUMBERS)


def _number(field: Field, slip: Slip) -> str:
    if field.lookup == "account":
        return slip.account.number
    meter = slip.meter_at(field.group)
    return meter.number if meter is not None else NOTHING_HERE


def _draw_boxes(ink: Ink, _form: Form, field: Field) -> None:
    for box in geometry.cell_boxes(field.box, max(field.cells, 1), field.gap):
        ink.outline(box)
    if field.decimals:
        _draw_decimal_mark(ink, field)


def _draw_decimal_mark(ink: Ink, field: Field) -> None:
    left, top, width, height = field.box
    whole = width * (field.cells - field.decimals) / field.cells
    ink.text(",", (left + whole, top + height + field.clear + 1.7), DECIMAL_MARK)


_DRAW: Mapping[Kind, Callable[[Ink, Form, Field], None]] = {
    Kind.BARCODE: _draw_code,
    Kind.PRINTED: _draw_number,
    Kind.HANDWRITTEN: _draw_boxes,
    Kind.MARK: _draw_boxes,
}
