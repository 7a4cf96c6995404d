"""How slips lie on glasses and in feeders, and the files that scanners make of them."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from intake import geometry
from intake.synth.paper import A4, Lie, Paper, Scanner, scan

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from intake.records import Grey
    from intake.synth.paper import Place
    from samples.residents import Filled

FEEDER = (153.0, 110.0)
"""What a document feeder scans of an A6 card, millimetres."""

DAY = time.strptime("2026-10-30", "%Y-%m-%d")
"""When the files say they were made."""

HALVES = ((104.0, 74.0), (107.0, 222.0))
QUARTERS = ((53.0, 74.0), (157.0, 79.0), (54.0, 221.0), (156.0, 225.0))
"""Middles of slips on an A4 glass, millimetres: two lengthways, four on their sides."""


@dataclass(frozen=True, eq=False, slots=True)
class Sheet:
    """One page to be scanned.

    Attributes:
        laid: what lies on it and how; the filled slip is None for paper that is no form.
        scanner: what it is scanned with.
    """

    laid: tuple[tuple[Paper, Lie, Filled | None], ...]
    scanner: Scanner


@dataclass(frozen=True, eq=False, slots=True)
class ScanPlan:
    """One file to be made.

    Attributes:
        name: of the file; its ending says the format.
        sheets: its pages.
        stated_dpi: what the file says of its resolution; None: nothing.
        quality: of JPEGs, 1..100.
        tinted: whether it is stored in colour.
    """

    name: str
    sheets: tuple[Sheet, ...]
    stated_dpi: int | None
    quality: int = 72
    tinted: bool = False


def fed(
    filled: Filled | None, scanner: Scanner, rng: np.random.Generator, turn: float = 0.0
) -> Sheet:
    """A slip in the feeder, turned by `turn` degrees and never quite straight; None: its back."""
    if filled is None:
        return Sheet((), scanner)
    angle = turn + float(rng.normal(0, 1.2))
    away = rng.normal(0, 0.6, 2)
    centre = (scanner.glass[0] / 2 + float(away[0]), scanner.glass[1] / 2 + float(away[1]))
    return Sheet(((filled.paper, Lie(centre, angle, _print_scale(rng)), filled),), scanner)


def on_glass(
    several: Sequence[Filled], scanner: Scanner, rng: np.random.Generator, turns: Sequence[float]
) -> Sheet:
    """Two to four slips on an A4 glass, each turned by its own of `turns` degrees."""
    spots = HALVES if len(several) == 2 else QUARTERS
    laid = [
        (one.paper, Lie(spot, turn + float(rng.uniform(-1.2, 1.2)), _print_scale(rng)), one)
        for one, spot, turn in zip(several, spots, turns, strict=False)
    ]
    return Sheet(tuple(laid), scanner)


def no_form(paper: Paper, scanner: Scanner) -> Sheet:
    """A page that is no form at all."""
    return Sheet(((paper, Lie((A4[0] / 2, A4[1] / 2), 0.6), None),), scanner)


def make_file(
    plan: ScanPlan, folder: Path, rng: np.random.Generator
) -> Iterator[dict[str, object]]:
    """Scans all sheets into one file; gives a row of truth per field."""
    images: list[Grey] = []
    for number, sheet in enumerate(plan.sheets, start=1):
        scanned = scan([(paper, lie) for paper, lie, _ in sheet.laid], sheet.scanner, rng)
        images.append(scanned.image)
        owners = [filled for _, _, filled in sheet.laid]
        for form, filled in enumerate(in_order(scanned.places, owners), start=1):
            for row in filled.truth():
                yield {"file": plan.name, "page": number, "form": form, **row}
    store(images, plan, folder / plan.name)


def in_order(places: Iterable[Place], owners: Iterable[Filled | None]) -> list[Filled]:
    """The slips top to bottom, then left to right, by their middles on the page."""
    middles = []
    for place, filled in zip(places, owners, strict=True):
        if filled is not None:
            x, y = place.to_page(geometry.centre((0.0, 0.0, *place.paper.size)))[0]
            middles.append((round(y / len(place.stray), 1), x, filled))
    return [filled for _, _, filled in sorted(middles, key=lambda middle: middle[:2])]


def store(images: Sequence[Grey], plan: ScanPlan, path: Path) -> None:
    """Writes the pages in the format that the file's ending names."""
    pictures = [_picture(image, plan) for image in images]
    dpi = {} if plan.stated_dpi is None else {"dpi": (plan.stated_dpi, plan.stated_dpi)}
    first, rest = pictures[0], pictures[1:]
    if path.suffix == ".pdf":
        _store_pdf(pictures, plan, path)
    elif path.suffix == ".tif":
        compression = "group4" if first.mode == "1" else "tiff_lzw"
        first.save(path, compression=compression, save_all=True, append_images=rest, **dpi)
    elif path.suffix == ".jpg":
        first.save(path, quality=plan.quality, **dpi)
    else:
        first.save(path, optimize=True, **dpi)


def _store_pdf(pictures: Sequence[Image.Image], plan: ScanPlan, path: Path) -> None:
    pictures[0].save(
        path,
        save_all=True,
        append_images=pictures[1:],
        quality=plan.quality,
        resolution=plan.stated_dpi or 72,
        creationDate=DAY,
        modDate=DAY,
        producer="scanner",
    )


def _picture(image: Grey, plan: ScanPlan) -> Image.Image:
    picture = Image.fromarray(image)
    if plan.sheets[0].scanner.level is not None:
        return picture.convert("1", dither=Image.Dither.NONE)
    if plan.tinted:
        ink, paper = np.array([28, 34, 62]), np.array([255, 252, 244])
        share = image[:, :, None] / 255
        return Image.fromarray(np.asarray(ink + (paper - ink) * share, np.uint8))
    return picture


def _print_scale(rng: np.random.Generator) -> tuple[float, float]:
    """Printers shrink to fit now and then."""
    scale = 0.97 if rng.random() < 0.15 else float(rng.uniform(0.995, 1.003))
    return (scale, scale)
