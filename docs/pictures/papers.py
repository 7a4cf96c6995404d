"""Pictures of paper: a printed form, its boxes, and the boxes found on somebody's own card."""

from __future__ import annotations

from typing import TYPE_CHECKING

from commands import run
from pdf2image import convert_from_path
from PIL import Image

from cards import print_card

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OWN_NAMES = {
    "field_01.reading": "cold.reading",
    "field_02.reading": "hot.reading",
    "field_03.reading": "date",
    "field_04.mark": "cold.replaced",
    "field_05.mark": "leak",
    "field_06": "residents",
}
"""What the page on one's own form calls what was found."""


def paper_pictures(workspace: Path, folder: Path) -> Iterator[tuple[str, Image.Image]]:
    """Yields each picture with its name; `folder` takes what is made on the way."""
    slips = folder / "slips.pdf"
    run(
        workspace, "forms", "print", "--template", "water-slip", "--period", "2026-10",
        "--out", slips,
    )  # fmt: skip
    yield "form", convert_from_path(slips, dpi=150, last_page=1)[0]
    yield "form_boxes", preview(workspace, "water-slip", folder)
    yield "own_form", own_form(folder)


def own_form(folder: Path) -> Image.Image:
    """What was found on a blank card, named as its owner would."""
    workspace, card = folder / "own", folder / "our-card.pdf"
    run(workspace, "init")
    settings = workspace / "intake.toml"
    settings.write_text(settings.read_text().replace("# templates = ", "templates = "))
    print_card(card)
    run(workspace, "template", "new", card)
    template = workspace / "templates" / "our-card.toml"
    draft = template.read_text()
    for found, name in OWN_NAMES.items():
        draft = draft.replace(f'"{found}"', f'"{name}"')
    template.write_text(draft)
    return preview(workspace, "our-card", folder)


def preview(workspace: Path, template: str, folder: Path) -> Image.Image:
    """The overlay of a template."""
    out = folder / f"{template}.png"
    run(workspace, "template", "preview", template, "--out", out)
    return Image.open(out)
