"""The pages on the review app say what it does."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import msgspec

from intake.review.keys import KEYS, keys_with
from intake.settings import Review

DOCS = Path(__file__).resolve().parents[1] / "docs"
CLERKS, PAGE = DOCS / "clerk.md", DOCS / "review.md"
TWO_PAGES = 700
"""Words that, with four pictures, fill two pages and are read in ten minutes."""


def test_the_clerks_page_is_two_pages_with_pictures() -> None:
    text = CLERKS.read_text(encoding="utf-8")
    assert len(text.split()) <= TWO_PAGES
    assert len(pictures_of(CLERKS)) == 4


def test_what_the_clerks_page_calls_a_key_is_one() -> None:
    table = CLERKS.read_text(encoding="utf-8").split("| key |")[1].split("## ")[0]
    known = {key.shown for key in KEYS} | {"0", "9"}
    assert set(re.findall(r"`([^`]+)`", table)) <= known


def test_every_key_is_on_the_page() -> None:
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


def test_every_picture_of_the_pages_is_there() -> None:
    pictures = pictures_of(CLERKS) | pictures_of(PAGE)
    assert all((DOCS / picture).is_file() for picture in pictures)


def pictures_of(page: Path) -> set[str]:
    return set(re.findall(r"\]\((pictures/[^)]+)\)", page.read_text(encoding="utf-8")))
