"""Printed numbers: cut into characters, read by the network, Tesseract asked in doubt."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

import intake.forms
from intake.recognise.characters import character_pictures
from intake.recognise.printed import PrintedReader
from intake.records import Candidate, Crop, Reading, read_only

FONT = Path(intake.forms.__file__).parent / "fonts" / "DejaVuSans.ttf"


def printed(text: str, height: int = 40, *, grey: int = 20) -> Crop:
    font = ImageFont.truetype(str(FONT), height)
    picture = Image.new("L", (int(height * 0.7 * max(len(text), 4)) + 40, 2 * height), 248)
    ImageDraw.Draw(picture).text((20, height // 3), text, grey, font=font)
    image = read_only(np.asarray(picture))
    rows, columns = image.shape
    box = (4.0, 4.0, columns - 8.0, rows - 8.0)
    return Crop("account", image, 12.0, box, np.zeros((4, 2)))


class Second:
    """Stands in for Tesseract and remembers what it was asked."""

    def __init__(self, value: str | None) -> None:
        self.value = value
        self.asked: list[str] = []

    def read(self, crops: Sequence[Crop]) -> list[Reading]:
        self.asked += [crop.field for crop in crops]
        return [
            Reading(crop.field, (Candidate(self.value, 0.9),), engine="second") for crop in crops
        ]


@pytest.mark.parametrize("height", [16, 24, 40, 80])
@pytest.mark.parametrize("text", ["00123456", "1111", "70417", "9"])
def test_a_line_falls_into_its_characters(text: str, height: int) -> None:
    assert len(character_pictures(printed(text, height))) == len(text)


def test_an_empty_line_has_no_characters() -> None:
    assert character_pictures(printed("")) == []


@pytest.mark.parametrize("text", ["", "–", "."])
def test_a_dash_where_no_number_is_asks_nobody(text: str) -> None:
    second = Second("2")
    reading = PrintedReader(doubtful=second).read([printed(text)])[0]
    assert (reading.value, second.asked) == (None, [])
    assert reading.confidence > 0.9


def test_ink_outside_the_printed_box_is_not_read() -> None:
    crop = printed("1234")
    narrow = Crop("account", crop.image, 12.0, (0.0, 0.0, 8.0, 90.0), np.zeros((4, 2)))
    assert character_pictures(narrow) == []


def test_clear_print_is_read_without_a_second_opinion() -> None:
    second = Second("0")
    readings = PrintedReader(doubtful=second).read([printed("00123456"), printed("98765")])
    assert [reading.value for reading in readings] == ["00123456", "98765"]
    assert second.asked == []


def test_where_two_opinions_differ_neither_is_sure() -> None:
    blotted = printed("12345").image.copy()
    blotted[10:70, 20:100] = np.random.default_rng(1).integers(0, 120, (60, 80))
    crop = Crop("account", read_only(blotted), 12.0, (0.0, 0.0, 180.0, 80.0), np.zeros((4, 2)))
    second = Second("12345")
    (reading,) = PrintedReader(doubtful=second).read([crop])
    assert second.asked == ["account"]
    assert reading.confidence <= 0.75
    assert "12345" in {candidate.value for candidate in reading.candidates}


def test_no_lines_no_work() -> None:
    assert PrintedReader(doubtful=Second(None)).read([]) == []
