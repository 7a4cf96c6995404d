"""Makes the pictures of the review app: the real app on the samples, drawn as a terminal does.

Usage: python docs/pictures/make.py [WORKSPACE] (two minutes; needs the font DejaVu Sans Mono).
WORKSPACE is one into which the samples were read; without it they are read into a new one.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw, ImageFont

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT))

from intake.cli.workspaces import Workspace  # noqa: E402 - the root has to be known first
from intake.queue import PaperQueue, Queue  # noqa: E402
from intake.records import Correction, Decision, Reason, Waiting  # noqa: E402
from intake.review.app import ReviewApp  # noqa: E402
from intake.review.catalogue import catalogue  # noqa: E402
from intake.review.drawing import GLYPHS, Shape  # noqa: E402
from intake.review.station import Station  # noqa: E402

if TYPE_CHECKING:
    from rich.color import Color
    from rich.segment import Segment
    from textual.pilot import Pilot
    from textual.strip import Strip

PROGRAM, SAMPLES = ROOT / "ocr_cli.py", ROOT / "samples"
CELL = (10, 20)
INK, PAPER = (220, 220, 220), (0, 0, 0)
BLOCKS = {glyph: (shape, code) for shape in Shape for code, glyph in enumerate(GLYPHS[shape])}

Colour = tuple[int, int, int]


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


def read_samples(workspace: Path) -> None:
    """Reads the samples into a new workspace."""
    settings, registry = SAMPLES / "intake.toml", sorted((SAMPLES / "registry").glob("*.csv"))
    for call in (
        ["init", "--settings", settings],
        ["registry", "import", *registry],
        ["run", SAMPLES / "scans"],
    ):
        words = [sys.executable, PROGRAM, "-w", workspace, *call]
        subprocess.run(words, check=True, capture_output=True)


async def shoot(shot: Shot, workspace: Workspace) -> Image.Image:
    """Opens the app, presses the keys and draws what it shows."""
    with workspace.store() as store:
        desk, papers = Queue(store, "clerk"), PaperQueue(store, "clerk")
        station = Station(
            desk=desk,
            papers=papers,
            pictures=workspace.evidence,
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


def drawn(strips: list[Strip]) -> Image.Image:
    """The screen as a terminal shows it that fills block characters to their edges."""
    columns = max(strip.cell_length for strip in strips)
    picture = Image.new("RGB", (columns * CELL[0], len(strips) * CELL[1]), PAPER)
    pen = ImageDraw.Draw(picture)
    for row, strip in enumerate(strips):
        column = 0
        for segment in strip:
            for letter in segment.text:
                draw_letter(pen, letter, (column * CELL[0], row * CELL[1]), segment)
                column += 1
    return picture


def draw_letter(
    pen: ImageDraw.ImageDraw, letter: str, at: tuple[int, int], segment: Segment
) -> None:
    """One character in its cell, whose top left pixel is `at`."""
    style = segment.style
    ink = rgb(style.color if style else None, INK)
    paper = rgb(style.bgcolor if style else None, PAPER)
    if style and style.reverse:
        ink, paper = paper, ink
    x, y = at
    pen.rectangle((x, y, x + CELL[0] - 1, y + CELL[1] - 1), fill=paper)
    if letter in BLOCKS:
        draw_block(pen, *BLOCKS[letter], at, ink)
    else:
        bold = "-Bold" if style and style.bold else ""
        font = ImageFont.truetype(f"DejaVuSansMono{bold}.ttf", 16)
        pen.text(at, letter, font=font, fill=ink)


def draw_block(
    pen: ImageDraw.ImageDraw, shape: Shape, code: int, at: tuple[int, int], ink: Colour
) -> None:
    """The filled pixels of a block character."""
    for bit in range(shape.across * shape.down):
        if code >> bit & 1:
            y, x = divmod(bit, shape.across)
            left, right = (at[0] + CELL[0] * step // shape.across for step in (x, x + 1))
            top, bottom = (at[1] + CELL[1] * step // shape.down for step in (y, y + 1))
            pen.rectangle((left, top, right - 1, bottom - 1), fill=ink)


def rgb(colour: Color | None, otherwise: Colour) -> Colour:
    """Red, green and blue of a colour; `otherwise` where the terminal's own is meant."""
    if colour is None or colour.is_default:
        return otherwise
    return tuple(colour.get_truecolor())


def make(workspace: Workspace) -> None:
    """Makes all pictures, beside this file."""
    for shot in SHOTS:
        if shot.name == "oversight":
            decide_some(workspace)
        picture = asyncio.run(shoot(shot, workspace))
        picture.quantize(64).save(HERE / f"review_{shot.name}.png", optimize=True)


def main() -> None:
    """Takes the workspace that is named, or reads the samples into a new one."""
    if len(sys.argv) > 1:
        make(Workspace(Path(sys.argv[1])))
        return
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace(Path(folder) / "workspace")
        read_samples(workspace.folder)
        make(workspace)


if __name__ == "__main__":
    main()
