"""What is in the sample folder: every file, who is on it and what is special about them."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pypdfium2
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from intake.forms.ink import PLAIN, load_fonts
from intake.synth.paper import A4, Paper, Scanner, folded
from samples.residents import Wording, as_written, fill, usual_wording
from samples.scans import FEEDER, ScanPlan, Sheet, fed, no_form, on_glass

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from intake.forms import Slip
    from intake.template import Template
    from samples.residents import Filled
    from samples.town import Town

Change = "Callable[[Template, Slip, Town, Wording], Wording]"

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


def _left_blank(_: Template, slip: Slip, __: Town, usual: Wording) -> Wording:
    """The first meter was not read."""
    gone = f"{slip.meters[0].place}.reading"
    return replace(usual, values={k: v for k, v in usual.values.items() if k != gone})


def _all_blank(_: Template, __: Slip, ___: Town, ____: Wording) -> Wording:
    """The slip came back as it was sent out."""
    return Wording()


def _struck_out(_: Template, slip: Slip, __: Town, usual: Wording) -> Wording:
    """The last meter's value was struck out."""
    return replace(usual, struck=frozenset({f"{slip.meters[-1].place}.reading"}))


def _with_first(
    template: Template, slip: Slip, usual: Wording, litres: int, extra: Mapping[str, str]
) -> Wording:
    name = f"{slip.meters[0].place}.reading"
    place = next(field for field in template.field if field.name == name)
    zeros = len(usual.values[name]) == place.cells
    return replace(
        usual, values={**usual.values, name: as_written(litres, place, zeros=zeros), **extra}
    )


def _below_previous(template: Template, slip: Slip, town: Town, usual: Wording) -> Wording:
    """Less than a month ago: a meter does not run backwards."""
    litres = int(town.last(slip.meters[0].number) * 1000)
    return _with_first(template, slip, usual, litres - min(litres // 2, 12_340), {})


def _implausible(template: Template, slip: Slip, town: Town, usual: Wording) -> Wording:
    """Four hundred cubic metres in a month."""
    litres = int(town.last(slip.meters[0].number) * 1000)
    return _with_first(template, slip, usual, litres + 412_345, {})


def _replaced(template: Template, slip: Slip, _: Town, usual: Wording) -> Wording:
    """A new meter, hardly used, and the box for it ticked."""
    return _with_first(template, slip, usual, 1_208, {f"{slip.meters[0].place}.replaced": "1"})


SPECIAL: Mapping[int, Change] = {
    2: _left_blank,
    5: _struck_out,
    8: _below_previous,
    11: _replaced,
    15: _left_blank,
    17: _struck_out,
    20: _all_blank,
    23: _implausible,
    26: _left_blank,
    29: _struck_out,
    33: _below_previous,
    36: _replaced,
    39: _struck_out,
    41: _left_blank,
}
"""What is special about a resident's slip, by the resident's place in the town."""

FOLDED = (4, 13, 31)
RESIDENTS = 44


def fill_all(template: Template, town: Town, seed: int) -> list[Filled]:
    """Every resident's slip; each has dice of its own, so that one does not move the others."""
    return [
        _filled(template, town, index, np.random.default_rng([seed, 1, index]))
        for index in range(len(town.slips))
    ]


def specimen(template: Template, rng: np.random.Generator) -> Filled:
    """A form that belongs to nobody, with values on it all the same."""
    readings = [field for field in template.field if field.is_reading]
    values = {
        f.name: as_written(int(rng.integers(10_000, 900_000)), f, zeros=True) for f in readings
    }
    return fill(template, None, Wording({**values, "date": "2026-10-27"}), rng)


def plans(slips: list[Filled], nobody: Filled, rng: np.random.Generator) -> Iterator[ScanPlan]:
    """The files of the sample folder."""
    yield _stairwell(slips[:12], rng)
    yield _glass(slips[12:21], rng)
    yield _night(slips[21:30], rng)
    yield _photocopies(slips[30:32], rng)
    yield from _singles([*slips[32:], nobody, slips[6]], rng)
    letter = no_form(letter_paper(), Scanner(dpi=150))
    yield ScanPlan("letter.jpg", (letter,), stated_dpi=150)


def _filled(template: Template, town: Town, index: int, rng: np.random.Generator) -> Filled:
    slip = town.slips[index]
    wording = usual_wording(template, slip, town, rng)
    if index in SPECIAL:
        wording = SPECIAL[index](template, slip, town, wording)
    filled = fill(template, slip, wording, rng)
    if index not in FOLDED:
        return filled
    return replace(filled, paper=folded(filled.paper, float(rng.uniform(48, 66)), 0.2))


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


def letter_paper() -> Paper:
    """A letter that somebody put into the box with the slips."""
    load_fonts()
    written = io.BytesIO()
    canvas = Canvas(written, pagesize=(A4[0] * mm, A4[1] * mm), invariant=1)
    canvas.setFont(PLAIN, 11)
    for line, text in enumerate(LETTER):
        canvas.drawString(25 * mm, (255 - 7 * line) * mm, text)
    canvas.save()
    with pypdfium2.PdfDocument(written.getvalue()) as document:
        bitmap = document[0].render(scale=8 * 25.4 / 72, grayscale=True)
        return Paper(np.array(bitmap.to_numpy()).reshape(bitmap.height, bitmap.width), 8.0)
