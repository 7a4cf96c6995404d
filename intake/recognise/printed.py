"""Reads printed numbers with the digit network, and asks Tesseract only where that is in doubt."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from intake.recognise.characters import character_pictures
from intake.recognise.framing import frame_cells
from intake.recognise.model import DigitModel, shipped_model
from intake.recognise.strings import candidates_of_fields
from intake.recognise.tesseract import TesseractReader
from intake.records import Candidate, Reading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from intake.recognise import Reader
    from intake.records import Crop

_BARE = 0.99
"""Confidence that a line is empty where nothing as high as a digit stands."""

_CLEAR = 0.97
"""Confidence of a whole number from which nobody else is asked."""


class PrintedReader:
    """Reads each crop as one printed line of digits."""

    def __init__(self, network: Reader | None = None, doubtful: Reader | None = None) -> None:
        """Takes the digit network, and Tesseract for `doubtful` lines, unless given others."""
        self._network = network or NetworkReader()
        self._doubtful = doubtful or TesseractReader()

    def read(self, crops: Sequence[Crop]) -> list[Reading]:
        """Returns one reading per crop; an empty line is the candidate None.

        Raises:
            MissingProgram: a line is in doubt and Tesseract is not installed.
        """
        readings = self._network.read(crops)
        unsure = [i for i, reading in enumerate(readings) if reading.confidence < _CLEAR]
        second = self._doubtful.read([crops[i] for i in unsure])
        for place, other in zip(unsure, second, strict=True):
            readings[place] = _settled(readings[place], other)
        return readings


class NetworkReader:
    """Reads each crop as one printed line of digits, without a second opinion."""

    def __init__(self, model: DigitModel | None = None) -> None:
        """Takes the shipped model unless given another."""
        self.model = model or shipped_model()

    def read(self, crops: Sequence[Crop]) -> list[Reading]:
        """Returns one reading per crop; an empty line is the candidate None."""
        lines = [character_pictures(crop) for crop in crops]
        whose = np.repeat(np.arange(len(lines)), [len(line) for line in lines])
        framed = frame_cells([picture for line in lines for picture in line])
        probabilities = self.model.probabilities(framed, whose)
        seen = [probabilities[whose == number] for number in range(len(crops))]
        found = candidates_of_fields(seen, self.model.card.calibration)
        bare, engine = (Candidate(None, _BARE),), self.model.card.engine
        return [
            Reading(crop.field, candidates or bare, engine=engine)
            for crop, candidates in zip(crops, found, strict=True)
        ]


def _settled(first: Reading, second: Reading) -> Reading:
    """Two opinions as one: where they agree both count, where they differ neither is sure."""
    if first.value == second.value and first.candidates:
        doubt = (1 - first.confidence) * (1 - second.confidence)
        candidates: tuple[Candidate, ...] = (Candidate(first.value, 1 - doubt),)
    else:
        weighed: dict[str | None, float] = {}
        for candidate in (*first.candidates, *second.candidates):
            share = weighed.get(candidate.value, 0.0) + candidate.probability / 2
            weighed[candidate.value] = share
        ranked = sorted(weighed.items(), key=lambda item: -item[1])
        candidates = tuple(Candidate(value, chance) for value, chance in ranked[:5])
    return Reading(first.field, candidates, engine=f"{first.engine}, {second.engine}")
