"""Combs in pictures from anywhere are found; boxes without cells are read as lines."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.recognise.freebox import FreeBoxReader
from intake.recognise.handwriting import HandwritingReader
from intake.recognise.pieces import pieces_of, together
from intake.recognise.slicing import slice_cells
from intake.recognise.trouble import trouble_of
from intake.records import Crop, Grey, Reason, read_only


def free_box(text: str, *, spacing: int = 46, outline: bool = True) -> Crop:
    image = np.full((110, 60 + spacing * max(len(text), 3)), 244, np.uint8)
    height, width = image.shape
    for place, sign in enumerate(text):
        where = (24 + spacing * place, 78)
        cv2.putText(image, sign, where, cv2.FONT_HERSHEY_SIMPLEX, 1.9, 40, 4, cv2.LINE_AA)
    if outline:
        cv2.rectangle(image, (6, 6), (width - 7, height - 7), 120, 2)
    box = (6.0, 6.0, width - 13.0, height - 13.0)
    return Crop("reading", read_only(image), 10.0, box, np.zeros((4, 2)))


def comb(cells: int, pitch: int, left: int, right: int) -> Grey:
    image = np.full((80, left + cells * pitch + right), 240, np.uint8)
    for line in range(cells + 1):
        cv2.line(image, (left + line * pitch, 8), (left + line * pitch, 72), 90, 1)
    for cell in range(cells):
        middle = left + cell * pitch + pitch // 2
        cv2.circle(image, (middle, 40), 6, int(10 + 4 * cell), -1)
    return read_only(image)


@settings(max_examples=30, deadline=None)
@given(st.integers(2, 10), st.integers(40, 70), st.integers(4, 30), st.integers(4, 30))
def test_cells_are_found_by_their_lines(cells: int, pitch: int, left: int, right: int) -> None:
    for picture in slice_cells(comb(cells, pitch, left, right), cells):
        dark = np.flatnonzero((picture[34:47] < 70).any(axis=0))
        assert abs(dark.mean() / picture.shape[1] - 0.5) < 0.13


@pytest.mark.parametrize("cells", [1, 3, 8])
def test_any_picture_gives_as_many_cells_as_asked_for(cells: int) -> None:
    for picture in (np.zeros((20, 30), np.uint8), np.full((9, 200), 255, np.uint8)):
        assert len(slice_cells(picture, cells)) == cells


def test_pieces_hold_all_the_ink_once() -> None:
    crop = free_box("4711", outline=False)
    pieces = pieces_of(crop.image, crop.box_in_image)
    assert len(pieces) >= 4
    whole = together(pieces)
    assert sum(int((p.ink > 105).sum()) for p in pieces) == int((whole.ink > 105).sum())
    assert [p.left + p.right for p in pieces] == sorted(p.left + p.right for p in pieces)


@pytest.mark.parametrize("spacing", [46, 38])
@pytest.mark.parametrize("outline", [True, False])
def test_a_line_without_cells_is_read(spacing: int, outline: bool) -> None:
    (reading,) = FreeBoxReader().read([free_box("23586", spacing=spacing, outline=outline)])
    assert reading.value == "23586"


def with_comma(text: str, grey: int = 40) -> Crop:
    """A box with a comma where `text` has a space."""
    crop = free_box(text)
    image = crop.image.copy()
    x = 24 + 46 * text.index(" ") + 20
    cv2.line(image, (x, 74), (x - 4, 84), grey, 4)
    return replace(crop, image=read_only(image))


@pytest.mark.parametrize(("text", "value"), [("52 83", "52.83"), ("523 8", "523.8")])
def test_a_decimal_mark_stands_where_it_was_written(text: str, value: str) -> None:
    (reading,) = FreeBoxReader().read([with_comma(text)])
    assert (reading.value, reading.signs) == (value, ())


def test_a_speck_far_from_the_digits_is_no_decimal_mark() -> None:
    crop = free_box("5283")
    image = crop.image.copy()
    cv2.circle(image, (120, 14), 3, 40, -1)
    assert FreeBoxReader().read([replace(crop, image=read_only(image))])[0].value == "5283"


def test_ink_too_pale_to_be_read_does_not_make_a_box_empty() -> None:
    crop = free_box("23586")
    pale = (244 - (244 - crop.image.astype(np.float32)) * 0.09).round().astype(np.uint8)
    pale[:10], pale[-10:] = crop.image[:10], crop.image[-10:]
    (reading,) = FreeBoxReader().read([replace(crop, image=read_only(pale))])
    assert Reason.FAINT_INK in (*reading.signs, *trouble_of(replace(crop, image=pale)).signs)


@pytest.mark.parametrize("cut", [24 + 4 * 46 + 24, 24 + 4 * 46 + 4])
def test_digits_that_go_on_beyond_the_end_of_a_box_are_noticed(cut: int) -> None:
    crop = free_box("23586", outline=False)
    box = (6.0, 6.0, float(cut - 6), 97.0)
    image = crop.image.copy()
    cv2.rectangle(image, (6, 6), (cut, 103), 120, 2)
    beyond = image[:, : cut + 20]
    shown = replace(crop, image=read_only(beyond), box_in_image=box)
    assert trouble_of(shown).signs == (Reason.OUTSIDE_BOX,)


def test_a_word_printed_beside_a_box_is_no_trouble_while_the_writing_ends_before_it() -> None:
    crop = free_box("235   ")
    image = np.pad(crop.image, ((0, 0), (0, 20)), constant_values=244)
    cv2.putText(image, "m", (image.shape[1] - 16, 78), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 40, 2)
    assert trouble_of(replace(crop, image=image)).signs == ()


def test_an_empty_box_is_the_candidate_none() -> None:
    (reading,) = FreeBoxReader().read([free_box("")])
    assert reading.value is None
    assert reading.confidence > 0.9


def test_combs_and_boxes_are_read_in_one_call_in_order() -> None:
    box = free_box("23586")
    blank = np.full((64, 52), 240, np.uint8)
    empty = Crop("comb", box.image, 10.0, box.box_in_image, box.box_px, (blank,) * 4)
    readings = HandwritingReader().read([empty, box, empty])
    assert [reading.field for reading in readings] == ["comb", "reading", "comb"]
    assert [reading.value for reading in readings] == [None, "23586", None]
