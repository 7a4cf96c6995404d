"""What the app says, in English and in other languages, and which keys it knows."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clerk import SLIP, waiting_item
from intake.errors import InputError
from intake.records import Candidate, Reason
from intake.review import telling, words
from intake.review.catalogue import catalogue, languages, read_po
from intake.review.entry import Entry
from intake.review.keys import KEYS, footer, keys_with
from intake.template import TemplateSet


def english(text: str) -> str:
    return text


def test_the_line_above_the_keys_says_what_enter_would_do() -> None:
    entry = Entry(waiting_item())
    assert telling.intent(entry, english) == "Enter accepts 123.456 m3"
    assert telling.intent(entry.press("5"), english) == "Enter accepts 0.005 m3"
    nothing = Entry(waiting_item(candidates=()))
    assert telling.intent(nothing, english) == words.NO_OFFER


def test_no_offer_is_ever_shown_as_certain() -> None:
    assert telling.offer(Candidate("1", 0.99999), english) == "1 99.9 %"
    assert telling.offer(Candidate(None, 0.5), english) == "blank 50.0 %"


def test_fields_are_called_what_the_form_calls_them() -> None:
    templates = TemplateSet([SLIP])
    latvian = catalogue("lv")
    told = telling.label(waiting_item(), templates, "lv", latvian.gettext)
    assert told == "Virtuve, auksts – rādījums"
    stranger = waiting_item(template="unheard-of", field="attic_hot.reading")
    assert telling.label(stranger, templates, "en", english) == "attic hot – reading"


@given(st.integers(min_value=10, max_value=200))
def test_the_heading_fills_its_line_and_no_more(columns: int) -> None:
    line = telling.heading("Kitchen", waiting_item(), 12, columns, english)
    assert len(line) <= max(columns, len("waiting: 12") + 2)
    assert line.endswith("waiting: 12")


def test_keys_can_be_moved() -> None:
    keys = keys_with({"undo": "f2"})
    assert {key.id: key.shown for key in keys}["undo"] == "f2"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"redo": "f2"}, "there is no `redo`"),
        ({"undo": "enter"}, "taken"),
        ({"undo": "7"}, "taken"),
    ],
)
def test_keys_that_cannot_work_are_refused(changes: dict[str, str], message: str) -> None:
    with pytest.raises(InputError, match=message):
        keys_with(changes)


@pytest.mark.parametrize("language", languages())
def test_all_keys_fit_on_two_lines_of_eighty(language: str) -> None:
    pairs = footer(KEYS, catalogue(language).gettext)
    lines = [0]
    for key, word in pairs:
        width = len(f"{key} {word}")
        if lines[-1] and lines[-1] + 1 + width > 80:
            lines.append(0)
        lines[-1] += width + bool(lines[-1])
    assert len(lines) <= 2


def texts_of_the_app() -> set[str]:
    """Every sentence in `words` and every word of a key."""
    constants = {name: value for name, value in vars(words).items() if name.isupper()}
    sentences = {value for value in constants.values() if isinstance(value, str)}
    keys = {text for key in KEYS for text in (key.short, key.long) if text}
    return sentences | keys | set(words.REASONS.values()) | set(words.KINDS.values())


def test_latvian_says_everything_and_nothing_else() -> None:
    said = catalogue("lv").texts
    assert set(said) == texts_of_the_app()
    assert all(said.values())


def test_translations_keep_what_is_filled_in() -> None:
    for original, translation in catalogue("lv").texts.items():
        assert sorted(re.findall(r"\{\w+\}", original)) == sorted(
            re.findall(r"\{\w+\}", translation)
        )


def test_a_catalogue_may_break_its_lines() -> None:
    text = 'msgid ""\nmsgstr "Language: xx\\n"\n\nmsgid ""\n"one "\n"two"\nmsgstr "a "\n"b"\n'
    assert dict(read_po(text)) == {"one two": "a b"}


@pytest.mark.parametrize(
    ("environment", "language"),
    [("lv_LV.UTF-8", "lv"), ("C.UTF-8", "en"), ("xx_XX", "en"), ("lv:en", "lv")],
)
def test_the_terminal_says_which_language(
    monkeypatch: pytest.MonkeyPatch, environment: str, language: str
) -> None:
    monkeypatch.setenv("LANGUAGE", environment)
    assert catalogue(None).language == language


def test_every_reason_of_a_field_has_words() -> None:
    of_files = {Reason.UNKNOWN_FORM, Reason.MIRRORED, Reason.FAULT}
    after = list(Reason).index(Reason.EMPTY_FILE)
    of_fields = set(list(Reason)[:after]) - of_files
    assert of_fields <= set(words.REASONS)
