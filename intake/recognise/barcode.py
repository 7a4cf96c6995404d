"""Reads bar codes and QR codes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import zxingcpp

from intake.records import Candidate, Reading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from intake.records import Crop, Grey

_SURE = 0.9999
"""A code that decodes carries its own check digits."""


class BarcodeReader:
    """Reads the one code in each crop."""

    def read(self, crops: Sequence[Crop]) -> list[Reading]:
        """Returns one reading per crop; no candidates where no code, or several, were found."""
        return [self._reading(crop) for crop in crops]

    def _reading(self, crop: Crop) -> Reading:
        texts = {code.text for code in _codes_in(crop.image)}
        candidates = (Candidate(texts.pop(), _SURE),) if len(texts) == 1 else ()
        return Reading(crop.field, candidates, engine="zxing")


def _codes_in(image: Grey) -> list[zxingcpp.Barcode]:
    """Upright and black on white, in a third of the time; if that fails, whichever way."""
    upright = zxingcpp.read_barcodes(image, try_rotate=False, try_downscale=False, try_invert=False)
    return upright or zxingcpp.read_barcodes(image)
