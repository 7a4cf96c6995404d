"""The clerk's page says what the app does."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import msgspec

from intake.review.keys import KEYS, keys_with
from intake.settings import Review

PAGE = Path(__file__).resolve().parents[1] / "docs" / "clerk.md"


def test_every_key_is_on_the_clerks_page() -> None:
    table = PAGE.read_text(encoding="utf-8").split("## The keys")[1]
    spelt = {"Bksp": "Backspace"}
    for key in KEYS:
        shown = spelt.get(key.shown, key.shown)
        assert f"`{shown}`" in table or (key.shown in "←→↑↓" and "arrows" in table)


def test_every_key_that_can_be_moved_is_named() -> None:
    names = PAGE.read_text(encoding="utf-8").split("Names of keys:")[1]
    assert re.findall(r"`([a-z]+)`", names)[: len(KEYS)] == [key.id for key in KEYS]


def test_the_settings_on_the_page_are_settings() -> None:
    block = re.search(r"```toml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert block is not None
    review = msgspec.convert(tomllib.loads(block[1])["review"], Review)
    assert keys_with(review.keys)
    assert review.drawing == Review().drawing


def test_every_picture_of_the_page_is_there() -> None:
    pictures = re.findall(r"\]\((pictures/[^)]+)\)", PAGE.read_text(encoding="utf-8"))
    assert pictures
    assert all((PAGE.parent / picture).is_file() for picture in pictures)
