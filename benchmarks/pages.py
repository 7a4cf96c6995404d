"""Pages for measuring alignment: every way that paper lies and scanners spoil, with the truth."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np

from intake import geometry
from intake.forms import Slip, form_picture
from intake.records import Account, Kind, Meter, Page
from intake.synth.paper import A4, Lie, Paper, Place, Scanner, folded, scan, torn, without_corner
from intake.synth.pen import draw_ink, inked
from intake.synth.pen_hand import draw_hand, write_comb
from intake.template import Template, TemplateSet, load_templates

ROOT = Path(__file__).resolve().parent.parent
MARKED = ("water-slip", "electricity-slip", "water-list")
MARKLESS = ("tally-sheet", "heat-card")
PAPERS_OF_EACH = 5
CORNER = "bill-corner"
PX_PER_MM = dict.fromkeys(("water-slip", "electricity-slip", "heat-card", CORNER), 16.0)
LARGE_PX_PER_MM = 12.0
RESOLUTIONS = {150: 0.15, 200: 0.25, 300: 0.45, 400: 0.1, 600: 0.05}
CORNERS = ((49.0, 71.0), (157.0, 77.0), (52.0, 219.0), (158.0, 225.0))
"""Middles of four A6 slips on an A4 glass, each on its side, millimetres."""

A7_CORNERS = tuple((x, y) for y in (38.0, 111.5, 185.5, 259.0) for x in (53.0, 157.0))
"""Middles of eight A7 corners of bills."""

CORNERS_SHARE = 0.1
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
    scanner = any_scanner(rng)
    if marked and index % round(1 / CORNERS_SHARE) == 9:
        laid, scanner = _corners(scanner, rng)
    elif rng.random() < (0.3 if marked else 0.15):
        laid, scanner = _several(scanner, rng, marked=marked)
    else:
        laid, scanner = _alone(scanner, rng, marked=marked)
    scanned = scan([(paper, lie) for _, paper, lie in laid], scanner, rng)
    truth = tuple(
        Truth(template, place) for (template, _, _), place in zip(laid, scanned.places, strict=True)
    )
    page = Page(1, scanned.image, _stated_dpi(scanner, rng))
    return MadePage(page, truth, scanner.px_per_mm, _story(scanner, laid))


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
    blank = form_picture(template, _owner(template, rng), px_per_mm)
    return Paper(inked(blank, traces, draw_ink(rng), px_per_mm, rng), px_per_mm)


def _owner(template: Template, rng: np.random.Generator) -> Slip:
    account = Account(f"{rng.integers(10**7, 10**8)}", "Brīvības iela 1–2, Rīga")
    meters = tuple(
        Meter(f"{rng.integers(10**7, 10**8)}", account.number, place.kind, place.name)
        for place in template.meter
    )
    return Slip(account, "2026-10", meters)


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


def _corners(scanner: Scanner, rng: np.random.Generator) -> tuple[list[Laid], Scanner]:
    """Up to eight tear-off corners of bills on an A4 glass, any of them upside down."""
    template = templates().get(CORNER)
    laid = [
        (
            template,
            _worn(template, _any_paper(template, rng), rng),
            Lie(
                A7_CORNERS[i],
                float(180.0 * rng.integers(2) + rng.uniform(-1, 1)),
                _print_scale(rng, 0.94, 0.97),
            ),
        )
        for i in rng.permutation(8)[: rng.integers(3, 9)]
    ]
    return laid, replace(scanner, glass=A4, dpi=min(scanner.dpi, 300))


def timed_pages() -> dict[str, Page]:
    """A4 and A6 pages at 300 dpi as they come from an office scanner, to time alignment on."""
    slips = [(90.0, 0), (270.0, 1), (91.0, 2), (89.0, 3)]
    scans: dict[str, tuple[list[tuple[str, Lie]], tuple[float, float]]] = {
        "marked": ([("water-list", Lie((105.0, 148.5), 1.2))], A4),
        "marked_glass": ([("water-slip", Lie(CORNERS[i], turn)) for turn, i in slips], A4),
        "marked_a6": ([("water-slip", Lie((76.0, 55.0), 1.0))], (152.0, 110.0)),
        "markless": ([("tally-sheet", Lie((105.0, 148.5), 1.2))], A4),
        "markless_glass": ([("heat-card", Lie(CORNERS[i], turn)) for turn, i in slips], A4),
        "markless_a6": ([("heat-card", Lie((76.0, 55.0), 1.0))], (152.0, 110.0)),
    }
    return {
        name: _scanned_plainly([(papers(form)[0], lie) for form, lie in laid], glass)
        for name, (laid, glass) in scans.items()
    }


def _scanned_plainly(laid: list[tuple[Paper, Lie]], glass: tuple[float, float]) -> Page:
    return Page(1, scan(laid, Scanner(glass=glass), np.random.default_rng(3)).image, 300.0)


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


def any_scanner(rng: np.random.Generator) -> Scanner:
    """A scanner with any of their faults."""
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
