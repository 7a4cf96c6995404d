"""Forms as pictures: what the printer would put on the paper, in pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pypdfium2

from intake.forms.drawing import Form, texts_of
from intake.forms.sheets import Layout, draw_sheets

if TYPE_CHECKING:
    from intake.forms.slips import Slip
    from intake.records import Grey
    from intake.template import Template

POINTS_PER_MM = 72 / 25.4


def form_picture(
    template: Template, slip: Slip | None, px_per_mm: float, *, locale: str | None = None
) -> Grey:
    """The printed form, edge to edge; a specimen where `slip` is None.

    Raises:
        UsageError: there is no such locale.
    """
    form = Form(template, texts_of(template, locale), slip)
    return pdf_picture(draw_sheets([form], Layout(template.page, template.page)), px_per_mm)


def pdf_picture(pdf: bytes, px_per_mm: float) -> Grey:
    """The first page of a PDF that this program made."""
    with pypdfium2.PdfDocument(pdf) as document:
        bitmap = document[0].render(scale=px_per_mm / POINTS_PER_MM, grayscale=True)
        return np.array(bitmap.to_numpy()).reshape(bitmap.height, bitmap.width)
