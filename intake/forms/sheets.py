"""Forms onto the pages of a PDF: each at its own size, or several to a sheet with cut lines."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from intake.errors import UsageError
from intake.forms.drawing import Form, draw_form, texts_of
from intake.forms.ink import LIGHT_BLUE, Ink, load_fonts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from intake.forms.slips import Slip
    from intake.template import Template

SHEETS = {
    "A3": (297.0, 420.0),
    "A4": (210.0, 297.0),
    "A5": (148.0, 210.0),
    "Letter": (215.9, 279.4),
}
"""Width and height by name, millimetres, upright."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How forms lie on a sheet, all upright, from its top left corner.

    Attributes:
        sheet: width and height, millimetres.
        form: width and height of each form, millimetres.
        columns: forms across.
        rows: forms down.
    """

    sheet: tuple[float, float]
    form: tuple[float, float]
    columns: int = 1
    rows: int = 1

    @property
    def count(self) -> int:
        """Forms to a sheet."""
        return self.columns * self.rows

    def places(self) -> Iterator[tuple[float, float]]:
        """Left and top of each form, millimetres, row by row."""
        for row in range(self.rows):
            for column in range(self.columns):
                yield column * self.form[0], row * self.form[1]


def print_forms(
    template: Template,
    entries: Iterable[Slip],
    out: Path,
    *,
    locale: str | None = None,
    sheet: str | None = None,
) -> int:
    """Writes a PDF with a form per entry, or one specimen where there are none.

    The same forms always make the same bytes.

    Args:
        template: what to print.
        entries: whose forms.
        out: the PDF to write.
        locale: language of the texts; None: the template's own.
        sheet: a name of `SHEETS` to fill with forms; None: a page per form, at its size.

    Returns:
        How many forms were printed.

    Raises:
        UsageError: there is no such locale or sheet, the form is larger than the sheet, the
            template does not say what is printed, or the file cannot be written.
    """
    _refuse_foreign(template)
    language = texts_of(template, locale)
    layout = layout_for(template, sheet)
    owners: list[Slip | None] = [*entries] or [None]
    drawn = draw_sheets([Form(template, language, slip) for slip in owners], layout)
    try:
        out.write_bytes(drawn)
    except OSError as fault:
        raise UsageError(
            f"{out}: cannot be written ({fault.strerror}). Name another file."
        ) from fault
    return len(owners)


def _refuse_foreign(template: Template) -> None:
    if template.blank is not None and not template.print:
        raise UsageError(
            f"Template `{template.id}` says where to read, not what is printed: the form is known "
            f"by its picture alone. Print it from the file that it was made from."
        )


def layout_for(template: Template, sheet: str | None) -> Layout:
    """The layout that puts the most forms on the sheet, upright or on its side.

    Raises:
        UsageError: there is no such sheet, or the form is larger than it.
    """
    if sheet is None:
        return Layout(template.page, template.page)
    if sheet not in SHEETS:
        raise UsageError(f"There is no sheet `{sheet}`. Choose one of: {', '.join(SHEETS)}.")
    upright = SHEETS[sheet]
    layouts = [_filled(size, template.page) for size in (upright, upright[::-1])]
    best = max(layouts, key=lambda layout: layout.count)
    if not best.count:
        raise UsageError(f"`{template.id}` is larger than {sheet}. Print it without a sheet.")
    return best


def draw_sheets(forms: Sequence[Form], layout: Layout) -> bytes:
    """The PDF as bytes, `layout.count` forms to a page."""
    load_fonts()
    written = io.BytesIO()
    canvas = Canvas(written, pagesize=_points(layout.sheet), invariant=1)
    canvas.setTitle(forms[0].template.title)
    canvas.setCreator("meter-intake")
    for start in range(0, len(forms), layout.count):
        together = forms[start : start + layout.count]
        for form, place in zip(together, layout.places(), strict=False):
            _draw_at(canvas, layout, place, form)
        canvas.showPage()
    canvas.save()
    return written.getvalue()


def _draw_at(canvas: Canvas, layout: Layout, place: tuple[float, float], form: Form) -> None:
    left, top = place
    width, height = layout.form
    canvas.saveState()
    canvas.translate(left * mm, (layout.sheet[1] - top - height) * mm)
    if layout.sheet != layout.form:
        _draw_cut_lines(canvas, width, height)
    draw_form(Ink(canvas, height), form)
    canvas.restoreState()


def _draw_cut_lines(canvas: Canvas, width: float, height: float) -> None:
    canvas.setStrokeColor(LIGHT_BLUE)
    canvas.setLineWidth(0.1 * mm)
    canvas.setDash(2 * mm, 2 * mm)
    canvas.rect(0, 0, width * mm, height * mm)
    canvas.setDash()


def _filled(sheet: tuple[float, float], form: tuple[float, float]) -> Layout:
    columns, rows = (int((edge + 0.01) // size) for edge, size in zip(sheet, form, strict=True))
    return Layout(sheet, form, columns, rows)


def _points(size: tuple[float, float]) -> tuple[float, float]:
    return size[0] * mm, size[1] * mm
