"""Forms without marks are found by their print, whichever way they lie, and told from others."""

from __future__ import annotations

import numpy as np
import pytest
from msgspec.structs import replace

from conftest import ROOT
from intake import geometry
from intake.align import align_page
from intake.forms import form_picture
from intake.records import Kind, Page, PageKind
from intake.synth.paper import Lie, Paper, Scanner, scan
from intake.template import Field, TemplateSet, load_templates

PX_PER_MM = 12.0
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def foreign() -> TemplateSet:
    """Two forms of other companies; each comes with a picture of its blank form."""
    return load_templates(ROOT / "benchmarks" / "foreign")


def paper(foreign: TemplateSet, name: str) -> Paper:
    return Paper(form_picture(foreign.get(name), None, PX_PER_MM), PX_PER_MM)


@pytest.mark.parametrize("name", ["heat-card", "tally-sheet"])
@pytest.mark.parametrize("angle", [2.0, 90.0, 181.0, -87.0])
def test_a_form_without_marks_is_found_the_right_way_round(
    foreign: TemplateSet, name: str, angle: float
) -> None:
    page = scan(
        [(paper(foreign, name), Lie((105.0, 148.0), angle))],
        Scanner(feed=1.008),
        np.random.default_rng(5),
    )
    found = align_page(Page(1, page.image), foreign)
    assert [form.template for form in found.forms] == [name]
    form, place = found.forms[0], page.places[0]
    for field in foreign.get(name).field:
        corners = geometry.corners(field.box)
        there = geometry.apply(form.place(field.name).to_page, corners)
        assert np.abs(there - place.to_page(corners)).max() < 0.4 * 300 / 25.4


def test_two_forms_without_marks_on_one_page(foreign: TemplateSet) -> None:
    card = paper(foreign, "heat-card")
    laid = [(card, Lie((105.0, 70.0), 1.0)), (card, Lie((104.0, 215.0), 180.0))]
    page = scan(laid, Scanner(), np.random.default_rng(6))
    found = align_page(Page(1, page.image), foreign)
    turns = [round(geometry.angle_of(form.to_page)) % 360 for form in found.forms]
    assert turns == [1, 180]


def test_a_form_with_marks_and_one_without_share_a_page(
    foreign: TemplateSet, templates: TemplateSet, specimen: Paper
) -> None:
    both = TemplateSet([*templates, *foreign])
    laid = [(paper(foreign, "heat-card"), Lie((105.0, 70.0), 1.0)), (specimen, Lie((104.0, 215.0)))]
    page = scan(laid, Scanner(), np.random.default_rng(6))
    found = align_page(Page(1, page.image), both)
    assert [form.template for form in found.forms] == ["heat-card", "water-slip"]


def test_the_print_of_one_form_is_not_taken_for_another(foreign: TemplateSet) -> None:
    alone = TemplateSet([foreign.get("tally-sheet")])
    page = scan(
        [(paper(foreign, "heat-card"), Lie((105.0, 148.0)))], Scanner(), np.random.default_rng(7)
    )
    assert align_page(Page(1, page.image), alone).kind is PageKind.UNKNOWN


def test_boxes_in_one_corner_do_not_bend_the_whole_form(foreign: TemplateSet) -> None:
    sheet = foreign.get("tally-sheet")
    boxes = tuple(
        Field(name=f"box_{row}", kind=Kind.HANDWRITTEN, box=(*at, 9.0, 9.0))
        for row, at in enumerate([(15.0, 40.0), (24.0, 40.0), (15.0, 49.0), (24.0, 49.0)])
    )
    crowded = TemplateSet([replace(sheet, field=boxes)])
    page = scan(
        [(paper(foreign, "tally-sheet"), Lie((105.0, 148.0), 2.0))],
        Scanner(uneven=0.5),
        np.random.default_rng(8),
    )
    form, place = align_page(Page(1, page.image), crowded).forms[0], page.places[0]
    whole = geometry.corners((0.0, 0.0, *sheet.page))
    off = geometry.apply(form.to_page, whole) - place.to_page(whole)
    assert np.abs(off).max() < 1.0 * 300 / 25.4
