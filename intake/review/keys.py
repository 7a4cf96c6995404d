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
    from collections.abc import Callable, Mapping, Sequence


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

    id: str
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
        return Binding(self.keys, action, self.short, id=self.id)


KEYS = (
    Key("accept", "enter", "accept", "Accept what was typed, or else what is offered."),
    Key("blank", "full_stop,comma", "blank", "Nothing is written there."),
    Key("unreadable", "slash", "unreadable", "Nobody can read it: refuse the field."),
    Key("candidate", "plus", "next", "Offer the next likeliest value."),
    Key("undo", "minus", "undo", "Take your last decision back."),
    Key("whole", "asterisk", "form", "The whole form, the whole page, the field again."),
    Key("aside", "n", "later", "Put the item aside for later."),
    Key("only", "f", "kind", "Only readings, only dates, …: one kind of field, then all again."),
    Key("erase", "backspace", "erase", "Take the last digit away."),
    Key("doubtful", "d", "doubtful", "Show only the boxes in doubt, larger."),
    Key("closer", "z", "zoom", "Go nearer; after the nearest, back."),
    Key("left", "left", "", "Move to the left."),
    Key("right", "right", "", "Move to the right."),
    Key("up", "up", "", "Move up."),
    Key("down", "down", "", "Move down."),
    Key("turn", "t", "turn", "Turn by a quarter."),
    Key("contrast", "c", "contrast", "Change the contrast."),
    Key("shape", "g", "dots", "Draw with other characters, as your terminal shows them best."),
    Key("help", "question_mark", "help", "This page."),
    Key("quit", "q", "quit", "Leave; everything decided is kept."),
)


MOVES = ("left", "right", "up", "down")


def footer(keys: Sequence[Key], say: Callable[[str], str]) -> list[tuple[str, str]]:
    """Every key with its word; those that move the picture share one."""
    arrows = "".join(key.shown for key in keys if key.id in MOVES)
    pairs = [(key.shown, say(key.short)) for key in keys if key.id not in MOVES]
    return [*pairs, (arrows, say(words.MOVE))]


def keys_with(changes: Mapping[str, str]) -> tuple[Key, ...]:
    """The keys with those of the settings in place.

    Raises:
        InputError: a name is not known, or one key would do two things.
    """
    names = {key.id for key in KEYS}
    for name in changes:
        if name not in names:
            known = ", ".join(sorted(names))
            raise InputError(f"review.keys: there is no `{name}`. Use one of: {known}.")
    keys = tuple(replace(key, keys=changes.get(key.id, key.keys)) for key in KEYS)
    _check_single_use(keys)
    return keys


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
