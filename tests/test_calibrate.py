"""Thresholds from labelled fields: what is promised, what is refused, and what is said then."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from intake.calibrate import Calibrated, Labelled, calibrate


def sure(fields: int, wrong: int = 0, kind: str = "handwritten") -> list[Labelled]:
    """Fields of as many writers, four each, read with the same confidence."""
    return [
        Labelled(kind, f"account {number // 4}", 0.99, number >= wrong) for number in range(fields)
    ]


def mixed(fields: int, seed: int = 1) -> list[Labelled]:
    """Confidence x is wrong with probability (1 - x) ** 12."""
    rng = np.random.default_rng(seed)
    confidence = rng.random(fields)
    right = rng.random(fields) >= (1 - confidence) ** 12
    return [
        Labelled("handwritten", f"account {number // 4}", float(one), bool(good))
        for number, (one, good) in enumerate(zip(confidence, right, strict=True))
    ]


def only(fields: list[Labelled], max_error: float) -> Calibrated:
    (told,) = calibrate(fields, max_error, 0.95)
    return told


def test_enough_fields_support_what_the_company_asks_for() -> None:
    told = only(mixed(6000), 0.01)

    assert told.holds
    assert told.certificate.bound <= 0.01
    assert told.certificate.fields > 0.6 * told.certificate.seen
    assert told.more_needed == 0


def test_two_hundred_fields_are_refused_a_tenth_of_a_percent_and_told_what_they_support() -> None:
    told = only(sure(200), 0.001)

    assert not told.holds
    assert told.certificate.wrong == 0
    assert 0.02 < told.certificate.bound < 0.06
    assert "does not support 0.100%" in told.sentence
    assert f"{told.certificate.bound:.3%}" in told.sentence


def test_as_many_more_fields_as_it_asks_for_are_enough() -> None:
    few = sure(400)
    asked = only(few, 0.01).more_needed

    more = only(sure(400 + int(asked * 1.2)), 0.01)

    assert asked > 0
    assert more.certificate.fields >= 299
    assert more.holds


def test_fields_that_are_surely_wrong_are_never_accepted() -> None:
    told = only(sure(4000, wrong=2000), 0.01)

    assert not told.holds
    assert told.certificate.fields == 0
    assert told.more_needed > 0


def test_kinds_are_calibrated_by_themselves() -> None:
    printed, written = sorted(("printed", "handwritten"), reverse=True)

    told = calibrate([*sure(4000, kind=printed), *sure(4000, wrong=3000)], 0.01, 0.95)

    assert [one.kind for one in told] == [written, printed]
    assert [one.holds for one in told] == [False, True]


def test_no_writer_is_on_both_sides_and_the_sides_never_change() -> None:
    fields = mixed(2000)

    once = only(fields, 0.01)
    again = only(list(reversed(fields)), 0.01)

    assert once == again
    assert once.writers == 500
    assert once.certificate.seen % 4 == 0
    assert 0.4 < once.certificate.seen / once.fields < 0.6


@given(st.integers(0, 400), st.sampled_from([0.05, 0.01, 0.001]))
def test_what_holds_is_within_what_was_asked_for(fields: int, max_error: float) -> None:
    for told in calibrate(mixed(fields), max_error, 0.95):
        assert told.holds == (told.certificate.bound <= max_error)
        assert (told.more_needed == 0) == told.holds
