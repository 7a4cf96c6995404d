"""A comment beside the boxes leaves the form's readings to a person; print and folds do not."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import pytest

from intake import geometry
from intake.align import align_page
from intake.forms import Slip, form_picture
from intake.pipeline import read_page, set_desk
from intake.pipeline.comment import has_comment, ink_of, read_beside
from intake.records import Account, Decision, Meter, Page, Reason
from intake.registry import EmptyRegistry
from intake.settings import Settings
from intake.synth.paper import Lie, Paper, Scanner, folded, scan
from intake.synth.pen import PENCIL, Ink, inked
from intake.synth.pen_hand import draw_hand, write_comb
from intake.template.parts import field_named

if TYPE_CHECKING:
    from intake.records import Box
    from intake.template import Template, TemplateSet

PEN = Ink(60, 0.2)
OFFICE = Scanner(glass=(153.0, 110.0), dpi=200, noise=3.0, specks=12, quality=70)
BESIDE_THE_ACCOUNT: Box = (72.0, 23.5, 32.0, 8.5)


def written(paper: Paper, box: Box, ink: Ink = PEN, text: str = "50173") -> Paper:
    """The form with a word's worth of ink in `box`, millimetres."""
    rng = np.random.default_rng(3)
    cells = geometry.cell_boxes(box, len(text))
    traces = write_comb(text, cells, draw_hand(rng), rng)
    return replace(paper, image=inked(paper.image, traces, ink, paper.px_per_mm, rng))


def on_glass(paper: Paper, angle: float = 0.7) -> Page:
    rng = np.random.default_rng(4)
    return Page(1, scan([(paper, Lie((76.0, 55.0), angle))], OFFICE, rng).image, 200.0)


def commented(page: Page, templates: TemplateSet) -> bool:
    found = align_page(page, templates)
    (form,) = found.forms
    template = templates.get(form.template)
    return has_comment(ink_of(found.levels, template, form), template)


@pytest.mark.parametrize("ink", [PEN, PENCIL])
def test_a_comment_is_noticed_in_pen_and_pencil(
    specimen: Paper, templates: TemplateSet, ink: Ink
) -> None:
    assert commented(on_glass(written(specimen, BESIDE_THE_ACCOUNT, ink)), templates)
    assert commented(on_glass(written(specimen, BESIDE_THE_ACCOUNT, ink), 180.4), templates)


def test_print_folds_and_dirt_are_no_comment(specimen: Paper, templates: TemplateSet) -> None:
    for paper in (specimen, folded(specimen, 50.0, 0.3)):
        assert not commented(on_glass(paper), templates)


def test_what_the_company_prints_is_no_comment(
    water_slip: Template, templates: TemplateSet
) -> None:
    owner = Account("10000001", "Brīvības gatve 214 k-3 dz. 118, Rīga, LV-1039")
    meters = tuple(
        Meter(f"4000000{number}", owner.number, place.kind, place.name)
        for number, place in enumerate(water_slip.meter)
    )
    for locale in ("lv", "en"):
        slip = Slip(owner, "2026-10", meters)
        picture = form_picture(water_slip, slip, 12.0, locale=locale)
        assert not commented(on_glass(Paper(picture, 12.0)), templates)


def test_a_form_with_a_comment_is_left_to_a_person(
    specimen: Paper, templates: TemplateSet, water_slip: Template
) -> None:
    settings = Settings(max_error=0.01, thin_data="provisional")
    desk = set_desk(settings, templates, EmptyRegistry())
    page = on_glass(written(specimen, BESIDE_THE_ACCOUNT))
    (form,) = read_page(page, "0" * 64, desk).forms
    readings = [field for field in form.fields if field.is_reading]
    assert readings
    assert all(field.verdict.decision is Decision.REVIEW for field in readings)
    assert all(Reason.COMMENT in field.verdict.reasons for field in readings)
    assert water_slip.id == form.template


HOT, FAR_FROM_HOT = "hot_kitchen.reading", "cold_kitchen.reading"


def known_by_picture(template: Template) -> Template:
    """The template as a company has it whose form the program does not print."""
    return msgspec.structs.replace(template, print=())


def under(box: Box) -> Box:
    """Where somebody writes who took the line under a box for the right one."""
    return (box[0] + 4.0, box[1] + box[3] + 0.8, 30.0, 4.5)


@pytest.mark.parametrize("known_by", ["texts", "picture"])
def test_a_reading_beside_its_empty_box_is_not_taken_for_none(
    specimen: Paper, templates: TemplateSet, known_by: str
) -> None:
    page = on_glass(written(specimen, under(field_named(templates.get("water-slip"), HOT).box)))
    found = align_page(page, templates)
    (form,) = found.forms
    template = (
        templates.get("water-slip")
        if known_by == "texts"
        else known_by_picture(templates.get("water-slip"))
    )
    ink = ink_of(found.levels, template, form)
    empty = [field_named(template, name) for name in (HOT, FAR_FROM_HOT)]
    assert read_beside(ink, template, empty) == {HOT}


def test_around_boxes_of_forms_with_nothing_beside_them_nothing_is_found(
    specimen: Paper, templates: TemplateSet
) -> None:
    found = align_page(on_glass(specimen), templates)
    (form,) = found.forms
    for template in (templates.get("water-slip"), known_by_picture(templates.get("water-slip"))):
        ink = ink_of(found.levels, template, form)
        assert read_beside(ink, template, [f for f in template.field if f.is_reading]) == set()


def test_an_empty_box_with_writing_beside_it_is_left_to_a_person(
    specimen: Paper, templates: TemplateSet
) -> None:
    settings = Settings(max_error=0.01, thin_data="provisional")
    desk = set_desk(settings, templates, EmptyRegistry())
    page = on_glass(written(specimen, under(field_named(templates.get("water-slip"), HOT).box)))
    (form,) = read_page(page, "0" * 64, desk).forms
    (hot,) = [field for field in form.fields if field.name == HOT]
    assert hot.verdict.decision is Decision.REVIEW
    assert Reason.OUTSIDE_BOX in hot.verdict.reasons


def test_print_that_nobody_described_is_no_comment(specimen: Paper, templates: TemplateSet) -> None:
    found = align_page(on_glass(specimen), templates)
    (form,) = found.forms
    own = msgspec.structs.replace(templates.get("water-slip"), print=(), blank=None)
    ink = ink_of(found.levels, own, form)
    assert not has_comment(ink, own)
    assert read_beside(ink, own, [field for field in own.field if field.is_reading]) == set()
