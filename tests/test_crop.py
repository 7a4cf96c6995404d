"""Crops show the box they are named after, upright, with its margins."""

from __future__ import annotations

import numpy as np
import pytest

from intake.align import align_page
from intake.crop import CELL_HEIGHT_PX, crop_form
from intake.records import Page
from intake.synth.paper import Lie, Paper, Scanner, scan
from intake.template import Template, TemplateSet


@pytest.mark.parametrize("angle", [0.0, 184.0])
def test_ink_in_one_cell_is_in_that_cell_alone(
    templates: TemplateSet, water_slip: Template, specimen: Paper, angle: float
) -> None:
    image = specimen.image.copy()
    left, top, width, height = next(
        field.box for field in water_slip.field if field.name == "hot_kitchen.reading"
    )
    x, y = left + width / 8 * 4.5, top + height / 2
    rows = slice(*(round((y + side) * specimen.px_per_mm) for side in (-2, 2)))
    columns = slice(*(round((x + side) * specimen.px_per_mm) for side in (-2, 2)))
    image[rows, columns] = 0
    page = scan(
        [(Paper(image, specimen.px_per_mm), Lie((105.0, 148.0), angle))],
        Scanner(),
        np.random.default_rng(1),
    )
    found = align_page(Page(1, page.image), templates)
    crops = crop_form(found.levels, water_slip.field, found.forms[0])
    darkness = [cell[16:-16, 16:-16].mean() < 120 for cell in crops["hot_kitchen.reading"].cells]
    assert darkness == [index == 4 for index in range(8)]


def test_pictures_have_the_promised_size_and_cannot_be_changed(
    templates: TemplateSet, water_slip: Template, specimen: Paper
) -> None:
    page = scan([(specimen, Lie((105.0, 148.0)))], Scanner(), np.random.default_rng(1))
    found = align_page(Page(1, page.image), templates)
    crops = crop_form(found.levels, water_slip.field, found.forms[0])
    assert list(crops) == [field.name for field in water_slip.field]
    assert {cell.shape[0] for cell in crops["date"].cells} == {CELL_HEIGHT_PX}
    with pytest.raises(ValueError, match="read-only"):
        crops["date"].image[0, 0] = 0
