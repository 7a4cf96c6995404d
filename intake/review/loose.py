"""Pages and forms that were not read, forms without a month: the clerk says what they are."""

from __future__ import annotations

from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from textual import on, work

from intake.errors import IntakeError
from intake.records import Placing, Reason
from intake.review import words
from intake.review.asking import Ask, Choose, as_account, as_month, shown_month
from intake.review.desktop import QUESTIONS, Desktop
from intake.review.keys import KEYS, LOOSE_TEXTS, keys_for
from intake.review.look import CHANGES, Look
from intake.review.sights import form_on, page_of
from intake.review.telling import title, told
from intake.review.views import whole
from intake.review.widgets import KeyBar, Picture, Text
from intake.sampling import Levels

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from intake.records import LoosePaper
    from intake.review.sights import Pictures
    from intake.review.station import Station
    from intake.review.views import Plane
    from intake.template import Template, TemplateSet

REFUSALS = {
    Reason.UNSUPPORTED: "none of our forms",
    Reason.UNREADABLE: "nobody can read it",
    Reason.DUPLICATE_FORM: "the same form came before",
}
"""Why a page is refused, in the order in which that is asked."""


class LooseScreen(Desktop):
    """One loose paper at a time, its picture first."""

    BINDINGS: ClassVar[list[BindingType]] = [key.binding for key in keys_for(KEYS, LOOSE_TEXTS)]

    def __init__(self, station: Station) -> None:
        super().__init__(station, keys_for(station.keys, LOOSE_TEXTS))
        self._paper: LoosePaper | None = None
        self._plane: Plane | None = None
        self._look = Look()
        self._since = monotonic()

    def compose(self) -> ComposeResult:
        """What it is, its picture, the last sentence, the keys."""
        yield Text(id="heading")
        yield Picture(colours=self._station.colours)
        yield Text(id="message")
        yield KeyBar(id="keys")

    def on_mount(self) -> None:
        """Takes the first paper."""
        self._next()

    # ---- what a key does -------------------------------------------------------------------

    @work(exclusive=True, group=QUESTIONS)
    async def action_accept(self) -> None:
        """Asks what the paper is, step by step, and places it."""
        if self._paper is None:
            return
        with self._gone_on():
            if self._paper.is_unread:
                await self._ask_about_page(self._paper)
            elif (month := await self._ask_month()) is not None:
                self._station.papers.date(self._placing(self._paper, None, month))
                self._next(self._say(words.DATED))

    @work(exclusive=True, group=QUESTIONS)
    async def action_unreadable(self) -> None:
        """Asks why, and refuses the page."""
        paper = self._paper
        if paper is None:
            return
        if not paper.is_unread:
            self._show(self._say(words.ONLY_PAGES_ARE_REFUSED))
            return
        question, options = self._say(words.WHY_REFUSE), map(self._say, REFUSALS.values())
        chosen = await self.app.push_screen_wait(Choose(self._say, question, list(options)))
        if chosen is None:
            return
        reason = list(REFUSALS)[chosen]
        with self._gone_on():
            placing = self._placing(paper, None, None)
            self._station.papers.refuse(placing, reason, REFUSALS[reason])
            self._next(self._say(words.PAGE_REFUSED))

    def action_undo(self) -> None:
        """Takes back what the clerk said last about a paper."""
        with self._told():
            undone = self._station.papers.undo()
            self._next(self._say(words.TAKEN_BACK if undone else words.NOTHING_TO_UNDO))

    def action_look(self, change: str) -> None:
        """Changes how the paper is looked at."""
        self._look = CHANGES[change](self._look)
        self._redraw()

    # ---- what happens by itself ------------------------------------------------------------

    @on(Picture.Resized)
    def _refit(self) -> None:
        self._redraw()

    def _keep(self) -> None:
        with self._told():
            self._station.papers.keep()

    # ---- state -----------------------------------------------------------------------------

    @contextmanager
    def _gone_on(self) -> Iterator[None]:
        """What cannot be placed is told, and the next paper shown if this one is not ours now."""
        try:
            yield
        except IntakeError as fault:
            self._next(told(fault, self._say))

    async def _ask_about_page(self, paper: LoosePaper) -> None:
        template = await self._ask_template()
        account = await self._ask_account() if template else None
        month = await self._ask_month() if account else None
        if template is not None and month is not None:
            self._station.papers.name(self._placing(paper, account, month), template)
            self._next(self._say(words.PLACED))

    async def _ask_template(self) -> Template | None:
        templates = list(self._station.templates)
        language = self._station.language
        options = [f"{title(template, language)} ({template.id})" for template in templates]
        question = self._say(words.WHICH_FORM)
        chosen = await self.app.push_screen_wait(Choose(self._say, question, options))
        return None if chosen is None else templates[chosen]

    async def _ask_account(self) -> str | None:
        question = self._say(words.WHICH_ACCOUNT)
        return await self.app.push_screen_wait(Ask(self._say, question, "", as_account))

    async def _ask_month(self) -> str | None:
        question = self._say(words.WHICH_MONTH)
        offer = shown_month(self._station.papers.usual_month())
        return await self.app.push_screen_wait(Ask(self._say, question, offer, as_month))

    def _placing(self, paper: LoosePaper, account: str | None, month: str | None) -> Placing:
        seconds = round(monotonic() - self._since, 1)
        return Placing(paper.id, self._station.papers.who, account, month, seconds)

    def _next(self, sentence: str = "") -> None:
        with self._told():
            self._paper = self._station.papers.take()
            self._look, self._since = Look(contrast=self._look.contrast), monotonic()
            self._plane, problem = None, ""
            if self._paper is not None:
                station = self._station
                self._plane, problem = plane_of(
                    self._paper, station.pictures, station.templates, station.say
                )
            self._show(sentence or problem)

    def _redraw(self) -> None:
        super()._redraw()
        picture = self.query_one(Picture)
        self.query_one("#heading", Text).show(self._heading())
        if self._paper is None:
            picture.say(self._say(words.NO_LOOSE))
        elif self._plane is None:
            picture.say(self._say(words.NO_FORM))
        else:
            picture.show_plane(self._plane, self._look, self._station.shape)

    def _heading(self) -> str:
        paper = self._paper
        if paper is None:
            return ""
        what = words.NO_MONTH
        if paper.is_unread:
            what = words.UNKNOWN_PAGE if paper.form is None else words.UNREAD_FORM
        account = self._say(words.ACCOUNT).format(number=paper.account) if paper.account else ""
        place = f"{paper.file} {paper.page}" + (f"/{paper.form}" if paper.form else "")
        return " · ".join(filter(None, (self._say(what), place, account)))


def plane_of(
    paper: LoosePaper, pictures: Pictures, templates: TemplateSet, say: words.Say
) -> tuple[Plane | None, str]:
    """The paper, or the form on it, to look at; with a sentence where it cannot be had."""
    image, problem = page_of(paper, paper.picture, pictures, say)
    if image is None:
        return None, problem
    page = Levels(image)
    if len(paper.to_page) != 9 or paper.template is None or paper.template not in templates:
        return whole(page), ""
    to_page = np.reshape(paper.to_page, (3, 3))
    return form_on(page, templates.get(paper.template), to_page), ""
