"""Month's end as files: filled sheets and slips of a made-up company, no two pages alike."""

from __future__ import annotations

import csv
import os
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pypdfium2 as pdfium
from PIL import Image

from intake import geometry
from intake.forms import Slip, form_picture
from intake.records import Account, Kind, Meter
from intake.synth.paper import A4, Lie, Paper, Scanner, lie_matrix, scan
from intake.synth.pen import draw_ink, inked
from intake.synth.pen_hand import draw_hand, write_comb
from intake.template import TemplateSet, load_templates

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from intake.records import Grey
    from intake.template import Field, Template

ROOT = Path(__file__).resolve().parent.parent
SHEET, SLIP = "tariff-sheet", "water-slip"
PERIOD, LAST_PERIOD = "2026-10", "2026-09"
PX_PER_MM = 12.0
DPI = 300
QUALITY = 80
BLACK_BELOW = 160
SPOTS = ((54.0, 76.0), (157.0, 78.0), (53.0, 222.0), (156.0, 224.0))
"""Middles of four A6 slips on an A4 glass, each on its side, millimetres."""

HANDS = 24
"""People who fill the slips; who fills which one, and how it lies, is thrown anew."""

REGISTRY = {
    "accounts": ("account", "address"),
    "meters": ("meter", "account", "kind", "place", "registers", "dial_digits", "decimals", "unit"),
    "readings": ("meter", "register", "period", "value", "channel"),
}


@dataclass(frozen=True, eq=False, slots=True)
class Writing:
    """What one person wrote on a form.

    Attributes:
        values: digits by field, a date as it is written.
        ink: the form's size, white where nothing is written.
    """

    values: dict[str, str]
    ink: Grey


@dataclass(frozen=True, slots=True)
class Month:
    """A folder of scans and what a workspace needs to read them.

    Attributes:
        scans: folder of files with one page each.
        registry: CSV files.
        truth: digits by file name without ending, then by field.
    """

    scans: Path
    registry: tuple[Path, ...]
    truth: dict[str, dict[str, str]]


@dataclass(frozen=True, slots=True)
class Made:
    """A page that was made.

    Attributes:
        name: of its file, without ending.
        forms: whose forms are on it, and what is written on each.
    """

    name: str
    forms: tuple[tuple[Slip, dict[str, str]], ...]


@cache
def templates() -> TemplateSet:
    """The product's own and the sheet that speed is measured on."""
    return TemplateSet(
        [*load_templates(ROOT / "templates"), *load_templates(ROOT / "benchmarks" / "sheets")]
    )


def sheets(folder: Path, count: int, seed: int) -> Month:
    """A4 pages with 60 written cells, four printed numbers and a code, as JPEG."""
    return _month(folder, partial(_sheet, folder / "scans", seed), count)


def slips(folder: Path, count: int, seed: int) -> Month:
    """A4 pages with four A6 slips each, as JPEG."""
    return _month(folder, partial(_page_of_slips, folder / "scans", seed), count)


def first(month: Month, folder: Path, count: int) -> Month:
    """The first pages of a month, in a folder of their own."""
    folder.mkdir(parents=True)
    for path in sorted(month.scans.iterdir())[:count]:
        (folder / path.name).hardlink_to(path)
    return Month(folder, month.registry, month.truth)


def as_pdf(month: Month, folder: Path) -> Month:
    """The same JPEGs, each the one picture of a PDF's page."""
    return _converted(month, folder, _store_pdf)


def as_group_4(month: Month, folder: Path) -> Month:
    """The same pages in black and white, as TIFF with Group 4 compression."""
    return _converted(month, folder, _store_group_4)


def _month(folder: Path, make: Callable[[int], Made], count: int) -> Month:
    (folder / "scans").mkdir(parents=True)
    with ProcessPoolExecutor(min(2, os.cpu_count() or 1)) as pool:
        made = list(pool.map(make, range(count), chunksize=2))
    owners = [form for page in made for form in page.forms]
    truth = {page.name: page.forms[0][1] for page in made}
    return Month(folder / "scans", _registry(folder, owners), truth)


def _sheet(folder: Path, seed: int, index: int) -> Made:
    rng = np.random.default_rng([seed, index])
    template = templates().get(SHEET)
    slip, writing = _owner(template, index), _written(template, rng)
    paper = Paper(_filled(template, slip, writing), PX_PER_MM)
    lie = Lie((A4[0] / 2, A4[1] / 2), float(rng.normal(0, 0.5)))
    page = scan([(paper, lie)], Scanner(dpi=DPI), rng).image
    return _stored(folder, index, page, [(slip, writing.values)])


def _page_of_slips(folder: Path, seed: int, index: int) -> Made:
    rng = np.random.default_rng([seed, index])
    template, scanner = templates().get(SLIP), Scanner(dpi=DPI)
    page = np.full(scanner.shape, scanner.lid, np.uint8)
    forms = []
    for number, spot in enumerate(SPOTS):
        slip = _owner(template, index * len(SPOTS) + number)
        writing = _writings(seed)[rng.integers(HANDS)]
        lie = Lie(spot, 90.0 + float(rng.uniform(-1.2, 1.2)))
        _lay(page, Paper(_filled(template, slip, writing), PX_PER_MM), lie, scanner)
        forms.append((slip, writing.values))
    noisy = cv2.add(page, np.roll(_noise(seed), tuple(rng.integers(0, 1000, 2)), (0, 1)))
    return _stored(folder, index, np.asarray(noisy, np.uint8), forms)


def _lay(page: Grey, paper: Paper, lie: Lie, scanner: Scanner) -> None:
    to_mm = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, PX_PER_MM]]) / PX_PER_MM
    matrix = (lie_matrix(paper, lie, scanner) @ to_mm)[:2]
    cv2.warpAffine(
        paper.image, matrix, page.shape[::-1], dst=page, borderMode=cv2.BORDER_TRANSPARENT
    )


@cache
def _noise(seed: int) -> Grey:
    rng = np.random.default_rng([seed, 1])
    return rng.integers(0, 9, Scanner(dpi=DPI).shape).astype(np.uint8)


@cache
def _writings(seed: int) -> tuple[Writing, ...]:
    rng = np.random.default_rng([seed, 2])
    return tuple(_written(templates().get(SLIP), rng) for _ in range(HANDS))


def _written(template: Template, rng: np.random.Generator) -> Writing:
    hand, traces, values = draw_hand(rng), [], {}
    for field in template.field:
        if field.kind is Kind.HANDWRITTEN:
            values[field.name] = _digits(field, rng)
            cells = geometry.cell_boxes(field.box, field.cells)
            traces += write_comb(values[field.name], cells, hand, rng)
    height, width = (round(edge * PX_PER_MM) for edge in template.page[::-1])
    white = np.full((height, width), 255, np.uint8)
    return Writing(values, inked(white, traces, draw_ink(rng), PX_PER_MM, rng))


def _digits(field: Field, rng: np.random.Generator) -> str:
    """Every cell filled; a day of the month's last week."""
    if field.format == "date":
        return f"{rng.integers(25, 31)}{PERIOD[5:7]}{PERIOD[2:4]}"
    return f"{rng.integers(10 ** (field.cells - 1), 10**field.cells)}"


def _owner(template: Template, index: int) -> Slip:
    account = Account(f"{20_000_000 + index}", f"Brīvības iela {index}, Rīga")
    meters = tuple(
        _meter(
            template, place.name, f"{50_000_000 + index * len(template.meter) + number}", account
        )
        for number, place in enumerate(template.meter)
    )
    return Slip(account, PERIOD, meters)


def _meter(template: Template, place: str, number: str, account: Account) -> Meter:
    fields = [one for one in template.field if one.group == place and one.is_reading]
    return Meter(
        number=number,
        account=account.number,
        kind=next(one.kind for one in template.meter if one.name == place),
        place=place,
        registers=tuple(one.register for one in fields),
        dial_digits=fields[0].cells,
        decimals=fields[0].decimals,
        unit=fields[0].unit or "m3",
    )


def _filled(template: Template, slip: Slip, writing: Writing) -> Grey:
    printed = form_picture(template, slip, PX_PER_MM)
    height, width = printed.shape
    return np.minimum(printed, cv2.resize(writing.ink, (width, height)))


def _stored(folder: Path, index: int, page: Grey, forms: list[tuple[Slip, dict[str, str]]]) -> Made:
    name = f"scan{index:06d}"
    Image.fromarray(page).save(folder / f"{name}.jpg", quality=QUALITY, dpi=(DPI, DPI))
    return Made(name, tuple(forms))


def _converted(month: Month, folder: Path, store: Callable[[Path, Path], None]) -> Month:
    folder.mkdir(parents=True)
    for path in sorted(month.scans.iterdir()):
        store(path, folder)
    return Month(folder, month.registry, month.truth)


def _store_pdf(path: Path, folder: Path) -> None:
    """As scanners do: the JPEG's own bytes, as the page's only picture."""
    with pdfium.PdfDocument.new() as document:
        picture = pdfium.PdfImage.new(document)
        picture.load_jpeg(path)
        width, height = (edge * 72 / DPI for edge in picture.get_px_size())
        picture.set_matrix(pdfium.PdfMatrix().scale(width, height))
        sheet = document.new_page(width, height)
        sheet.insert_obj(picture)
        sheet.gen_content()
        document.save(folder / f"{path.stem}.pdf")


def _store_group_4(path: Path, folder: Path) -> None:
    with Image.open(path) as picture:
        black = picture.point(lambda grey: 255 * (grey >= BLACK_BELOW)).convert("1")
    black.save(folder / f"{path.stem}.tif", compression="group4", dpi=(DPI, DPI))


def _registry(folder: Path, owners: Iterable[tuple[Slip, dict[str, str]]]) -> tuple[Path, ...]:
    rows: dict[str, list[tuple[object, ...]]] = {name: [] for name in REGISTRY}
    for slip, values in owners:
        rows["accounts"].append((slip.account.number, slip.account.address))
        for meter in slip.meters:
            rows["meters"].append(_meter_row(meter))
            rows["readings"] += _past_rows(meter, values)
    for name, header in REGISTRY.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([header, *rows[name]])
    return tuple(folder / f"{name}.csv" for name in REGISTRY)


def _meter_row(meter: Meter) -> tuple[object, ...]:
    zones = " ".join(meter.registers)
    known = (meter.number, meter.account, meter.kind, meter.place)
    return (*known, zones, meter.dial_digits, meter.decimals, meter.unit)


def _past_rows(meter: Meter, values: dict[str, str]) -> Iterator[tuple[object, ...]]:
    """A month ago every register stood a little lower than what was written."""
    for zone in meter.registers:
        field = f"{meter.place}.reading" if zone == "main" else f"{meter.place}.{zone}.reading"
        used = 5 * 10**meter.decimals
        before = Decimal(max(int(values[field]) - used, 0)).scaleb(-meter.decimals)
        yield meter.number, zone, LAST_PERIOD, f"{before:f}", "paper"
