"""Verdicts follow from readings, rules and registry, and from nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flat import CODE, past, seen, slip
from flat import KNOWN as FLAT
from intake.decide import Acceptance, Knowledge, decide_form
from intake.decide.values import as_decimal, in_places, written_date
from intake.records import (
    Candidate,
    Decision,
    FormCode,
    Kind,
    PastReading,
    Reading,
    Reason,
    Verdict,
)
from intake.template import Field, Template

KNOWN = replace(FLAT, history={("40000001", "main"): past("40000001", "117.250", "120.500")})


def verdict(
    template: Template, name: str, knowledge: Knowledge = KNOWN, **values: Reading
) -> Verdict:
    return decide_form(template, slip(template, **values), knowledge)[name].verdict


def cold(template: Template, reading: Reading, knowledge: Knowledge = KNOWN) -> Verdict:
    name = "cold_kitchen.reading"
    return verdict(template, name, knowledge, cold_kitchen__reading=reading)


def test_a_sure_and_fitting_reading_is_accepted(water_slip: Template) -> None:
    assert cold(water_slip, seen("x", "123456")) == Verdict(Decision.ACCEPTED, "123456")


@pytest.mark.parametrize(
    ("reading", "reason"),
    [
        (seen("x", "123456", 0.89), Reason.LOW_CONFIDENCE),
        (seen("x", "123456", 0.99, Reason.STRUCK_OUT), Reason.STRUCK_OUT),
        (seen("x", "120499"), Reason.BELOW_PREVIOUS),
        (seen("x", "923456"), Reason.IMPLAUSIBLE),
    ],
)
def test_what_speaks_against_a_reading_is_its_reason(
    water_slip: Template, reading: Reading, reason: Reason
) -> None:
    found = cold(water_slip, reading)
    assert (found.decision, found.value) == (Decision.REVIEW, None)
    assert reason in found.reasons


def test_an_empty_comb_is_blank_and_a_doubtful_one_is_not(water_slip: Template) -> None:
    assert cold(water_slip, seen("x", None)).decision is Decision.BLANK
    assert cold(water_slip, seen("x", None, 0.6)).decision is Decision.REVIEW


@pytest.mark.parametrize(
    ("channel", "value", "reasons"),
    [
        ("portal", "124.000", (Reason.CHANNEL_CONFLICT,)),
        ("portal", "123.000", ()),
        ("paper", "124.000", ()),
    ],
)
def test_a_slip_after_another_channels_reading(
    water_slip: Template, channel: str, value: str, reasons: tuple[Reason, ...]
) -> None:
    """docs/rules.md: a slip after a portal reading."""
    told = PastReading("40000001", "main", "2026-10", value, channel)
    key = ("40000001", "main")
    known = replace(KNOWN, history={key: (told, *KNOWN.history[key])})
    assert cold(water_slip, seen("x", "00123000"), known).reasons == reasons


def test_a_replaced_meter_may_start_again(water_slip: Template) -> None:
    found = verdict(
        water_slip,
        "cold_kitchen.reading",
        cold_kitchen__reading=seen("x", "512"),
        cold_kitchen__replaced=seen("x", "1"),
    )
    assert found.decision is Decision.ACCEPTED


def test_a_value_where_the_account_has_no_meter_asks_a_person(water_slip: Template) -> None:
    name = "hot_bath.reading"
    found = verdict(water_slip, name, hot_bath__reading=seen("x", "123456"))
    assert found.reasons == (Reason.NOT_IN_REGISTRY,)


def test_code_and_print_that_contradict_go_to_a_person(water_slip: Template) -> None:
    found = decide_form(water_slip, slip(water_slip, account=seen("x", "10000002")), KNOWN)
    assert found["account"].verdict.reasons == (Reason.CONTRADICTION,)
    assert [one.value for one in found["account"].reading.candidates] == ["10000002", "10000001"]


def test_the_meters_of_two_places_swapped_contradict(water_slip: Template) -> None:
    found = verdict(water_slip, "cold_kitchen.meter", cold_kitchen__meter=seen("x", "40000002"))
    assert found.reasons == (Reason.CONTRADICTION,)


def test_an_account_the_company_does_not_have_goes_to_a_person(water_slip: Template) -> None:
    unknown = replace(KNOWN, account=None, meters=(), history={})
    assert verdict(water_slip, "account", unknown).reasons == (Reason.NOT_IN_REGISTRY,)


def test_a_specimen_is_read_and_held_against_nothing(water_slip: Template) -> None:
    specimen = replace(
        KNOWN, code=FormCode("water-slip", 1), account=None, meters=(), history={}, period=None
    )
    read = slip(
        water_slip,
        account=seen("account", None),
        cold_kitchen__meter=seen("x", None),
        cold_kitchen__reading=seen("x", "999999"),
    )
    found = decide_form(water_slip, read, specimen)
    assert found["cold_kitchen.reading"].verdict == Verdict(Decision.ACCEPTED, "999999")
    assert found["account"].verdict.decision is Decision.BLANK


def test_without_a_registry_the_image_decides_alone(water_slip: Template) -> None:
    alone = Knowledge(code=CODE, acceptance=KNOWN.acceptance, account="10000001")
    assert cold(water_slip, seen("x", "1"), alone).decision is Decision.ACCEPTED


def test_a_printed_number_that_nobody_else_tells_must_look_as_its_template_says(
    water_slip: Template,
) -> None:
    alone = Knowledge(acceptance=KNOWN.acceptance, period="2026-10")
    for name in ("account", "cold_kitchen.meter"):
        for value, reasons in (("4000001", (Reason.BAD_FORMAT,)), ("40000001", ())):
            read = {name.replace(".", "__"): seen(name, value)}
            assert verdict(water_slip, name, alone, **read).reasons == reasons


def test_an_unreadable_code_asks_nobody_while_the_print_says_whose_form_it_is(
    water_slip: Template,
) -> None:
    torn = replace(KNOWN, code=None)
    unread = Reading("code", ())
    assert verdict(water_slip, "code", torn, code=unread).decision is Decision.REFUSED
    lost = replace(torn, account=None, period=None)
    assert verdict(water_slip, "code", lost, code=unread).decision is Decision.REVIEW


def test_provisional_acceptance_marks_every_value(water_slip: Template) -> None:
    weak = replace(KNOWN, acceptance={kind: Acceptance(0.9, provisional=True) for kind in Kind})
    assert cold(water_slip, seen("x", "123456"), weak).reasons == (Reason.PROVISIONAL,)


@given(confidence=st.floats(0, 1), value=st.text("0123456789", min_size=1, max_size=8))
def test_nothing_is_accepted_without_evidence_for_its_kind(
    water_slip: Template, confidence: float, value: str
) -> None:
    empty = replace(KNOWN, acceptance={})
    assert cold(water_slip, seen("x", value, confidence), empty).decision is Decision.REVIEW


@given(value=st.text("0123456789", min_size=1, max_size=8), confidence=st.floats(0, 1))
def test_a_decision_never_changes_a_digit(
    water_slip: Template, value: str, confidence: float
) -> None:
    found = cold(water_slip, seen("x", value, confidence))
    assert found.value in {None, value}


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_every_day_written_in_cells_is_read_back(day: date) -> None:
    assert written_date(day.strftime("%d%m%y")) == day.isoformat()
    assert written_date(day.strftime("%d%m%Y")) == day.isoformat()


@pytest.mark.parametrize("digits", ["310226", "001126", "31131", "", "١١١١٢٦"])
def test_what_is_no_day_is_no_date(water_slip: Template, digits: str) -> None:
    assert written_date(digits) is None
    found = decide_form(water_slip, slip(water_slip, date=seen("date", digits)), KNOWN)["date"]
    assert found.verdict == Verdict(Decision.REVIEW, None, (Reason.BAD_FORMAT,))


@given(st.text("0123456789", min_size=1, max_size=12), st.integers(0, 3))
def test_decimals_are_exact(digits: str, decimals: int) -> None:
    assert as_decimal(digits, decimals) * 10**decimals == int(digits)


FREE = Field(name="cold.reading", kind=Kind.HANDWRITTEN, box=(10, 10, 50, 10), decimals=3)


@given(st.text("0123456789", min_size=1, max_size=6), st.text("0123456789", max_size=3))
def test_what_stands_behind_the_mark_of_a_free_box_is_filled_up(whole: str, rest: str) -> None:
    reading = in_places(FREE, seen("cold.reading", f"{whole}.{rest}"))
    assert reading.value is not None
    assert reading.signs == ()
    assert as_decimal(reading.value, FREE.decimals) == Decimal(f"{whole}.{rest}0")


@pytest.mark.parametrize("written", ["117250", "117.2500", "11.7.25", "1.17250"])
def test_a_free_box_without_its_mark_in_place_asks_a_person(written: str) -> None:
    assert in_places(FREE, seen("cold.reading", written)).signs == (Reason.DECIMAL_MARK,)


def test_a_mark_that_was_not_seen_may_stand_where_the_meter_has_it() -> None:
    candidates = in_places(FREE, seen("cold.reading", "117250", 0.9)).candidates
    assert candidates == (Candidate("117250000", 0.45), Candidate("117250", 0.45))


def test_a_mark_where_the_meter_has_no_decimals_asks_a_person() -> None:
    whole = msgspec.structs.replace(FREE, decimals=0)
    assert in_places(whole, seen("cold.reading", "3268")).signs == ()
    assert in_places(whole, seen("cold.reading", "3268.5")).signs == (Reason.DECIMAL_MARK,)


def test_marks_between_day_month_and_year_are_left_out() -> None:
    day = msgspec.structs.replace(FREE, name="date", format="date")
    reading = in_places(day, seen("date", "15.11.26"))
    assert (reading.value, reading.signs) == ("151126", ())


def test_combs_are_left_as_they_were_read() -> None:
    comb = msgspec.structs.replace(FREE, cells=8)
    reading = seen("cold.reading", "00117250")
    assert in_places(comb, reading) is reading


def test_values_that_differ_by_their_mark_alone_count_together() -> None:
    both = Reading("cold.reading", (Candidate("7.5", 0.6), Candidate("7.50", 0.3)))
    assert in_places(FREE, both).candidates == (Candidate("7500", pytest.approx(0.9)),)
