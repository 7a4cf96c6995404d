"""Reads printed numbers with Tesseract: slow, and right where the type is unusual.

In this process where `tesserocr` is installed; otherwise in one call of the program for all lines
of a page, for starting it costs as much as reading fifty lines.
"""

from __future__ import annotations

import os
import re
import subprocess
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pytesseract
from PIL import Image

from intake.errors import MissingProgram
from intake.records import Candidate, Reading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from intake.records import Crop, Grey

_LINE_HEIGHT = 64
_DIGITS = "0123456789"
_SETTINGS = f"--psm 7 -c tessedit_char_whitelist={_DIGITS}"

Words = list[tuple[str, float]]
"""Each word that was seen, and how sure of it Tesseract is, 0..1."""


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
        if not crops:
            return []
        lines = [_line(crop.image) for crop in crops]
        try:
            found = _by_library(lines) if find_spec("tesserocr") else _by_program(lines)
        except (pytesseract.TesseractNotFoundError, FileNotFoundError) as error:
            raise MissingProgram(
                "Tesseract is not installed; printed numbers cannot be read without it. "
                "Install the Debian package tesseract-ocr."
            ) from error
        return [
            Reading(crop.field, (_candidate(words),), engine="tesseract")
            for crop, words in zip(crops, found, strict=True)
        ]


def _by_program(lines: Sequence[Grey]) -> list[Words]:
    """All lines in one call: it takes a list of pictures and numbers them as pages."""
    with TemporaryDirectory(prefix="intake-lines-") as folder:
        paths = [Path(folder) / f"{number}.png" for number in range(len(lines))]
        for path, line in zip(paths, lines, strict=True):
            path.write_bytes(cv2.imencode(".png", line)[1].tobytes())
        listed = Path(folder) / "lines.txt"
        listed.write_text("\n".join(map(str, paths)), encoding="utf-8")
        words: dict[str, list[Any]] = pytesseract.image_to_data(
            str(listed), config=_SETTINGS, output_type=pytesseract.Output.DICT
        )
    found: list[Words] = [[] for _ in lines]
    for page, text, sure in zip(words["page_num"], words["text"], words["conf"], strict=True):
        if text.strip():
            found[page - 1].append((text, float(sure) / 100))
    return found


def _by_library(lines: Sequence[Grey]) -> list[Words]:
    found = []
    for line in lines:
        _library().SetImage(Image.fromarray(line))
        words = _library().GetUTF8Text().split()
        sure = _library().AllWordConfidences()
        found.append([(word, share / 100) for word, share in zip(words, sure, strict=True)])
    return found


@cache
def _library() -> Any:  # noqa: ANN401 - an extra, without types
    """Tesseract in this process, with the data of the program beside it."""
    import tesserocr  # noqa: PLC0415 - an extra, loaded where a line is in doubt

    api = tesserocr.PyTessBaseAPI(path=_data_folder(), psm=tesserocr.PSM.SINGLE_LINE)
    api.SetVariable("tessedit_char_whitelist", _DIGITS)
    return api


def _data_folder() -> str:
    """As the installed program names it."""
    program = pytesseract.pytesseract.tesseract_cmd
    told = subprocess.run(
        [program, "--list-langs"], capture_output=True, text=True, check=False, timeout=60
    )
    named = re.search(r'"([^"]+)"', told.stdout)
    if named is None:
        raise FileNotFoundError(program)
    return named[1]


def _candidate(words: Words) -> Candidate:
    if not words:
        return Candidate(None, 0.5)
    value = "".join(text for text, _ in words)
    return Candidate(value, float(np.clip(min(sure for _, sure in words), 0.0, 1.0)))


def _line(image: Grey) -> Grey:
    """The line at the height Tesseract likes, on a white rim."""
    scale = _LINE_HEIGHT / image.shape[0]
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    sized = cv2.resize(image, None, fx=scale, fy=scale, interpolation=how)
    paper = int(np.percentile(sized, 80))
    return np.asarray(
        cv2.copyMakeBorder(sized, 12, 12, 12, 12, cv2.BORDER_CONSTANT, value=[paper]), np.uint8
    )
