"""Measures the digit reader: accuracy by population, fields, blanks, spoilt cells, cost.

All handwriting is of writers that the model has never seen; the confidence threshold comes from
yet other writers. Needs the folder of public handwriting (see docs/accuracy.md).
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks import entry, realpage, rivals, sheet  # noqa: E402 - the root has to be known first
from benchmarks.figures import Figures  # noqa: E402
from intake.recognise.framing import frame_cells  # noqa: E402
from intake.recognise.freebox import FreeBoxReader  # noqa: E402
from intake.recognise.looks import look  # noqa: E402
from intake.recognise.model import STRUCK_OUT, DigitModel, shipped_model  # noqa: E402
from intake.records import Reason  # noqa: E402
from training import populations  # noqa: E402
from training.calibrate import (  # noqa: E402
    digits_right,
    draw_fields,
    read_free_lines,
    see_fields,
    stated_and_right,
)
from training.folds import calibration_hands, certification_hands  # noqa: E402
from training.hands import Hand, load_hands  # noqa: E402
from training.strips import EMPTY, NOT_A_DIGIT  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable

TARGETS = {
    "swiss_whole": (">=", 0.998),
    "unipen_drawn": (">=", 0.996),
    "scan_simulated": (">=", 0.994),
    "recall_1": (">=", 0.995),
    "recall_7": (">=", 0.995),
    "field8_simulated": (">=", 0.97),
    "field8_accepted_at_0001": (">=", 0.80),
    "stated_0999_wrong": ("<=", 0.002),
    "not_a_digit_recall": (">=", 0.99),
    "digits_lost": ("<=", 0.003),
    "blank_as_digit": ("<=", 0),
    "faint_as_blank": ("<=", 0.001),
    "free_box_exact": (">=", 0.97),
    "grid_page": (">=", 0.995),
    "errors_vs_ppocr6": ("<=", 0.2),
    "cpu_80_cells_D": ("<=", 0.35),
}


CELLS_ON_A_FORM = 20
"""At most: three readings and their months."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is measured."""

    fields: int
    blanks: int
    spoilt: int
    lines: int
    rivals: int


FULL = Sizes(fields=3000, blanks=5000, spoilt=2000, lines=300, rivals=600)
QUICK = Sizes(fields=800, blanks=1000, spoilt=600, lines=100, rivals=60)


def main() -> int:
    """Parses the command line, measures and reports."""
    parser = entry.options_for(__doc__, quick="smaller samples")
    entry.add_page(parser)
    entry.add_handwriting(parser)
    parser.add_argument("--sheet", type=Path, help="write the fifty worst errors as a picture")
    options = parser.parse_args()
    if entry.lacks_handwriting(options):
        return entry.NO_INPUT
    cv2.setNumThreads(1)
    return entry.conclude(measure(options), TARGETS, options)


def measure(options: argparse.Namespace) -> Figures:
    """Returns all figures of the shipped model."""
    sizes = QUICK if options.quick else FULL
    hands = load_hands(options.data)
    strangers = [hand for hand in hands if hand.split == "dev"]
    model, figures = shipped_model(), Figures()
    # first: the threads of other readers would spin beside it
    figures.number("cpu_80_cells_D", cost(model, options.data))
    seen = _cells(model, options, strangers, figures)
    _fields(model, hands, options.seed, sizes, figures)
    _no_digits(model, strangers, options.seed, sizes, figures)
    _free_lines(strangers, options.seed, sizes.lines, figures)
    figures.add("grid_page", *realpage.grid_page(options.data))
    rivals.compare(model, seen[0].cells, options.data, (sizes.rivals, options.seed), figures)
    if options.sheet:
        cv2.imwrite(str(options.sheet), sheet.worst(seen, 50))
    return figures


@dataclass(frozen=True, eq=False, slots=True)
class Seen:
    """A population and what the model says of it."""

    cells: populations.Cells
    probabilities: NDArray[np.float64]

    @property
    def labels(self) -> NDArray[np.int64]:
        """Truth."""
        return np.array(self.cells.labels)

    @property
    def best(self) -> NDArray[np.int64]:
        """Likeliest class; all kinds of spoilt cells are one."""
        return merged(self.probabilities).argmax(axis=1)


def merged(probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sums the kinds of spoilt cells into one class."""
    spoilt = probabilities[:, STRUCK_OUT:].sum(axis=1, keepdims=True)
    return np.concatenate([probabilities[:, :STRUCK_OUT], spoilt], axis=1)


def see(model: DigitModel, cells: populations.Cells) -> Seen:
    """Shows cells to the model, each by itself: nothing is known of whose hand it is."""
    framed = frame_cells(cells.pictures)
    rows = [
        model.probabilities(framed[i : i + 500], np.arange(len(framed[i : i + 500])))
        for i in range(0, len(framed), 500)
    ]
    return Seen(cells, np.concatenate(rows))


def see_on_forms(model: DigitModel, cells: populations.Cells, seed: int) -> Seen:
    """Reads cells as the program does: some of one hand together, doubtful ones looked at again."""
    rng = np.random.default_rng((seed, 6))
    writers = np.array([name.split("#")[0] for name in cells.names])
    rows = np.empty((len(writers), len(model.card.classes)))
    for writer in np.unique(writers):
        own = rng.permutation(np.flatnonzero(writers == writer))
        for form in np.array_split(own, -(-len(own) // CELLS_ON_A_FORM)):
            rows[form] = look(model, [[cells.pictures[place] for place in form]])[0]
    return Seen(cells, rows)


def _cells(
    model: DigitModel, options: argparse.Namespace, hands: list[Hand], out: Figures
) -> list[Seen]:
    swiss = see(model, populations.swiss_whole(options.data, hands))
    drawn = see(model, populations.unipen_drawn(hands, options.seed))
    scan = see(model, populations.scan_simulated(hands, options.seed))
    for name, seen in (("swiss_whole", swiss), ("unipen_drawn", drawn), ("scan_simulated", scan)):
        _right(name, seen, out)
    for name, seen in (("swiss", swiss), ("unipen", drawn), ("scan", scan)):
        _right(f"{name}_on_forms", see_on_forms(model, seen.cells, options.seed), out)
    for digit in (1, 7):
        of_digit = scan.best[scan.labels == digit]
        out.add(f"recall_{digit}", int((of_digit == digit).sum()), len(of_digit))
    out.add("digits_lost", int((scan.best == STRUCK_OUT).sum()), len(scan.best))
    return [swiss, drawn, scan]


def _right(key: str, seen: Seen, out: Figures) -> None:
    out.add(key, int((seen.best == seen.labels).sum()), len(seen.labels))


def _fields(model: DigitModel, hands: list[Hand], seed: int, sizes: Sizes, out: Figures) -> None:
    strangers = [hand for hand in hands if hand.split == "dev"]
    calibration = model.card.calibration
    others = [*calibration_hands(hands), *certification_hands(hands)]
    known = see_fields(model, draw_fields(others, sizes.fields, seed + 100, spoilt=0.0))
    threshold = _threshold(*stated_and_right(known, calibration), 0.001)
    drawn = draw_fields(strangers, sizes.fields, seed + 200, spoilt=0.0)
    stated, right = stated_and_right(see_fields(model, drawn), calibration)
    out.add("field8_simulated", int(right.sum()), len(right))
    alone = stated_and_right(see_fields(model, drawn, alone=True), calibration)[1]
    out.add("field8_without_the_hand", int(alone.sum()), len(alone))
    accepted = stated >= threshold
    out.add("field8_accepted_at_0001", int(accepted.sum()), len(accepted))
    out.number("field8_accepted_wrong", float((accepted & ~right).sum()))
    out.number("field8_distinct_digits", float(sum(len(hand) for hand in strangers)))
    certain = stated >= 0.999
    out.add("stated_0999_wrong", int((certain & ~right).sum()), max(1, int(certain.sum())))


def _threshold(stated: NDArray[np.float64], right: NDArray[np.bool_], max_error: float) -> float:
    """The lowest confidence at which at most `max_error` of the fields above it are wrong."""
    order = np.argsort(-stated, kind="stable")
    wrong = np.cumsum(~right[order]) / np.arange(1, len(order) + 1)
    good = np.flatnonzero(wrong <= max_error)
    return float(stated[order[good[-1]]]) if len(good) else 1.0


def _no_digits(model: DigitModel, hands: list[Hand], seed: int, sizes: Sizes, out: Figures) -> None:
    blank = see(model, populations.filled_with(hands, EMPTY, sizes.blanks, seed))
    out.number("blank_as_digit", float((blank.best < EMPTY).sum()))
    spoilt = see(model, populations.filled_with(hands, NOT_A_DIGIT, sizes.spoilt, seed))
    out.add("not_a_digit_recall", int((spoilt.best == STRUCK_OUT).sum()), len(spoilt.best))
    faint = see(model, populations.faint(hands, seed))
    out.add("faint_as_blank", int((faint.best == EMPTY).sum()), len(faint.best))


def _free_lines(hands: list[Hand], seed: int, count: int, out: Figures) -> None:
    read = list(read_free_lines(FreeBoxReader(), hands, count, seed))
    known = [(line, reading) for line, reading in read if digits_right(line, reading)]
    out.add("free_box_exact", len(known), len(read))
    marked = [(line.written, reading) for line, reading in known if line.behind is not None]
    told = [
        written == reading.value
        for written, reading in marked
        if (reading.value or "").count(".") == 1 and Reason.DECIMAL_MARK not in reading.signs
    ]
    out.add("free_box_mark_read", sum(told), len(marked))
    out.number("free_box_mark_elsewhere", float(len(told) - sum(told)))


def cost(model: DigitModel, folder: Path) -> float:
    """CPU time of reading ten fields of eight cells over that of decoding one A4 page."""
    page = populations.ruled_page(folder)
    stored = cv2.imencode(".jpg", page, [cv2.IMWRITE_JPEG_QUALITY, 80])[1]
    cells = [
        np.asarray(cv2.resize(cell, (52, 64), interpolation=cv2.INTER_AREA), np.uint8)
        for cell in populations.grid_page(folder).pictures[:80]
    ]
    decode = _median_cpu(lambda: cv2.imdecode(stored, cv2.IMREAD_GRAYSCALE))
    fields = [cells[start : start + 8] for start in range(0, len(cells), 8)]
    return _median_cpu(lambda: look(model, fields)) / decode


def _median_cpu(work: Callable[[], object]) -> float:
    taken = []
    for _ in range(30):
        started = time.process_time()
        work()
        taken.append(time.process_time() - started)
    return float(np.median(taken))


if __name__ == "__main__":
    sys.exit(main())
