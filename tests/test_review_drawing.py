"""Pictures become characters: what is dark stays dark, at the place where it was."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from clerk import SLIP as TEMPLATE
from clerk import MemoryPictures, comb_picture, page_picture, waiting_item
from intake.review import comb, raster
from intake.review.drawing import GLYPHS, PALETTE, Shape, draw, draw_plain
from intake.review.grid import MOST_BOXES, at_a_glance, layout
from intake.review.look import Look, View
from intake.review.raster import Contrast
from intake.review.sights import prepare
from intake.review.views import Screen, scene
from intake.template import TemplateSet

if TYPE_CHECKING:
    from intake.records import Grey
    from intake.review.drawing import Drawing
    from intake.review.views import Sight

SCREENS = [(80, 13), (160, 36), (20, 3), (200, 45)]


def pixels(drawing: Drawing, shape: Shape) -> Grey:
    """The picture as a terminal fills it in."""
    rows, columns = drawing.ink.shape
    picture = np.zeros((rows * shape.down, columns * shape.across), np.uint8)
    for row, line in enumerate(drawing.lines):
        for column, glyph in enumerate(line):
            code = GLYPHS[shape].index(glyph)
            for bit in range(shape.across * shape.down):
                grey = drawing.ink if code >> bit & 1 else drawing.paper
                y, x = divmod(bit, shape.across)
                picture[row * shape.down + y, column * shape.across + x] = grey[row, column]
    return picture


def sight(digits: str = "00123456", page: bool = True) -> Sight:
    kept = {"crop-1": comb_picture(digits)} | ({"page": page_picture(digits)} if page else {})
    return prepare(waiting_item(), MemoryPictures(kept), TemplateSet([TEMPLATE]), str)


@pytest.mark.parametrize("shape", Shape)
def test_each_shape_has_a_different_character_for_every_pattern(shape: Shape) -> None:
    glyphs = GLYPHS[shape]
    assert len(set(glyphs)) == len(glyphs) == 2 ** (shape.across * shape.down)
    assert glyphs[0] == " "


def test_sextants_are_the_characters_of_unicode() -> None:
    glyphs = GLYPHS[Shape.SEXTANT]
    assert (glyphs[1], glyphs[62]) == ("\N{BLOCK SEXTANT-1}", "\N{BLOCK SEXTANT-23456}")
    assert (glyphs[0b010101], glyphs[0b101010]) == ("▌", "▐")


def test_braille_dots_stand_where_the_pixels_are() -> None:
    glyphs = GLYPHS[Shape.BRAILLE]
    assert glyphs[0b00000001] == "\N{BRAILLE PATTERN DOTS-1}"
    assert glyphs[0b00000010] == "\N{BRAILLE PATTERN DOTS-4}"
    assert glyphs[0b10000000] == "\N{BRAILLE PATTERN DOTS-8}"


@pytest.mark.parametrize("shape", Shape)
def test_two_greys_in_a_block_are_drawn_as_they_are(shape: Shape) -> None:
    random = np.random.default_rng(7)
    size = (6 * shape.down, 9 * shape.across)
    picture = random.choice(np.array([8, 255], np.uint8), size)
    assert np.array_equal(pixels(draw(picture, shape), shape), picture)


@given(arrays(np.uint8, (6, 8)))
@settings(max_examples=60, deadline=None)
def test_greys_are_those_every_terminal_has(picture: Grey) -> None:
    drawing = draw(picture, Shape.QUADRANT)
    assert set(np.unique([drawing.ink, drawing.paper])) <= set(PALETTE.tolist())
    assert (drawing.ink <= drawing.paper).all()


def test_noise_of_the_paper_is_not_drawn() -> None:
    noisy = np.random.default_rng(1).integers(236, 244, (12, 12), dtype=np.uint8)
    assert set("".join(draw(noisy, Shape.SEXTANT).lines)) == {" "}


@pytest.mark.parametrize("shape", Shape)
def test_without_colours_ink_is_filled(shape: Shape) -> None:
    picture = np.full((4 * shape.down, 4 * shape.across), 255, np.uint8)
    picture[: shape.down, : shape.across] = 0
    lines = draw_plain(picture, shape).lines
    assert lines[0] == GLYPHS[shape][-1] + "   "
    assert set("".join(lines[1:])) == {" "}


def test_a_thin_stroke_survives_shrinking() -> None:
    picture = np.full((60, 400), 255, np.uint8)
    picture[:, 200:203] = 0
    small = raster.resized(picture, 40, 6)
    assert small.min() < 128


@pytest.mark.parametrize("contrast", Contrast)
def test_an_empty_field_stays_white(contrast: Contrast) -> None:
    paper = np.random.default_rng(2).normal(235, 4, (60, 400)).astype(np.uint8)
    assert raster.levelled(paper, contrast).mean() > 225


def test_cells_are_found_in_the_fields_picture() -> None:
    crop = comb_picture("00123456")
    cells = comb.cells_of(raster.levelled(crop, Contrast.CLEAR), waiting_item())
    assert len(cells) == 8
    left = comb_picture("1", cells=8)
    inked = [cell.min() < 100 for cell in comb.cells_of(left, waiting_item())]
    assert inked == [False] * 7 + [True]


def test_a_window_holds_all_the_ink_of_its_cell() -> None:
    crop = raster.levelled(comb_picture("87654321"), Contrast.CLEAR)
    cells = comb.cells_of(crop, waiting_item())
    for cell, window in zip(cells, comb.windowed(cells), strict=True):
        assert window.size < 0.8 * cell.size
        assert (window < 100).sum() == (cell < 100).sum()


def test_small_digits_are_enlarged_but_a_dot_stays_small() -> None:
    crop = comb_picture("        ")
    crop[20:60, 20:40] = crop[30:50, 72:78] = crop[40:44, 120:124] = 30
    cells = comb.cells_of(raster.levelled(crop, Contrast.CLEAR), waiting_item())
    large, small, dot, *_ = comb.windowed(cells)
    assert comb.CLOSEST * large.shape[0] - 1 <= small.shape[0] < large.shape[0]
    assert dot.shape == small.shape
    assert (dot < 100).sum() == 16


@given(
    st.integers(min_value=40, max_value=300),
    st.lists(st.booleans(), min_size=1, max_size=8),
    st.integers(min_value=4, max_value=60),
)
def test_cells_stand_side_by_side_within_the_row(
    columns: int, doubtful: list[bool], widest: int
) -> None:
    found = comb.places(columns, doubtful, widest)
    ends = [start + width for start, width in found]
    assert found[0][0] >= 0
    assert ends[-1] <= columns
    assert all(end + 1 == start for end, (start, _) in zip(ends, found[1:], strict=False))
    assert all(1 <= width <= widest for _, width in found)


def test_doubtful_cells_are_wider_than_the_others() -> None:
    widths = [width for _, width in comb.places(80, [False, True, False, False], 60)]
    assert widths[1] > 1.4 * widths[0]


def test_ink_across_the_outline_keeps_the_outline_in_view() -> None:
    crop = comb_picture("        ")
    crop[:, 100:104] = 30
    cells = comb.cells_of(raster.levelled(crop, Contrast.CLEAR), waiting_item())
    window = comb.windowed(cells)[1]
    assert window.shape[0] == cells[1].shape[0]


@pytest.mark.parametrize("changes", [{"cells": 0}, {"to_page": ()}, {"box_px": ()}])
def test_without_a_comb_there_are_no_cells(changes: dict[str, object]) -> None:
    assert comb.cells_of(comb_picture("1"), waiting_item(**changes)) == ()


@pytest.mark.parametrize("size", SCREENS)
@pytest.mark.parametrize("shape", Shape)
@pytest.mark.parametrize("view", View)
def test_every_view_fills_its_screen(size: tuple[int, int], shape: Shape, view: View) -> None:
    screen = Screen(*size, shape)
    for turns, zoom in [(0, 0), (1, 0), (0, 2), (3, 3)]:
        look = Look(view=view, turns=turns, zoom=zoom, pan=(2, -1))
        seen = scene(waiting_item(), sight(), look, screen)
        assert seen.picture.shape == (screen.height, screen.width)


def test_cells_stand_over_their_digits() -> None:
    screen = Screen(80, 13, Shape.QUADRANT)
    seen = scene(waiting_item(), sight("       1"), Look(), screen)
    start, width = seen.places[7]
    inked = np.flatnonzero((seen.picture < 60).any(axis=0)) // Shape.QUADRANT.across
    assert start <= inked.min()
    assert inked.max() < start + width


def test_an_empty_cell_is_seen_to_be_one_and_a_filled_one_is_not_framed() -> None:
    screen = Screen(80, 13, Shape.QUADRANT)
    seen = scene(waiting_item(), sight("       1"), Look(), screen)
    inside = {
        index: seen.picture[:, 2 * start : 2 * (start + width)]
        for index, (start, width) in seen.places.items()
    }
    assert all((inside[index].max(axis=1) < raster.WHITE).sum() == 2 for index in range(7))
    assert not (inside[7].max(axis=1) < raster.WHITE).any()
    assert inside[0][-1].max() == inside[6][-1].max() < raster.WHITE


def test_doubtful_cells_are_shown_larger() -> None:
    screen = Screen(80, 13, Shape.QUADRANT)
    plain = scene(waiting_item(), sight(), Look(), screen)
    large = scene(waiting_item(), sight(), Look(view=View.DOUBTFUL), screen)
    assert list(large.places) == [1]
    assert large.places[1][1] > 1.4 * plain.places[1][1]


def test_doubtful_cells_keep_their_order() -> None:
    item = waiting_item(doubtful_cells=(5, 2))
    look = Look(view=View.DOUBTFUL)
    seen = scene(item, sight(), look, Screen(80, 13, Shape.QUADRANT))
    assert seen.places[2][0] < seen.places[5][0]


def test_the_form_is_upright_whichever_way_it_lay() -> None:
    turned = np.ascontiguousarray(page_picture("00123456")[::-1, ::-1])
    half_turn = np.array([[-1.0, 0.0, 1399.0], [0.0, -1.0, 999.0], [0.0, 0.0, 1.0]])
    item = waiting_item()
    matrix = half_turn @ np.array(item.to_page).reshape(3, 3)
    box = tuple((1399.0 - x, 999.0 - y) for x, y in item.box_px)
    item = replace(item, to_page=tuple(matrix.ravel().tolist()), box_px=box)
    templates = TemplateSet([TEMPLATE])
    upside = prepare(item, MemoryPictures({"page": turned}), templates, str)
    screen = Screen(160, 40, Shape.QUADRANT)
    upright = scene(waiting_item(), sight(), Look(view=View.FORM), screen).picture
    seen = scene(item, upside, Look(view=View.FORM), screen).picture
    assert np.abs(seen.astype(int) - upright).mean() < 6


def test_a_page_that_is_gone_leaves_the_field() -> None:
    seen = sight(page=False)
    assert "gone" in seen.problem
    assert not seen.blind
    screen = Screen(80, 13, Shape.QUADRANT)
    assert scene(waiting_item(), seen, Look(view=View.PAGE), screen).places


def test_a_crop_that_is_gone_leaves_the_form() -> None:
    pictures = MemoryPictures({"page": page_picture("00123456")})
    seen = prepare(waiting_item(), pictures, TemplateSet([TEMPLATE]), str)
    assert "gone" in seen.problem
    picture = scene(waiting_item(), seen, Look(), Screen(80, 13, Shape.QUADRANT)).picture
    assert picture.min() < 100


@pytest.mark.parametrize(("size", "most"), [((80, 20), 33), ((160, 46), 60), ((200, 56), 60)])
def test_the_grid_shows_no_more_boxes_than_can_be_told_apart(
    size: tuple[int, int], most: int
) -> None:
    assert at_a_glance(*size) == most
    plan = layout(most, *size)
    assert plan.picture_columns >= 6
    assert plan.picture_rows >= 5


def test_a_field_is_never_shown_in_part_however_small_the_screen() -> None:
    assert at_a_glance(20, 4) == MOST_BOXES
