"""Every stage can be seen: aligned forms with their boxes, and crops, as pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from intake import geometry
from intake.evidence import PAGE_SCALE
from intake.records import Decision
from intake.sampling import Levels
from intake.survey import draw_label

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from intake.records import FieldResult, FormResult, Grey, PageResult
    from intake.template import Template, TemplateSet

PX_PER_MM = 8.0
COLOURS = {
    Decision.ACCEPTED: (60, 150, 30),
    Decision.BLANK: (160, 160, 160),
    Decision.REVIEW: (0, 120, 240),
    Decision.REFUSED: (40, 40, 200),
}
"""Of a field's box, blue-green-red."""


def draw_page(result: PageResult, templates: TemplateSet, folder: Path, name: str) -> None:
    """Writes what was made of a page: `NAME-p1-f1.png` and a crop per field.

    Args:
        result: of a page, its pictures still with it.
        templates: of the forms.
        folder: where to; made if missing.
        name: of the scan.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if result.picture is None:
        return
    page = cv2.resize(result.picture, None, fx=1 / PAGE_SCALE, fy=1 / PAGE_SCALE)
    for form in result.forms:
        stem = f"{name}-p{result.number}-f{form.number}"
        template = templates.get(form.template)
        _write(folder / f"{stem}.png", form_overlay(np.asarray(page, np.uint8), template, form))
        for field in form.fields:
            if field.picture is not None:
                _write(folder / f"{stem}-{field.name}.png", field.picture)


def form_overlay(page: Grey, template: Template, form: FormResult) -> NDArray[np.uint8]:
    """The form, upright, each field's box and cells where they were read, by its verdict.

    Returns:
        h×w×3, blue-green-red, `PX_PER_MM` pixels to the millimetre.
    """
    upright = Levels(page).cut(form.to_page, (0.0, 0.0, *template.page), PX_PER_MM)
    canvas = np.asarray(cv2.cvtColor(upright, cv2.COLOR_GRAY2BGR), np.uint8)
    back = geometry.inverse(form.to_page)
    for field in form.fields:
        colour = COLOURS[field.verdict.decision]
        corners = geometry.apply(back, np.array(field.box_px)) * PX_PER_MM
        _draw_comb(canvas, corners, max(field.cells, 1), colour)
        place = (round(corners[0][0]), round(corners[0][1]))
        draw_label(canvas, label_of(field), place, colour)
    return canvas


def label_of(field: FieldResult) -> str:
    """What became of a field: its value, or why it has none and what was read."""
    if field.verdict.value is not None:
        return field.verdict.value
    if field.verdict.decision is Decision.BLANK:
        return "blank"
    read = "blank" if field.reading.value is None else field.reading.value
    return f"{field.verdict.decision}: {read}"


def _draw_comb(
    canvas: NDArray[np.uint8],
    corners: NDArray[np.float64],
    cells: int,
    colour: tuple[int, int, int],
) -> None:
    top_left, top_right, bottom_right, bottom_left = corners
    cv2.polylines(canvas, [np.rint(corners).astype(np.int32)], True, colour, 1, cv2.LINE_AA)
    for index in range(1, cells):
        share = index / cells
        top = top_left + share * (top_right - top_left)
        bottom = bottom_left + share * (bottom_right - bottom_left)
        start, end = np.rint(top).astype(int), np.rint(bottom).astype(int)
        cv2.line(canvas, start.tolist(), end.tolist(), colour, 1, cv2.LINE_AA)


def _write(path: Path, picture: NDArray[np.uint8]) -> None:
    _, encoded = cv2.imencode(".png", picture)
    path.write_bytes(encoded.tobytes())
