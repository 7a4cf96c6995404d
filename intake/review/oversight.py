"""The supervisor's screen: what waits, who does how much how well; work is passed on, re-opened."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar

from textual import work

from intake.review import words
from intake.review.asking import Ask, Choose, as_account
from intake.review.desktop import QUESTIONS, Desktop
from intake.review.keys import KEYS, OVERSIGHT_TEXTS, keys_for
from intake.review.widgets import KeyBar, Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from intake.records import ClerkTally, Load, QueueItem
    from intake.review.station import Station

REFRESH_SECONDS = 5.0
LISTED_SHARE = 4
"""One part in so many of a screen's lines is how many months, and how many reasons, are listed."""
LONGEST_NAME = 20


class OversightScreen(Desktop):
    """Figures that keep themselves up to date."""

    BINDINGS: ClassVar[list[BindingType]] = [key.binding for key in keys_for(KEYS, OVERSIGHT_TEXTS)]

    def __init__(self, station: Station) -> None:
        super().__init__(station, keys_for(station.keys, OVERSIGHT_TEXTS))
        self._clerks: list[ClerkTally] = []

    def compose(self) -> ComposeResult:
        """What waits, the clerks, the last sentence, the keys."""
        yield Text(id="heading")
        yield Text(id="load")
        yield Text(id="clerks")
        yield Text(id="message")
        yield KeyBar(id="keys")

    def on_mount(self) -> None:
        """Shows the figures, and again every few seconds."""
        self.set_interval(REFRESH_SECONDS, self._refresh)
        self._refresh()
        self.show_keys()

    def on_resize(self) -> None:
        """The keys take as many lines as they need."""
        self.show_keys()

    @work(exclusive=True, group=QUESTIONS)
    async def action_reassign(self) -> None:
        """Asks whose items go to whom."""
        givers = [tally.who for tally in self._clerks if tally.holds]
        if not givers:
            self.show_sentence(self._say(words.NOBODY_HOLDS))
            return
        giver = await self._choose(words.WHOSE_ITEMS, givers)
        if giver is None:
            return
        others = sorted({one.who for one in self._clerks} | {*self._station.clerks} - {giver})
        takers = [who for who in others if who != giver]
        options = [self._say(words.BACK_TO_QUEUE), *takers]
        taker = await self._choose(words.TO_WHOM, options)
        if taker is None:
            return
        with self._told():
            count = self._station.desk.reassign(giver, None if taker == options[0] else taker)
            self._refresh()
            self.show_sentence(
                self._say(words.REASSIGNED).format(count=count, giver=giver, taker=taker)
            )

    @work(exclusive=True, group=QUESTIONS)
    async def action_reopen(self) -> None:
        """Asks for an account and one of its decided fields, and sends that back to review."""
        ask = Ask(self._say, self._say(words.WHICH_ACCOUNT), "", as_account)
        account = await self.app.push_screen_wait(ask)
        if account is None:
            return
        with self._told():
            items = self._station.desk.decided(account)
            if not items:
                self.show_sentence(self._say(words.NOTHING_DECIDED).format(account=account))
                return
            options = [_told_item(item) for item in items]
            question = self._say(words.WHICH_FIELD)
            chosen = await self.app.push_screen_wait(Choose(self._say, question, options))
            if chosen is not None:
                item = self._station.desk.reopen(items[chosen].id)
                self._refresh()
                self.show_sentence(self._say(words.SENT_BACK).format(field=item.field))

    async def _choose(self, question: str, options: Sequence[str]) -> str | None:
        asked = Choose(self._say, self._say(question), options)
        chosen = await self.app.push_screen_wait(asked)
        return None if chosen is None else options[chosen]

    def _refresh(self) -> None:
        with self._told():
            self._clerks = self._station.desk.clerks(f"{datetime.now(UTC):%Y-%m-%d}")
            load = self._station.desk.load()
            self.query_one("#heading", Text).show(self._say(words.OVERSIGHT))
            listed = _load_lines(load, self.size.height // LISTED_SHARE, self._say)
            self.query_one("#load", Text).show_lines(listed)
            self.query_one("#clerks", Text).show_lines(_clerk_lines(self._clerks, self._say))


def _told_item(item: QueueItem) -> str:
    value = item.value or item.decision.value
    return f"{item.period or '–'}  {item.field}  {value}"


def _load_lines(load: Load, most: int, say: words.Say) -> list[str]:
    months = [
        f"{month or say(words.WITHOUT_MONTH)}: {count}" for month, count in load.months.items()
    ]
    reasons = [
        f"{say(words.REASONS.get(reason, reason.value))}: {count}"
        for reason, count in load.reasons.items()
    ]
    papers = say(words.LOOSE_COUNTS).format(pages=load.pages, forms=load.forms)
    waiting = say(words.WAITING).format(count=sum(load.months.values()))
    return [waiting, *_in_rows(months, most), "", *_in_rows(reasons, most), "", papers, ""]


def _in_rows(parts: list[str], most: int) -> list[str]:
    shown = [*parts[:most], f"… +{len(parts) - most}"] if len(parts) > most else parts
    return [f"  {'   '.join(shown[start : start + 2])}" for start in range(0, len(shown), 2)]


def _clerk_lines(clerks: list[ClerkTally], say: words.Say) -> list[str]:
    rows = [[say(word) for word in words.CLERK_COLUMNS], *map(_figures, clerks)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [_row(row, widths) for row in rows]


def _figures(clerk: ClerkTally) -> list[str]:
    share = f"{clerk.right}/{clerk.checked}" if clerk.checked else "–"
    return [
        clerk.who[:LONGEST_NAME],
        str(clerk.holds),
        str(clerk.decided),
        str(clerk.per_hour or "–"),
        f"{clerk.tries:.2f}",
        str(clerk.late),
        str(clerk.keyed),
        share,
    ]


def _row(cells: list[str], widths: list[int]) -> str:
    first, *others = zip(cells, widths, strict=True)
    numbers = (f"{text:>{width}}" for text, width in others)
    return f"{first[0]:<{first[1]}}  {'  '.join(numbers)}"
