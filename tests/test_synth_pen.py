"""The pen: what is written stays in its cells, and the same dice write the same."""

from __future__ import annotations

import numpy as np
import pytest

from intake import geometry
from intake.records import Grey
from intake.synth.pen import Ink, Trace, draw_ink, inked, trace_layer
from intake.synth.pen_digits import GLYPHS, HABITS
from intake.synth.pen_hand import Hand, draw_hand, strike_out, tick, write_comb, write_digit

COMB = (10.0, 5.0, 64.0, 8.0)
CELLS = geometry.cell_boxes(COMB, 8)
PX_PER_MM = 10.0


def dice(seed: int) -> np.random.Generator:
    return np.random.default_rng(seed)


def ink_in(traces: list[Trace], box: tuple[float, float, float, float]) -> float:
    layer = trace_layer((200, 900), traces, PX_PER_MM)
    left, top, width, height = (round(edge * PX_PER_MM) for edge in box)
    return float(layer[top : top + height, left : left + width].sum())


def test_every_habit_has_its_glyph() -> None:
    for digit, shares in HABITS.items():
        assert set(shares) == set(GLYPHS[digit])
        assert sum(shares.values()) == pytest.approx(1)


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("digit", "0123456789")
def test_a_digit_keeps_to_its_cell(digit: str, seed: int) -> None:
    rng = dice(seed)
    traces = write_digit(digit, CELLS[3], draw_hand(rng), rng)
    points = np.concatenate([trace.points for trace in traces])
    left, top, width, height = geometry.grown(CELLS[3], 0.2 * 8, 0.2 * 8)
    assert points[:, 0].min() > left
    assert points[:, 0].max() < left + width
    assert points[:, 1].min() > top
    assert points[:, 1].max() < top + height
    assert np.ptp(points[:, 1]) > 0.4 * CELLS[3][3]


def test_a_value_stands_at_the_right_and_leaves_leading_cells_empty() -> None:
    rng = dice(5)
    traces = write_comb("12345", CELLS, draw_hand(rng), rng)
    assert ink_in(traces, (10.0, 5.0, 22.0, 8.0)) == 0
    for cell in CELLS[3:]:
        assert ink_in(traces, cell) > 20


def test_the_same_dice_write_the_same() -> None:
    def page(seed: int) -> Grey:
        rng = dice(seed)
        traces = write_comb("70", CELLS, draw_hand(rng), rng)
        return inked(np.full((200, 900), 255, np.uint8), traces, draw_ink(rng), PX_PER_MM, rng)

    assert np.array_equal(page(1), page(1))
    assert not np.array_equal(page(1), page(2))


def test_people_write_differently_and_each_like_themselves() -> None:
    def shape(hand: Hand, seed: int) -> np.ndarray:
        layer = trace_layer((200, 900), write_digit("4", CELLS[0], hand, dice(seed)), PX_PER_MM)
        return layer > 0.3

    one, other = draw_hand(dice(1)), draw_hand(dice(2))
    assert one != other
    own = (shape(one, 7) & shape(one, 8)).sum()
    foreign = (shape(one, 7) & shape(other, 8)).sum()
    assert own > foreign


@pytest.mark.parametrize("seed", range(6))
def test_striking_out_crosses_every_cell(seed: int) -> None:
    rng = dice(seed)
    traces = strike_out(COMB, draw_hand(rng), rng)
    assert all(ink_in(traces, cell) > 10 for cell in CELLS)


@pytest.mark.parametrize("seed", range(6))
def test_a_tick_marks_its_box(seed: int) -> None:
    rng = dice(seed)
    box = (40.0, 5.0, 5.0, 5.0)
    assert ink_in(tick(box, draw_hand(rng), rng), box) > 50


def test_ink_darkens_paper_and_print_alike() -> None:
    paper = np.full((200, 900), 255, np.uint8)
    paper[100:110] = 150
    traces = [Trace(np.array([[5.0, 10.5], [60.0, 10.5]]), np.full(2, 3.0), np.ones(2))]
    dark = inked(paper, traces, Ink(level=60, grain=0.0), PX_PER_MM, dice(0))
    assert dark.max() == 255
    assert dark[105, 50] == pytest.approx(150 * 60 / 255, abs=2)
