"""A comment beside the boxes leaves the form's readings to a person; print and folds do not."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from intake import geometry
from intake.align import align_page
from intake.forms import Slip, form_picture
from intake.pipeline import read_page, set_desk
from intake.pipeline.comment import has_comment
from intake.records import Account, Decision, Meter, Page, Reason
from intake.registry import EmptyRegistry
from intake.settings import Settings
from intake.synth.paper import Lie, Paper, Scanner, folded, scan
from intake.synth.pen import PENCIL, Ink, inked
from intake.synth.pen_hand import draw_hand, write_comb

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
    return has_comment(found.levels, templates.get(form.template), form)


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
