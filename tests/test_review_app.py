"""The clerk's screen, key by key: what is decided, and that nothing is a dead end."""

from __future__ import annotations

import pytest

from clerk import SIZES, MemoryDesk, MemoryPictures, desk_of, played, seat, waiting_item
from intake.records import Decision
from intake.review import words
from intake.review.keys import KEYS

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("size", SIZES)
@played
async def test_enter_accepts_what_is_offered_and_shows_the_next(size: tuple[int, int]) -> None:
    desk = desk_of(2)
    async with seat(desk, size=size) as clerk:
        await clerk.press("enter")
        assert clerk.text("heading").endswith("waiting: 1")
        await clerk.press("enter")
        assert words.QUIET in "\n".join(clerk.lines)
    assert [one.value for one in desk.corrections] == ["00123456", "00123456"]
    assert all(one.decision is Decision.ACCEPTED for one in desk.corrections)
    assert all(one.who == "anna" and one.seconds is not None for one in desk.corrections)


@played
async def test_typed_digits_count_more_than_the_offer() -> None:
    desk = desk_of(1)
    async with seat(desk) as clerk:
        await clerk.type("00123457")
        assert clerk.text("intent") == "Enter accepts 123.457 m3"
        await clerk.press("backspace", "9", "enter")
    assert [(one.value, one.tries) for one in desk.corrections] == [("00123459", 2)]


@pytest.mark.parametrize(
    ("key", "decision"),
    [
        ("full_stop", Decision.BLANK),
        ("comma", Decision.BLANK),
        ("slash", Decision.REFUSED),
    ],
)
@played
async def test_blank_and_unreadable_take_one_key(key: str, decision: Decision) -> None:
    desk = desk_of(1)
    async with seat(desk) as clerk:
        await clerk.press(key)
    assert [(one.decision, one.value) for one in desk.corrections] == [(decision, None)]


@played
async def test_plus_offers_the_next_candidate() -> None:
    desk = desk_of(1)
    async with seat(desk) as clerk:
        await clerk.press("plus")
        assert clerk.text("intent") == "Enter accepts 128.456 m3"
        await clerk.press("enter")
    assert desk.corrections[0].value == "00128456"


@played
async def test_undo_brings_the_item_back() -> None:
    desk = desk_of(2)
    async with seat(desk) as clerk:
        await clerk.press("slash", "minus")
        assert desk.corrections == []
        assert clerk.text("message") == words.TAKEN_BACK
        await clerk.press("plus")
        await clerk.press("enter", "minus", "minus")
        assert clerk.text("message") == words.NOTHING_TO_UNDO
        await clerk.press("enter")
    assert [(one.item, one.version) for one in desk.corrections] == [(1, 5)]


@played
async def test_undo_works_when_nothing_waits() -> None:
    desk = desk_of(1)
    async with seat(desk) as clerk:
        await clerk.press("enter", "minus")
        assert clerk.text("heading").startswith("Kitchen, cold – reading")


@played
async def test_items_put_aside_come_back_last() -> None:
    desk = desk_of(3)
    async with seat(desk) as clerk:
        await clerk.press("n", "enter", "enter", "enter")
    assert [one.item for one in desk.corrections] == [2, 3, 1]


@played
async def test_one_kind_of_field_at_a_time() -> None:
    desk = desk_of(2)
    desk.waiting += [waiting_item(number, field="date") for number in (7, 8)]
    async with seat(desk) as clerk:
        await clerk.press("f")
        assert clerk.text("message") == "Only this kind of field: reading"
        assert clerk.text("heading").endswith("waiting: 2")
        await clerk.press("f")
        assert clerk.text("heading").startswith("date of reading")
        await clerk.press("slash", "slash")
        assert clerk.text("picture") == words.QUIET_HERE
        await clerk.press("f")
        assert clerk.text("message") == words.ALL_KINDS
        assert clerk.text("heading").startswith("Kitchen, cold")
    assert [one.item for one in desk.corrections] == [7, 8]


@played
async def test_the_last_item_cannot_be_put_aside() -> None:
    async with seat(desk_of(1)) as clerk:
        await clerk.press("n")
        assert clerk.text("message") == words.ONLY_ONE
        assert clerk.text("intent") == "Enter accepts 123.456 m3"


@pytest.mark.parametrize("key", ["n", "minus"])
@played
async def test_a_key_that_can_do_nothing_keeps_what_was_typed(key: str) -> None:
    desk = desk_of(1)
    async with seat(desk) as clerk:
        await clerk.type("0012")
        await clerk.press(key)
        assert clerk.text("intent") == "Enter accepts 0.012 m3"


@played
async def test_a_late_decision_is_told_and_the_next_item_shown() -> None:
    desk = desk_of(2)
    desk.taken = {1}
    async with seat(desk) as clerk:
        await clerk.press("enter")
        assert "Somebody else decided" in clerk.text("message")
        await clerk.press("enter")
    assert [one.item for one in desk.corrections] == [2]


@played
async def test_what_somebody_else_decided_meanwhile_is_not_shown() -> None:
    desk = desk_of(3)
    async with seat(desk) as clerk:
        desk.decided.append((desk.waiting.pop(1), None))
        await clerk.press("enter", "enter")
    assert [one.item for one in desk.corrections if one] == [1, 3]


@played
async def test_a_broken_database_is_a_sentence() -> None:
    desk = desk_of(1)
    desk.broken = True
    async with seat(desk) as clerk:
        assert "Start it, then try again" in clerk.text("message")
        desk.broken = False
        await clerk.press("minus")
        await clerk.pilot.pause(0.1)
        assert clerk.text("message") == words.NOTHING_TO_UNDO


@played
async def test_new_items_appear_by_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("intake.review.screen.POLL_SECONDS", 0.05)
    desk = MemoryDesk([])
    pictures = MemoryPictures({})
    async with seat(desk, pictures=pictures) as clerk:
        assert clerk.text("picture") == words.QUIET
        desk.waiting.append(waiting_item(9))
        for _ in range(40):
            await clerk.pilot.pause(0.05)
            if clerk.text("heading"):
                break
        assert clerk.text("heading").endswith("waiting: 1")


@played
async def test_the_clerks_items_are_kept_while_the_app_is_open(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("intake.review.desktop.KEEP_SECONDS", 0.02)
    desk = desk_of(1)
    async with seat(desk) as clerk:
        for _ in range(40):
            await clerk.pilot.pause(0.02)
            if desk.kept > 1:
                break
    assert desk.kept > 1


@played
async def test_keys_on_an_empty_queue_do_no_harm() -> None:
    async with seat(MemoryDesk([])) as clerk:
        left_out = {"help", "quit", "modes"}
        moves = [key.keys.split(",")[0] for key in KEYS if key.id not in left_out]
        await clerk.press(*moves, "5")
        assert clerk.text("picture") == words.QUIET
