"""What is printed on a blank form is found again, wherever it came from, as a sound template."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from cards import COLD, PLACES, print_card, turned
from conftest import rendered
from intake.errors import InputError
from intake.forms import form_picture
from intake.overlays import write_png
from intake.records import Box, Grey, Kind, Page
from intake.survey import Place, draft_text, survey_page
from intake.survey.skew import skew_of
from intake.template import TemplateSet, load_template, warnings

pytestmark = pytest.mark.slow

DPI = 300.0


def nearly(one: Box, other: Box, mm: float) -> bool:
    return max(abs(a - b) for a, b in zip(one, other, strict=True)) <= mm


def assert_found(places: tuple[Place, ...], mm: float) -> None:
    assert [(place.kind, place.cells) for place in places] == [
        (kind, cells) for kind, _, cells in PLACES
    ]
    for place, (_, box, _) in zip(places, PLACES, strict=True):
        assert nearly(place.box, box, mm), (place, box)


@pytest.mark.parametrize("look", [{}, {"light": True}, {"dotted": True}, {"gap": 0.9}])
def test_boxes_are_found_whatever_their_outline(tmp_path: Path, look: dict[str, Any]) -> None:
    print_card(tmp_path / "card.pdf", **look)
    survey = survey_page(Page(1, rendered(tmp_path / "card.pdf"), DPI))
    assert survey.size == pytest.approx((148, 105), abs=0.2)
    assert_found(survey.places, mm=0.2)
    assert {one.gap for one in survey.places if one.cells} == {look.get("gap", 0.0)}


@pytest.fixture
def card(tmp_path: Path) -> Grey:
    print_card(tmp_path / "card.pdf")
    return rendered(tmp_path / "card.pdf")


@pytest.mark.parametrize("angle", [-3.0, 1.2, 6.0])
def test_a_blank_that_was_scanned_askew_is_levelled(card: Grey, angle: float) -> None:
    survey = survey_page(Page(1, turned(card, angle), DPI))
    assert_found(survey.places, mm=0.5)
    assert abs(skew_of(survey.picture)) <= 0.1


@pytest.mark.parametrize("angle", [-1.9, 0.6, 6.5])
def test_a_dark_border_does_not_pass_for_the_turn_of_the_lines(card: Grey, angle: float) -> None:
    page = turned(card, angle)
    page[:, :60] = 20
    page[-60:] = 20
    assert abs(skew_of(page) - angle) <= 0.05


def test_the_width_on_paper_stands_in_for_the_resolution(card: Grey) -> None:
    survey = survey_page(Page(1, card), width_mm=148.0)
    assert nearly(survey.places[0].box, COLD, 0.25)
    with pytest.raises(InputError, match="--width 148"):
        survey_page(Page(1, card))
    with pytest.raises(InputError, match="--width"):
        survey_page(Page(1, card, dpi=72.0))


def test_a_page_without_boxes_says_what_to_do() -> None:
    with pytest.raises(InputError, match="No boxes were found"):
        survey_page(Page(1, np.full((1200, 1700), 255, np.uint8), DPI))


def test_all_that_our_own_printer_prints_is_found_again(templates: TemplateSet) -> None:
    for template in templates:
        picture = form_picture(template, None, 12.0)
        survey = survey_page(Page(1, picture), template.page[0])
        assert survey.marks == template.marks
        places = survey.places
        printed = [field for field in template.field if field.kind is not Kind.PRINTED]
        assert len(places) == len(printed)
        for field in printed:
            found = [place for place in places if nearly(place.box, field.box, 0.9)]
            assert [(one.kind, one.cells) for one in found] == [(field.kind, field.cells)]


def test_a_table_gives_a_comb_per_row_and_a_box_per_empty_cell(shared_data: Path) -> None:
    blank = shared_data / "real_forms" / "comb_idbox_blank_p1.png"
    found = survey_page(Page(1, picture_of(blank)), width_mm=215.9).places
    assert [place.kind for place in found] == [Kind.BARCODE] + 6 * [Kind.HANDWRITTEN]
    assert [place.cells for place in found] == [0, 24, 10, 0, 0, 0, 0]


def test_a_bare_grid_is_found_by_its_lines(tmp_path: Path) -> None:
    picture = np.full((1500, 1200), 250, np.uint8)
    for at in range(0, 801, 80):
        picture[300:1203, 200 + at : 203 + at] = 40
    for at in range(0, 901, 90):
        picture[300 + at : 303 + at, 200:1003] = 40
    survey = survey_page(Page(1, picture), width_mm=120.0)
    (tmp_path / "tally.toml").write_text(draft_text("tally", survey), encoding="utf-8")
    template = load_template(tmp_path / "tally.toml")
    assert template.ruling is not None
    assert (template.ruling.columns, template.ruling.rows, template.blank) == (10, 10, None)
    assert nearly(template.ruling.box, (20.15, 30.15, 80.0, 90.0), 0.2)
    cv2.putText(picture, "Tally of a house", (200, 200), cv2.FONT_HERSHEY_DUPLEX, 2.0, 0, 6)
    assert survey_page(Page(1, picture), width_mm=120.0).grid is None


def test_cells_that_are_too_small_are_left_out() -> None:
    picture = np.full((1000, 1480), 250, np.uint8)
    for top, pitch in ((200, 35), (500, 60)):
        cv2.rectangle(picture, (200, top), (200 + 8 * pitch, top + 80), 60, 3)
        for index in range(1, 8):
            at = 200 + index * pitch
            cv2.line(picture, (at, top), (at, top + 80), 60, 3)
    (place,) = survey_page(Page(1, picture), width_mm=148.0).places
    assert nearly(place.box, (20.1, 50.1, 48.0, 8.0), 0.2)


def picture_of(path: Path) -> Grey:
    return np.asarray(cv2.imread(str(path), cv2.IMREAD_GRAYSCALE), np.uint8)


def test_a_draft_is_a_sound_template(card: Grey, tmp_path: Path) -> None:
    survey = survey_page(Page(1, card, DPI))
    write_png(tmp_path / "our-card.png", survey.picture)
    text = draft_text("our-card", survey)
    (tmp_path / "our-card.toml").write_text(text, encoding="utf-8")
    template = load_template(tmp_path / "our-card.toml")
    assert [field.name for field in template.field] == [
        "field_01.reading",
        "field_02.reading",
        "field_03.reading",
        "field_04.mark",
        "field_05.mark",
        "field_06.reading",
    ]
    assert tuple(field.box for field in template.field) == tuple(one.box for one in survey.places)
    assert list(warnings(template)) == []
