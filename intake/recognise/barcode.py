"""Reads bar codes and QR codes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import zxingcpp

from intake.records import Candidate, Reading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from intake.records import Crop

_SURE = 0.9999
"""A code that decodes carries its own check digits."""


class BarcodeReader:
    """Reads the one code in each crop."""

    def read(self, crops: Sequence[Crop]) -> list[Reading]:
        """Returns one reading per crop; no candidates where no code, or several, were found."""
        return [self._reading(crop) for crop in crops]

    def _reading(self, crop: Crop) -> Reading:
        texts = {code.text for code in zxingcpp.read_barcodes(crop.image)}
        candidates = (Candidate(texts.pop(), _SURE),) if len(texts) == 1 else ()
        return Reading(crop.field, candidates, engine="zxing")
