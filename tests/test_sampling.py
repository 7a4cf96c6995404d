"""Cuts of a page show what lies there, at any scale, on pages of any size."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake import geometry
from intake.align import align_page
from intake.records import Page
from intake.sampling import Levels, cut_to_form, shrink
from intake.template import TemplateSet


def spotted(height: int, width: int, x: float, y: float, radius: float) -> Levels:
    """A white page with a round black spot."""
    ys, xs = np.mgrid[:height, :width]
    image = np.where(np.hypot(xs - x, ys - y) < radius, 0, 255).astype(np.uint8)
    return Levels(image)


def middle_of_ink(picture: np.ndarray) -> tuple[float, float]:
    ink = 255.0 - picture
    ys, xs = np.mgrid[: picture.shape[0], : picture.shape[1]]
    return float((ink * xs).sum() / ink.sum()), float((ink * ys).sum() / ink.sum())


@pytest.mark.parametrize("halvings", [1, 2, 3])
def test_halving_keeps_every_spot_where_the_map_says(halvings: int) -> None:
    levels = spotted(401, 333, 120.0, 200.0, 24.0)
    there = geometry.apply(shrink(halvings), np.array([[120.0, 200.0]]))[0]
    assert middle_of_ink(levels.level(halvings)) == pytest.approx(tuple(there), abs=0.1)


@given(angle=st.floats(-179, 179), scale=st.floats(4.0, 30.0), wanted=st.floats(4.0, 12.0))
@settings(max_examples=25, deadline=None)
def test_a_cut_is_upright_and_at_its_scale(angle: float, scale: float, wanted: float) -> None:
    to_page = geometry.similarity(scale, angle, (0.0, 0.0))
    spot = geometry.apply(to_page, np.array([[12.0, 9.0]]))[0]
    to_page[:2, 2] += 300.0 - spot
    levels = spotted(600, 600, 300.0, 300.0, 1.5 * scale)
    cut = levels.cut(to_page, (8.0, 6.0, 9.0, 7.0), wanted)
    assert cut.shape == (round(7.0 * wanted), round(9.0 * wanted))
    found = np.array([middle_of_ink(cut)])
    form = geometry.apply(cut_to_form((8.0, 6.0, 9.0, 7.0), wanted), found)[0]
    assert tuple(form) == pytest.approx((12.0, 9.0), abs=0.12)


@pytest.mark.parametrize("shape", [(1, 1), (1, 4000), (4000, 1), (3, 2)])
def test_a_page_of_hardly_any_pixels_is_no_form(
    templates: TemplateSet, shape: tuple[int, int]
) -> None:
    for grey in (0, 255):
        page = Page(1, np.full(shape, grey, np.uint8))
        assert align_page(page, templates).forms == ()
