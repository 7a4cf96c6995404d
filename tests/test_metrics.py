"""Figures that a company decides by: exact, checked against published values and properties."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.metrics import (
    Judged,
    Scored,
    area_under_errors,
    at_most,
    calibration_error,
    certify,
    choose,
    cuts,
    error_reject,
    fields_needed,
    promising,
    reliability,
    score,
    scores_by,
    upper_bound,
    wilson,
)
from intake.records import Decision

ASSURANCE = 0.95

judged_fields = st.lists(
    st.tuples(st.sampled_from([0.1, 0.5, 0.8, 0.9, 0.99, 0.999]), st.booleans()), max_size=80
).map(Judged.of)


@st.composite
def populations(draw: st.DrawFn) -> Judged:
    """Fields that are right as often as they say, and a little better or worse."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    confidence = 1 - rng.beta(0.1, draw(st.floats(2, 40)), draw(st.integers(50, 1500)))
    slip = draw(st.floats(-0.01, 0.01))
    return Judged(confidence, rng.random(len(confidence)) < confidence + slip)


@pytest.mark.parametrize(
    ("wrong", "fields", "bound"),
    [(0, 2995, 0.001), (1, 4742, 0.001), (2, 6294, 0.001), (0, 299, 0.01), (0, 300, 0.01)],
)
def test_the_bound_is_the_published_one(wrong: int, fields: int, bound: float) -> None:
    assert upper_bound(wrong, fields, ASSURANCE) <= bound
    assert upper_bound(wrong, fields, ASSURANCE) == pytest.approx(bound, rel=0.01)


@pytest.mark.parametrize(
    ("wrong", "fields", "assurance", "bound"),
    [
        (5, 50, 0.975, 0.2181),
        (1, 10, 0.975, 0.4450),
        (0, 10, 0.95, 0.2589),
        (10, 100, 0.95, 0.1637),
    ],
)
def test_the_bound_agrees_with_tables_of_clopper_and_pearson(
    wrong: int, fields: int, assurance: float, bound: float
) -> None:
    assert upper_bound(wrong, fields, assurance) == pytest.approx(bound, abs=6e-5)


@pytest.mark.parametrize(("wrong", "fields"), [(0, 2995), (1, 4742), (2, 6294), (3, 7752)])
def test_no_field_fewer_supports_a_promise(wrong: int, fields: int) -> None:
    assert fields_needed(wrong, 0.001, ASSURANCE) == fields
    assert upper_bound(wrong, fields - 1, ASSURANCE) > 0.001


@given(st.integers(0, 60), st.integers(1, 60), st.floats(0.001, 0.999))
def test_the_distribution_is_the_sum_of_its_terms(wrong: int, fields: int, share: float) -> None:
    terms = (
        math.comb(fields, k) * share**k * (1 - share) ** (fields - k)
        for k in range(min(wrong, fields) + 1)
    )

    assert at_most(wrong, fields, share) == pytest.approx(min(1.0, sum(terms)), abs=1e-12)


@given(st.integers(0, 40), st.integers(1, 5000), st.floats(0.5, 0.999))
def test_the_bound_is_where_so_few_wrong_ones_become_incredible(
    wrong: int, fields: int, assurance: float
) -> None:
    bound = upper_bound(wrong, fields, assurance)

    assert bound >= min(wrong / fields, 1)
    assert bound == 1 or at_most(wrong, fields, bound) == pytest.approx(1 - assurance, abs=1e-9)


@given(st.integers(0, 30), st.integers(31, 3000))
def test_more_wrong_raises_the_bound_and_more_right_lowers_it(wrong: int, fields: int) -> None:
    bound = upper_bound(wrong, fields, ASSURANCE)

    assert upper_bound(wrong + 1, fields, ASSURANCE) > bound
    assert upper_bound(wrong, fields + 1, ASSURANCE) < bound


@pytest.mark.parametrize("share", [0.0005, 0.001, 0.01])
def test_the_bound_covers_the_truth_as_often_as_it_says(share: float) -> None:
    fields = 3000
    missed = sum(
        at_most(wrong, fields, share) - at_most(wrong - 1, fields, share)
        for wrong in range(fields + 1)
        if wrong < fields * share and upper_bound(wrong, fields, ASSURANCE) < share
    )

    assert missed <= 1 - ASSURANCE


def test_wilson_agrees_with_the_published_example() -> None:
    assert wilson(81, 263, 0.95) == pytest.approx((0.2553, 0.3662), abs=1e-4)
    assert wilson(0, 0, 0.95) == (0.0, 1.0)


@given(st.integers(0, 500), st.integers(1, 500))
def test_wilson_encloses_what_was_seen(right: int, fields: int) -> None:
    right = min(right, fields)
    low, high = wrong = wilson(right, fields, ASSURANCE)

    assert 0 <= low <= right / fields <= high <= 1
    assert wrong[0] < wrong[1]


@given(judged_fields)
def test_cuts_count_what_each_threshold_accepts(judged: Judged) -> None:
    at = cuts(judged)

    for confidence, accepted, wrong in zip(at.confidence, at.accepted, at.wrong, strict=True):
        reached = judged.confidence >= confidence
        assert accepted == reached.sum()
        assert wrong == (reached & ~judged.right).sum()
    assert len(at.accepted) == len(set(judged.confidence))


@given(judged_fields)
def test_the_error_reject_curve_ends_with_everything_accepted(judged: Judged) -> None:
    curve = error_reject(judged)

    assert 0 <= area_under_errors(judged) <= 1
    if len(judged):
        assert curve[-1].through == 1
        assert curve[-1].error == pytest.approx(1 - judged.right.mean())
    else:
        assert curve == ()


def test_confidence_that_sorts_right_before_wrong_has_less_area() -> None:
    sorting = Judged.of([(0.9, True), (0.8, True), (0.7, False), (0.6, False)])
    useless = Judged.of([(0.5, True), (0.5, True), (0.5, False), (0.5, False)])
    perfect = Judged.of([(0.9, True), (0.8, True)])

    assert area_under_errors(perfect) == 0
    assert area_under_errors(sorting) == pytest.approx((1 / 3 + 1 / 2) / 4)
    assert area_under_errors(useless) == 0.5


@given(judged_fields)
def test_reliability_bins_hold_every_field_once(judged: Judged) -> None:
    bins = reliability(judged)

    assert sum(part.fields for part in bins) == len(judged)
    assert all(part.low <= part.right <= part.high for part in bins)
    assert 0 <= calibration_error(judged) <= 1


def test_confidence_that_means_what_it_says_has_no_calibration_error() -> None:
    honest = Judged.of([(0.75, True)] * 75 + [(0.75, False)] * 25)
    boasting = Judged.of([(1.0, True)] * 75 + [(1.0, False)] * 25)

    assert calibration_error(honest, bins=1) == 0
    assert calibration_error(boasting, bins=1) == 0.25


@given(populations(), st.sampled_from([0.05, 0.01]), st.data())
def test_worse_evidence_never_accepts_more(
    judged: Judged, max_error: float, data: st.DataObject
) -> None:
    spoilt = judged.right.copy()
    spoilt[data.draw(st.integers(0, len(judged) - 1))] = False
    worse = Judged(judged.confidence, spoilt)

    for rule in (
        lambda fields: choose(fields, len(fields), max_error, ASSURANCE),
        lambda fields: promising(fields, max_error),
    ):
        before, after = rule(judged), rule(worse)
        assert after is None or (before is not None and after >= before)


@pytest.mark.slow
@pytest.mark.parametrize(("max_error", "fields"), [(0.01, 3000), (0.001, 12000)])
def test_a_certified_threshold_hardly_ever_breaks_its_promise(
    max_error: float, fields: int
) -> None:
    rng = np.random.default_rng(7)
    broken = certified = 0
    for _ in range(100):
        first, second = (_sample(rng, fields) for _ in range(2))
        threshold = choose(first, len(second), max_error, ASSURANCE)
        if threshold is None:
            continue
        told = certify(second, threshold, ASSURANCE)
        certified += told.bound <= max_error
        broken += told.bound <= max_error < _true_error(threshold)

    assert certified > 70
    assert broken <= 6


def _sample(rng: np.random.Generator, fields: int) -> Judged:
    """Confidence x is wrong with probability (1 - x) ** 12: overconfident low, sure high."""
    confidence = rng.random(fields)
    return Judged(confidence, rng.random(fields) >= (1 - confidence) ** 12)


def _true_error(threshold: float) -> float:
    """Share of wrong values from `threshold` on in such a population."""
    return (1 - threshold) ** 12 / 13


def test_two_hundred_fields_cannot_promise_a_tenth_of_a_percent() -> None:
    fields = Judged(np.full(100, 0.999), np.ones(100, bool))

    assert choose(fields, 100, 0.001, ASSURANCE) is None
    told = certify(fields, 0.9, ASSURANCE)
    assert told.bound == pytest.approx(0.0295, abs=1e-4)
    assert told.more_needed(0.001, ASSURANCE) == 2895
    assert told.more_needed(0.03, ASSURANCE) == 0


def test_nothing_is_accepted_without_evidence() -> None:
    nothing = Judged.of([])

    assert choose(nothing, 0, 0.01, ASSURANCE) is None
    assert promising(nothing, 0.01) is None
    assert certify(nothing, 0.5, ASSURANCE).bound == 1


def field(
    truth: str | None,
    best: str | None,
    decision: Decision | None,
    confidence: float = 0.9,
    kind: str = "handwritten",
) -> Scored:
    return Scored(truth, best, confidence, decision, kind, "water-slip")


def test_a_score_tells_reading_from_deciding() -> None:
    told = score(
        [
            field("12", "12", Decision.ACCEPTED),
            field("13", "18", Decision.ACCEPTED),
            field("14", "14", Decision.REVIEW),
            field(None, None, Decision.BLANK),
            field(None, "1", Decision.ACCEPTED),
            field("15", None, Decision.BLANK),
            field("16", None, None, 0.0),
        ],
        ASSURANCE,
    )

    assert (told.fields, told.filled, told.exact) == (7, 5, 3)
    assert (told.accepted, told.through, told.wrong) == (3, 2, 2)
    assert (told.blank_as_value, told.value_as_blank) == (1, 1)
    assert told.bound == upper_bound(2, 3, ASSURANCE)
    assert told.exact_share == 3 / 7
    assert told.through_share == 2 / 5


def test_scores_are_told_apart_by_any_group() -> None:
    fields = [field("1", "1", Decision.ACCEPTED), field("1", "2", Decision.REVIEW, kind="printed")]

    told = scores_by(fields, lambda one: one.kind, ASSURANCE)

    assert list(told) == ["handwritten", "printed"]
    assert told["handwritten"].exact == 1
    assert told["printed"].exact == 0
