"""From cells to candidates: pure maths, held for any probabilities."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.recognise.model import EMPTY, NOT_A_DIGIT, OVERWRITTEN, STRUCK_OUT, Calibration
from intake.recognise.strings import (
    calibrated,
    doubtful_cells,
    field_candidates,
    field_signs,
    value_of,
)
from intake.records import Reason

PLAIN = Calibration(slope=1.0, offset=0.0)


def sure_of(*classes: int, sure: float = 0.999) -> np.ndarray:
    cells = np.full((len(classes), 14), (1 - sure) / 13)
    cells[np.arange(len(classes)), classes] = sure
    return cells


@st.composite
def any_cells(draw: st.DrawFn) -> np.ndarray:
    rows = draw(st.integers(1, 9))
    seed = draw(st.integers(0, 2**32 - 1))
    sharp = draw(st.floats(0.1, 12))
    logits = np.random.default_rng(seed).normal(0, sharp, (rows, 14))
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    return odds / odds.sum(axis=1, keepdims=True)


@given(any_cells(), st.floats(0.3, 2), st.floats(-2, 2))
def test_candidates_are_a_distribution_best_first(
    cells: np.ndarray, slope: float, offset: float
) -> None:
    found = field_candidates(cells, Calibration(slope, offset))
    chances = [candidate.probability for candidate in found]
    assert all(0 <= chance <= 1 for chance in chances)
    assert sum(chances) <= 1 + 1e-9
    assert len({candidate.value for candidate in found}) == len(found) <= 5
    assert chances[1:] == sorted(chances[1:], reverse=True)
    assert len(chances) == 1 or chances[0] >= chances[1]


@given(any_cells())
def test_the_best_candidate_is_the_likeliest_way_to_fill_the_cells(cells: np.ndarray) -> None:
    best = value_of(cells[:, : EMPTY + 1].argmax(axis=1).tolist())
    assert best in {candidate.value for candidate in field_candidates(cells, PLAIN)}


@given(st.lists(st.integers(0, 9), min_size=1, max_size=8), st.integers(0, 4))
def test_zeros_stay_and_empty_cells_in_front_go(digits: list[int], leading: int) -> None:
    cells = sure_of(*[EMPTY] * leading, *digits)
    assert field_candidates(cells, PLAIN)[0].value == "".join(map(str, digits))
    assert field_signs(cells) == ()


def test_an_empty_comb_is_the_candidate_none() -> None:
    cells = sure_of(*[EMPTY] * 8)
    best = field_candidates(cells, PLAIN)[0]
    assert best.value is None
    assert best.probability > 0.98
    assert field_signs(cells) == ()


@pytest.mark.parametrize("cells", [[1, EMPTY, 2], [1, 2, EMPTY], [EMPTY, 1, EMPTY, 3]])
def test_a_cell_left_out_is_a_sign(cells: list[int]) -> None:
    assert field_signs(sure_of(*cells)) == (Reason.SKIPPED_CELL,)


@pytest.mark.parametrize(
    ("spoilt", "sign"),
    [
        (STRUCK_OUT, Reason.STRUCK_OUT),
        (OVERWRITTEN, Reason.OVERWRITTEN),
        (NOT_A_DIGIT, Reason.NOT_A_DIGIT),
    ],
)
def test_a_spoilt_cell_is_a_sign_and_takes_the_confidence(spoilt: int, sign: Reason) -> None:
    cells = sure_of(1, 2, spoilt, 4)
    assert field_signs(cells) == (sign,)
    assert field_candidates(cells, PLAIN)[0].probability < 0.01
    assert doubtful_cells(cells) == (2,)


def test_a_doubtful_cell_shows_in_the_candidates() -> None:
    cells = sure_of(1, 2, 3)
    cells[1, [2, 7]] = 0.6, 0.39
    assert [c.value for c in field_candidates(cells, PLAIN)][:2] == ["123", "173"]
    assert doubtful_cells(cells) == (1,)


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0.2, 2), st.floats(-3, 3))
def test_calibration_keeps_the_order(one: float, other: float, slope: float, offset: float) -> None:
    calibration = Calibration(slope, offset)
    low, high = sorted((one, other))
    assert calibrated(low, calibration) <= calibrated(high, calibration) + 1e-12
