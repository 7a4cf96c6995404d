"""What a clerk sees: the paper from all sides, the keys, in any size and without colours."""

from __future__ import annotations

import pytest
from textual.color import Color

from clerk import SIZES, desk_of, played, seat, settled
from intake.records import Decision
from intake.review import words
from intake.review.catalogue import catalogue
from intake.review.drawing import GLYPHS, Shape
from intake.review.help import Help
from intake.review.keys import KEYS, MOVES, REVIEW_TEXTS, keys_for, keys_with

pytestmark = pytest.mark.slow


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
