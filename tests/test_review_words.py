"""What the app says, in English and in other languages, and which keys it knows."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clerk import SLIP, waiting_item
from intake.errors import InputError
from intake.records import Candidate, Reason, Role
from intake.review import telling, words
from intake.review.catalogue import catalogue, languages, read_po
from intake.review.entry import Entry
from intake.review.keys import (
    GRID_TEXTS,
    KEYS,
    LOOSE_TEXTS,
    OVERSIGHT_TEXTS,
    REVIEW_TEXTS,
    footer,
    keys_for,
    keys_with,
)
from intake.review.loose import REFUSALS
from intake.review.screen import WHY_DROPPED
from intake.review.telling import told
from intake.settings import KeyName, Review
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
    item = waiting_item()
    assert telling.offer(Candidate("1", 0.99999), item, english) == "1 99.9 %"
    assert telling.offer(Candidate(None, 0.5), item, english) == "blank 50.0 %"


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
        ({"undo": "enter"}, "taken"),
        ({"undo": "7"}, "taken"),
    ],
)
def test_keys_that_cannot_work_are_refused(changes: dict[KeyName, str], message: str) -> None:
    with pytest.raises(InputError, match=message):
        keys_with(changes)


def test_the_settings_know_every_key_and_every_language() -> None:
    kinds = msgspec.structs.fields(Review)
    asked = next(one.type for one in kinds if one.name == "locale")
    spoken, _ = get_args(asked)
    assert get_args(spoken) == languages()
    assert set(get_args(KeyName)) == {key.id for key in KEYS}


@pytest.mark.parametrize("language", languages())
def test_all_keys_fit_on_two_lines_of_eighty(language: str) -> None:
    pairs = footer(keys_for(KEYS, REVIEW_TEXTS), catalogue(language).gettext)
    lines = [0]
    for key, word in pairs:
        width = len(f"{key} {word}")
        if lines[-1] and lines[-1] + 1 + width > 80:
            lines.append(0)
        lines[-1] += width + bool(lines[-1])
    assert len(lines) <= 2


INTAKE = Path(__file__).resolve().parents[1] / "intake"


def texts_of_the_app() -> set[str]:
    """Every sentence in `words`, every word of a key, every reason that is asked for."""
    constants = [value for name, value in vars(words).items() if name.isupper()]
    sentences = {value for value in constants if isinstance(value, str)}
    sentences |= {text for value in constants if isinstance(value, dict) for text in value.values()}
    sentences |= {text for value in constants if isinstance(value, tuple) for text in value}
    keys = {text for key in KEYS for text in (key.short, key.long) if text}
    told = (GRID_TEXTS, LOOSE_TEXTS, OVERSIGHT_TEXTS)
    keys |= {text for texts in told for pair in texts.values() if pair for text in pair}
    return sentences | keys | set(REFUSALS.values()) | set(WHY_DROPPED)


def sentences_of_the_queue() -> set[str]:
    """Whatever the queue and what is below it may say to a clerk."""
    rooms = [*(INTAKE / "queue").glob("*.py")]
    rooms += [INTAKE / "store" / f"{name}.py" for name in ("decisions", "blind", "papers")]
    rooms.append(INTAKE / "review" / "archive.py")
    said = {text for room in rooms for text in constants_of(room)}
    return {text for text in said if re.match(r"[A-Z{].* .*\.$", text, re.DOTALL)}


def constants_of(file: Path) -> set[str]:
    """The texts in a source file that are no docstrings."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs
    }


def test_latvian_says_everything_and_nothing_else() -> None:
    said = catalogue("lv").texts
    needed = texts_of_the_app() | sentences_of_the_queue()
    keeping = [INTAKE / "database.py", *(INTAKE / "evidence").glob("*.py")]
    below = set().union(*map(constants_of, keeping))
    assert needed - set(said) == set()
    assert set(said) - needed <= below
    assert all(said.values())


def test_what_the_queue_says_is_said_in_the_clerks_language() -> None:
    fault = InputError("{field}: type a value, or mark the field blank.", field="date")
    assert told(fault, catalogue("lv").gettext).startswith("date: ievadiet")
    assert str(fault) == "date: type a value, or mark the field blank."
    role = InputError("This needs a {needed}; you are a {role}. Leave it, or ask whoever has "
                      "that role.", needed=Role.VERIFIER, role=Role.KEYER)  # fmt: skip
    assert "pārbaudītājs" in told(role, catalogue("lv").gettext)


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


OF_FILES = {
    Reason.MIRRORED,
    Reason.EMPTY_FILE,
    Reason.UNSUPPORTED,
    Reason.ENCRYPTED,
    Reason.TRUNCATED,
    Reason.CORRUPT,
    Reason.TOO_LARGE,
    Reason.TOO_MANY_PAGES,
    Reason.TOO_SLOW,
    Reason.NO_PERMISSION,
    Reason.VANISHED,
    Reason.NOT_A_FILE,
    Reason.FAULT,
}


def test_every_reason_of_a_field_has_words() -> None:
    assert set(Reason) - OF_FILES <= set(words.REASONS)
