"""The registry's rules: each sends a reading to review by its own name, and changes no digit."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flat import COLD, HOT, past, seen, slip
from flat import KNOWN as FLAT
from intake.decide import Knowledge, decide_form
from intake.decide.checks import holds
from intake.decide.history import Past
from intake.decide.neighbours import Line, swapped
from intake.records import (
    Decision,
    PastReading,
    Reason,
    Verdict,
)
from intake.registry.consumption import most_expected, used_since
from intake.settings import Rules
from intake.template import Template

KNOWN = replace(
    FLAT,
    history={
        ("40000001", "main"): past("40000001", "110.000", "113.250", "117.250", "120.500"),
        ("40000002", "main"): past("40000002", "60.000", "61.500", "63.000", "64.250"),
    },
)


def verdicts(
    template: Template, knowledge: Knowledge = KNOWN, **values: str | None
) -> dict[str, Verdict]:
    """Verdicts on a slip on which these readings were written with certainty."""
    told = {f"{place}__reading": seen(place, value) for place, value in values.items()}
    decided = decide_form(template, slip(template, **told), knowledge)
    return {name: one.verdict for name, one in decided.items()}


def cold(template: Template, digits: str, knowledge: Knowledge = KNOWN) -> tuple[Reason, ...]:
    found = verdicts(template, knowledge, cold_kitchen=digits)["cold_kitchen.reading"]
    assert (found.decision is Decision.ACCEPTED) == (not found.reasons)
    return found.reasons


@pytest.mark.parametrize(
    ("digits", "reasons"),
    [
        ("124000", ()),
        ("110000", (Reason.BELOW_PREVIOUS,)),
        ("923456", (Reason.IMPLAUSIBLE,)),
        ("1240000", (Reason.IMPLAUSIBLE, Reason.DECIMAL_SLIP)),
        ("124", (Reason.BELOW_PREVIOUS, Reason.DECIMAL_SLIP)),
        ("142000", (Reason.IMPLAUSIBLE, Reason.TRANSPOSED)),
        ("120500", (Reason.COPIED,)),
    ],
)
def test_rule_each_objection_has_its_name(
    water_slip: Template, digits: str, reasons: tuple[Reason, ...]
) -> None:
    """docs/rules.md: what speaks against a reading."""
    assert cold(water_slip, digits) == reasons


def test_rule_a_month_without_use_is_no_copy_where_there_were_such_months(
    water_slip: Template,
) -> None:
    """docs/rules.md: copied."""
    idle = past("40000001", "110.000", "113.250", "113.250", "120.500")
    known = replace(KNOWN, history={("40000001", "main"): idle})
    assert cold(water_slip, "120500", known) == ()


def test_rule_a_dial_that_passed_zero_is_not_below(water_slip: Template) -> None:
    """docs/rules.md: roll-over."""
    full = past("40000001", "99985.000", "99989.000", "99993.000", "99997.000")
    known = replace(KNOWN, history={("40000001", "main"): full})
    assert cold(water_slip, "1500", known) == ()
    assert Reason.BELOW_PREVIOUS in cold(water_slip, "50000500", known)


def test_rule_a_meter_that_was_taken_out_is_not_there(water_slip: Template) -> None:
    """docs/rules.md: which meter."""
    gone = replace(COLD, removed="2026-08-03")
    new = replace(COLD, number="40000009", installed="2026-08-03")
    known = replace(KNOWN, meters=(gone, new, HOT))
    found = verdicts(water_slip, known)["cold_kitchen.meter"]
    assert found.reasons == (Reason.CONTRADICTION,)


def test_rule_what_is_usual_is_the_meters_own(water_slip: Template) -> None:
    """docs/rules.md: implausible. The same amount is usual for one meter and not for another."""
    thirsty = past("40000001", "10.000", "60.000", "105.000", "160.000")
    known = replace(KNOWN, history={("40000001", "main"): thirsty})
    assert cold(water_slip, "215000", known) == ()
    assert Reason.IMPLAUSIBLE in cold(water_slip, "175000")


def test_rule_months_without_a_reading_make_more_use_plausible(water_slip: Template) -> None:
    """docs/rules.md: implausible."""
    older = tuple(
        replace(one, period=f"2026-{int(one.period[5:]) - 5:02}")
        for one in KNOWN.history["40000001", "main"]
    )
    known = replace(KNOWN, history={("40000001", "main"): older})
    assert Reason.IMPLAUSIBLE in cold(water_slip, "140500")
    assert cold(water_slip, "140500", known) == ()


def test_rule_hot_and_cold_swapped_are_told_as_such(water_slip: Template) -> None:
    """docs/rules.md: swapped."""
    found = verdicts(water_slip, cold_kitchen="65500", hot_kitchen="123500")
    assert found["cold_kitchen.reading"].reasons[0] is Reason.SWAPPED
    assert found["hot_kitchen.reading"].reasons[0] is Reason.SWAPPED
    assert found["cold_kitchen.reading"].value is None
    right = verdicts(water_slip, cold_kitchen="123500", hot_kitchen="65500")
    assert right["cold_kitchen.reading"].decision is Decision.ACCEPTED


def test_rule_a_company_can_switch_rules_off(water_slip: Template) -> None:
    """docs/rules.md: rules are the company's."""
    off = replace(KNOWN, rules=Rules(off=frozenset({"copied", "swapped", "implausible"})))
    assert cold(water_slip, "120500", off) == ()
    assert cold(water_slip, "923456", off) == ()
    found = verdicts(water_slip, off, cold_kitchen="65500", hot_kitchen="123500")
    assert Reason.SWAPPED not in found["cold_kitchen.reading"].reasons


def test_rule_a_printed_number_with_a_wrong_check_digit_asks_a_person(
    water_slip: Template,
) -> None:
    """docs/rules.md: check digits."""
    import msgspec  # noqa: PLC0415

    fields = tuple(
        msgspec.structs.replace(one, check="luhn") if one.name == "cold_kitchen.meter" else one
        for one in water_slip.field
    )
    checked = msgspec.structs.replace(water_slip, field=fields)
    assert verdicts(checked)["cold_kitchen.meter"].reasons == (Reason.CHECK_DIGIT,)


def line(name: str, value: int, last: int) -> Line:
    meter = replace(COLD, number=name)
    known = (PastReading(name, "main", "2026-09", f"{last}.000"),)
    return Line(name, Decimal(value), Past(meter, known, "2026-10", Rules()))


@given(st.integers(2, 30), st.integers(1, 29), st.data())
def test_a_list_shifted_by_some_rows_is_solved_as_a_whole(
    count: int, shift: int, data: st.DataObject
) -> None:
    lasts = [100 + 100 * row for row in data.draw(st.permutations(range(count)))]
    values = [last + 5 for last in lasts]
    moved = values[shift % count :] + values[: shift % count]
    lines = [line(str(n), v, last) for n, (v, last) in enumerate(zip(moved, lasts, strict=True))]
    expected = {str(n) for n in range(count)} if shift % count else set()
    assert swapped(lines) == expected


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=8))
def test_no_line_is_told_that_has_no_partner(pairs: list[tuple[int, int]]) -> None:
    lines = [line(str(n), value, last) for n, (value, last) in enumerate(pairs)]
    found = swapped(lines)
    by_name = {one.name: one for one in lines}
    assert all(any(by_name[a].takes(by_name[b]) for b in found - {a}) for a in found)
    assert not found or any(not by_name[name].fits for name in found)


@given(st.integers(0, 10**8 - 1), st.integers(0, 10**8 - 1), st.integers(0, 10**8))
def test_use_between_two_readings_of_a_dial(last: int, value: int, most: int) -> None:
    turn = Decimal(10**8)
    used = used_since(Decimal(last), Decimal(value), turn, Decimal(most))
    if value >= last:
        assert used == value - last
    else:
        assert used in {None, value + 10**8 - last}
        assert used is None or used <= most


@given(st.lists(st.integers(0, 50), min_size=3, max_size=24), st.integers(0, 10_000))
def test_one_wild_month_does_not_make_wild_months_usual(used: list[int], wild: int) -> None:
    months = [Decimal(one) for one in used]
    bound = most_expected(months, "m3", Decimal(8), Decimal(15))
    with_wild = most_expected([*months, *months, Decimal(wild)], "m3", Decimal(8), Decimal(15))
    assert bound >= sorted(months)[len(months) // 2]
    assert with_wild <= 50 + 8 * Decimal("1.4826") * 50


@given(st.text("0123456789", min_size=1, max_size=15))
def test_every_number_has_one_check_digit(body: str) -> None:
    assert sum(holds("luhn", f"{body}{digit}") for digit in range(10)) == 1
    assert sum(holds("mod11", f"{body}{digit}") for digit in range(10)) <= 1
    assert sum(holds("mod97", f"{body}{pair:02}") for pair in range(2, 99)) == 1


@given(st.text("0123456789", min_size=2, max_size=12), st.data())
def test_a_check_digit_catches_a_single_wrong_digit(number: str, data: st.DataObject) -> None:
    good = next(f"{number}{d}" for d in range(10) if holds("luhn", f"{number}{d}"))
    at = data.draw(st.integers(0, len(good) - 1))
    other = data.draw(st.sampled_from([d for d in "0123456789" if d != good[at]]))
    assert not holds("luhn", good[:at] + other + good[at + 1 :])


def day_of_reading(template: Template, day: str, knowledge: Knowledge) -> Verdict:
    """The verdict on a form's day of reading that was written with certainty, `DDMMYY`."""
    return decide_form(template, slip(template, date=seen("date", day)), knowledge)["date"].verdict


@pytest.mark.parametrize("day", ["151025", "151027", "310826", "011226", "061126"])
def test_rule_a_day_far_from_the_month_or_after_the_scan_asks_a_person(
    water_slip: Template, day: str
) -> None:
    """docs/rules.md: unlikely_date. The form is of 2026-10, the scan of 2026-11-05."""
    known = replace(KNOWN, today="2026-11-05")
    found = day_of_reading(water_slip, day, known)
    assert found == Verdict(Decision.REVIEW, None, (Reason.UNLIKELY_DATE,))


@pytest.mark.parametrize("day", ["010926", "251026", "051126"])
def test_rule_a_day_somewhat_early_or_late_is_accepted(water_slip: Template, day: str) -> None:
    """docs/rules.md: unlikely_date."""
    known = replace(KNOWN, today="2026-11-05")
    assert day_of_reading(water_slip, day, known).decision is Decision.ACCEPTED


def test_rule_how_far_a_day_may_be_off_is_the_companys_to_say(water_slip: Template) -> None:
    """docs/rules.md: unlikely_date."""
    quarterly = replace(KNOWN, rules=Rules(date_months=2))
    assert day_of_reading(water_slip, "310826", KNOWN).reasons == (Reason.UNLIKELY_DATE,)
    assert day_of_reading(water_slip, "310826", quarterly).decision is Decision.ACCEPTED


def test_rule_a_form_without_a_month_is_held_against_the_scan_alone(water_slip: Template) -> None:
    """docs/rules.md: unlikely_date."""
    known = replace(KNOWN, code=None, period=None, today="2026-11-05")
    assert day_of_reading(water_slip, "310820", known).decision is Decision.ACCEPTED
    assert day_of_reading(water_slip, "061126", known).reasons == (Reason.UNLIKELY_DATE,)


def test_rule_a_clock_that_is_months_behind_the_form_is_not_believed(water_slip: Template) -> None:
    """docs/rules.md: unlikely_date."""
    known = replace(KNOWN, today="2024-01-01")
    assert day_of_reading(water_slip, "251026", known).decision is Decision.ACCEPTED
    assert day_of_reading(water_slip, "251024", known).reasons == (Reason.UNLIKELY_DATE,)


def test_rule_an_unlikely_day_that_is_hard_to_read_says_both(water_slip: Template) -> None:
    """docs/rules.md: unlikely_date."""
    read = slip(water_slip, date=seen("date", "151025", 0.6))
    found = decide_form(water_slip, read, KNOWN)["date"].verdict
    assert found.reasons == (Reason.LOW_CONFIDENCE, Reason.UNLIKELY_DATE)


@pytest.mark.parametrize("scheme", ["luhn", "mod11", "mod97"])
@pytest.mark.parametrize("text", ["", "12 3", "١٢٣", "12-3"])
def test_what_is_no_number_has_no_check_digit(scheme: str, text: str) -> None:
    assert not holds(scheme, text)
