"""Populations made up for measuring promises: of known error, and with a history."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np

from intake.calibrate import Labelled, calibrate
from intake.decide.confirm import fit
from intake.metrics import Judged, certify, choose, promising
from intake.records import PastReading

if TYPE_CHECKING:
    from intake.records import Reading
    from intake.template import Field

ASSURANCE = 0.95
PERIOD = "2026-11"
MONTHS = (*(f"2026-{month:02d}" for month in range(10, 0, -1)), "2025-12", "2025-11")


def violations(max_error: float, fields: int, repeats: int, seed: int) -> int:
    """How many of `repeats` calibrations certify a threshold whose true error is too large.

    Each draws a population of its own: confidence is even in 0..1, and a field with confidence
    c is wrong with probability a (1 - c)^k. With k = 0, half of the time, confidence says
    nothing and every threshold has the error a, drawn around what is tolerated: the hardest
    case for a bound. Choosing and certifying see `fields` fields each.
    """
    rng = np.random.default_rng([seed, 4])
    return sum(_violates(max_error, fields, rng) for _ in range(repeats))


def _violates(max_error: float, fields: int, rng: np.random.Generator) -> bool:
    steep = 0.0 if rng.random() < 0.5 else float(rng.uniform(1, 12))
    size = max_error * float(rng.uniform(1.0, 1.5)) if steep == 0 else float(rng.uniform(0.02, 0.6))
    choosing, certifying = (_population(fields, size, steep, rng) for _ in range(2))
    threshold = choose(choosing, fields, max_error, ASSURANCE)
    if threshold is None:
        threshold = promising(choosing, max_error)
    if threshold is None:
        return False
    certificate = certify(certifying, threshold, ASSURANCE)
    true_error = size * (1 - threshold) ** steep / (steep + 1)
    return certificate.bound <= max_error < true_error


def _population(fields: int, size: float, steep: float, rng: np.random.Generator) -> Judged:
    confidence = rng.random(fields)
    wrong = rng.random(fields) < size * (1 - confidence) ** steep
    return Judged(confidence, ~wrong)


def thin_refused() -> bool:
    """Whether 200 labelled fields, all right, are refused 0.1 % and told what they support."""
    fields = [Labelled("handwritten", f"writer {n // 4}", 0.99, right=True) for n in range(200)]
    (told,) = calibrate(fields, 0.001, ASSURANCE)
    says = f"at most {told.certificate.bound:.3%}" in told.sentence
    return not told.holds and says and told.more_needed > 0


@dataclass(frozen=True, slots=True)
class Town:
    """How regular consumption is, and how often residents write another number than the dial's.

    Attributes:
        name: of the level of noise.
        spread: deviation of the logarithm of a month's use from the household's own usual.
        mistaken: share of readings with a digit that is not the dial's.
    """

    name: str
    spread: float
    mistaken: float


TOWNS = (Town("low", 0.2, 0.002), Town("middle", 0.45, 0.01), Town("high", 0.9, 0.03))


def history_fit(
    reading: Reading, field: Field, written: str, town: Town, rng: np.random.Generator
) -> float | None:
    """How well a reading fits twelve months that lead up to what its dial showed.

    A household's usual month is log-normal around 5 units, no more than a thirtieth of what the
    dial shows; each month's use is log-normal around that.
    """
    shown = Decimal(int(_dial(written, town, rng))).scaleb(-field.decimals)
    usual = min(float(rng.lognormal(np.log(5), 0.6)), float(shown) / 30)
    past, value = [], shown
    for month in MONTHS:
        used = round(usual * float(np.exp(rng.normal(0, town.spread))), field.decimals)
        value = max(Decimal(0), value - Decimal(str(used)))
        past.append(PastReading("1", field.register, month, f"{value:.{field.decimals}f}"))
    return fit(reading, field, past, PERIOD)


def _dial(written: str, town: Town, rng: np.random.Generator) -> str:
    if rng.random() >= town.mistaken:
        return written
    place = int(rng.integers(len(written)))
    other = (int(written[place]) + int(rng.integers(1, 10))) % 10
    return f"{written[:place]}{other}{written[place + 1 :]}"
