"""Measures alignment: forms found, how exactly, what is read from the wrong place, the cost.

Pages are made from the product's three templates and from two forms of other companies without
corner marks; see `benchmarks/pages.py` for what happens to them. Skew is that of the forms found
and that of pages of text, levelled on their own. Cost is that of A4 pages at 300 dpi.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks import entry  # noqa: E402 - the root has to be known first
from benchmarks.empties import empty_page, text_page  # noqa: E402
from benchmarks.figures import Figures  # noqa: E402
from benchmarks.pages import MadePage, Truth, form_page, templates, timed_pages  # noqa: E402
from intake import geometry  # noqa: E402
from intake.align import align_page  # noqa: E402
from intake.records import AlignedForm, Page  # noqa: E402
from intake.scan.single import sketch_jpeg  # noqa: E402
from intake.settings import Limits  # noqa: E402
from intake.survey.skew import skew_of  # noqa: E402

TARGETS = {
    "found_with_marks": (">=", 0.995),
    "found_without_marks": (">=", 0.98),
    "found_where_none": ("<=", 0),
    "corner_error_p99_mm": ("<=", 0.25),
    "corner_error_worst_mm": ("<=", 0.6),
    "silent_misalignments": ("<=", 0),
    "skew_mean_deg": ("<=", 0.05),
    "skew_within_01": (">=", 0.95),
    "cost_with_marks_D": ("<=", 0.6),
    "cost_without_marks_D": ("<=", 5),
}
SILENT_MM = 0.6
SAME_FORM_MM = 20.0
"""A found form whose middle is farther than this from every true one of its kind is invented."""

WORST_SHOWN = 10
TILE_PX = 620


@dataclass(slots=True)
class Tally:
    """What was found on some pages.

    Attributes:
        forms: that were there.
        found: of them, and not refused.
        invented: forms found where none was.
        errors: largest corner error of each field that was read, millimetres.
        skews: error of each found form's angle, degrees.
        worst: largest corner error on a page, millimetres, and the page's number.
        missed: what was done to pages with forms that were not found.
    """

    forms: int = 0
    found: int = 0
    invented: int = 0
    errors: list[float] = field(default_factory=list)
    skews: list[float] = field(default_factory=list)
    worst: list[tuple[float, int]] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)

    def __iadd__(self, other: Tally) -> Tally:
        """Adds what was found on other pages."""
        self.forms += other.forms
        self.found += other.found
        self.invented += other.invented
        self.errors += other.errors
        self.skews += other.skews
        self.worst += other.worst
        self.missed += other.missed
        return self


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is measured: forms of both sorts, pages without any, pages of text."""

    marked: int
    markless: int
    empty: int
    text: int


FULL = Sizes(marked=700, markless=300, empty=1000, text=200)
QUICK = Sizes(marked=70, markless=30, empty=100, text=20)


def main() -> int:
    """Measures and reports; 1 where `--check` finds a target missed."""
    options = _options()
    sizes = QUICK if options.quick else FULL
    marked, markless, empty, text = _tallies(options.seed, sizes)
    figures = _figures(marked, markless, empty, text)
    _one_thread()
    _add_costs(figures)
    if options.missed:
        print("\n".join(f"missed: {story}" for story in marked.missed + markless.missed))
    if options.worst:
        sheet = _worst_sheet(options.seed, marked)
        cv2.imwrite(str(options.worst), sheet, [cv2.IMWRITE_JPEG_QUALITY, 70])
    return entry.conclude(figures, TARGETS, options, _sum(marked, markless))


def _options() -> argparse.Namespace:
    parser = entry.options_for(__doc__, quick="a tenth of the pages")
    entry.add_page(parser)
    parser.add_argument("--worst", type=Path, help="write the ten worst forms as a picture")
    parser.add_argument("--missed", action="store_true", help="list the pages with missed forms")
    return parser.parse_args()


def _tallies(seed: int, sizes: Sizes) -> tuple[Tally, Tally, Tally, Tally]:
    """Forms with marks, forms without, pages with neither, and pages of text."""
    with ProcessPoolExecutor(min(2, os.cpu_count() or 1), initializer=_one_thread) as pool:
        return (
            _measured(pool, partial(_tally_forms, seed, True), sizes.marked),
            _measured(pool, partial(_tally_forms, seed, False), sizes.markless),
            _measured_pages(pool, partial(_tally_empty, seed), sizes.empty),
            _measured_pages(pool, partial(_tally_text, seed), sizes.text),
        )


def _one_thread() -> None:
    cv2.setNumThreads(1)


def _measured(pool: ProcessPoolExecutor, tally: partial[Tally], forms: int) -> Tally:
    """Page by page until so many forms were there; the same pages whatever the workers."""
    total, start, step = Tally(), 0, 8
    while total.forms < forms:
        for one in pool.map(tally, range(start, start + step)):
            total += one
        start += step
    return total


def _measured_pages(pool: ProcessPoolExecutor, tally: partial[Tally], pages: int) -> Tally:
    total = Tally()
    for one in pool.map(tally, range(pages), chunksize=4):
        total += one
    return total


def _tally_forms(seed: int, marked: bool, index: int) -> Tally:
    made = form_page(seed, index, marked=marked)
    forms = [form for form in align_page(made.page, templates()).forms if form.refusal is None]
    return compared(made, forms, index)


def _tally_empty(seed: int, index: int) -> Tally:
    found = align_page(empty_page(seed, index).page, templates()).forms
    return Tally(invented=sum(form.refusal is None for form in found))


def _tally_text(seed: int, index: int) -> Tally:
    made, angle = text_page(seed, index)
    return Tally(skews=[abs(skew_of(made.page.image) - angle)])


def compared(made: MadePage, forms: list[AlignedForm], index: int) -> Tally:
    """What was found on a page against what is there."""
    tally, left = Tally(forms=len(made.truth)), list(forms)
    for truth in made.truth:
        form = next((one for one in left if _is_same(truth, one, made.px_per_mm)), None)
        if form is None:
            tally.missed.append(f"page {index} {truth.template.id}: {made.story}")
            continue
        left.remove(form)
        tally.found += 1
        errors = corner_errors(truth, form, made.px_per_mm)
        tally.errors += errors.tolist()
        tally.worst.append((float(errors.max(initial=0.0)), index))
        tally.skews.append(_skew_error(truth, form))
    tally.invented = len(left)
    return tally


def corner_errors(truth: Truth, form: AlignedForm, px_per_mm: float) -> NDArray[np.float64]:
    """Per field that is read, how far its worst corner lies from the truth, millimetres."""
    misses = []
    for one in truth.template.field:
        if one.name not in form.lost:
            corners = geometry.corners(one.box)
            there = geometry.apply(form.place(one.name).to_page, corners)
            miss = np.linalg.norm(there - truth.place.to_page(corners), axis=1).max()
            misses.append(miss / px_per_mm)
    return np.array(misses)


def _is_same(truth: Truth, form: AlignedForm, px_per_mm: float) -> bool:
    if form.template != truth.template.id:
        return False
    middle = geometry.centre((0.0, 0.0, *truth.template.page))
    apart = geometry.apply(form.to_page, middle) - truth.place.to_page(middle)
    return float(np.linalg.norm(apart)) < SAME_FORM_MM * px_per_mm


def _skew_error(truth: Truth, form: AlignedForm) -> float:
    turn = geometry.angle_of(form.to_page) - geometry.angle_of(truth.place.matrix)
    return abs((turn + 180) % 360 - 180)


def _figures(marked: Tally, markless: Tally, empty: Tally, text: Tally) -> Figures:
    figures = Figures()
    figures.add("found_with_marks", marked.found, marked.forms)
    figures.add("found_without_marks", markless.found, markless.forms)
    figures.number("found_where_none", empty.invented + marked.invented + markless.invented)
    errors = np.array(marked.errors + markless.errors)
    figures.number("corner_error_median_mm", float(np.median(errors)))
    figures.number("corner_error_p99_mm", float(np.quantile(errors, 0.99)))
    figures.number("corner_error_worst_mm", float(errors.max()))
    figures.number("silent_misalignments", _silent(marked) + _silent(markless))
    figures.number("silent_with_marks", _silent(marked))
    figures.number("worst_with_marks_mm", max(marked.errors))
    skews = np.array(marked.skews + markless.skews + text.skews)
    figures.number("skew_mean_deg", float(skews.mean()))
    figures.add("skew_within_01", int((skews <= 0.1).sum()), len(skews))
    figures.number("skew_text_mean_deg", float(np.mean(text.skews)))
    return figures


def _silent(tally: Tally) -> int:
    return sum(error > SILENT_MM for error in tally.errors)


def _add_costs(figures: Figures) -> None:
    """Cost of the two A4 pages of each sort, their mean; and beside it that of an A6 card alone."""
    costs = {name: _cost(page) for name, page in timed_pages().items()}
    for key, kind in (("cost_with_marks", "marked"), ("cost_without_marks", "markless")):
        figures.number(f"{key}_D", (costs[kind] + costs[f"{kind}_glass"]) / 2)
        figures.number(f"{key}_a6_D", costs[f"{kind}_a6"])


def _cost(page: Page) -> float:
    """CPU of alignment over CPU of one full grey decode of the same page, side by side.

    Alignment gets the page as the program decodes it, at half its size where that is enough; if
    it asks for the whole of it after all, that counts.
    """
    _, data = cv2.imencode(".jpg", page.image, [cv2.IMWRITE_JPEG_QUALITY, 85])
    page = sketch_jpeg(data.tobytes(), Limits(), page.dpi)
    align_page(page, templates())
    decode = _cpu(partial(cv2.imdecode, data, cv2.IMREAD_GRAYSCALE))
    return _cpu(partial(align_page, page, templates())) / decode


def _cpu(work: Callable[[], object]) -> float:
    """Seconds, the best of nine."""
    best = float("inf")
    for _ in range(9):
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    return best


def _worst_sheet(seed: int, tally: Tally) -> NDArray[np.uint8]:
    """The pages with the largest corner errors, boxes drawn where they were read."""
    tiles = []
    pages = dict.fromkeys(index for _, index in sorted(tally.worst, reverse=True))
    for index in list(pages)[:WORST_SHOWN]:
        made = form_page(seed, index, marked=True)
        image = cv2.cvtColor(made.page.image, cv2.COLOR_GRAY2BGR)
        for form in align_page(made.page, templates()).forms:
            for one in templates().get(form.template).field:
                box = geometry.apply(form.place(one.name).to_page, geometry.corners(one.box))
                colour = (0, 160, 255) if one.name in form.lost else (0, 0, 255)
                cv2.polylines(image, [np.rint(box).astype(np.int32)], True, colour, 2)
        tiles.append(_tile(np.asarray(image, np.uint8), TILE_PX))
    rows = [np.hstack(tiles[start : start + 2]) for start in range(0, len(tiles) - 1, 2)]
    return np.vstack(rows)


def _tile(image: NDArray[np.uint8], edge: int) -> NDArray[np.uint8]:
    scale = edge / max(image.shape[:2])
    small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    tile = np.full((edge, edge, 3), 128, np.uint8)
    tile[: small.shape[0], : small.shape[1]] = small
    return tile


def _sum(marked: Tally, markless: Tally) -> str:
    return f"{marked.forms} forms with marks and {markless.forms} without"


if __name__ == "__main__":
    sys.exit(main())
