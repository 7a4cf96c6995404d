"""Reads printed numbers with Tesseract: slow, and right where the type is unusual."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytesseract

from intake.errors import MissingProgram
from intake.records import Candidate, Reading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from intake.records import Crop, Grey

_LINE_HEIGHT = 64
_SETTINGS = "--psm 7 -c tessedit_char_whitelist=0123456789"


class TesseractReader:
    """Reads each crop as one printed line of digits."""

    def __init__(self) -> None:
        """Keeps Tesseract to one thread: more cost five times the time for one line."""
        os.environ["OMP_THREAD_LIMIT"] = "1"

    def read(self, crops: Sequence[Crop]) -> list[Reading]:
        """Returns one reading per crop; an empty line is the candidate None.

        Raises:
            MissingProgram: Tesseract is not installed.
        """
        return [self._reading(crop) for crop in crops]

    def _reading(self, crop: Crop) -> Reading:
        try:
            words = pytesseract.image_to_data(
                _line(crop.image), config=_SETTINGS, output_type=pytesseract.Output.DICT
            )
        except pytesseract.TesseractNotFoundError as error:
            raise MissingProgram(
                "Tesseract is not installed; printed numbers cannot be read without it. "
                "Install the Debian package tesseract-ocr."
            ) from error
        return Reading(crop.field, (_candidate(words),), engine="tesseract")


def _candidate(words: dict[str, list[str]]) -> Candidate:
    found = [
        (text, float(confidence) / 100)
        for text, confidence in zip(words["text"], words["conf"], strict=True)
        if text.strip()
    ]
    if not found:
        return Candidate(None, 0.5)
    value = "".join(text for text, _ in found)
    return Candidate(value, float(np.clip(min(sure for _, sure in found), 0.0, 1.0)))


def _line(image: Grey) -> Grey:
    """The line at the height Tesseract likes, on a white rim."""
    scale = _LINE_HEIGHT / image.shape[0]
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    sized = cv2.resize(image, None, fx=scale, fy=scale, interpolation=how)
    paper = int(np.percentile(sized, 80))
    return np.asarray(
        cv2.copyMakeBorder(sized, 12, 12, 12, 12, cv2.BORDER_CONSTANT, value=[paper]), np.uint8
    )
