"""Reads what people wrote, in combs and in boxes without cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from intake.recognise.digits import DigitReader
from intake.recognise.freebox import FreeBoxReader
from intake.recognise.model import DigitModel, shipped_model

if TYPE_CHECKING:
    from collections.abc import Sequence

    from intake.records import Crop, Reading


class HandwritingReader:
    """Gives each crop to the reader it needs."""

    def __init__(self, model: DigitModel | None = None) -> None:
        """Takes the shipped model unless given another."""
        model = model or shipped_model()
        self._combs = DigitReader(model)
        self._boxes = FreeBoxReader(model)

    def read(self, crops: Sequence[Crop]) -> list[Reading]:
        """Returns one reading per crop, in the same order."""
        combs = iter(self._combs.read([crop for crop in crops if crop.cells]))
        boxes = iter(self._boxes.read([crop for crop in crops if not crop.cells]))
        return [next(combs) if crop.cells else next(boxes) for crop in crops]
