"""Pages that hold none of our forms, for measuring what alignment invents."""

from __future__ import annotations

import io
from dataclasses import replace

import cv2
import numpy as np
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from benchmarks.pages import PAPERS_OF_EACH, MadePage, any_scanner, papers
from intake.forms import pdf_picture
from intake.forms.ink import PLAIN, load_fonts
from intake.records import Page
from intake.synth.paper import A4, Lie, Paper, scan

WORDS = ("ūdens", "skaitītājs", "rādījums", "māja", "dzīvoklis", "rēķins", "lūdzu", "nr.", "345")


def empty_page(seed: int, index: int) -> MadePage:
    """A page with no form of ours: blank, text, foreign marks and tables, mirrored, noise."""
    rng = np.random.default_rng([seed, 2, index])
    name, draw = _NO_FORMS[index % len(_NO_FORMS)]
    scanner = replace(any_scanner(rng), dpi=int(rng.choice([100, 150, 200])), inverted=False)
    laid = [(draw(rng), Lie((A4[0] / 2, A4[1] / 2), float(rng.uniform(-15, 15))))]
    image = scan(laid, scanner, rng).image
    return MadePage(Page(1, image, scanner.dpi), (), scanner.px_per_mm, name)


def text_page(seed: int, index: int) -> tuple[MadePage, float]:
    """A page of text laid askew within the reach of levelling, and its angle, degrees."""
    rng = np.random.default_rng([seed, 3, index])
    scanner = replace(any_scanner(rng), dpi=int(rng.choice([150, 200, 300])), feed=1.0, uneven=0.0)
    angle = float(rng.uniform(-7.5, 7.5))
    image = scan([(_text_sheet(rng), Lie((A4[0] / 2, A4[1] / 2), angle))], scanner, rng).image
    if scanner.inverted:
        image = 255 - image
    return MadePage(Page(1, image, scanner.dpi), (), scanner.px_per_mm, "text askew"), angle


def _blank_sheet(_: np.random.Generator) -> Paper:
    return Paper(np.full((1188, 840), 255, np.uint8), 4.0)


def _text_sheet(rng: np.random.Generator) -> Paper:
    load_fonts()
    written = io.BytesIO()
    canvas = Canvas(written, pagesize=(A4[0] * mm, A4[1] * mm), invariant=1)
    size = float(rng.uniform(9, 14))
    canvas.setFont(PLAIN, size)
    for line in range(int(rng.integers(8, 45))):
        text = " ".join(rng.choice(WORDS, int(rng.integers(3, 10))))
        canvas.drawString(25 * mm, 270 * mm - line * size * 1.5, text)
    canvas.save()
    return Paper(pdf_picture(written.getvalue(), 8.0), 8.0)


def _table_sheet(rng: np.random.Generator) -> Paper:
    """A ruled table that is none of ours."""
    image = np.full((2376, 1680), 255, np.uint8)
    left, top = (int(at) for at in rng.integers(80, 240, 2))
    xs = left + np.cumsum(rng.integers(60, 260, int(rng.integers(4, 10))))
    ys = top + np.cumsum(rng.integers(50, 120, int(rng.integers(6, 20))))
    xs, ys = xs[xs < 1600], ys[ys < 2300]
    for x in xs:
        cv2.line(image, (int(x), int(ys[0])), (int(x), int(ys[-1])), 40, 3)
    for y in ys:
        cv2.line(image, (int(xs[0]), int(y)), (int(xs[-1]), int(y)), 40, 3)
    return Paper(image, 8.0)


def _marked_sheet(rng: np.random.Generator) -> Paper:
    """Somebody else's corner marks: same family, other numbers."""
    image = np.full((2376, 1680), 255, np.uint8)
    dictionary = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50)
    for number, (x, y) in enumerate(((60, 60), (1540, 60), (1540, 2236), (60, 2236))):
        mark = cv2.aruco.generateImageMarker(dictionary, 20 + number, 80)
        image[y : y + 80, x : x + 80] = mark
    for _ in range(12):
        x, y = (int(at) for at in rng.integers(200, 1400, 2))
        cv2.rectangle(image, (x, y), (x + 300, y + 70), 60, 2)
    return Paper(image, 8.0)


def _noise_sheet(rng: np.random.Generator) -> Paper:
    coarse = rng.integers(
        0, 256, (int(rng.integers(20, 600)), int(rng.integers(20, 400))), np.uint8
    )
    smooth = cv2.resize(coarse, (840, 1188), interpolation=cv2.INTER_CUBIC)
    return Paper(np.asarray(smooth, np.uint8), 4.0)


def _comb_sheet(rng: np.random.Generator) -> Paper:
    """Combs like ours, in other places, without marks."""
    image = np.full((2376, 1680), 255, np.uint8)
    for _ in range(int(rng.integers(3, 9))):
        x, y, cells = int(rng.integers(80, 700)), int(rng.integers(80, 2200)), rng.integers(5, 12)
        for cell in range(cells):
            cv2.rectangle(image, (x + cell * 64, y), (x + cell * 64 + 64, y + 64), 150, 2)
    return Paper(image, 8.0)


def _form_without_marks(rng: np.random.Generator) -> Paper:
    """Our own slip with all its marks cut off: nothing may be read from it."""
    paper = papers("water-slip")[rng.integers(PAPERS_OF_EACH)]
    image = paper.image.copy()
    edge = round(12.5 * paper.px_per_mm)
    image[:edge], image[-edge:], image[:, :edge], image[:, -edge:] = 255, 255, 255, 255
    return replace(paper, image=image)


def _mirrored_form(rng: np.random.Generator) -> Paper:
    """Our own slip seen through its back."""
    paper = papers("water-slip")[rng.integers(PAPERS_OF_EACH)]
    return replace(paper, image=np.ascontiguousarray(paper.image[:, ::-1]))


_NO_FORMS = (
    ("blank", _blank_sheet),
    ("text", _text_sheet),
    ("foreign table", _table_sheet),
    ("foreign marks", _marked_sheet),
    ("noise", _noise_sheet),
    ("foreign combs", _comb_sheet),
    ("marks cut off", _form_without_marks),
    ("mirrored", _mirrored_form),
)
