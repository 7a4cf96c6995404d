"""The files of the sample folder: who is on which page, and how it was scanned."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from intake.forms import pdf_picture
from intake.forms.ink import PLAIN, load_fonts
from intake.synth.paper import A4, Paper, Scanner
from samples.scans import FEEDER, ScanPlan, Sheet, fed, no_form, on_glass
from samples.town import Size

if TYPE_CHECKING:
    from collections.abc import Iterator

    from samples.residents import Filled

SIZE = Size(households=45, powered=6, buildings=3, flats=14)

LETTER = (
    "Labdien!",
    "",
    "Lūdzu, pārbaudiet mūsu kāpņu telpas ūdens skaitītāju rādījumus.",
    "Pagājušajā mēnesī rēķinā bija norādīts vairāk, nekā mēs esam patērējuši,",
    "un kaimiņi stāsta to pašu. Pielikumā ir skaitītāja fotogrāfija.",
    "",
    "Ar cieņu,",
    "dzīvokļa 34 īrnieks",
)


@dataclass(frozen=True, eq=False, slots=True)
class Pile:
    """The filled forms that are to be scanned.

    Attributes:
        water: a slip per household.
        power: electricity slips.
        lists: one per building.
        specimen: a slip that belongs to nobody.
    """

    water: list[Filled]
    power: list[Filled]
    lists: list[Filled]
    specimen: Filled


def plans(pile: Pile, rng: np.random.Generator) -> Iterator[ScanPlan]:
    """The files; the slip of one household is scanned twice."""
    water = pile.water
    yield _stairwell(water[:12], rng)
    yield _glass(water[12:21], rng)
    yield _night(water[21:30], rng)
    yield _photocopies(water[30:32], rng)
    yield from _singles([*water[32:44], pile.specimen, water[6]], rng)
    yield _mixed(water[44], pile.power[:2], rng)
    yield _power(pile.power[2:], rng)
    yield from _lists(pile.lists, rng)
    letter = no_form(letter_paper(), Scanner(dpi=150))
    yield ScanPlan("letter.jpg", (letter,), stated_dpi=150)


def _stairwell(slips: list[Filled], rng: np.random.Generator) -> ScanPlan:
    """A feeder that scans both sides: upside-down slips, blank backs, a letter in between."""
    scanner = Scanner(glass=FEEDER, dpi=200, uneven=0.2, feed=1.006)
    sheets: list[Sheet] = []
    for index, filled in enumerate(slips):
        sheets.append(fed(filled, scanner, rng, turn=180.0 if index % 5 == 3 else 0.0))
        if index % 4 == 1:
            sheets.append(fed(None, scanner, rng))
    sheets.insert(9, no_form(letter_paper(), Scanner(dpi=150)))
    return ScanPlan("2026-10-27_stairwell.pdf", tuple(sheets), stated_dpi=200)


def _glass(slips: list[Filled], rng: np.random.Generator) -> ScanPlan:
    """Slips laid side by side on an A4 glass, every way round."""
    scanner = Scanner(dpi=300, shade=14.0)
    sheets = (
        on_glass(slips[:4], scanner, rng, (90, 90, 270, 90)),
        on_glass(slips[4:7], replace(scanner, border=2.5), rng, (270, 90, 90)),
        on_glass(slips[7:], replace(scanner, lid=90), rng, (0, 180)),
    )
    return ScanPlan("2026-10-28_glass.pdf", sheets, stated_dpi=300, quality=60)


def _night(slips: list[Filled], rng: np.random.Generator) -> ScanPlan:
    """The old scanner of the night shift: black and white, pages run through at a slant."""
    scanner = Scanner(glass=FEEDER, dpi=300, level=160, noise=5.0, uneven=0.3, feed=0.995)
    sheets = [
        fed(filled, scanner, rng, turn=180.0 if index in {2, 7} else 0.0)
        for index, filled in enumerate(slips)
    ]
    sheets.insert(4, fed(None, scanner, rng))
    return ScanPlan("2026-10-28_night.tif", tuple(sheets), stated_dpi=300)


def _photocopies(slips: list[Filled], rng: np.random.Generator) -> ScanPlan:
    scanner = Scanner(glass=FEEDER, dpi=200, contrast=1.5, noise=0.6, white=255, specks=25)
    sheets = tuple(fed(filled, scanner, rng) for filled in slips)
    return ScanPlan("2026-10-29_photocopies.tif", sheets, stated_dpi=200)


def _singles(slips: list[Filled], rng: np.random.Generator) -> Iterator[ScanPlan]:
    """Desk scanners and their habits: one slip to a file, or two on a large page."""
    grey = Scanner(glass=FEEDER, dpi=200)
    clean = replace(grey, white=255, noise=0.8, shade=0.0, contrast=1.3)
    fine, upright = replace(grey, dpi=300), replace(grey, glass=FEEDER[::-1])
    pairs = on_glass(slips[:2], Scanner(dpi=200, lid=35, border=3.0), rng, (180, 0))
    yield ScanPlan("2026-10-29_two_on_a_page.jpg", (pairs,), stated_dpi=200)
    singles = (
        ("IMG_0411.jpg", fine, 0, 300),
        ("IMG_0412.jpg", fine, 180, 300),
        ("IMG_0413.jpg", grey, 0, None),
        ("IMG_0414.jpg", upright, 90, 200),
        ("IMG_0415.jpg", grey, 0, 200),
        ("scan0001.png", clean, 0, 200),
        ("scan0002.png", clean, 180, 200),
        ("scan0003.png", replace(clean, dpi=300), 0, 300),
        ("scan0004.png", replace(clean, glass=FEEDER[::-1]), 270, 200),
        ("scan0005.png", clean, 0, 200),
        ("specimen.png", clean, 0, 200),
        ("scan0007.jpg", grey, 180, 200),
    )
    for filled, (name, scanner, turn, dpi) in zip(slips[2:], singles, strict=True):
        sheet = fed(filled, scanner, rng, turn=turn)
        yield ScanPlan(name, (sheet,), stated_dpi=dpi, tinted=name == "IMG_0415.jpg")


def _mixed(water: Filled, power: list[Filled], rng: np.random.Generator) -> ScanPlan:
    """Slips of two kinds on one glass, in colour."""
    sheet = on_glass([water, *power], Scanner(dpi=200, shade=10.0), rng, (90, 0, 180))
    return ScanPlan("2026-10-29_mixed.jpg", (sheet,), stated_dpi=200, tinted=True)


def _power(slips: list[Filled], rng: np.random.Generator) -> ScanPlan:
    scanner = Scanner(glass=FEEDER[::-1], dpi=200, uneven=0.2)
    sheets = tuple(fed(one, scanner, rng, turn=180.0 * (n == 1)) for n, one in enumerate(slips))
    return ScanPlan("2026-10-30_electricity.pdf", sheets, stated_dpi=200)


def _lists(lists: list[Filled], rng: np.random.Generator) -> Iterator[ScanPlan]:
    """Lists of whole buildings, grey and upside down, and black and white."""
    grey = Scanner(dpi=200, uneven=0.4, feed=1.004)
    sheets = (fed(lists[0], grey, rng), fed(lists[1], grey, rng, turn=180.0))
    yield ScanPlan("2026-10-30_buildings.pdf", sheets, stated_dpi=200)
    sharp = Scanner(dpi=300, level=165, noise=4.0)
    yield ScanPlan("2026-10-30_building.tif", (fed(lists[2], sharp, rng),), stated_dpi=300)


def letter_paper() -> Paper:
    """A letter that somebody put into the box with the slips."""
    load_fonts()
    written = io.BytesIO()
    canvas = Canvas(written, pagesize=(A4[0] * mm, A4[1] * mm), invariant=1)
    canvas.setFont(PLAIN, 11)
    for line, text in enumerate(LETTER):
        canvas.drawString(25 * mm, (255 - 7 * line) * mm, text)
    canvas.save()
    return Paper(pdf_picture(written.getvalue(), 8.0), 8.0)
