"""Small questions at the foot of the screen; the paper stays in view above them."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, ClassVar

from textual.screen import ModalScreen

from intake.records import FormCode
from intake.review import words
from intake.review.keys import DIGIT_KEYS, bound
from intake.review.widgets import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.app import App, ComposeResult
    from textual.binding import BindingType

    from intake.records import QueueItem
    from intake.review.station import Station

    Say = Callable[[str], str]

CANCEL = bound("escape,minus", "cancel")
ACCEPT = bound("enter", "accept")
LONGEST = 20


class Ask(ModalScreen[str | None]):
    """Asks for digits; None where the clerk does not want to say.

    `understood` makes the answer of what was typed, or gives None where it is none.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        *DIGIT_KEYS,
        CANCEL,
        ACCEPT,
        bound("backspace", "erase"),
    ]

    def __init__(
        self, say: Say, question: str, offer: str, understood: Callable[[str], str | None]
    ) -> None:
        super().__init__()
        self._say = say
        self._question = question
        self._offer = offer
        self._understood = understood
        self._typed = ""

    def compose(self) -> ComposeResult:
        """The question with what was typed so far, and what the keys do."""
        yield Text(id="question")
        yield Text(id="answer-keys")

    def on_mount(self) -> None:
        """Shows the question."""
        self._show(self._say(words.ANSWER_KEYS))

    def action_digit(self, digit: str) -> None:
        """Puts a digit into the answer."""
        self._typed = (self._typed + digit)[:LONGEST]
        self._show(self._say(words.ANSWER_KEYS))

    def action_erase(self) -> None:
        """Takes the last digit away."""
        self._typed = self._typed[:-1]
        self._show(self._say(words.ANSWER_KEYS))

    def action_accept(self) -> None:
        """Answers with what was typed, or else with what is offered."""
        answer = self._understood(self._typed or self._offer)
        if answer is None:
            self._show(self._say(words.NO_ANSWER))
        else:
            self.dismiss(answer)

    def action_cancel(self) -> None:
        """Leaves the question open."""
        self.dismiss(None)

    def _show(self, sentence: str) -> None:
        shown = f"{self._typed}_" if self._typed else f"[{self._offer}]"
        self.query_one("#question", Text).show(f"{self._question} {shown}")
        self.query_one("#answer-keys", Text).show(sentence)


class Choose(ModalScreen[int | None]):
    """Asks for one of a few; answers its index, None where the clerk wants none."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *DIGIT_KEYS,
        CANCEL,
        ACCEPT,
        bound("up", "move(-1)"),
        bound("down,plus", "move(1)"),
    ]

    def __init__(self, say: Say, question: str, options: Sequence[str]) -> None:
        super().__init__()
        self._say = say
        self._question = question
        self._options = options
        self._at = 0

    def compose(self) -> ComposeResult:
        """A line for each option."""
        yield Text(id="question")
        yield Text(id="options")
        yield Text(id="answer-keys")

    def on_mount(self) -> None:
        """Shows the options."""
        self.query_one("#question", Text).show(self._question)
        self.query_one("#answer-keys", Text).show(self._say(words.CHOICE_KEYS))
        self._show()

    def action_digit(self, digit: str) -> None:
        """A number chooses."""
        if 0 < int(digit) <= len(self._options):
            self.dismiss(int(digit) - 1)

    def action_move(self, step: int) -> None:
        """Turns to another option."""
        self._at = (self._at + step) % len(self._options)
        self._show()

    def action_accept(self) -> None:
        """Chooses the option that is marked."""
        self.dismiss(self._at)

    def action_cancel(self) -> None:
        """Chooses nothing."""
        self.dismiss(None)

    def _show(self) -> None:
        lines = [
            f"{'>' if index == self._at else ' '} {index + 1}  {option}"
            for index, option in enumerate(self._options)
        ]
        self.query_one("#options", Text).show_lines(lines)


async def ask_code(app: App[None], station: Station, item: QueueItem) -> str | None:
    """Asks for account and month; returns what the form's code would say, None for not now."""
    say = station.say
    ask = Ask(say, say(words.WHICH_ACCOUNT), item.account or "", as_account)
    account = await app.push_screen_wait(ask)
    if account is None:
        return None
    offer = shown_month(item.period or station.papers.usual_month())
    month = await app.push_screen_wait(Ask(say, say(words.WHICH_MONTH), offer, as_month))
    if month is None:
        return None
    version = station.templates.get(item.template).version
    return FormCode(item.template, version, account, month).text()


def as_month(typed: str) -> str | None:
    """`MMYYYY` or `MMYY`, with or without a point, as `YYYY-MM`; None for no month."""
    found = re.fullmatch(r"(0[1-9]|1[0-2])\.?((?:20)?[0-9]{2})", typed)
    if found is None:
        return None
    month, year = found.groups()
    return f"20{year[-2:]}-{month}"


def shown_month(period: str | None) -> str:
    """`YYYY-MM` as people write it; the present month where none is given."""
    year, _, month = (period or f"{date.today():%Y-%m}").partition("-")
    return f"{month}.{year}"


def as_account(typed: str) -> str | None:
    """An account number; None for nothing."""
    return typed or None
