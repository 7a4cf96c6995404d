"""The clerk's screen, key by key: what is decided, what is said, and that nothing is a dead end."""

from __future__ import annotations

import pytest
from textual.color import Color

from clerk import MemoryDesk, MemoryPictures, played, seat, settled, waiting_item
from intake.records import Candidate, Decision, Kind, Reason
from intake.review import words
from intake.review.catalogue import catalogue
from intake.review.drawing import GLYPHS, Shape
from intake.review.help import Help
from intake.review.keys import KEYS, MOVES, REVIEW_TEXTS, keys_for, keys_with

pytestmark = pytest.mark.slow

SIZES = [(80, 24), (160, 50), (200, 60)]
LATE = (Reason.LOW_CONFIDENCE, Reason.BELOW_PREVIOUS)


def desk_of(count: int = 3, **changes: object) -> MemoryDesk:
    return MemoryDesk([waiting_item(number, **changes) for number in range(1, count + 1)])


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
async def test_a_decimal_mark_among_digits_decides_nothing() -> None:
    desk = desk_of(1)
    async with seat(desk) as clerk:
        await clerk.press("1", "2", "comma")
        assert clerk.text("message") == words.NO_MARK_NEEDED
        assert clerk.text("intent") == "Enter accepts 0.012 m3"
    assert desk.corrections == []


@played
async def test_plus_offers_the_next_candidate() -> None:
    desk = desk_of(1)
    async with seat(desk) as clerk:
        await clerk.press("plus")
        assert clerk.text("intent") == "Enter accepts 128.456 m3"
        await clerk.press("enter")
    assert desk.corrections[0].value == "00128456"


@played
async def test_an_only_candidate_says_so() -> None:
    desk = desk_of(1, candidates=(Candidate("00000001", 0.5),))
    async with seat(desk) as clerk:
        await clerk.press("plus")
        assert clerk.text("message") == words.NO_OTHER


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
async def test_a_digit_typed_too_fast_is_no_value_by_itself() -> None:
    desk = desk_of(1)
    async with seat(desk) as clerk:
        await clerk.press("6", "enter")
        assert clerk.text("message") == words.FEW_DIGITS
        assert desk.corrections == []
        await clerk.press("backspace", "7", "enter", "enter")
    assert [one.value for one in desk.corrections] == ["7"]


@played
async def test_nothing_offered_says_what_to_do() -> None:
    desk = desk_of(1, candidates=())
    async with seat(desk) as clerk:
        await clerk.press("enter")
        assert clerk.text("message") == words.NO_OFFER
    assert desk.corrections == []


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
async def test_a_picture_that_is_gone_is_told_and_nothing_is_accepted_unseen() -> None:
    desk = desk_of(1)
    async with seat(desk, pictures=MemoryPictures({})) as clerk:
        assert "the picture is gone" in clerk.text("message")
        assert clerk.text("picture") == words.NO_PICTURE
        for key in ("enter", "full_stop"):
            await clerk.press(key)
            assert clerk.text("message") == words.LOOK_FIRST
        await clerk.press("asterisk", "d", "z")
        await clerk.type("00123457")
        await clerk.press("enter")
    assert [one.value for one in desk.corrections] == ["00123457"]


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


@played
async def test_the_paper_is_looked_at_from_all_sides() -> None:
    async with seat(desk_of(1)) as clerk:
        seen = {tuple(clerk.lines[1:12])}
        looks = ["asterisk", "asterisk", "asterisk", "d", "d", "z", "z", "right", "down", "t", "c"]
        for key in looks:
            await clerk.press(key)
            assert clerk.text("message") == ""
            seen.add(tuple(clerk.lines[1:12]))
        assert len(seen) >= 7


@played
async def test_without_a_doubtful_box_all_are_shown() -> None:
    async with seat(desk_of(1, doubtful_cells=())) as clerk:
        await clerk.press("d")
        assert clerk.text("message") == words.NO_DOUBT


@played
async def test_doubtful_boxes_are_marked() -> None:
    async with seat(desk_of(1)) as clerk:
        assert clerk.text("digits").split() == ["0", "0?", "1", "2", "3", ",", "4", "5", "6"]


@pytest.mark.parametrize("language", ["en", "lv"])
@pytest.mark.parametrize("size", SIZES)
@played
async def test_every_key_is_in_the_footer_and_in_help(language: str, size: tuple[int, int]) -> None:
    async with seat(desk_of(1), language, size) as clerk:
        footer = "\n".join(clerk.lines[-3:])
        keys = keys_for(KEYS, REVIEW_TEXTS)
        assert all(key.shown in footer for key in keys)
        await clerk.press("question_mark")
        assert isinstance(clerk.app.screen, Help)
        page = "\n".join(clerk.lines)
        assert all(f"{key.shown}  " in page for key in keys if key.id not in MOVES)
        assert "←→↑↓  " in page
        assert catalogue(language).gettext(words.CLOSE) in page
        await clerk.press("enter")
        assert not isinstance(clerk.app.screen, Help)


@played
async def test_help_keeps_keys_from_deciding() -> None:
    desk = desk_of(1)
    async with seat(desk) as clerk:
        await clerk.press("question_mark", "enter")
    assert desk.corrections == []


@played
async def test_keys_that_were_moved_work_there_and_only_there() -> None:
    desk = desk_of(2)
    async with seat(desk, keys=keys_with({"unreadable": "f2"})) as clerk:
        await clerk.press("slash")
        assert desk.corrections == []
        assert "f2" in "\n".join(clerk.lines[-3:])
        await clerk.press("f2")
    assert [one.decision for one in desk.corrections] == [Decision.REFUSED]


@played
async def test_the_screen_survives_being_resized_in_the_middle_of_an_item() -> None:
    desk = desk_of(1)
    async with seat(desk) as clerk:
        await clerk.type("0012")
        for size in [(160, 50), (40, 12), (10, 3), (200, 60), (80, 24)]:
            await clerk.pilot.resize_terminal(*size)
            await settled(clerk.pilot)
        await clerk.type("3456")
        assert clerk.text("intent") == "Enter accepts 123.456 m3"
        await clerk.press("enter")
    assert [one.value for one in desk.corrections] == ["00123456"]


@pytest.mark.parametrize("shape", Shape)
@played
async def test_colours_off_leaves_letters_and_bars(shape: Shape) -> None:
    async with seat(desk_of(1), colours=False, shape=shape) as clerk:
        drawn = set("".join(clerk.lines[1:12]))
        assert len(drawn & set(GLYPHS[shape][1:])) > 2
        [no_colour] = clerk.app.get_line_filters()
        for strip in clerk.strips:
            styles = [segment.style for segment in no_colour.apply(list(strip), Color(0, 0, 0))]
            colours = [colour for style in styles for colour in (style.color, style.bgcolor)]
            assert all(colour.is_default for colour in colours)


@played
async def test_what_a_file_is_called_cannot_drive_the_terminal() -> None:
    item = {"file": "\x1b[31mred\x07.pdf", "account": "[bold]1[/bold]", "meter": None}
    async with seat(desk_of(1, **item), size=(200, 60)) as clerk:
        assert "·[31mred·.pdf" in clerk.text("heading")
        assert "[bold]1[/bold]" in clerk.text("heading")


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
async def test_a_tick_box_takes_no_other_digit() -> None:
    desk = desk_of(1, kind=Kind.MARK, cells=0, decimals=0, unit=None, candidates=())
    async with seat(desk) as clerk:
        await clerk.press("7")
        assert clerk.text("message") == words.ONLY_A_TICK
        await clerk.press("1", "enter")
    assert [one.value for one in desk.corrections] == ["1"]


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
async def test_ctrl_c_leaves() -> None:
    async with seat(desk_of(1)) as clerk:
        await clerk.pilot.press("ctrl+c")
        await clerk.pilot.pause()
        assert not clerk.app.is_running or clerk.app.return_code == 0


@played
async def test_q_leaves() -> None:
    async with seat(desk_of(1)) as clerk:
        await clerk.pilot.press("q")
        await clerk.pilot.pause()
        assert not clerk.app.is_running or clerk.app.return_code == 0
