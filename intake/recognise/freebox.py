"""Reads boxes without cells: as many digits as fit, touching or not.

Two readers look at the line: the line network, column by column, and the digit network, at every
way to cut the ink into digits. What both find likely is the value.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from intake.recognise.cuts import values_by_cuts
from intake.recognise.linemodel import (
    SPOILT,
    LineModel,
    digits_after,
    likeliest,
    shipped_line_model,
)
from intake.recognise.linepicture import line_picture
from intake.recognise.model import DigitModel, shipped_model
from intake.recognise.strings import ranked_candidates
from intake.recognise.trouble import holds_ink
from intake.records import Candidate, Reading, Reason

if TYPE_CHECKING:
    from collections.abc import Sequence

    from intake.recognise.linemodel import Written
    from intake.recognise.model import Probabilities
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
        """Returns one reading per crop; an empty box is the candidate None.

        Values have a `.` where a decimal mark was written.
        """
        pictures = [line_picture(crop.image, crop.box_in_image) for crop in crops]
        columns = iter(self._lines.columns([p.ink for p in pictures if p is not None]))
        cut = values_by_cuts(self._digits, crops)
        return [
            self._blank(crop)
            if picture is None
            else self._reading(crop.field, next(columns), picture.marks, values)
            for crop, picture, values in zip(crops, pictures, cut, strict=True)
        ]

    def _blank(self, crop: Crop) -> Reading:
        signs = (Reason.FAINT_INK,) if holds_ink(crop) else ()
        return Reading(
            crop.field, (Candidate(None, _EMPTY),), signs, engine=self._lines.card.engine
        )

    def _reading(
        self, field: str, columns: Probabilities, marks: Sequence[float], cut: dict[str, float]
    ) -> Reading:
        seen = likeliest(columns)
        ranked = joint_opinion(_whole(seen), cut)
        places = _places(columns, ranked[0][0] or "", marks)
        signs = (Reason.STRUCK_OUT,) if SPOILT in seen[0][0] else ()
        if places is None:
            signs = (*signs, Reason.DECIMAL_MARK)
        marked = [(_marked(value, places), probability) for value, probability in ranked]
        engine, calibration = self._lines.card.engine, self._lines.card.calibration
        return Reading(field, ranked_candidates(marked, calibration), signs, engine=engine)


def _whole(seen: list[tuple[Written, float]]) -> dict[str, float]:
    """The values without a spoilt digit."""
    return {
        "".join(map(str, written)): probability
        for written, probability in seen
        if written and SPOILT not in written
    }


def _places(columns: Probabilities, written: str, marks: Sequence[float]) -> tuple[int, ...] | None:
    """How many digits stand behind each decimal mark; None where that cannot be told."""
    found = [digits_after(columns, written, mark) for mark in marks]
    told = tuple(sorted({places for places in found if places is not None}, reverse=True))
    return told if None not in found else None


def _marked(value: str | None, places: Sequence[int] | None) -> str | None:
    """The digits with a mark before the last so many of them."""
    if value is None or not places:
        return value
    edges = [0, *(max(0, len(value) - behind) for behind in places), len(value)]
    return ".".join(value[start:end] for start, end in pairwise(edges))


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
