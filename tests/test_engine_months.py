"""What a month is charged with: the engine's rules agree with a second, independent calculation."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing import LITRES, ORDER, Calculation, Dial, Sent, chosen
from intake.engine.arrivals import Arrival, Standing, judge
from intake.engine.months import month_rows
from intake.engine.point import Counted, MonthRow, Point, Status, Terms
from intake.records import Account, Fitting, Meter, ReadingRecord
from intake.registry.months import day_in, month_named
from intake.settings import Billing, Rules

FIRST = 2026 * 12
TERMS = Terms(Billing(), Rules())


def litres(number: int | None) -> str | None:
    return None if number is None else f"{Decimal(number) / LITRES:.3f}"


def day_of(month: int, day: int) -> str:
    return day_in(month_named(FIRST + month), day)


def meter_of(dial: Dial) -> Meter:
    return Meter(
        number=dial.number,
        account="1",
        kind="cold",
        place="cold",
        dial_digits=8,
        decimals=3,
        installed=day_of(dial.came, dial.came_on) if dial.came else None,
        removed=day_of(dial.went, dial.went_on) if dial.went < 100 else None,
        verified_until=day_in(month_named(FIRST + dial.verified), 31)
        if dial.verified < 100
        else None,
    )


def fittings_of(dial: Dial) -> list[Fitting]:
    ends = (
        ("installed", day_of(dial.came, dial.came_on), dial.start),
        ("removed", day_of(dial.went, dial.went_on), dial.end),
    )
    return [
        Fitting(dial.number, "main", day, event, litres(value))
        for event, day, value in ends
        if value is not None
    ]


def rows_of(dials: list[Dial], months: int, premises: str = "flat") -> list[MonthRow]:
    """The engine's own rows of months 0 to `months`."""
    readings = {
        (dial.number, month_named(FIRST + month)): Counted(Decimal(litres(one.value)), one.channel)
        for dial in dials
        for month, sent in dial.sent.items()
        if (one := chosen(sent, (25, 31))) is not None
    }
    fitted = {(one.meter, one.event): one for dial in dials for one in fittings_of(dial)}
    point = Point(
        account=Account("1", "", premises),
        place="cold",
        register="main",
        meters=tuple(map(meter_of, dials)),
        fittings=fitted,
        readings=readings,
        since=month_named(FIRST),
    )
    return list(month_rows(point, month_named(FIRST + months - 1), TERMS))


def read(*values: int | None) -> dict[int, list[Sent]]:
    """Portal readings of successive months; None for a missing one."""
    return {
        month: [Sent("portal", value * LITRES)]
        for month, value in enumerate(values)
        if value is not None
    }


def charges(dials: list[Dial], months: int, premises: str = "flat") -> list[str | None]:
    rows = rows_of(dials, months, premises)
    return [None if row.consumption is None else str(row.consumption) for row in rows]


days = st.integers(1, 28)
usages = st.one_of(
    st.integers(0, 9_000), st.none(), st.sampled_from([-40_000, 150_000]), st.integers(1, 5)
)


@st.composite
def dials(draw: st.DrawFn) -> list[Dial]:
    """One meter, or one that was replaced, with all that may go wrong."""
    months = draw(st.integers(1, 16))
    change = draw(st.none() | st.integers(1, 12))
    first = Dial("a", start=draw(st.none() | st.just(0)))
    first.verified = draw(st.sampled_from([10_000, 10_000, 4]))
    shown = draw(st.sampled_from([5_000, 99_990_000]))
    made = [first]
    if change is not None:
        first.went, first.went_on = draw(st.sampled_from([change, 10_000])), draw(days)
        second = Dial("b", came=change + draw(st.integers(0, 1)), came_on=draw(days))
        second.start = draw(st.none() | st.integers(0, 50))
        made.append(second)
    for month in range(months):
        for dial in made:
            used = draw(usages)
            if not dial.came <= month <= dial.went or used is None:
                continue
            shown = max(shown + used, 0) % dial.turn if dial is first else shown
            value = shown if dial is first else (month - dial.came) * 2_000 + used % 2_000
            dial.sent[month] = [Sent("sms", value)]
            if dial is first and month == dial.went and draw(st.booleans()):
                dial.end = shown
    return made


@given(dials(), st.sampled_from(["flat", "house"]))
def test_every_month_agrees_with_the_second_calculation(made: list[Dial], premises: str) -> None:
    months = 16
    sums = Calculation(made, months, 12 if premises == "house" else 3)
    by_number = {dial.number: dial for dial in made}
    rows = rows_of(made, months, premises)
    assert len(rows) == sum(sums.there(d, m) for m in range(months) for d in made)
    for row in rows:
        dial, month = by_number[row.meter], int(row.period[:4]) * 12 + int(row.period[5:]) - 1
        asked = dial, month - FIRST
        expected = (sums.status(*asked), litres(sums.charge(*asked)), sums.missing(*asked))
        assert (str(row.status), _text(row.consumption), row.missing) == expected


def _text(number: Decimal | None) -> str | None:
    return None if number is None else f"{number:.3f}"


sent = st.builds(
    Sent,
    channel=st.sampled_from(ORDER),
    value=st.none() | st.integers(0, 3),
    day=st.none() | st.sampled_from([20, 26, 30, 31]),
    id=st.sampled_from("abcd"),
    version=st.integers(1, 3),
)


@given(st.lists(sent, max_size=8, unique_by=lambda one: (one.id, one.version)))
def test_the_reading_that_counts_agrees_with_the_second_calculation(given: list[Sent]) -> None:
    window = (25, 30)
    arrivals = [_arrival(number, one) for number, one in enumerate(given, start=1)]
    judged = judge(arrivals, Billing(window=window))
    counting = [one for one in judged if one.standing is Standing.COUNTS]
    expected = chosen(given, window)
    assert len(judged) == len({one.id for one in given})
    assert [_key(one.arrival) for one in counting] == (
        [] if expected is None else [(expected.id, expected.version)]
    )
    for one in judged:
        value = one.arrival.record.value
        assert (one.standing is Standing.WITHDRAWN) == (value is None)
        assert one.early == (one.arrival.day is not None and one.arrival.day < "2026-11-25")
        if one.standing is Standing.CONTRADICTION:
            assert value != counting[0].arrival.record.value


def _key(arrival: Arrival) -> tuple[str, int]:
    return arrival.record.id, arrival.record.version


def _arrival(number: int, one: Sent) -> Arrival:
    record = ReadingRecord(
        id=one.id,
        version=one.version,
        organisation="demo",
        account="1",
        meter="a",
        register="main",
        period="2026-11",
        value=litres(one.value),
        unit="m3",
        date=None,
        channel=one.channel,
        verification="",
        confidence=1.0,
        evidence=None,
    )
    return Arrival(number, "", None if one.day is None else f"2026-11-{one.day}", record)


@pytest.mark.parametrize(
    ("premises", "values", "expected"),
    [
        ("flat", (1, 3, 7, 9, None, None, None, 21), [None, "2", "4", "2", "2.667", "2.667", None]),
        ("house", (0, 9, 9, 9, 9, None), [None, "9", "0", "0", "0", "2.25"]),
        ("flat", (5, None), [None, None]),
    ],
)
def test_rule_missing_months_are_charged_with_an_average(
    premises: str, values: tuple[int | None, ...], expected: list[str | None]
) -> None:
    """docs/rules.md: a missing month."""
    found = charges([Dial("a", sent=read(*values))], len(values), premises)
    shown = [None if one is None else f"{Decimal(one).normalize():f}" for one in found]
    assert shown[: len(expected)] == expected


def test_rule_the_next_reading_settles_what_was_estimated() -> None:
    """docs/rules.md: the next reading settles."""
    rows = rows_of([Dial("a", sent=read(1, 3, 7, 9, None, None, 12))], 7)
    assert sum(row.consumption or 0 for row in rows) == 11
    assert [str(mark) for mark in rows[-1].marks] == ["settled"]


def test_rule_three_missing_in_a_row_are_not_charged() -> None:
    """docs/rules.md: three missing in a row."""
    rows = rows_of([Dial("a", sent=read(1, 3, None, None, None, None))], 6)
    assert [(row.missing, row.status) for row in rows[2:]] == [
        (1, Status.ESTIMATED),
        (2, Status.ESTIMATED),
        (3, Status.MISSING),
        (4, Status.MISSING),
    ]


def test_rule_a_dial_that_passed_zero_goes_on() -> None:
    """docs/rules.md: roll-over."""
    rows = rows_of([Dial("a", sent=read(99_994, 99_997, 2))], 3)
    assert [row.consumption for row in rows] == [None, 3, 5]
    assert "rolled_over" in rows[-1].marks


def test_rule_a_value_below_the_last_one_is_not_charged_but_an_average_is() -> None:
    """docs/rules.md: below the last one."""
    rows = rows_of([Dial("a", sent=read(50, 54, 4, 60))], 4)
    assert [(row.status, row.consumption) for row in rows[1:]] == [
        (Status.READ, 4),
        (Status.BELOW_PREVIOUS, 4),
        (Status.READ, 2),
    ]


def test_rule_a_replaced_meter_is_charged_with_both_parts_of_the_month() -> None:
    """docs/rules.md: a replaced meter."""
    old = Dial("a", went=2, end=12 * LITRES, sent=read(4, 9))
    new = Dial("b", came=2, start=0, sent={2: [Sent("portal", 1500)], 3: []})
    rows = rows_of([old, new], 4)
    assert [(row.meter, row.period[5:], row.consumption) for row in rows] == [
        ("a", "01", None),
        ("a", "02", 5),
        ("a", "03", 3),
        ("b", "03", Decimal("1.500")),
        ("b", "04", Decimal("4.750")),
    ]
    assert (rows[2].channel, rows[2].marks, rows[3].marks) == (
        "fitting",
        ("removed",),
        ("installed",),
    )


@st.composite
def replacements(draw: st.DrawFn) -> list[Dial]:
    """A meter that used 6 a month and another that follows it; readings stop at any time."""
    change, last = draw(st.integers(3, 8)), draw(st.integers(3, 8))
    old = Dial("a", went=draw(st.sampled_from([change, 10_000])), went_on=draw(days))
    old.sent = read(*range(0, 6 * min(last, change), 6))
    new = Dial("b", came=change, came_on=draw(days), start=draw(st.sampled_from([None, 0])))
    for month in draw(st.sets(st.integers(change, 12))):
        new.sent[month] = [Sent("sms", (month - change) * 6 * LITRES)]
    return [old, new]


@given(replacements())
def test_rule_a_place_is_charged_with_one_average_whoever_of_its_meters_is_missing(
    made: list[Dial],
) -> None:
    """docs/rules.md: a replaced meter."""
    rows = rows_of(made, 13)
    estimated = [row for row in rows if row.status is Status.ESTIMATED]
    change = month_named(FIRST + made[1].came)
    for month in {row.period for row in estimated}:
        guessed = [row.consumption or 0 for row in estimated if row.period == month]
        assert sum(guessed) <= 6 + Decimal("0.001")
    assert not [row for row in rows if row.meter == "a" and row.period > change]
    assert not [row for row in rows if row.meter == "b" and row.period < change]
    read_months = {row.period for row in rows if row.status in {Status.READ, Status.FIRST}}
    run = 0
    for month in map(month_named, range(FIRST, FIRST + 13)):
        missed = month not in read_months
        run = run + 1 if missed else 0
        assert run <= 2 or month not in {row.period for row in estimated}


@pytest.mark.parametrize(
    ("old", "new", "shares"),
    [
        (Dial("a", went=3, went_on=14), Dial("b", came=3, came_on=15), ["2.800", "3.200"]),
        (Dial("a", went=3, went_on=15), Dial("b", came=3, came_on=15), ["2.800", "3.200"]),
        (Dial("a"), Dial("b", came=3, came_on=15), ["2.800", "3.200"]),
        (Dial("a", went=3, went_on=14), Dial("b"), ["2.600", "3.400"]),
        (Dial("a", went=3, went_on=10), Dial("b", came=3, came_on=21), ["2.000", "2.000"]),
        (Dial("a", went=4, went_on=10), Dial("b", came=3, came_on=15), ["2.800", "3.200"]),
    ],
)
def test_rule_the_average_of_the_month_of_a_replacement_is_shared_out_by_days(
    old: Dial, new: Dial, shares: list[str]
) -> None:
    """docs/rules.md: a replaced meter; with its day known of both, of one, or of neither list."""
    old.sent = read(0, 6, 12)
    rows = [row for row in rows_of([old, new], 5) if row.period > "2026-03"]
    assert [(row.meter, row.period, str(row.consumption), row.missing) for row in rows] == [
        ("a", "2026-04", shares[0], 1),
        ("b", "2026-04", shares[1], 1),
        ("b", "2026-05", "6.000", 2),
    ]


def test_rule_two_meters_at_a_place_of_which_none_is_said_to_be_gone_share_one_average() -> None:
    """docs/rules.md: a replaced meter."""
    rows = rows_of([Dial("a", sent=read(0, 6, 12)), Dial("b", sent=read(0, 0, 0))], 4)
    assert [row.consumption for row in rows if row.period == "2026-04"] == [6, None]


def test_rule_months_missing_in_a_row_are_those_of_the_place() -> None:
    """docs/rules.md: a replaced meter."""
    old = Dial("a", went=4, sent=read(0, 6, 12))
    rows = rows_of([old, Dial("b", came=4, start=0)], 6)
    assert [(row.meter, row.missing, row.status) for row in rows[3:]] == [
        ("a", 1, Status.ESTIMATED),
        ("a", 2, Status.ESTIMATED),
        ("b", 2, Status.ESTIMATED),
        ("b", 3, Status.MISSING),
    ]


def test_rule_a_meter_that_was_read_after_another_came_is_still_charged_what_it_counted() -> None:
    """docs/rules.md: a replaced meter."""
    old = Dial("a", sent=read(0, 6, 12, 18, None, 20))
    rows = rows_of([old, Dial("b", came=3, start=0, sent={3: [Sent("sms", 2000)]})], 6)
    assert [(row.period[5:], row.consumption) for row in rows if row.meter == "a"][3:] == [
        ("04", 6),
        ("06", 2),
    ]


def test_rule_a_meter_past_its_verification_is_no_meter() -> None:
    """docs/rules.md: verification."""
    rows = rows_of([Dial("a", verified=1, sent=read(1, 3, 7))], 3)
    assert [(row.status, row.consumption, row.missing) for row in rows][2] == (
        Status.UNVERIFIED,
        None,
        0,
    )


def test_rule_a_month_whose_window_is_open_is_preliminary() -> None:
    """docs/rules.md: before the bill."""
    made = Dial("a", sent=read(1, 3))
    point = Point(Account("1"), "cold", "main", (meter_of(made),), {}, {}, month_named(FIRST))
    for day, marks in (("2026-01-31", ("preliminary",)), ("2026-02-01", ())):
        (row,) = month_rows(point, "2026-01", TERMS, on=day)
        assert row.marks == marks
