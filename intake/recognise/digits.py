"""Reads handwritten combs: every cell of a form in one pass through the digit network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from intake.recognise.looks import look
from intake.recognise.model import DigitModel, Probabilities, shipped_model
from intake.recognise.strings import candidates_of_fields, doubtful_cells, field_signs
from intake.records import Reading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from intake.records import Candidate, Crop


class DigitReader:
    """Reads crops that have cells."""

    def __init__(self, model: DigitModel | None = None) -> None:
        """Takes the shipped model unless given another."""
        self.model = model or shipped_model()

    def read(self, crops: Sequence[Crop]) -> list[Reading]:
        """Returns one reading per crop; one without cells has no candidates."""
        seen = look(self.model, [crop.cells for crop in crops])
        found = candidates_of_fields(seen, self.model.card.calibration)
        return [
            self._reading(crop.field, cells, candidates)
            for crop, cells, candidates in zip(crops, seen, found, strict=True)
        ]

    def _reading(
        self, field: str, cells: Probabilities, candidates: tuple[Candidate, ...]
    ) -> Reading:
        return Reading(
            field,
            candidates,
            field_signs(cells) if len(cells) else (),
            doubtful_cells(cells) if len(cells) else (),
            self.model.card.engine,
        )
