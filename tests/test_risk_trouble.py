"""Evidence of trouble in a comb: what shows sends it to a person or makes it less certain."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from intake.decide import Acceptance, Knowledge, decide_form
from intake.recognise.greys import counts, grey_at
from intake.recognise.trouble import Trouble, doubted, trouble_of, troubled
from intake.records import Candidate, Crop, Decision, Grey, Kind, Reading, Reason
from intake.template import Template

SCALE, CELL, CELLS, MARGIN = 6.0, 48, 6, 12
LEFT, TOP, RIGHT, BOTTOM = MARGIN, MARGIN, MARGIN + CELL * CELLS, MARGIN + CELL


def paper() -> Grey:
    """A comb of six printed cells, nothing written."""
    image = np.full((CELL + 2 * MARGIN, CELL * CELLS + 2 * MARGIN), 245, np.uint8)
    for cell in range(CELLS + 1):
        cv2.line(image, (LEFT + cell * CELL, TOP), (LEFT + cell * CELL, BOTTOM), 170, 1)
    for row in (TOP, BOTTOM):
        cv2.line(image, (LEFT, row), (RIGHT, row), 170, 1)
    return image


def written(grey: int = 60) -> Grey:
    """The same with a digit well inside each of the last four cells."""
    image = paper()
    for cell, digit in zip(range(2, CELLS), "4711", strict=True):
        place = (LEFT + cell * CELL + 12, BOTTOM - 11)
        cv2.putText(image, digit, place, cv2.FONT_HERSHEY_SIMPLEX, 1.0, grey, 3)
    return image


def crop(image: Grey) -> Crop:
    box = (float(LEFT), float(TOP), float(CELL * CELLS), float(CELL))
    cells = tuple(image[TOP:BOTTOM, LEFT + i * CELL : LEFT + (i + 1) * CELL] for i in range(CELLS))
    return Crop("x.reading", image, SCALE, box, np.zeros((4, 2)), cells)


def signs(image: Grey) -> tuple[Reason, ...]:
    return trouble_of(crop(image)).signs


@given(arrays.arrays(np.uint8, st.tuples(st.integers(1, 9), st.integers(1, 9))), st.floats(0, 1))
def test_a_grey_by_rank_is_what_sorting_finds(image: Grey, share: float) -> None:
    assert grey_at(counts(image), share) == pytest.approx(np.quantile(image, share))


def test_digits_in_their_cells_are_no_trouble() -> None:
    assert trouble_of(crop(written())) == Trouble()
    black_and_white = np.where(written() < 200, 0, 255).astype(np.uint8)
    assert trouble_of(crop(black_and_white)).signs == ()


def test_an_empty_comb_is_bare() -> None:
    noise = np.random.default_rng(1).normal(0, 2, paper().shape)
    noisy = np.clip(paper() + noise, 0, 255).astype(np.uint8)
    assert trouble_of(crop(paper())) == trouble_of(crop(noisy)) == Trouble(bare=True)


def test_a_ghost_in_an_empty_comb_is_looked_at() -> None:
    assert signs(written(grey=228)) == (Reason.FAINT_INK,)


def test_faint_ink_is_told() -> None:
    assert signs(written(grey=212)) == (Reason.FAINT_INK,)


def test_a_cell_full_of_ink_is_told() -> None:
    image = written()
    image[TOP + 4 : BOTTOM - 4, LEFT + 4 * CELL + 4 : LEFT + 5 * CELL - 4] = 40
    assert Reason.SATURATED in signs(image)


def test_one_line_across_makes_doubt_and_a_line_through_all_a_sign() -> None:
    image = written()
    edge = LEFT + 4 * CELL
    cv2.line(image, (edge - 9, TOP + 24), (edge + 9, TOP + 24), 60, 3)
    once = trouble_of(crop(image))
    assert once.signs == ()
    assert once.doubt > 1
    cv2.line(image, (LEFT + 10, TOP + 22), (RIGHT - 10, TOP + 26), 60, 3)
    assert signs(image) == (Reason.BORDER_CROSSED,)


@pytest.mark.parametrize("end", [(150, 0), (150, BOTTOM + MARGIN - 1), (0, 40), (RIGHT + 11, 40)])
def test_ink_that_runs_on_outside_is_told(end: tuple[int, int]) -> None:
    image = written()
    cv2.line(image, (160, 36), (min(max(end[0], 0), image.shape[1] - 1), end[1]), 60, 3)
    assert Reason.OUTSIDE_BOX in signs(image)


def test_what_is_printed_beside_a_comb_is_not_taken_for_ink_of_it() -> None:
    image = written()
    cv2.circle(image, (LEFT + 3 * CELL, BOTTOM + 6), 2, 30, -1)
    assert signs(image) == ()


def test_lines_of_boxes_inside_cells_are_told() -> None:
    image = written()
    for cell in (2, 4):
        column = LEFT + cell * CELL + 8
        cv2.line(image, (column, TOP), (column, BOTTOM), 90, 2)
    assert Reason.BOX_RESIDUE in signs(image)


CANDIDATES = (Candidate("4711", 0.9), Candidate("4717", 0.06), Candidate(None, 0.01))
READING = Reading("cold_kitchen.reading", CANDIDATES)


@given(st.floats(0.4, 0.999999), st.floats(1, 50), st.floats(1, 50))
def test_more_doubt_is_never_more_confidence(share: float, one: float, other: float) -> None:
    candidates = (Candidate("1", share), Candidate("7", (1 - share) / 2))
    less, more = sorted((one, other))
    mild, strong = doubted(candidates, less), doubted(candidates, more)
    assert share >= mild[0].probability >= strong[0].probability > 0
    assert strong[1].probability <= strong[0].probability
    assert sum(candidate.probability for candidate in strong) <= 1 + 1e-9


@given(
    share=st.floats(0.5, 0.999999),
    threshold=st.floats(0.5, 1.0),
    doubt=st.floats(1, 10),
    told=st.sets(st.sampled_from([Reason.FAINT_INK, Reason.COMMENT, Reason.OUTSIDE_BOX])),
)
def test_a_threshold_never_accepts_more_when_evidence_gets_worse(
    water_slip: Template, share: float, threshold: float, doubt: float, told: set[Reason]
) -> None:
    knowledge = Knowledge(acceptance={Kind.HANDWRITTEN: Acceptance(threshold)})
    better = replace(READING, candidates=(Candidate("4711", share),))
    worse = troubled(better, Trouble(tuple(told), doubt))
    was, now = (_decision(water_slip, one, knowledge) for one in (better, worse))
    assert (was is Decision.ACCEPTED) == (share >= threshold)
    assert now is not Decision.ACCEPTED or (was is Decision.ACCEPTED and not told)


def _decision(template: Template, reading: Reading, knowledge: Knowledge) -> Decision:
    blank = {field.name: Reading(field.name, (Candidate(None, 1.0),)) for field in template.field}
    readings = {**blank, reading.field: reading}
    return decide_form(template, readings, knowledge)[reading.field].verdict.decision


def test_only_where_all_say_blank_confidence_grows() -> None:
    bare = Trouble(bare=True)
    blank = Reading("x", (Candidate(None, 0.9), Candidate("1", 0.05)))
    surer = troubled(blank, bare)
    assert surer.confidence == pytest.approx(0.99)
    assert surer.candidates[1].probability == pytest.approx(0.005)
    assert troubled(READING, bare) == READING
