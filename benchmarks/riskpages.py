"""Our own forms filled in real handwriting, empty ones, and pages that are no forms at all."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from benchmarks.empties import empty_page
from intake import geometry
from intake.forms import form_picture
from intake.records import Kind, Page
from intake.synth.paper import Lie, Paper, Scanner, scan
from intake.synth.pen import draw_ink, inked
from intake.synth.pen_hand import draw_hand, strike_out
from intake.template import TemplateSet, load_templates
from training.hands import load_hands
from training.pens import draw_digit, plain_pen

if TYPE_CHECKING:
    from intake.records import Box, Grey
    from intake.template import Field, Template
    from training.hands import Hand
    from training.pens import Layer

ROOT = Path(__file__).resolve().parent.parent
PX_PER_MM = {"water-slip": 14.0, "water-list": 9.0}
GLASS = {"water-slip": (153.0, 110.0), "water-list": (212.0, 299.0)}
GREYS = (40.0, 60.0, 75.0, 95.0, 105.0)
"""Of black and blue ball pens and of pencils on white paper."""


@dataclass(frozen=True, eq=False, slots=True)
class WrittenPage:
    """A page in one person's writing.

    Attributes:
        page: as the scanner stored it.
        template: of the one form on it.
        writer: whose digits they are.
        truth: by field, the digits as written; None: left empty.
    """

    page: Page
    template: str
    writer: str
    truth: dict[str, str | None]


@cache
def templates() -> TemplateSet:
    """The product's own."""
    return load_templates(ROOT / "templates")


@cache
def strangers(folder: Path) -> list[Hand]:
    """Writers whom no model has learnt from, with at least one of each digit."""
    hands = (hand for hand in load_hands(folder) if hand.split == "dev")
    return [hand for hand in hands if all(hand.digits)]


def written_page(hands: list[Hand], number: int, seed: int) -> WrittenPage:
    """Slips and, one in eight, lists, writers in turn."""
    rng = np.random.default_rng([seed, 1, number])
    name = "water-list" if number % 8 == 7 else "water-slip"
    return _written(templates().get(name), hands[number % len(hands)], rng)


def blank_page(number: int, seed: int) -> WrittenPage:
    """A list that nobody has written on."""
    template = templates().get("water-list")
    page = _scanned(template, _printed(template.id), np.random.default_rng([seed, 2, number]))
    return WrittenPage(page, template.id, "", {field.name: None for field in _combs(template)})


def strange_page(seed: int, index: int) -> Page:
    """Scribbles, photos, foreign forms, letters, noise; our own forms spoilt all over."""
    rng = np.random.default_rng([seed, 3, index])
    if index % 4 == 0:
        return _scanned(templates().get("water-slip"), _scribbled(rng), rng)
    if index % 4 == 1:
        return Page(1, _photo(rng), 200)
    return empty_page(seed, index).page


def office_scanner(template: str, rng: np.random.Generator) -> Scanner:
    """A document feeder as it stands in offices: 200 or 300 dpi, grey, JPEG or black and white."""
    mode = rng.choice(["jpeg", "grey", "bit"], p=[0.6, 0.25, 0.15])
    return Scanner(
        glass=GLASS[template],
        dpi=300 if mode == "bit" else int(rng.choice([200, 300], p=[0.35, 0.65])),
        feed=float(rng.uniform(0.992, 1.008)),
        uneven=float(rng.uniform(0, 0.25)),
        blur=(float(rng.uniform(0.4, 0.9)), float(rng.uniform(0.4, 0.9))),
        noise=float(rng.uniform(1, 4)),
        shade=float(rng.uniform(0, 12)),
        specks=int(rng.integers(0, 15)),
        level=int(rng.integers(150, 190)) if mode == "bit" else None,
        quality=int(rng.integers(55, 90)) if mode == "jpeg" else None,
    )


@cache
def _printed(template: str) -> Grey:
    return form_picture(templates().get(template), None, PX_PER_MM[template])


def _combs(template: Template) -> list[Field]:
    return [field for field in template.field if field.kind is Kind.HANDWRITTEN]


def _written(template: Template, hand: Hand, rng: np.random.Generator) -> WrittenPage:
    picture, scale = _printed(template.id), PX_PER_MM[template.id]
    pen, cover = plain_pen(rng), np.zeros(picture.shape, np.float32)
    pen = replace(pen, width=float(np.clip(pen.width, 0.04, 0.11)))
    truth: dict[str, str | None] = {}
    for field in _combs(template):
        truth[field.name] = _digits_for(field, rng)
        cells = geometry.cell_boxes(field.box, field.cells)
        text = truth[field.name] or ""
        for digit, cell in zip(text, cells[len(cells) - len(text) :], strict=True):
            drawings = hand.digits[int(digit)]
            chosen = drawings[int(rng.integers(len(drawings)))]
            patch = draw_digit(chosen, pen, cell[3] * scale, rng)
            _press(cover, patch, cell, scale, rng)
    level = float(rng.choice(GREYS))
    inked_on = picture * (1 - cover * (1 - level / 255))
    page = _scanned(template, np.asarray(inked_on, np.uint8), rng)
    return WrittenPage(page, template.id, hand.name, _as_read(template, truth))


def _digits_for(field: Field, rng: np.random.Generator) -> str:
    """Digits that somebody might write; a date as day, month and year."""
    if field.format == "date":
        day = f"{rng.integers(1, 29):02d}{rng.integers(1, 13):02d}"
        return f"{day}26" if field.cells == 6 else f"{day}2026"
    count = field.cells - int(rng.choice([0, 1, 2, 3], p=[0.4, 0.2, 0.25, 0.15]))
    return "".join(map(str, rng.integers(0, 10, count)))


def _as_read(template: Template, truth: dict[str, str | None]) -> dict[str, str | None]:
    dates = {field.name for field in template.field if field.format == "date"}
    return {
        name: f"20{value[-2:]}-{value[2:4]}-{value[:2]}" if name in dates and value else value
        for name, value in truth.items()
    }


def _press(cover: Layer, patch: Layer, cell: Box, scale: float, rng: np.random.Generator) -> None:
    """Lays a digit's ink into a cell, a little off its middle, slim enough to fit."""
    left, top, width, height = (side * scale for side in cell)
    if patch.shape[1] > 1.05 * width:
        slim = (max(2, int(1.05 * width)), patch.shape[0])
        patch = np.asarray(cv2.resize(patch, slim, interpolation=cv2.INTER_AREA))
    x = round(left + width * rng.normal(0.5, 0.05) - patch.shape[1] / 2)
    y = round(top + height * rng.normal(0.5, 0.04) - patch.shape[0] / 2)
    x, y = max(0, x), max(0, y)
    window = cover[y : y + patch.shape[0], x : x + patch.shape[1]]
    np.maximum(window, patch[: window.shape[0], : window.shape[1]], out=window)


def _scanned(template: Template, picture: Grey, rng: np.random.Generator) -> Page:
    scanner = office_scanner(template.id, rng)
    paper = Paper(picture, PX_PER_MM[template.id])
    middle = (scanner.glass[0] / 2, scanner.glass[1] / 2)
    turn = 180.0 if rng.random() < 0.1 else 0.0
    lie = Lie(middle, turn + float(rng.normal(0, 0.6)), (float(rng.uniform(0.985, 1.005)),) * 2)
    return Page(1, scan([(paper, lie)], scanner, rng).image, float(scanner.dpi))


def _scribbled(rng: np.random.Generator) -> Grey:
    """A slip whose every comb was scribbled over."""
    template = templates().get("water-slip")
    hand, scale = draw_hand(rng), PX_PER_MM[template.id]
    traces = [
        trace
        for field in _combs(template)
        for _ in range(int(rng.integers(2, 5)))
        for trace in strike_out(_some_of(field.box, rng), hand, rng)
    ]
    return inked(_printed(template.id), traces, draw_ink(rng), scale, rng)


def _some_of(box: Box, rng: np.random.Generator) -> Box:
    left, top, width, height = box
    start, share = rng.uniform(0, 0.2), rng.uniform(0.6, 0.8)
    return (left + start * width, top, share * width, height * rng.uniform(0.7, 1.0))


def _photo(rng: np.random.Generator) -> Grey:
    """Large soft shapes, edges and grain."""
    coarse = rng.integers(0, 256, (int(rng.integers(4, 12)), int(rng.integers(4, 12))), np.uint8)
    image = cv2.resize(coarse, (1240, 1754), interpolation=cv2.INTER_CUBIC).astype(np.float32)
    for _ in range(int(rng.integers(5, 40))):
        x, y = (int(at) for at in rng.integers(0, 1240, 2))
        axes = tuple(int(side) for side in rng.integers(20, 300, 2))
        grey = float(rng.integers(0, 256))
        cv2.ellipse(image, (x, y), axes, float(rng.integers(180)), 0, 360, grey, -1, cv2.LINE_AA)
    image += rng.normal(0, 6, image.shape)
    return np.asarray(np.clip(image, 0, 255), np.uint8)
