"""Training: strips with their truth, writers kept apart, bounds that are exact."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from intake.errors import InputError
from intake.recognise.framing import frame_cells
from intake.recognise.model import softmax
from intake.synth.scanner import Damage
from training.calibrate import (
    Fields,
    fit_calibration,
    laboratory,
    stated_and_right,
    steady_threshold,
)
from training.combs import Comb, Cut
from training.folds import calibration_hands, certification_hands, fold_hands, learning_hands
from training.hands import Hand, load_hands
from training.pens import Pen, draw_pen
from training.populations import fields, filled_with
from training.print import print_hands
from training.shards import SHARES, hand_shares, render_shard
from training.strips import EMPTY, NOT_A_DIGIT, STRUCK_OUT, Setting, training_strip, write_strip

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def typeface() -> Hand:
    return print_hands()[0]


def writers(collection: str, count: int, split: str = "train") -> list[Hand]:
    hands = []
    for number in range(count):
        hand = Hand(f"{collection}:{number}", split)
        for label in range(10):
            for _ in range(7):
                hand.add(label, np.full((40, 30), 255, np.uint8), label)
        hands.append(hand)
    return hands


def test_a_folder_without_handwriting_is_told_what_belongs_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"swiss_digits\.npz: .* docs/accuracy\.md"):
        load_hands(tmp_path)


def test_what_was_written_is_what_the_truth_says(typeface: Hand) -> None:
    comb = Comb(5, 40, 56)
    clean = Setting(comb, Pen(0.06, 0.7, loose=0.1), Damage(line=0.0), Cut())
    rng = np.random.default_rng(3)
    strip = write_strip(typeface, [4, EMPTY, 7, NOT_A_DIGIT, 0], clean, rng)
    ink = [int((cell < 128).sum()) for cell in strip.cells]
    assert strip.labels[:3] == [4, EMPTY, 7]
    assert strip.labels[3] >= STRUCK_OUT
    assert ink[1] < 0.3 * min(ink[0], ink[2], ink[4])
    assert [source for source in strip.sources if source >= 0] == [4, 7, 0]


def test_any_training_strip_can_be_framed(typeface: Hand) -> None:
    rng = np.random.default_rng(5)
    for _ in range(25):
        strip = training_strip(typeface, rng, 6)
        assert len(strip.cells) == len(strip.labels) == 6
        assert frame_cells(strip.cells).shape == (6, 2, 32, 32)


def test_the_same_seed_renders_the_same_shard(typeface: Hand) -> None:
    one, same = (render_shard([typeface], 3, (1, 2)) for _ in range(2))
    other = render_shard([typeface], 3, (1, 3))
    assert np.array_equal(one.pictures, same.pictures)
    assert not np.array_equal(one.pictures, other.pictures)


def test_fields_leave_only_leading_cells_empty(typeface: Hand) -> None:
    for strip in fields([typeface], 20, seed=1):
        filled = [label != EMPTY for label in strip.labels]
        assert filled == sorted(filled)


def test_only_empty_and_spoilt_cells_are_made_by_the_number(typeface: Hand) -> None:
    with pytest.raises(ValueError, match="empty and spoilt"):
        filled_with([typeface], 3, 10, seed=1)


def test_a_pen_is_never_wider_than_its_digits_bear() -> None:
    rng = np.random.default_rng(0)
    assert all(pen.width <= 0.15 * pen.size + 1e-9 for pen in (draw_pen(rng) for _ in range(300)))


def test_nobody_learns_and_certifies() -> None:
    hands = [*writers("swiss", 16), *writers("unipen", 40), *writers("unipen-dev", 3, "dev")]
    groups = [learning_hands(hands), calibration_hands(hands), certification_hands(hands)]
    names = [{hand.name for hand in group} for group in groups]
    assert len(set.union(*names)) == sum(len(some) for some in names)
    assert all(hand.split == "train" for group in groups for hand in group)


def test_folds_share_nobody_and_leave_nobody_out() -> None:
    hands = [*writers("swiss", 16), *writers("unipen", 21), *writers("mnist", 1)]
    folds = [{hand.name for hand in fold_hands(hands, f"{i}/4")} for i in range(4)]
    assert sum(len(fold) for fold in folds) == len(set.union(*folds)) == 37
    for index, fold in enumerate(folds):
        learnt = {hand.name for hand in learning_hands(hands, f"{index}/4")}
        assert learnt == {hand.name for hand in hands} - fold


def test_every_set_of_hands_gets_its_share() -> None:
    hands = [*writers("swiss", 4), *writers("unipen", 10)]
    shares = hand_shares(hands)
    assert shares.sum() == pytest.approx(1)
    assert shares[:4].sum() == pytest.approx(SHARES["swiss"] / (SHARES["swiss"] + SHARES["unipen"]))


def seen_fields(count: int, seed: int) -> Fields:
    rng = np.random.default_rng(seed)
    cells, labels = [], []
    for _ in range(count):
        truth = rng.integers(0, 10, 4)
        seen = rng.normal(0, 1, (4, 14))
        seen[np.arange(4), truth] += rng.uniform(2, 12)
        cells.append(softmax(seen))
        labels.append(truth.tolist())
    return Fields(cells, labels, np.arange(count) % 9)


def test_calibrated_confidence_is_how_often_fields_are_right() -> None:
    calibration = fit_calibration(seen_fields(800, 1))
    stated, right = stated_and_right(seen_fields(800, 2), calibration)
    assert float(stated.mean()) == pytest.approx(float(right.mean()), abs=0.04)


def test_one_bad_writer_raises_the_threshold() -> None:
    stated = np.linspace(0.5, 1, 2000)
    writers = np.arange(2000) % 10
    right = np.ones(2000, bool)
    right[(writers == 3) & (stated < 0.9)] = False
    alike = right.copy()
    alike[np.flatnonzero(~right)] = True
    one_bad = steady_threshold(stated, right, writers, 0.01)
    assert steady_threshold(stated, alike, writers, 0.01) == stated[0]
    assert 0.8 < one_bad <= 0.9


def test_certified_thresholds_accept_what_they_say() -> None:
    fitted, others = seen_fields(900, 3), seen_fields(900, 4)
    calibration = fit_calibration(fitted)
    stated, right = stated_and_right(others, calibration)
    for threshold in laboratory(fitted, others, calibration):
        accepted = stated >= threshold.threshold
        assert threshold.fields == int(accepted.sum())
        assert threshold.wrong == int((accepted & ~right).sum())
