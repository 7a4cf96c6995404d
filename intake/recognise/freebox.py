"""Reads boxes without cells: as many digits as fit, touching or not.

Two readers look at the line: the line network, column by column, and the digit network, at every
way to cut the ink into digits. What both find likely is the value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from intake.recognise.cuts import values_by_cuts
from intake.recognise.linemodel import SPOILT, LineModel, likeliest, shipped_line_model
from intake.recognise.linepicture import line_picture
from intake.recognise.model import DigitModel, shipped_model
from intake.recognise.strings import ranked_candidates
from intake.records import Candidate, Reading, Reason

if TYPE_CHECKING:
    from collections.abc import Sequence

    from intake.recognise.linemodel import Written
    from intake.records import Crop

_EMPTY = 0.995
"""Confidence that a box without any ink was left empty."""

_TRUST = 0.6
"""Weight of the line network's opinion; the rest is the cuts'."""

_UNSEEN = 1e-3
"""Probability of a value that a reader did not think of."""


class FreeBoxReader:
    """Reads crops as one free line of digits each."""

    def __init__(self, digits: DigitModel | None = None, lines: LineModel | None = None) -> None:
        """Takes the shipped models unless given others."""
        self._digits = digits or shipped_model()
        self._lines = lines or shipped_line_model()

    def read(self, crops: Sequence[Crop]) -> list[Reading]:
        """Returns one reading per crop; an empty box is the candidate None."""
        pictures = [line_picture(crop.image, crop.box_in_image) for crop in crops]
        columns = iter(self._lines.columns([p for p in pictures if p is not None]))
        cut = values_by_cuts(self._digits, crops)
        return [
            self._reading(crop.field, [] if picture is None else likeliest(next(columns)), values)
            for crop, picture, values in zip(crops, pictures, cut, strict=True)
        ]

    def _reading(
        self, field: str, seen: list[tuple[Written, float]], cut: dict[str, float]
    ) -> Reading:
        engine, calibration = self._lines.card.engine, self._lines.card.calibration
        if not seen:
            return Reading(field, (Candidate(None, _EMPTY),), engine=engine)
        spoilt = SPOILT in seen[0][0]
        ranked = joint_opinion(_whole(seen), cut)
        signs = (Reason.STRUCK_OUT,) if spoilt else ()
        return Reading(field, ranked_candidates(ranked, calibration), signs, engine=engine)


def _whole(seen: list[tuple[Written, float]]) -> dict[str, float]:
    """The values without a spoilt digit."""
    return {
        "".join(map(str, written)): probability
        for written, probability in seen
        if written and SPOILT not in written
    }


def joint_opinion(
    lines: dict[str, float], cuts: dict[str, float], trust: float = _TRUST
) -> list[tuple[str | None, float]]:
    """Returns values and the probability that both readers together give them, best first.

    A geometric mean of the two: where they differ, neither is believed. The mean is not scaled
    up to sum to 1, so that a line which neither can read stays doubtful.
    """
    values = {
        value: max(lines.get(value, 0.0), _UNSEEN) ** trust
        * max(cuts.get(value, 0.0), _UNSEEN) ** (1 - trust)
        for value in (*lines, *cuts)
    }
    ranked = sorted(values.items(), key=lambda item: -item[1])
    return [(value, probability) for value, probability in ranked] or [(None, 0.0)]
