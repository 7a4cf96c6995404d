"""What a clerk keys on one item, without a screen."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clerk import waiting_item
from intake.decide.values import written_date
from intake.records import Candidate, Decision, Kind, Reason
from intake.review import telling, words, written
from intake.review.entry import Entry

DAYS = st.dates(min_value=date(2000, 1, 1))


def english(text: str) -> str:
    return text


def typed(entry: Entry, digits: str) -> Entry:
    for digit in digits:
        entry = entry.press(digit)
    return entry


def keyed(entry: Entry, keys: str) -> Entry:
    for key in keys:
        entry = entry.mark() if key == "." else entry.press(key)
    return entry


def test_nothing_typed_accepts_what_is_offered() -> None:
    correction = Entry(waiting_item()).accepted("anna", 2.34)
    assert (correction.decision, correction.value) == (Decision.ACCEPTED, "00123456")
    assert (correction.item, correction.version, correction.who) == (1, 1, "anna")
    assert (correction.seconds, correction.tries) == (2.3, 1)


def test_an_offer_of_an_empty_field_is_accepted_as_blank() -> None:
    item = waiting_item(candidates=(Candidate(None, 0.7), Candidate("00000001", 0.2)))
    assert Entry(item).accepted("anna", 1.0).decision is Decision.BLANK
    assert Entry(item).next_candidate().accepted("anna", 1.0).value == "00000001"


def test_what_the_machine_hardly_believes_is_not_offered() -> None:
    noise = Entry(waiting_item(candidates=(Candidate("2", 0.0004),)))
    assert noise.offered is None
    assert noise.candidates == ()


def test_candidates_go_round() -> None:
    entry = Entry(waiting_item())
    assert entry.next_candidate().value == "00128456"
    assert entry.next_candidate().next_candidate().value == "00123456"


def test_going_to_the_offer_again_gives_up_what_was_typed() -> None:
    entry = typed(Entry(waiting_item()), "99").next_candidate()
    assert (entry.typed, entry.value) == ("", "00123456")
    assert entry.accepted("anna", 1.0).tries == 2


@pytest.mark.parametrize(
    ("keys", "value", "number"),
    [("123.4", "123400", "123.400"), ("123.4567", "123456", "123.456"), ("123", "123", "0.123")],
)
def test_free_boxes_take_a_decimal_mark(keys: str, value: str, number: str) -> None:
    entry = keyed(Entry(waiting_item(cells=0)), keys)
    assert (entry.value, entry.number) == (value, number)


@pytest.mark.parametrize(
    ("changes", "shown"),
    [({"cells": 0}, "00123.456"), ({}, "00123456"), ({"cells": 0, "decimals": 0}, "00123456")],
)
def test_what_is_offered_looks_as_on_paper(changes: dict[str, int], shown: str) -> None:
    entry = Entry(waiting_item(**changes))
    assert entry.boxes == shown
    assert entry.value == "00123456"
    assert entry.offered is not None
    assert telling.offer(entry.offered, entry.item, str).startswith(f"{shown} ")


@pytest.mark.parametrize(
    ("changes", "digits"),
    [
        ({}, "12"),
        ({"decimals": 0}, "12"),
        ({"decimals": 0}, "12345678"),
        ({"cells": 0, "decimals": 0}, "3268"),
        ({"cells": 0}, "1.234"),
    ],
)
def test_a_mark_where_none_can_be_has_to_go_first(changes: dict[str, int], digits: str) -> None:
    before = keyed(Entry(waiting_item(**changes)), digits)
    astray = before.mark()
    assert astray.mark_astray
    assert astray.value is None
    assert typed(astray.mark(), "52").typed == astray.typed
    assert astray.erase().value == before.value


@pytest.mark.parametrize(
    ("changes", "digits"),
    [
        ({}, "00123"),
        ({"format": "date", "unit": None, "decimals": 0}, "28"),
        ({"kind": Kind.MARK, "cells": 0, "decimals": 0, "unit": None}, "1"),
    ],
)
def test_a_mark_that_says_nothing_new_changes_nothing(
    changes: dict[str, object], digits: str
) -> None:
    entry = typed(Entry(waiting_item(**changes)), digits)
    assert entry.mark() == entry


def test_a_mark_behind_digits_is_another_value_to_be_warned_of() -> None:
    assert not typed(Entry(waiting_item(cells=0)), "12").warn().mark().warned


@given(st.text("0123456789", max_size=30))
def test_no_more_digits_than_boxes(digits: str) -> None:
    assert typed(Entry(waiting_item()), digits).typed == digits[:8]


def test_every_value_given_up_is_a_try() -> None:
    entry = typed(Entry(waiting_item()), "00123457")
    for _ in range(3):
        entry = entry.erase()
    entry = typed(entry, "456")
    assert entry.accepted("anna", 9.0).tries == 2
    assert typed(entry.erase(), "6").accepted("anna", 9.0).tries == 2


def test_the_registry_is_heard_after_the_first_key() -> None:
    item = waiting_item(reasons=(Reason.LOW_CONFIDENCE, Reason.BELOW_PREVIOUS))
    entry = Entry(item)
    assert entry.holds_back
    assert entry.picture_reasons == (Reason.LOW_CONFIDENCE,)
    assert entry.registry_reasons == (Reason.BELOW_PREVIOUS,)
    assert not entry.told().holds_back
    assert not entry.press("1").holds_back
    assert not Entry(waiting_item()).holds_back


def test_usage_is_what_the_meter_moved_since_the_last_reading() -> None:
    entry = Entry(waiting_item())
    assert entry.usage() == Decimal("3.456")
    assert typed(entry, "119000").usage() == Decimal("-1.000")
    assert Entry(waiting_item(previous=())).usage() is None


@given(DAYS)
def test_days_are_typed_as_they_stand_in_the_boxes(day: date) -> None:
    boxes = written.in_boxes(day.isoformat(), waiting_item(cells=8))
    assert boxes == f"{day:%d%m}{day.year:04d}"
    assert written_date(boxes) == day.isoformat()


def test_short_years_are_of_this_century() -> None:
    assert written.in_boxes("2026-11-28", waiting_item(cells=6)) == "281126"
    assert written_date("281126") == "2026-11-28"


@pytest.mark.parametrize("digits", ["31112026", "2811", "00112026", "2811202"])
def test_a_day_that_is_none_has_no_value(digits: str) -> None:
    item = waiting_item(format="date", unit=None, decimals=0)
    entry = typed(Entry(item), digits)
    assert entry.value is None
    assert telling.intent(entry, english) == words.NO_SUCH_DAY


def test_a_tick_takes_one_key() -> None:
    item = waiting_item(kind=Kind.MARK, cells=0, decimals=0, unit=None)
    assert typed(Entry(item), "11").typed == "1"


def test_a_code_that_was_read_is_offered_and_one_that_was_not_is_asked_for() -> None:
    read = (Candidate("slip/1/12345678/2026-10", 1.0),)
    assert not Entry(waiting_item(kind=Kind.BARCODE, cells=0, candidates=read)).is_code
    assert Entry(waiting_item(kind=Kind.BARCODE, cells=0, candidates=())).is_code
