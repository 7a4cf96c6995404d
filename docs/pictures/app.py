"""Pictures of the review app: the real app on the samples."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from screens import drawn

from intake.queue import PaperQueue, Queue
from intake.records import Correction, Decision, Reason, Waiting
from intake.review.app import ReviewApp
from intake.review.archive import Archive
from intake.review.catalogue import catalogue
from intake.review.station import Station

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PIL import Image
    from textual.pilot import Pilot

    from intake.cli.workspaces import Workspace


@dataclass(frozen=True)
class Shot:
    """A picture to make.

    Attributes:
        name: of its file.
        which: the items that wait.
        keys: what is pressed first.
        size: characters across and down.
    """

    name: str
    which: Waiting
    keys: tuple[str, ...] = ()
    size: tuple[int, int] = (80, 24)


def readings(reason: Reason) -> Waiting:
    """Readings of one month that wait for a reason."""
    return Waiting(field="reading", reason=reason, period="2026-10")


SHOTS = (
    Shot("item", readings(Reason.LOW_CONFIDENCE)),
    Shot("struck_out", readings(Reason.STRUCK_OUT)),
    Shot("company", readings(Reason.BELOW_PREVIOUS), ("enter",)),
    Shot("doubtful", readings(Reason.LOW_CONFIDENCE), ("d",)),
    Shot("form", readings(Reason.LOW_CONFIDENCE), ("asterisk",), (160, 50)),
    Shot("grid", Waiting(), ("m", "3")),
    Shot("beside", Waiting(field="reading", reason=Reason.DUPLICATE_FORM)),
    Shot("loose", Waiting(), ("m", "6", "enter")),
    Shot("oversight", Waiting(), ("m", "7")),
)
PICTURE_WORK = {"sights", "tiles"}
"""Work that ends by itself; a question waits for the clerk."""


def app_pictures(workspace: Workspace) -> Iterator[tuple[str, Image.Image]]:
    """Yields each picture with its name; people decide some items in between."""
    for shot in SHOTS:
        if shot.name == "oversight":
            decide_some(workspace)
        yield f"review_{shot.name}", asyncio.run(shoot(shot, workspace))


async def shoot(shot: Shot, workspace: Workspace) -> Image.Image:
    """Opens the app, presses the keys and draws what it shows."""
    with workspace.store() as store:
        desk, papers = Queue(store, "clerk"), PaperQueue(store, "clerk")
        station = Station(
            desk=desk,
            papers=papers,
            pictures=Archive(workspace.evidence, workspace.settings.limits),
            templates=workspace.templates,
            say=catalogue("en").gettext,
            which=shot.which,
        )
        app = ReviewApp(station)
        async with app.run_test(size=shot.size) as pilot:
            for key in ("", *shot.keys):
                await pilot.press(*filter(None, [key]))
                await settled(pilot)
            strips = app.screen._compositor.render_strips()
        desk.give_back()
        papers.give_back()
    return drawn(strips)


async def settled(pilot: Pilot[None]) -> None:
    """Waits until every picture is there and the screen is drawn."""
    await pilot.pause(0.5)
    workers = [worker for worker in pilot.app.workers if worker.group in PICTURE_WORK]
    if workers:
        await pilot.app.workers.wait_for_complete(workers)
    await pilot.pause()


def decide_some(workspace: Workspace) -> None:
    """Lets two people work a little, so that a supervisor sees something."""
    with workspace.store() as store:
        for who, count, seconds in (("anna", 6, 2.9), ("berta", 4, 4.2)):
            desk = Queue(store, who)
            for item in desk.take(count, Waiting(field="reading", reason=Reason.LOW_CONFIDENCE)):
                value = item.candidates[0].value
                decision = Decision.ACCEPTED if value else Decision.BLANK
                desk.decide(Correction(item.id, item.version, who, decision, value, seconds))
            desk.take(3)
