"""Keys that arrive at once, as a paste or a slow line brings them: each is heard in its turn."""

from __future__ import annotations

import pytest

from clerk import desk_of, played, seat
from intake.records import Decision, Kind
from intake.review import words
from intake.review.help import Help
from intake.review.screen import ReviewScreen

pytestmark = pytest.mark.slow

FREE = {"cells": 0, "decimals": 1, "unit": "kWh", "candidates": (), "previous": ()}


@played
async def test_a_decimal_mark_stays_where_it_was_typed() -> None:
    async with seat(desk_of(1, **FREE)) as clerk:
        await clerk.send("7350,6")
        assert clerk.text("intent") == "Enter accepts 7350.6 kWh"


@played
async def test_each_value_goes_to_its_own_item() -> None:
    desk = desk_of(3, **FREE)
    async with seat(desk) as clerk:
        await clerk.send("7350,6\r12,5\r8\x7f9,1\r")
    assert [(one.item, one.value) for one in desk.corrections] == [
        (1, "73506"),
        (2, "125"),
        (3, "91"),
    ]


@played
async def test_digits_and_the_keys_between_them_keep_their_order() -> None:
    desk = desk_of(3)
    async with seat(desk) as clerk:
        await clerk.send("00123457\r/-00123459\r")
    assert [(one.item, one.value) for one in desk.corrections] == [(1, "00123457"), (2, "00123459")]


@played
async def test_keys_after_a_question_are_its_answer() -> None:
    desk = desk_of(2)
    async with seat(desk) as clerk:
        await clerk.send("x100123459\r")
    refused, accepted = desk.corrections
    assert (refused.item, refused.decision) == (1, Decision.REFUSED)
    assert (accepted.item, accepted.value) == (2, "00123459")


@played
async def test_keys_that_close_help_close_nothing_else() -> None:
    async with seat(desk_of(1)) as clerk:
        await clerk.press("question_mark")
        assert isinstance(clerk.app.screen, Help)
        await clerk.send("55")
        assert isinstance(clerk.app.screen, ReviewScreen)


@pytest.mark.parametrize("pasted", ["7350,6", " 7350.6\n"])
@played
async def test_a_number_can_be_pasted_among_keys(pasted: str) -> None:
    desk = desk_of(2, **FREE)
    async with seat(desk) as clerk:
        await clerk.send(f"\x1b[200~{pasted}\x1b[201~\r12,5")
        assert clerk.text("intent") == "Enter accepts 12.5 kWh"
    assert [one.value for one in desk.corrections] == ["73506"]


@played
async def test_what_is_pasted_never_says_that_nothing_is_written() -> None:
    desk = desk_of(1, kind=Kind.MARK, cells=0, decimals=0, unit=None, candidates=())
    async with seat(desk) as clerk:
        await clerk.send("\x1b[200~7,5\x1b[201~")
        assert clerk.text("message") == words.ONLY_A_TICK
    assert desk.corrections == []


@pytest.mark.parametrize("pasted", ["/", ".", "12x", "12\n34\n"])
@played
async def test_nothing_but_a_number_can_be_pasted(pasted: str) -> None:
    desk = desk_of(1, **FREE)
    async with seat(desk) as clerk:
        await clerk.send(f"\x1b[200~{pasted}\x1b[201~")
        assert clerk.text("message") == words.ONLY_A_NUMBER
        assert clerk.text("intent") == words.NO_OFFER
    assert desk.corrections == []
