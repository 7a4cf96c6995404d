"""What stands between a clerk and a wrong value: the second look, and what is said about it."""

from __future__ import annotations

import pytest

from clerk import (
    MemoryPictures,
    comb_picture,
    desk_of,
    page_picture,
    played,
    seat,
    waiting_item,
)
from intake.records import Candidate, Decision, Kind, Reason
from intake.review import words

pytestmark = pytest.mark.slow

LATE = (Reason.LOW_CONFIDENCE, Reason.BELOW_PREVIOUS)


@played
async def test_the_company_is_heard_after_the_first_key() -> None:
    desk = desk_of(1, reasons=LATE)
    async with seat(desk) as clerk:
        assert clerk.text("picture-reasons") == "not read with certainty"
        assert clerk.text("registry-reasons") == clerk.text("history") == ""
        assert clerk.text("intent") == words.WILL_SHOW
        await clerk.press("enter")
        assert desk.corrections == []
        assert clerk.text("registry-reasons") == "below the last reading"
        assert "2026-09 120.000" in clerk.text("history")
        assert clerk.text("message") == words.NOW_KNOWN
        await clerk.press("enter")
    assert [one.value for one in desk.corrections] == ["00123456"]


@played
async def test_a_typed_digit_shows_what_the_company_knows_and_enter_decides() -> None:
    desk = desk_of(1, reasons=LATE)
    async with seat(desk) as clerk:
        await clerk.type("00119000")
        assert "used -1.000 m3" in clerk.text("history")
        await clerk.press("enter")
    assert desk.corrections[0].value == "00119000"


@played
async def test_what_contradicts_stands_beside_and_is_told_after_the_first_key() -> None:
    other = waiting_item(9, file="evening.pdf", decision=Decision.ACCEPTED, value="00123456")
    desk = desk_of(1, reasons=(Reason.DUPLICATE_FORM,))
    desk.others = [other]
    async with seat(desk) as clerk:
        assert clerk.text("beside-told") == "the other one: evening.pdf 3/1"
        await clerk.press("plus")
        assert clerk.text("beside-told").endswith("accepted 00123456")


@played
async def test_a_guess_takes_a_second_enter() -> None:
    desk = desk_of(2, candidates=(Candidate("00123456", 0.4), Candidate("00125456", 0.3)))
    async with seat(desk) as clerk:
        await clerk.press("enter")
        assert clerk.text("message") == words.GUESS
        await clerk.press("enter")
        await clerk.press("plus", "enter")
    assert [one.value for one in desk.corrections] == ["00123456", "00125456"]


@played
async def test_a_value_below_the_last_reading_takes_a_second_enter() -> None:
    desk = desk_of(1)
    async with seat(desk) as clerk:
        await clerk.type("00110000")
        await clerk.press("enter")
        assert clerk.text("message") == words.OBJECTIONS[Reason.BELOW_PREVIOUS]
        assert desk.corrections == []
        await clerk.press("enter")
    assert [(one.value, one.tries) for one in desk.corrections] == [("00110000", 1)]


@played
async def test_a_value_far_above_the_last_reading_takes_a_second_enter() -> None:
    desk = desk_of(1)
    async with seat(desk) as clerk:
        await clerk.type("00999000")
        await clerk.press("enter")
        assert clerk.text("message") == words.OBJECTIONS[Reason.IMPLAUSIBLE]
        await clerk.press("enter")
    assert [one.value for one in desk.corrections] == ["00999000"]


@played
async def test_a_digit_typed_too_fast_is_no_value_by_itself() -> None:
    desk = desk_of(1)
    async with seat(desk) as clerk:
        await clerk.press("6", "enter")
        assert clerk.text("message") == words.FEW_DIGITS
        assert desk.corrections == []
        await clerk.press("backspace", "7", "enter", "enter")
    assert [one.value for one in desk.corrections] == ["7"]


@played
async def test_a_bouncing_enter_accepts_nothing_unseen() -> None:
    desk = desk_of(2)
    async with seat(desk, least_look=60.0) as clerk:
        await clerk.press("enter")
        assert clerk.text("message") == words.NOT_YET
        await clerk.type("00123457")
        await clerk.press("enter")
    assert [one.value for one in desk.corrections] == ["00123457"]


@played
async def test_what_was_struck_out_is_told_at_once_and_decided_as_the_clerk_sees_it() -> None:
    reasons = (Reason.STRUCK_OUT, Reason.LOW_CONFIDENCE)
    desk = desk_of(2, reasons=reasons, candidates=())
    async with seat(desk) as clerk:
        assert clerk.text("picture-reasons") == "struck out · not read with certainty"
        await clerk.press("enter")
        assert clerk.text("message") == words.NO_OFFER
        await clerk.press("full_stop")
        await clerk.type("00123457")
        await clerk.press("enter")
    assert [one.value for one in desk.corrections] == [None, "00123457"]
    assert desk.corrections[0].decision is Decision.BLANK


@played
async def test_a_page_that_was_not_kept_is_shown_from_its_scan() -> None:
    pictures = MemoryPictures({"crop-1": comb_picture("00123456"), "scan/3": page_picture("1")})
    async with seat(desk_of(1, page_picture=None, scan="scan"), pictures=pictures) as clerk:
        await clerk.press("asterisk")
        assert clerk.text("message") == ""
    async with seat(desk_of(1, page_picture=None), pictures=pictures) as clerk:
        await clerk.press("asterisk")
        assert clerk.text("message") == words.NO_FORM


@played
async def test_a_picture_that_is_gone_is_told_and_nothing_is_accepted_unseen() -> None:
    desk = desk_of(1)
    async with seat(desk, pictures=MemoryPictures({})) as clerk:
        assert "the picture is gone" in clerk.text("message")
        assert clerk.text("picture") == words.NO_PICTURE
        assert clerk.text("intent") == words.LOOK_FIRST
        for key in ("enter", "full_stop"):
            await clerk.press(key)
            assert clerk.text("message") == words.LOOK_FIRST
        await clerk.press("asterisk", "d", "z")
        await clerk.type("00123457")
        await clerk.press("enter")
    assert [one.value for one in desk.corrections] == ["00123457"]


@played
async def test_a_decimal_mark_among_digits_decides_nothing() -> None:
    desk = desk_of(1)
    async with seat(desk) as clerk:
        await clerk.type("00123")
        await clerk.press("comma")
        assert clerk.text("message") == words.NO_MARK_NEEDED
        assert clerk.text("intent") == "Enter accepts 0.123 m3"
    assert desk.corrections == []


@pytest.mark.parametrize(
    ("place", "sentence"),
    [
        ({"cells": 0, "decimals": 0}, words.WHOLE_ONLY),
        ({"cells": 8, "decimals": 3}, words.MARK_ASTRAY),
    ],
)
@played
async def test_a_mark_where_none_can_be_joins_no_digits(
    place: dict[str, int], sentence: str
) -> None:
    desk = desk_of(1, **place, unit="kWh", candidates=(), previous=())
    async with seat(desk) as clerk:
        for keys in (["3", "2", "6", "8", "comma"], ["5"], ["2"], ["enter"]):
            await clerk.press(*keys)
            assert clerk.text("message") == sentence
            assert clerk.text("intent") == sentence
        assert desk.corrections == []
        await clerk.press("backspace")
        assert clerk.text("intent").startswith("Enter accepts 3")
        await clerk.press("enter")
    assert [one.value for one in desk.corrections] == ["3268"]


@played
async def test_a_value_that_does_not_fit_stays_to_be_mended() -> None:
    desk = desk_of(1, format="date", unit=None, decimals=0)
    async with seat(desk) as clerk:
        await clerk.type("31022026")
        await clerk.press("enter")
        assert clerk.text("message") == words.NO_SUCH_DAY
        await clerk.press(*["backspace"] * 8)
        await clerk.type("28022026")
        await clerk.press("enter")
    assert [one.value for one in desk.corrections] == ["2026-02-28"]


@played
async def test_the_queues_own_refusal_is_told() -> None:
    desk = desk_of(1, candidates=(Candidate("not digits", 0.5),))
    async with seat(desk) as clerk:
        await clerk.press("enter")
        assert "digits only" in clerk.text("message")
        assert clerk.text("choices") != ""
    assert desk.corrections == []


@played
async def test_more_digits_than_boxes_are_not_taken() -> None:
    async with seat(desk_of(1)) as clerk:
        await clerk.type("123456789")
        assert clerk.text("message") == words.NO_MORE_ROOM
        assert clerk.text("intent") == "Enter accepts 12345.678 m3"


@played
async def test_a_tick_box_takes_no_other_digit() -> None:
    desk = desk_of(1, kind=Kind.MARK, cells=0, decimals=0, unit=None, candidates=())
    async with seat(desk) as clerk:
        await clerk.press("7")
        assert clerk.text("message") == words.ONLY_A_TICK
        await clerk.press("1", "enter")
    assert [one.value for one in desk.corrections] == ["1"]


@played
async def test_nothing_offered_says_what_to_do() -> None:
    desk = desk_of(1, candidates=())
    async with seat(desk) as clerk:
        await clerk.press("enter")
        assert clerk.text("message") == words.NO_OFFER
    assert desk.corrections == []


@played
async def test_an_only_candidate_says_so() -> None:
    desk = desk_of(1, candidates=(Candidate("00000001", 0.5),))
    async with seat(desk) as clerk:
        await clerk.press("plus")
        assert clerk.text("message") == words.NO_OTHER
