"""A picture of a blank form → the combs, boxes and tick boxes on it, as a draft template."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from intake import geometry
from intake.errors import InputError
from intake.sampling import Levels
from intake.survey.cells import find_cells, ink_of
from intake.survey.codes import find_codes
from intake.survey.draft import draft_text
from intake.survey.found import BLANK_PX_PER_MM, Survey
from intake.survey.marks import find_marks
from intake.survey.places import Place, apart, grid_of, group_cells, in_reading_order
from intake.survey.skew import skew_of

if TYPE_CHECKING:
    from intake.records import Box, Grey, Matrix, Page

__all__ = ["Place", "Survey", "draft_text", "survey_page"]

SURVEY_PX_PER_MM = 8.0
SANE_WIDTH_MM = (40.0, 450.0)
LEAST_SKEW = 0.1
LITTLE_PRINT_MM2 = 15.0
GRID_LINE_MM = 1.0


def survey_page(page: Page, width_mm: float | None = None) -> Survey:
    """Finds the places of a blank form.

    Args:
        page: the form edge to edge, upright within some degrees.
        width_mm: of the form; None: as the page's resolution says.

    Raises:
        InputError: the width is not known, or nothing was found.
    """
    size = _size_of(page, width_mm)
    levels, whole = Levels(page.image), (0.0, 0.0, *size)
    to_page = _levelled(levels, size, page.image.shape[1] / size[0])
    picture = levels.cut(to_page, whole, SURVEY_PX_PER_MM)
    codes = find_codes(picture, SURVEY_PX_PER_MM)
    cells = find_cells(_without(picture, codes, SURVEY_PX_PER_MM), SURVEY_PX_PER_MM)
    written = group_cells(cells)
    if not written:
        raise InputError(
            "No boxes were found on this form. Scan the empty form at 300 dpi, upright and not too "
            "bright; its boxes must be closed on all four sides."
        )
    blank = levels.cut(to_page, whole, BLANK_PX_PER_MM)
    places = tuple(in_reading_order(apart([*written, *codes])))
    grid = grid_of(places)
    if grid is not None and _print_beside(picture, grid.box) > LITTLE_PRINT_MM2:
        grid = None
    marks = find_marks(picture, SURVEY_PX_PER_MM)
    return Survey(size, places, marks, grid, _without(blank, codes, BLANK_PX_PER_MM))


def _size_of(page: Page, width_mm: float | None) -> tuple[float, float]:
    """Width and height of the form, millimetres, to a tenth."""
    height_px, width_px = page.image.shape
    if width_mm is None and page.dpi is not None:
        width_mm = width_px / page.dpi * geometry.MM_PER_INCH
    if width_mm is None or not SANE_WIDTH_MM[0] <= width_mm <= SANE_WIDTH_MM[1]:
        raise InputError(
            "The file does not say how large the form is. Measure its width on paper and give it, "
            "in millimetres: --width 210 for A4, --width 148 for A6 lying down."
        )
    return round(width_mm, 1), round(width_mm * height_px / width_px, 1)


def _levelled(levels: Levels, size: tuple[float, float], px_per_mm: float) -> Matrix:
    """Millimetres on the form → page pixels, turned so that its lines are level."""
    straight = geometry.similarity(px_per_mm, 0.0, (-0.5, -0.5))
    skew = skew_of(levels.cut(straight, (0.0, 0.0, *size), SURVEY_PX_PER_MM))
    if abs(skew) < LEAST_SKEW:
        return straight
    return straight @ geometry.turned_about(geometry.centre((0.0, 0.0, *size)), skew)


def _print_beside(picture: Grey, grid: Box) -> float:
    """Ink outside of a grid, mm²."""
    around = geometry.grown(grid, GRID_LINE_MM)
    left, top, width, height = (round(edge * SURVEY_PX_PER_MM) for edge in around)
    ink = ink_of(picture, SURVEY_PX_PER_MM)
    ink[max(top, 0) : top + height, max(left, 0) : left + width] = 0
    return float(ink.sum()) / SURVEY_PX_PER_MM**2


def _without(picture: Grey, codes: tuple[Place, ...], px_per_mm: float) -> Grey:
    """The picture with its codes painted over: they differ from form to form."""
    bare = picture.copy()
    for code in codes:
        left, top, width, height = (edge * px_per_mm for edge in code.box)
        rows = slice(max(int(top), 0), int(np.ceil(top + height)))
        bare[rows, max(int(left), 0) : int(np.ceil(left + width))] = np.uint8(np.median(picture))
    return bare
