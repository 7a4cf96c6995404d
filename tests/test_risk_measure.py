"""The measure of the risk dial: populations of known error, and histories that are made up."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks import risksims
from intake.metrics import Judged
from intake.records import Candidate, Reading
from intake.template import Template, field_named

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("max_error", [0.05, 0.01])
def test_certified_thresholds_hardly_ever_break_their_promise(max_error: float) -> None:
    assert risksims.violations(max_error, 400, 400, seed=3) <= 0.06 * 400


def test_without_certifying_on_other_fields_many_would(monkeypatch: pytest.MonkeyPatch) -> None:
    same = np.random.default_rng(1)

    def population(fields: int, size: float, steep: float, _: np.random.Generator) -> Judged:
        rng = np.random.default_rng(int(same.integers(1 << 30)) // 2)
        confidence = rng.random(fields)
        return Judged(confidence, rng.random(fields) >= size * (1 - confidence) ** steep)

    monkeypatch.setattr(risksims, "certify", lambda judged, at, _: _Sure(at))
    monkeypatch.setattr(risksims, "_population", population)
    assert risksims.violations(0.05, 400, 200, seed=3) > 0.2 * 200


class _Sure:
    """A certificate that nobody earned."""

    def __init__(self, threshold: float) -> None:
        self.threshold, self.bound = threshold, 0.0


def test_thin_data_is_refused() -> None:
    assert risksims.thin_refused()


def test_histories_lead_up_to_what_the_dial_showed(water_slip: Template) -> None:
    rng = np.random.default_rng(2)
    field = field_named(water_slip, "cold_kitchen.reading")
    reading = Reading(field.name, (Candidate("00456789", 0.9), Candidate("00956789", 0.05)))
    low, _, high = risksims.TOWNS
    regular, wild = (
        [risksims.history_fit(reading, field, "00456789", town, rng) or 0.0 for _ in range(150)]
        for town in (low, high)
    )
    assert float(np.mean(regular)) > 0.5
    misread = Reading(field.name, (Candidate("00956789", 0.9), Candidate("00456789", 0.05)))
    fits = [risksims.history_fit(misread, field, "00456789", low, rng) or 0.0 for _ in range(150)]
    assert float(np.mean(fits)) < 0.05
    assert float(np.mean(wild)) < float(np.mean(regular))
