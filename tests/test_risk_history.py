"""A meter's past beside the picture: a score of its own that helps only as far as data supports."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from flat import KNOWN as FLAT
from flat import slip
from intake.cli.reading import show_summary, summary_as_json
from intake.decide import FITS, FLOOR, Acceptance, decide_form
from intake.decide.confirm import confirmed, fit
from intake.decide.identity import Decided
from intake.records import (
    BatchSummary,
    Candidate,
    Decision,
    FieldTally,
    Kind,
    PageKind,
    PastReading,
    Reading,
    Reason,
    Through,
    Verdict,
)
from intake.template import Template, field_named
from results import ACCEPTED, REVIEW

NAME = "cold_kitchen.reading"
PAST = tuple(
    PastReading("40000001", "main", f"2026-{month:02d}", f"{100 + 5 * month}.000")
    for month in range(9, 0, -1)
)
"""Five cubic metres a month, 145 in September."""

DOUBTED = Verdict(Decision.REVIEW, None, (Reason.LOW_CONFIDENCE,))


def reading(*values: str | None, share: float = 0.9) -> Reading:
    rest = (1 - share) / max(len(values) - 1, 1)
    first, *others = values
    return Reading(NAME, (Candidate(first, share), *(Candidate(one, rest) for one in others)))


def score(template: Template, *values: str | None, past: tuple[PastReading, ...] = PAST):  # noqa: ANN201
    return fit(reading(*values), field_named(template, NAME), past, "2026-10")


def test_a_usual_month_fits_and_an_unusual_one_does_not(water_slip: Template) -> None:
    usual, double, back = (score(water_slip, one) for one in ("00150100", "00190000", "00140000"))
    assert usual is not None
    assert double is not None
    assert usual > 0.9 > FITS > double
    assert back == 0.0


def test_what_else_it_may_be_counts_too(water_slip: Template) -> None:
    alone = score(water_slip, "00150100", "00750100")
    as_likely = score(water_slip, "00150100", "00150700")
    assert alone is not None
    assert as_likely is not None
    assert alone > 0.9
    assert as_likely < 0.55


def test_too_little_past_says_nothing(water_slip: Template) -> None:
    assert score(water_slip, "00150100", past=PAST[:3]) is None
    assert score(water_slip, None, "00150100") is None
    assert score(water_slip, "00150100", past=()) is None


@given(share=st.floats(0, 1), lowest=st.none() | st.floats(0, 1), how=st.none() | st.floats(0, 1))
def test_history_never_stands_in_for_the_picture(
    share: float, lowest: float | None, how: float | None
) -> None:
    rule = Acceptance(0.95, confirmed=lowest)
    found = confirmed(DOUBTED, reading("00150100", share=share), how, rule)
    if found.decision is Decision.ACCEPTED:
        assert lowest is not None
        assert how is not None
        assert share >= max(lowest, FLOOR)
        assert how >= FITS
        assert found.value == "00150100"
        assert found.reasons == (Reason.HISTORY_CONFIRMED,)
    else:
        assert found == DOUBTED


@pytest.mark.parametrize("reason", [Reason.STRUCK_OUT, Reason.BELOW_PREVIOUS, Reason.THIN_DATA])
def test_it_speaks_only_against_lack_of_confidence(reason: Reason) -> None:
    for reasons in ((reason,), (Reason.LOW_CONFIDENCE, reason)):
        verdict = Verdict(Decision.REVIEW, None, reasons)
        rule = Acceptance(0.95, confirmed=0.5)
        assert confirmed(verdict, reading("1"), 1.0, rule) == verdict


def decided(template: Template, rule: Acceptance, value: str, share: float) -> Decided:
    knowledge = replace(
        FLAT,
        acceptance={Kind.HANDWRITTEN: rule, Kind.PRINTED: Acceptance(0.5)},
        history={("40000001", "main"): PAST},
    )
    doubted = reading(value, "00750100", share=share)
    return decide_form(template, slip(template, cold_kitchen__reading=doubted), knowledge)[NAME]


def test_a_form_is_decided_with_both_scores_apart(water_slip: Template) -> None:
    off = decided(water_slip, Acceptance(0.95), "00150100", 0.9)
    on = decided(water_slip, Acceptance(0.95, confirmed=0.8), "00150100", 0.9)
    assert off.verdict.reasons == (Reason.LOW_CONFIDENCE,)
    assert on.verdict == Verdict(Decision.ACCEPTED, "00150100", (Reason.HISTORY_CONFIRMED,))
    assert off.fit == on.fit
    assert on.reading.confidence == 0.9
    plain = decided(water_slip, Acceptance(0.95, confirmed=0.8), "00150100", 0.97)
    assert plain.verdict == Verdict(Decision.ACCEPTED, "00150100")


def test_a_run_tells_the_share_with_and_without_history() -> None:
    through = Through(written=40, unseen=36, by_history=6, provisional=0)
    fields = FieldTally({ACCEPTED: 36, REVIEW: 4}, {ACCEPTED: 36, REVIEW: 4}, {}, through)
    summary = BatchSummary(1, 1, 0, {}, {PageKind.FORMS: 9}, 9, fields, 2.0)
    shown = io.StringIO()
    show_summary(summary, Console(width=200, file=shown))
    told = "90.0% of 40 readings straight-through, 75.0% without the meters' history"
    assert told in shown.getvalue()
    figures = summary_as_json(summary)
    assert figures["straight_through"] == 0.9
    assert figures["straight_through_without_history"] == 0.75
