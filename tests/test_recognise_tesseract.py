"""Tesseract reads all doubtful lines of a page at once, and each keeps its own answer."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pytesseract
import pytest

from intake.recognise import tesseract
from intake.recognise.tesseract import TesseractReader
from intake.records import Crop, read_only

if TYPE_CHECKING:
    from collections.abc import Callable

LINES = ("12345678", "", "40100365")


def crop(text: str) -> Crop:
    image = np.full((88, 400), 255, np.uint8)
    cv2.putText(image, text, (20, 60), cv2.FONT_HERSHEY_SIMPLEX, 1.6, 0, 3)
    box = np.zeros((4, 2))
    return Crop(f"line {text}", read_only(image), 12.0, (0, 0, 400, 88), box, ())


def without_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tesseract, "find_spec", lambda _: None)


def counted(function: Callable[..., Any], calls: list[str]) -> Callable[..., Any]:
    def counting(picture: str, **named: Any) -> Any:
        calls.append(picture)
        return function(picture, **named)

    return counting


def test_one_call_reads_all_lines_of_a_page(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    without_library(monkeypatch)
    monkeypatch.setattr(pytesseract, "image_to_data", counted(pytesseract.image_to_data, calls))
    readings = TesseractReader().read([crop(text) for text in LINES])
    assert [reading.value for reading in readings] == [text or None for text in LINES]
    assert [reading.field for reading in readings] == [f"line {text}" for text in LINES]
    assert len(calls) == 1


@pytest.mark.skipif(
    importlib.util.find_spec("tesserocr") is None,
    reason="tesserocr is not installed: `make bench-setup` brings meter-intake[inprocess]",
)
def test_in_this_process_it_reads_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    inside = TesseractReader().read([crop(text) for text in LINES])
    without_library(monkeypatch)
    outside = TesseractReader().read([crop(text) for text in LINES])
    assert [one.value for one in inside] == [one.value for one in outside]


def test_where_nothing_is_in_doubt_nothing_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pytesseract.pytesseract.tesseract_cmd", "no-such-program")
    assert TesseractReader().read([]) == []
