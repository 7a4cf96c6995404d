"""The keys of the app: one hand on the keypad, the other one rests."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from textual.binding import Binding
from textual.keys import format_key

from intake.errors import InputError
from intake.review import words
from intake.review.look import CHANGES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from intake.settings import KeyName

    Texts = Mapping[str, tuple[str, str] | None]


def bound(keys: str, action: str, short: str = "", name: str | None = None) -> Binding:
    """A binding that the app heeds as the key comes in.

    Any other key goes from queue to queue first: of two that arrive together, the one with the
    shorter way would be heard first.
    """
    return Binding(keys, action, short, id=name, show=bool(short), priority=True)


DIGIT_KEYS = tuple(bound(digit, f"digit('{digit}')") for digit in "0123456789")
"""Digits, on their way as all other keys are."""
SPELT_OUT = {"enter": "Enter", "backspace": "Bksp"}
"""Keys whose usual signs are missing in some terminals' fonts."""


@dataclass(frozen=True, slots=True)
class Key:
    """Something a key does.

    Attributes:
        id: name that settings remap it by.
        keys: key names, parted by commas, the one that is shown first.
        short: for the footer.
        long: for help.
    """

    id: KeyName
    keys: str
    short: str
    long: str

    @property
    def shown(self) -> str:
        """The key as people know it."""
        first = self.keys.split(",")[0]
        return SPELT_OUT.get(first) or format_key(first)

    @property
    def binding(self) -> Binding:
        """The same for the screen."""
        action = f"look('{self.id}')" if self.id in CHANGES else self.id
        return bound(self.keys, action, self.short, self.id)


KEYS = (
    Key("accept", "enter", "accept", "Accept what was typed, or else what is offered."),
    Key("blank", "full_stop,comma", "blank", "Nothing is written there."),
    Key("unreadable", "slash", "unreadable", "Nobody can read it: refuse the field."),
    Key("candidate", "plus", "next", "Offer the next likeliest value."),
    Key("undo", "minus", "undo", "Take your last decision back."),
    Key("whole", "asterisk", "form", "The whole form, the whole page, the field again."),
    Key("aside", "n", "later", "Put the item aside for later."),
    Key("drop", "x", "drop", "Refuse the whole form, with a reason."),
    Key("only", "f", "kind", "Only readings, only dates, …: one kind of field, then all again."),
    Key("modes", "m", "modes", "Other ways to work: ones and sevens, blind, unknown pages, …"),
    Key("erase", "backspace", "erase", "Take the last digit away."),
    Key("doubtful", "d", "doubt", "Show only the boxes in doubt, larger."),
    Key("closer", "z", "zoom", "Go nearer; after the nearest, back."),
    Key("left", "left", "", ""),
    Key("right", "right", "", ""),
    Key("up", "up", "", ""),
    Key("down", "down", "", ""),
    Key("turn", "t", "turn", "Turn by a quarter."),
    Key("contrast", "c", "tone", "Change the contrast."),
    Key("shape", "g", "dots", "Draw with other characters, as your terminal shows them best."),
    Key("help", "question_mark", "help", "This page."),
    Key("quit", "q", "quit", "Leave; everything decided is kept."),
    Key("reassign", "r", "pass on", "Hand somebody's items to somebody else, or to the queue."),
    Key("reopen", "o", "re-open", "Send a decided field back to review."),
)

MOVES = ("left", "right", "up", "down")
_MOVES: Texts = dict.fromkeys(MOVES)
_ALWAYS: Texts = dict.fromkeys(("modes", "help", "quit"))

REVIEW_TEXTS: Texts = {key.id: None for key in KEYS if key.id not in {"reassign", "reopen"}}
GRID_TEXTS: Texts = {
    "accept": ("accept the others", "Accept every field none of whose boxes is marked."),
    "candidate": ("mark", "Mark the box that is underlined, or take its mark away."),
    "undo": ("undo", "Take the last page of decisions back."),
    "whole": ("1s or 7s", "Turn from 1s to 7s, and back."),
    **_MOVES,
    "shape": None,
    **_ALWAYS,
}
LOOSE_TEXTS: Texts = {
    "accept": ("say what it is", "Say which form, account and month it is."),
    "unreadable": ("refuse", "Refuse the page, with a reason."),
    "undo": ("undo", "Take back what you said last."),
    "closer": None,
    **_MOVES,
    "turn": None,
    "contrast": None,
    **_ALWAYS,
}
OVERSIGHT_TEXTS: Texts = {"reassign": None, "reopen": None, **_ALWAYS}
"""Which keys a screen has, and what they are called there where that is something else."""


def keys_for(keys: Sequence[Key], texts: Texts) -> tuple[Key, ...]:
    """The keys of one screen, with its own texts."""
    return tuple(_called(key, texts[key.id]) for key in keys if key.id in texts)


def footer(keys: Sequence[Key], say: words.Say) -> list[tuple[str, str]]:
    """Every key with its word; those that move share one."""
    arrows = "".join(key.shown for key in keys if key.id in MOVES)
    pairs = [(key.shown, say(key.short)) for key in keys if key.id not in MOVES]
    return [*pairs, (arrows, say(words.MOVE))] if arrows else pairs


def keys_with(changes: Mapping[KeyName, str]) -> tuple[Key, ...]:
    """The keys with those of the settings in place.

    Raises:
        InputError: one key would do two things.
    """
    keys = tuple(replace(key, keys=changes.get(key.id, key.keys)) for key in KEYS)
    _check_single_use(keys)
    return keys


def _called(key: Key, texts: tuple[str, str] | None) -> Key:
    return replace(key, short=texts[0], long=texts[1]) if texts else key


def _check_single_use(keys: tuple[Key, ...]) -> None:
    used: dict[str, str] = {}
    for key in keys:
        for name in key.keys.split(","):
            other = used.setdefault(name.strip(), key.id)
            if other != key.id or name.strip().isdecimal():
                raise InputError(
                    f"review.keys: `{name}` for `{key.id}` is taken"
                    f"{'' if other == key.id else f' by `{other}`'}. Choose another key."
                )
