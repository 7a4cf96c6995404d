"""Pages for measuring alignment: every way that paper lies and scanners spoil, with the truth."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import cv2
import numpy as np
import pypdfium2
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from intake import geometry
from intake.forms import Slip, print_forms
from intake.forms.ink import PLAIN, load_fonts
from intake.records import Account, Grey, Kind, Meter, Page
from intake.synth.paper import A4, Lie, Paper, Place, Scanner, folded, scan, torn, without_corner
from intake.synth.pen import draw_ink, inked
from intake.synth.pen_hand import draw_hand, write_comb
from intake.template import Template, TemplateSet, load_templates

ROOT = Path(__file__).resolve().parent.parent
MARKED = ("water-slip", "electricity-slip", "water-list")
MARKLESS = ("tally-sheet", "heat-card")
PAPERS_OF_EACH = 5
PX_PER_MM = {"water-slip": 16.0, "electricity-slip": 16.0, "heat-card": 16.0}
LARGE_PX_PER_MM = 12.0
RESOLUTIONS = {150: 0.15, 200: 0.25, 300: 0.45, 400: 0.1, 600: 0.05}
CORNERS = ((49.0, 71.0), (157.0, 77.0), (52.0, 219.0), (158.0, 225.0))
"""Middles of four A6 slips on an A4 glass, each on its side, millimetres."""

WORDS = ("ūdens", "skaitītājs", "rādījums", "māja", "dzīvoklis", "rēķins", "lūdzu", "nr.", "345")
TURNED = {"water-slip": 90.0, "electricity-slip": 0.0, "heat-card": 90.0}
"""How A6 forms are turned to fit there."""


@dataclass(frozen=True, eq=False, slots=True)
class Truth:
    """One form on a page.

    Attributes:
        template: what it was printed from.
        place: where it ended up.
    """

    template: Template
    place: Place


@dataclass(frozen=True, eq=False, slots=True)
class MadePage:
    """A page and what is really on it.

    Attributes:
        page: as a scanner would hand it over.
        truth: its forms; empty where there is none.
        px_per_mm: of the scan.
        story: what was done to it.
    """

    page: Page
    truth: tuple[Truth, ...]
    px_per_mm: float
    story: str


@cache
def templates() -> TemplateSet:
    """The product's templates and two of other companies, without marks."""
    return TemplateSet(
        [*load_templates(ROOT / "templates"), *load_templates(ROOT / "benchmarks" / "foreign")]
    )


def form_page(seed: int, index: int, *, marked: bool) -> MadePage:
    """A page with one to four forms on it."""
    rng = np.random.default_rng([seed, int(marked), index])
    scanner = _scanner(rng)
    if rng.random() < (0.3 if marked else 0.15):
        laid, scanner = _several(scanner, rng, marked=marked)
    else:
        laid, scanner = _alone(scanner, rng, marked=marked)
    scanned = scan([(paper, lie) for _, paper, lie in laid], scanner, rng)
    truth = tuple(
        Truth(template, place) for (template, _, _), place in zip(laid, scanned.places, strict=True)
    )
    page = Page(1, scanned.image, _stated_dpi(scanner, rng))
    return MadePage(page, truth, scanner.px_per_mm, _story(scanner, laid))


def empty_page(seed: int, index: int) -> MadePage:
    """A page with no form of ours: blank, text, foreign marks and tables, noise."""
    rng = np.random.default_rng([seed, 2, index])
    name, draw = _NO_FORMS[index % len(_NO_FORMS)]
    scanner = replace(_scanner(rng), dpi=int(rng.choice([100, 150, 200])), inverted=False)
    laid = [(draw(rng), Lie((105.0, 148.5), float(rng.uniform(-15, 15))))]
    image = scan(laid, scanner, rng).image
    return MadePage(Page(1, image, scanner.dpi), (), scanner.px_per_mm, name)


@cache
def papers(template_id: str) -> tuple[Paper, ...]:
    """A few filled forms of a template, without any wear."""
    template = templates().get(template_id)
    rng = np.random.default_rng([7, *template_id.encode()])
    return tuple(_filled(template, rng) for _ in range(PAPERS_OF_EACH))


def _filled(template: Template, rng: np.random.Generator) -> Paper:
    px_per_mm = PX_PER_MM.get(template.id, LARGE_PX_PER_MM)
    hand, traces = draw_hand(rng), []
    for field in template.field:
        if field.kind is Kind.HANDWRITTEN and rng.random() < 0.8:
            digits = "".join(map(str, rng.integers(0, 10, int(rng.integers(4, field.cells + 1)))))
            cells = geometry.cell_boxes(field.box, field.cells)
            traces += write_comb(digits, cells, hand, rng)
    blank = _printed(template, _owner(template, rng), px_per_mm)
    return Paper(inked(blank, traces, draw_ink(rng), px_per_mm, rng), px_per_mm)


def _owner(template: Template, rng: np.random.Generator) -> Slip:
    account = Account(f"{rng.integers(10**7, 10**8)}", "Brīvības iela 1–2, Rīga")
    meters = tuple(
        Meter(f"{rng.integers(10**7, 10**8)}", account.number, place.kind, place.name)
        for place in template.meter
    )
    return Slip(account, "2026-10", meters)


def _printed(template: Template, slip: Slip, px_per_mm: float) -> Grey:
    with TemporaryDirectory() as folder:
        pdf = Path(folder) / "form.pdf"
        print_forms(template, [slip], pdf)
        return _rendered(pdf.read_bytes(), px_per_mm)


def _rendered(pdf: bytes, px_per_mm: float) -> Grey:
    with pypdfium2.PdfDocument(pdf) as document:
        bitmap = document[0].render(scale=px_per_mm * 25.4 / 72, grayscale=True)
        return np.array(bitmap.to_numpy()).reshape(bitmap.height, bitmap.width)


Laid = tuple[Template, Paper, Lie]


def _alone(
    scanner: Scanner, rng: np.random.Generator, *, marked: bool
) -> tuple[list[Laid], Scanner]:
    """One form, in any of four turns and up to 15 degrees askew, on a glass it just fits."""
    template = templates().get(str(rng.choice(MARKED if marked else MARKLESS)))
    paper = _worn(template, _any_paper(template, rng), rng)
    angle = 90.0 * rng.integers(4) + rng.choice([rng.normal(0, 2), rng.uniform(-15, 15)])
    scale = _print_scale(rng, 0.94, 1.03)
    corners = geometry.apply(
        geometry.similarity(1.0, float(angle), (0.0, 0.0)),
        geometry.corners((0.0, 0.0, *paper.size)) * scale,
    )
    glass = np.ptp(corners, axis=0) * (1.0, scanner.feed) + rng.uniform(1, 8)
    middle = (float(glass[0] / 2), float(glass[1] / scanner.feed / 2))
    fitted = replace(scanner, glass=(float(glass[0]), float(glass[1])))
    return [(template, paper, Lie(middle, float(angle), scale))], fitted


def _several(
    scanner: Scanner, rng: np.random.Generator, *, marked: bool
) -> tuple[list[Laid], Scanner]:
    """Two to four A6 forms on an A4 glass, in any order and turn."""
    kinds = [name for name in TURNED if (name in MARKED) is marked]
    spots = [CORNERS[i] for i in rng.permutation(4)[: rng.integers(2, 5)]]
    laid = []
    for spot in spots:
        template = templates().get(str(rng.choice(kinds)))
        paper = _worn(template, _any_paper(template, rng), rng)
        angle = TURNED[template.id] + 180.0 * rng.integers(2) + rng.uniform(-1.5, 1.5)
        laid.append((template, paper, Lie(spot, float(angle), _print_scale(rng, 0.94, 0.99))))
    return laid, replace(scanner, glass=A4, dpi=min(scanner.dpi, 300))


def _any_paper(template: Template, rng: np.random.Generator) -> Paper:
    pool = papers(template.id)
    return pool[rng.integers(len(pool))]


def _worn(template: Template, paper: Paper, rng: np.random.Generator) -> Paper:
    """Folds, torn edges and, where there are marks, up to two corners gone."""
    if rng.random() < 0.12:
        at = float(rng.uniform(0.2, 0.8) * paper.size[1])
        paper = folded(paper, at, float(rng.uniform(0, 0.4)))
    if rng.random() < 0.12:
        edge = str(rng.choice(["left", "right", "top", "bottom"]))
        paper = torn(paper, edge, float(rng.uniform(1.0, 3.5)), rng)
    if template.marks is not None and rng.random() < 0.2:
        reach = 2 * (template.marks.inset + template.marks.size * 0.6)
        for corner in rng.permutation(4)[: rng.integers(1, 3)]:
            paper = without_corner(paper, int(corner), reach)
    return paper


def _print_scale(rng: np.random.Generator, low: float, high: float) -> tuple[float, float]:
    scale = float(rng.uniform(low, high))
    return (scale, scale)


def _scanner(rng: np.random.Generator) -> Scanner:
    mode = rng.choice(["grey", "jpeg", "bit", "copy"], p=[0.35, 0.3, 0.2, 0.15])
    return Scanner(
        dpi=int(rng.choice(list(RESOLUTIONS), p=list(RESOLUTIONS.values()))),
        feed=float(rng.uniform(0.985, 1.015)),
        uneven=float(rng.uniform(0, 0.5)) if rng.random() < 0.5 else 0.0,
        lid=int(rng.choice([245, 225, 90, 30])),
        border=float(rng.uniform(1, 4)) if rng.random() < 0.2 else 0.0,
        blur=(float(rng.uniform(0.4, 1.1)), float(rng.uniform(0.4, 1.1))),
        noise=float(rng.uniform(1, 6)),
        shade=float(rng.uniform(0, 25)),
        contrast=1.8 if mode == "copy" else 1.0,
        specks=int(rng.integers(0, 40)),
        level=int(rng.integers(130, 190)) if mode == "bit" else None,
        quality=int(rng.integers(40, 85)) if mode == "jpeg" else None,
        inverted=bool(rng.random() < 0.05),
    )


def _stated_dpi(scanner: Scanner, rng: np.random.Generator) -> float | None:
    return None if rng.random() < 0.2 else float(scanner.dpi)


def _story(scanner: Scanner, laid: list[Laid]) -> str:
    forms = ", ".join(
        f"{template.id} {lie.angle:.1f}° ×{lie.scale[0]:.2f}"
        + (" folded" if paper.fold is not None else "")
        + (" torn" if paper.mask is not None else "")
        for template, paper, lie in laid
    )
    looks = "1-bit" if scanner.level else f"jpeg {scanner.quality}" if scanner.quality else "grey"
    return f"{scanner.dpi} dpi {looks} feed {scanner.feed:.3f} ±{scanner.uneven:.1f} mm: {forms}"


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
    return Paper(_rendered(written.getvalue(), 8.0), 8.0)


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
    return Paper(cv2.resize(coarse, (840, 1188), interpolation=cv2.INTER_CUBIC), 4.0)


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


_NO_FORMS = (
    ("blank", _blank_sheet),
    ("text", _text_sheet),
    ("foreign table", _table_sheet),
    ("foreign marks", _marked_sheet),
    ("noise", _noise_sheet),
    ("foreign combs", _comb_sheet),
    ("marks cut off", _form_without_marks),
)
