"""A clerk who knows what is written, at the real app, key by key."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from intake.queue import PaperQueue, Queue
from intake.review.app import ReviewApp
from intake.review.archive import Archive
from intake.review.catalogue import catalogue
from intake.review.screen import ReviewScreen
from intake.review.station import Station
from intake.review.widgets import Picture
from intake.settings import Limits
from intake.template import load_templates

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.pilot import Pilot

    from intake.evidence import Evidence
    from intake.records import QueueItem
    from intake.store import Store

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"
SIZE = (80, 24)


@dataclass(slots=True)
class Shift:
    """What a clerk did.

    Attributes:
        milliseconds: process time from the key that decided to the next item's picture.
        items: how many were decided.
        extra_keys: keys besides the digits that had to be typed.
        wrong: decisions that are not what is written.
    """

    milliseconds: list[float] = field(default_factory=list)
    items: int = 0
    extra_keys: int = 0
    wrong: int = 0


async def work_through(
    store: Store, evidence: Evidence, truths: Mapping[int, str | None], count: int
) -> Shift:
    """Decides `count` items of `store` as `truths` say."""
    station = Station(
        desk=Queue(store, "clerk"),
        papers=PaperQueue(store, "clerk"),
        pictures=Archive(evidence, Limits()),
        templates=load_templates(TEMPLATES),
        say=catalogue("en").gettext,
        least_look=0.0,
    )
    shift = Shift()
    async with ReviewApp(station).run_test(size=SIZE) as pilot:
        await _seen(pilot, None)
        for _ in range(count):
            await _decide(pilot, truths, shift)
    shift.wrong = sum(
        store_says != truths[item] for item, store_says in _decisions(store, truths).items()
    )
    return shift


async def _decide(pilot: Pilot[None], truths: Mapping[int, str | None], shift: Shift) -> None:
    item = _screen(pilot).present
    assert item is not None
    shift.items += 1
    *before, last = _keys(item, truths[item.id])
    for key in before:
        await pilot.press(key)
    shift.extra_keys += sum(not key.isdecimal() for key in (*before, last))
    start = time.process_time()
    await pilot.press(last)
    while _screen(pilot).present is item:
        await pilot.press(last)
        shift.extra_keys += 1
        start = time.process_time() if _screen(pilot).present is item else start
    await _seen(pilot, item)
    shift.milliseconds.append((time.process_time() - start) * 1000)


def _keys(item: QueueItem, truth: str | None) -> list[str]:
    """The keys of somebody who sees that `truth` is written."""
    if truth is None:
        return ["slash"]
    offers = [candidate.value or "" for candidate in item.candidates]
    if offers[0] == truth:
        return ["enter"]
    if truth == "":
        return ["full_stop"]
    return ["plus", "enter"] if truth in offers[1:2] else [*truth, "enter"]


async def _seen(pilot: Pilot[None], before: QueueItem | None) -> None:
    """Waits until the picture of an item after `before` is on the screen."""
    picture = pilot.app.screen.query_one("#picture", Picture)
    while True:
        item = _screen(pilot).present
        if item is not None and item is not before and picture.item == item.id:
            return
        await asyncio.sleep(0.001)


def _screen(pilot: Pilot[None]) -> ReviewScreen:
    screen = pilot.app.screen
    assert isinstance(screen, ReviewScreen)
    return screen


def _decisions(store: Store, truths: Mapping[int, str | None]) -> dict[int, str | None]:
    """What the store says about decided fields, in the words of `truths`."""
    said: dict[int, str | None] = {}
    for number, row in enumerate(store.results(), start=1):
        if row.verdict in {"accepted", "blank"}:
            said[number] = row.value or ""
        elif row.verdict == "refused":
            said[number] = None
        if len(said) == len(truths):
            break
    return said
