"""Measures the promise about what is accepted unseen: bounds, strangers' writing, blanks, history.

Handwriting is of writers that the model has never seen, drawn into the project's own forms, sent
through the simulated scanner and read by the whole pipeline with the thresholds that ship with
the model. Needs the folder of public handwriting (see docs/risk.md).
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks import entry, risklooks, riskpages, risksims  # noqa: E402 - the root has to be known first
from benchmarks.figures import Figures  # noqa: E402
from benchmarks.risklooks import Seen, desk  # noqa: E402
from intake.calibrate import calibrate_company, threshold_of  # noqa: E402
from intake.decide import FITS, FLOOR  # noqa: E402
from intake.metrics import upper_bound  # noqa: E402
from intake.pipeline import engines  # noqa: E402
from intake.pipeline.acceptance import Acceptances  # noqa: E402
from intake.records import Decision, Kind, LabelledField  # noqa: E402
from intake.settings import Settings  # noqa: E402
from intake.template import field_named  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterable

    from benchmarks.risksims import Town

TARGETS = {
    "bound_violations_001": ("<=", 0.06),
    "bound_violations_0001": ("<=", 0.06),
    "dev_error_at_001": ("<=", 0.01),
    "dev_through_at_001": (">=", 0.90),
    "dev_through_at_0001": (">=", 0.80),
    "blank_as_value": ("<=", 0),
    "value_as_blank_accepted": ("<=", 0),
    "foreign_accepted": ("<=", 0),
    "thin_refused": (">=", 1),
}


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is measured: repeats of each simulation, and pages of each kind."""

    repeats: int
    written: int
    blank: int
    strange: int
    draws: int


FULL = Sizes(repeats=2000, written=720, blank=180, strange=1000, draws=2000)
QUICK = Sizes(repeats=2000, written=48, blank=4, strange=24, draws=300)


def main() -> int:
    """Parses the command line, measures and reports."""
    parser = entry.options_for(__doc__, quick="smaller samples")
    entry.add_page(parser)
    entry.add_handwriting(parser)
    options = parser.parse_args()
    if entry.lacks_handwriting(options):
        return entry.NO_INPUT
    cv2.setNumThreads(1)
    sizes = QUICK if options.quick else FULL
    return entry.conclude(measure(sizes, options.data, options.seed), TARGETS, options)


def measure(sizes: Sizes, data: Path, seed: int) -> Figures:
    """All figures of the shipped model and its thresholds."""
    figures = Figures()
    for key, max_error, fields in (("001", 0.01, 1500), ("0001", 0.001, 8000)):
        wrong = risksims.violations(max_error, fields, sizes.repeats, seed)
        figures.add(f"bound_violations_{key}", wrong, sizes.repeats)
    with risklooks.eyes() as eyes:
        seen = risklooks.written(eyes, data, sizes.written, seed)
        blank = risklooks.blank(eyes, sizes.blank, seed)
        forms, values = risklooks.strange(eyes, sizes.strange, seed)
    _strangers(seen, seed, sizes.draws, figures)
    for town in risksims.TOWNS:
        _history(seen, town, seed, figures)
    _blanks(seen, blank, figures)
    figures.number("foreign_pages", sizes.strange)
    figures.number("foreign_with_forms", forms)
    figures.number("foreign_accepted", values)
    figures.number("thin_refused", float(risksims.thin_refused()))
    return figures


@cache
def rule(max_error: float, template: str) -> tuple[float, bool]:
    """From which confidence on fields are accepted, and whether the laboratory stands behind it."""
    settings = Settings(max_error=max_error, thin_data="provisional")
    force = Acceptances(settings, desk().acceptances.laboratory)
    found = force.of(riskpages.templates().get(template))[Kind.HANDWRITTEN]
    return found.threshold, not found.provisional


def accepted(seen: Seen, threshold: float) -> bool:
    """Whether the picture alone leads to acceptance from a confidence on."""
    if seen.result is None:
        return False
    reading = seen.result.reading
    trouble = bool(reading.signs) or reading.value is None
    return not trouble and reading.confidence >= threshold


def _strangers(seen: list[Seen], seed: int, draws: int, out: Figures) -> None:
    readings = [one for one in seen if one.is_reading]
    out.add("dev_exact", sum(one.right for one in readings), len(readings))
    for key, max_error in (("001", 0.01), ("0001", 0.001)):
        certified = all(rule(max_error, one.template)[1] for one in readings)
        through = [one for one in readings if accepted(one, rule(max_error, one.template)[0])]
        wrong = [one for one in through if not one.right]
        out.add(f"dev_error_at_{key}", len(wrong), len(through))
        out.number(f"dev_error_bound_at_{key}", upper_bound(len(wrong), len(through), 0.95))
        out.add(f"dev_through_at_{key}", len(through), len(readings))
        out.number(f"laboratory_certified_at_{key}", float(certified))
        _by_writer(key, readings, max_error, (seed, draws), out)


def _by_writer(
    key: str, readings: list[Seen], max_error: float, dice: tuple[int, int], out: Figures
) -> None:
    """The worst writer, and an interval for the whole from drawing writers again and again."""
    counts: dict[str, list[int]] = {}
    for one in readings:
        taken = accepted(one, rule(max_error, one.template)[0])
        row = counts.setdefault(one.writer, [0, 0, 0])
        row[0] += 1
        row[1] += taken
        row[2] += taken and not one.right
    table = np.array(list(counts.values()))
    out.number(f"worst_writer_error_at_{key}", _largest(table[:, 2] / np.maximum(table[:, 1], 1)))
    out.number(f"worst_writer_through_at_{key}", float((table[:, 1] / table[:, 0]).min()))
    seed, draws = dice
    picks = np.random.default_rng([seed, 5]).integers(0, len(table), (draws, len(table)))
    sums = table[picks].sum(axis=1)
    for name, shares in (
        ("error", sums[:, 2] / np.maximum(sums[:, 1], 1)),
        ("through", sums[:, 1] / sums[:, 0]),
    ):
        low, high = np.quantile(shares, (0.025, 0.975))
        out.number(f"dev_{name}_at_{key}_writers_low", float(low))
        out.number(f"dev_{name}_at_{key}_writers_high", float(high))


def _largest(shares: np.ndarray) -> float:
    return float(shares.max(initial=0.0))


def _history(seen: list[Seen], town: Town, seed: int, out: Figures) -> None:
    """What a history adds: each half of the writers, when the other half has been verified."""
    rng = np.random.default_rng([seed, 6, int(100 * town.spread)])
    fits = {
        index: _fit(one, town, rng)
        for index, one in enumerate(seen)
        if one.is_reading and one.result is not None and not one.result.reading.signs
    }
    writers = sorted({one.writer for one in seen})
    plain: list[Seen] = []
    more: list[Seen] = []
    for measured in (set(writers[::2]), set(writers[1::2])):
        force = _verified([_label(i, seen[i], score) for i, score in fits.items()
                           if seen[i].writer not in measured])  # fmt: skip
        for index, one in enumerate(seen):
            if one.is_reading and one.writer in measured:
                found = force.of(riskpages.templates().get(one.template))[Kind.HANDWRITTEN]
                if accepted(one, found.threshold):
                    plain.append(one)
                elif _confirmed(one, fits.get(index), found.confirmed):
                    more.append(one)
    gain = len(more) / max(sum(one.is_reading for one in seen), 1)
    out.number(f"history_gain_{town.name}", gain)
    for key, taken in (("history_error", [*plain, *more]), ("no_history_error", plain)):
        out.add(f"{key}_{town.name}", sum(not one.right for one in taken), len(taken))
    if town.name == "middle":
        out.number("history_gain", gain)


def _verified(labels: list[LabelledField]) -> Acceptances:
    """What is in force at a company that has verified these fields and calibrated."""
    before = desk().acceptances
    found = calibrate_company(labels, before.settings, (), engines(), before.laboratory)
    return replace(before, own=tuple(threshold_of(*one, 0) for one in found.items()))


def _fit(one: Seen, town: Town, rng: np.random.Generator) -> float | None:
    assert one.result is not None
    field = field_named(riskpages.templates().get(one.template), one.name)
    return risksims.history_fit(one.result.reading, field, one.truth or "0", town, rng)


def _confirmed(one: Seen, score: float | None, lowest: float | None) -> bool:
    fits = score is not None and score >= FITS
    return fits and lowest is not None and accepted(one, max(lowest, FLOOR))


def _label(index: int, one: Seen, score: float | None) -> LabelledField:
    assert one.result is not None
    template = riskpages.templates().get(one.template)
    about = (template.id, template.version, Kind.HANDWRITTEN, engines()[Kind.HANDWRITTEN])
    confidence = one.result.reading.confidence
    return LabelledField(index, *about, one.writer, confidence, one.right, score, 0, audited=True)


def _blanks(seen: list[Seen], blank: list[Seen], out: Figures) -> None:
    out.number("blank_fields", len(blank))
    out.number("blank_as_value", _decided(blank, Decision.ACCEPTED))
    out.add("blank_accepted", _decided(blank, Decision.BLANK), len(blank))
    filled = [one for one in seen if one.truth is not None]
    out.number("filled_fields", len(filled))
    out.number("value_as_blank_accepted", _decided(filled, Decision.BLANK))


def _decided(seen: Iterable[Seen], decision: Decision) -> int:
    found = (one.result for one in seen if one.result is not None)
    return sum(result.verdict.decision is decision for result in found)


if __name__ == "__main__":
    sys.exit(main())
