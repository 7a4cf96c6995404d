"""The measure of alignment itself: right places count as right, wrong ones as what they are."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.alignment import compared, corner_errors
from benchmarks.pages import MadePage, Truth, templates
from intake import geometry
from intake.records import AlignedForm, Page
from intake.synth.paper import Lie, Paper, Scanner, scan


@pytest.fixture
def made() -> MadePage:
    template = templates().get("electricity-slip")
    paper = Paper(np.full((592, 420), 255, np.uint8), 4.0)
    scanner = Scanner(glass=(140.0, 180.0), dpi=150)
    scanned = scan([(paper, Lie((70.0, 90.0), 3.0))], scanner, np.random.default_rng(0))
    truth = (Truth(template, scanned.places[0]),)
    return MadePage(Page(1, scanned.image), truth, scanner.px_per_mm, "plain")


def found(made: MadePage, moved_mm: float = 0.0, turn: float = 0.0) -> AlignedForm:
    truth = made.truth[0]
    slip = geometry.similarity(1.0, turn, (moved_mm, 0.0))
    return AlignedForm(truth.template.id, 1, truth.place.matrix @ slip, 0.0)


def test_a_form_where_it_is_has_no_error(made: MadePage) -> None:
    tally = compared(made, [found(made)], 0)
    assert (tally.forms, tally.found, tally.invented) == (1, 1, 0)
    assert max(tally.errors) < 1e-6
    assert tally.skews == [pytest.approx(0.0, abs=1e-9)]


def test_a_moved_form_is_off_by_as_much(made: MadePage) -> None:
    errors = corner_errors(made.truth[0], found(made, moved_mm=0.8), made.px_per_mm)
    assert errors == pytest.approx(np.full(len(errors), 0.8), abs=1e-6)


def test_a_turned_form_is_askew_by_as_much(made: MadePage) -> None:
    assert compared(made, [found(made, turn=0.2)], 0).skews == [pytest.approx(0.2, abs=1e-6)]


def test_a_form_not_found_is_missed(made: MadePage) -> None:
    tally = compared(made, [], 4)
    assert (tally.found, tally.errors) == (0, [])
    assert tally.missed == ["page 4 electricity-slip: plain"]


def test_a_form_elsewhere_is_invented(made: MadePage) -> None:
    tally = compared(made, [found(made), found(made, moved_mm=50.0)], 0)
    assert (tally.found, tally.invented) == (1, 1)
