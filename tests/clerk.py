"""A desk in memory and slips drawn by the tests: the review app without a database."""

from __future__ import annotations

import asyncio
import functools
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, ParamSpec

import cv2
import numpy as np
from textual._xterm_parser import XTermParser

from intake import geometry
from intake.cli.workspaces import Workspace
from intake.crop import AROUND_MM
from intake.errors import StaleDecision, StoreError
from intake.evidence import PAGE_SCALE
from intake.queue import PaperQueue, Queue, fault
from intake.records import (
    Candidate,
    Decision,
    Kind,
    PageKind,
    PageResult,
    PastReading,
    QueueItem,
    Reason,
    Role,
    Waiting,
)
from intake.review.app import ReviewApp
from intake.review.archive import Archive
from intake.review.catalogue import catalogue
from intake.review.screen import ReviewScreen
from intake.review.station import Station
from intake.template import Field, Marks, Template, TemplateSet
from results import scan, slip

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path

    from textual.pilot import Pilot
    from textual.strip import Strip

    from intake.records import Correction, FormResult, Grey, LoosePaper
    from intake.store import Store

P = ParamSpec("P")
PICTURE_WORK = {"sights", "tiles"}
"""Work that ends by itself; a question waits for the clerk."""
PX_PER_MM = 6.0
SIZES = [(80, 24), (160, 50), (200, 60)]
"""Columns and rows of terminals that people have."""
COMB = (50.0, 40.0, 64.0, 8.0)
TO_PAGE = np.array([[8.0, 0.0, 100.0], [0.0, 8.0, 60.0], [0.0, 0.0, 1.0]])
SLIP = Template(
    id="slip",
    version=1,
    title="Slip",
    page=(148.0, 105.0),
    locale="lv",
    field=(Field(name="cold_kitchen.reading", kind=Kind.HANDWRITTEN, box=COMB, cells=8),),
    marks=Marks(ids=(0, 1, 2, 3)),
    texts={"lv": {"cold_kitchen": "Virtuve, auksts"}, "en": {"cold_kitchen": "Kitchen, cold"}},
)


def comb_picture(digits: str, cells: int = 8) -> Grey:
    """A comb with `digits` right-aligned, as the crop stage cuts it."""
    wide, high = (COMB[2] + 2 * AROUND_MM) * PX_PER_MM, (COMB[3] + 2 * AROUND_MM) * PX_PER_MM
    picture = np.full((round(high), round(wide)), 235, np.uint8)
    edge, pitch = AROUND_MM * PX_PER_MM, COMB[2] * PX_PER_MM / cells
    for index in range(cells):
        left, right = round(edge + index * pitch), round(edge + (index + 1) * pitch)
        cv2.rectangle(picture, (left, round(edge)), (right, round(high - edge)), 190, 1)
    for index, digit in enumerate(digits.rjust(cells)):
        place = (round(edge + (index + 0.3) * pitch), round(high - edge - 10))
        cv2.putText(picture, digit, place, cv2.FONT_HERSHEY_SIMPLEX, 1.0, 40, 2, cv2.LINE_AA)
    return picture


def page_picture(digits: str) -> Grey:
    """A page with one slip on it, at the size that the evidence keeps."""
    page = np.full((1000, 1400), 245, np.uint8)
    left, top, width, height = COMB
    crop = comb_picture(digits)
    size = (round((width + 2 * AROUND_MM) * 8), round((height + 2 * AROUND_MM) * 8))
    x, y = round(100 + (left - AROUND_MM) * 8), round(60 + (top - AROUND_MM) * 8)
    page[y : y + size[1], x : x + size[0]] = cv2.resize(crop, size)
    cv2.putText(page, "VIRTUVE", (200, y + 60), cv2.FONT_HERSHEY_SIMPLEX, 2.0, 60, 4)
    cv2.rectangle(page, (100, 60), (100 + 148 * 8, 60 + 105 * 8), 120, 2)
    return cv2.resize(page, None, fx=PAGE_SCALE, fy=PAGE_SCALE, interpolation=cv2.INTER_AREA)


def waiting_item(number: int = 1, **changes: object) -> QueueItem:
    """A reading that waits, whose first guess is doubtful in its second box."""
    item = QueueItem(
        id=number,
        version=1,
        file="morning.pdf",
        page=3,
        form=1,
        template="slip",
        account="12345678",
        period="2026-10",
        field="cold_kitchen.reading",
        kind=Kind.HANDWRITTEN,
        cells=8,
        decimals=3,
        candidates=(Candidate("00123456", 0.87), Candidate("00128456", 0.09)),
        doubtful_cells=(1,),
        reasons=(Reason.LOW_CONFIDENCE,),
        crop=f"crop-{number}",
        page_picture="page",
        box_px=tuple(map(tuple, geometry.apply(TO_PAGE, geometry.corners(COMB)).tolist())),
        to_page=tuple(TO_PAGE.ravel().tolist()),
        unit="m3",
        meter="4711",
        register="main",
        previous=(
            PastReading("4711", "main", "2026-09", "120.000"),
            PastReading("4711", "main", "2026-08", "117.250"),
        ),
    )
    return replace(item, **changes)


def pictured_workspace(folder: Path) -> Workspace:
    """A workspace in which two readings wait, with their pictures."""
    workspace = Workspace(folder)
    workspace.create(None)
    drawn = page_picture("00123456")
    with workspace.store() as store:
        file = store.begin_file(store.begin_batch("test"), scan()).id
        forms = tuple(_pictured_slip(number) for number in (1, 2))
        result = workspace.evidence.keep(PageResult(1, PageKind.FORMS, forms, picture=drawn))
        store.save_pages(file, [result], ends=1)
    return workspace


def _pictured_slip(number: int) -> FormResult:
    item = waiting_item()
    form = slip(number, f"1000000{number}", decision=Decision.REVIEW, digest=f"d{number}")
    fields = (
        replace(field, picture=comb_picture("00123456"), evidence=None, box_px=item.box_px)
        if field.is_reading
        else field
        for field in form.fields
    )
    return replace(form, to_page=TO_PAGE, fields=tuple(fields))


@dataclass
class MemoryDesk:
    """A queue that keeps its rules: versions, one undo per decision, a person's name."""

    waiting: list[QueueItem]
    who: str = "anna"
    decided: list[tuple[QueueItem, Correction]] = field(default_factory=list)
    taken: set[int] = field(default_factory=set)
    broken: bool = False
    kept: int = 0
    role: Role = Role.SUPERVISOR
    others: list[QueueItem] = field(default_factory=list)

    def count(self, which: Waiting | None = None) -> int:
        return len(self.meant(which))

    def meant(self, which: Waiting | None) -> list[QueueItem]:
        kind = which.field if which else None
        return [item for item in self.waiting if item.field.endswith(kind or "")]

    def keep(self) -> int:
        self.kept += 1
        return len(self.waiting)

    def give_back(self) -> None:
        self.taken.clear()

    def take(self, limit: int, which: Waiting | None = None) -> list[QueueItem]:
        if self.broken:
            raise StoreError("The database is gone. Start it, then try again.")
        return self.meant(which)[:limit]

    def item(self, field: int) -> QueueItem:
        for item in self.waiting:
            if item.id == field:
                return item
        gone = next(item for item, _ in self.decided if item.id == field)
        return replace(gone, decision=Decision.ACCEPTED)

    def count_blind(self) -> int:
        return 0

    def beside(self, field: int) -> list[QueueItem]:
        return self.others

    def refuse_form(self, correction: Correction) -> None:
        self.decide(correction)

    def decide(self, correction: Correction) -> None:
        item = self.item(correction.item)
        problem = fault(item, correction.decision, correction.value)
        if problem is not None:
            raise problem
        self.waiting.remove(item)
        if item.id in self.taken:
            raise StaleDecision("Somebody else decided this item. Nothing was overwritten.")
        self.decided.append((item, correction))

    def undo(self) -> QueueItem | None:
        if not self.decided:
            return None
        item, _ = self.decided.pop()
        item = replace(item, version=item.version + 2)
        self.waiting.insert(0, item)
        return item

    @property
    def corrections(self) -> list[Correction]:
        return [correction for _, correction in self.decided]


def desk_of(count: int = 3, **changes: object) -> MemoryDesk:
    return MemoryDesk([waiting_item(number, **changes) for number in range(1, count + 1)])


@dataclass
class MemoryPapers:
    """No paper is loose."""

    who: str = "anna"
    month: str | None = "2026-10"

    def counts(self) -> tuple[int, int]:
        return 0, 0

    def take(self) -> LoosePaper | None:
        return None

    def keep(self) -> None:
        return None

    def give_back(self) -> None:
        return None

    def undo(self) -> bool:
        return False

    def usual_month(self) -> str | None:
        return self.month


@dataclass
class MemoryPictures:
    """Pictures by name; one that is not there is gone."""

    kept: dict[str, Grey]

    def picture(self, name: str) -> Grey:
        if name not in self.kept:
            raise StoreError(f"{name}: the picture is gone. Restore the evidence folder.")
        return self.kept[name]

    def page(self, scan: str, number: int) -> Grey:
        return self.picture(f"{scan}/{number}")


def station(desk: MemoryDesk, language: str = "en", **changes: object) -> Station:
    """A station with the pictures of all items on `desk`."""
    pictures = {item.crop: comb_picture("00123456") for item in desk.waiting if item.crop}
    texts = catalogue(language)
    made = Station(
        desk=desk,
        papers=MemoryPapers(),
        pictures=MemoryPictures({**pictures, "page": page_picture("00123456")}),
        templates=TemplateSet([SLIP]),
        say=texts.gettext,
        language=language,
        least_look=0.0,
    )
    return replace(made, **changes)


def real_station(
    workspace: Workspace, store: Store, who: str, role: Role = Role.SUPERVISOR
) -> Station:
    """A station on the queue and the evidence of `workspace`."""
    return Station(
        desk=Queue(store, who, role),
        papers=PaperQueue(store, who, role),
        pictures=Archive(workspace.evidence, workspace.settings.limits),
        templates=TemplateSet([SLIP]),
        say=catalogue("en").gettext,
        least_look=0.0,
    )


def open_app(desk: MemoryDesk, language: str = "en", **changes: object) -> ReviewApp:
    return ReviewApp(station(desk, language, **changes))


async def settled(pilot: Pilot[None]) -> None:
    """Waits, as long as it takes, until no picture is on its way and the screen has been drawn."""
    while _is_fetching(pilot):
        await pilot.pause(0.01)
    workers = [worker for worker in pilot.app.workers if worker.group in PICTURE_WORK]
    if workers:
        await pilot.app.workers.wait_for_complete(workers)
    await pilot.pause()
    await asyncio.sleep(0)
    await pilot.pause()


def _is_fetching(pilot: Pilot[None]) -> bool:
    """Whether the item on the screen waits for its picture, which is asked for after a refresh."""
    screens = [one for one in pilot.app.screen_stack if isinstance(one, ReviewScreen)]
    items = [(one, one.present) for one in screens]
    return any(item is not None and one._ahead.ready(item) is None for one, item in items)


class Seat:
    """The clerk's chair: presses keys, waits for the screen and reads from it."""

    def __init__(self, pilot: Pilot[None]) -> None:
        self.pilot = pilot
        self.app = pilot.app

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self.pilot.press(key)
            await settled(self.pilot)

    async def type(self, digits: str) -> None:
        await self.press(*digits)

    async def send(self, text: str) -> None:
        """Sends all that a terminal would for `text` at once."""
        for event in XTermParser().feed(text):
            self.app.post_message(event)
        await settled(self.pilot)

    async def until(self, seen: Callable[[], bool]) -> None:
        """Waits, as long as it takes, for what the test is about to look at."""
        for _ in range(2000):
            if seen():
                break
            await self.pilot.pause(0.02)
        await settled(self.pilot)
        assert seen()

    def text(self, name: str) -> str:
        """What the part of the screen called `name` says."""
        return str(self.app.screen.query_one(f"#{name}").render())

    @property
    def strips(self) -> list[Strip]:
        """The whole screen before colours are left out."""
        return self.app.screen._compositor.render_strips()

    @property
    def lines(self) -> list[str]:
        """The whole screen as letters."""
        return [strip.text for strip in self.strips]


@asynccontextmanager
async def seat(
    desk: MemoryDesk, language: str = "en", size: tuple[int, int] = (80, 24), **changes: object
) -> AsyncIterator[Seat]:
    """Sits down at `desk`."""
    async with seat_at(station(desk, language, **changes), size) as clerk:
        yield clerk


@asynccontextmanager
async def seat_at(station: Station, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Seat]:
    """Sits down at `station`."""
    async with ReviewApp(station).run_test(size=size) as pilot:
        await settled(pilot)
        yield Seat(pilot)


def played(test: Callable[P, Awaitable[None]]) -> Callable[P, None]:
    """Lets pytest run a test that waits for a screen."""

    @functools.wraps(test)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        asyncio.run(test(*args, **kwargs))

    return run
