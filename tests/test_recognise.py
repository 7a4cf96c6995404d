"""The readers, from pictures to readings."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
import segno

from intake.errors import InputError, MissingProgram, UsageError
from intake.recognise.barcode import BarcodeReader
from intake.recognise.digits import DigitReader
from intake.recognise.framing import frame_cells
from intake.recognise.mark import MarkReader, ink_share, ticked_probability
from intake.recognise.model import MODELS, laboratory_thresholds, load_model
from intake.recognise.pictures import read_pictures
from intake.recognise.tesseract import TesseractReader
from intake.records import Crop, read_only

Strangers = tuple[list[np.ndarray], np.ndarray]
DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="the handwriting is not at hand")


def crop(image: np.ndarray, cells: tuple[np.ndarray, ...] = (), name: str = "reading") -> Crop:
    height, width = image.shape
    box = (0.0, 0.0, float(width), float(height))
    return Crop(name, read_only(image), 10.0, box, np.zeros((4, 2)), tuple(map(read_only, cells)))


def empty_cell(seed: int, *, lines: bool) -> np.ndarray:
    rng = np.random.default_rng(seed)
    cell = np.full((66, 54), rng.uniform(200, 250), np.float32)
    if lines:
        cv2.rectangle(cell, (6, 7), (47, 58), float(rng.uniform(20, 200)), int(rng.integers(1, 4)))
    for _ in range(int(rng.integers(0, 4))):
        at = (int(rng.integers(54)), int(rng.integers(66)))
        cv2.circle(cell, at, 1, float(rng.uniform(20, 150)), -1)
    return np.clip(cell + rng.normal(0, 4, cell.shape), 0, 255).astype(np.uint8)


@pytest.fixture(scope="module")
def reader() -> DigitReader:
    return DigitReader()


@pytest.fixture(scope="module")
def strangers() -> Strangers:
    with np.load(DATA / "swiss_digits.npz") as data:
        chosen = np.flatnonzero(data["split"] == "dev")[::6]
        sizes, images = data["size_hw"][chosen], data["images"][chosen]
        pictures = [image[:h, :w] for image, (h, w) in zip(images, sizes, strict=True)]
        return pictures, data["labels"][chosen]


@needs_data
def test_strangers_digits_are_read(reader: DigitReader, strangers: Strangers) -> None:
    pictures, labels = strangers
    readings = reader.read([crop(picture, (picture,)) for picture in pictures])
    right = [reading.value == str(label) for reading, label in zip(readings, labels, strict=True)]
    assert np.mean(right) > 0.98


@needs_data
def test_the_filled_comb_of_a_real_page_is_read(tmp_path: Path) -> None:
    page = cv2.imread(str(DATA / "real_forms" / "comb_idbox_filled_p1.png"), cv2.IMREAD_GRAYSCALE)
    cut_out = tmp_path / "comb.png"
    cv2.imwrite(str(cut_out), page[1870:2030, 985:2240])
    ((path, reading),) = read_pictures([cut_out], 10)
    assert (path, reading.value) == (cut_out, "0123456789")


def test_empty_cells_are_never_read_as_digits(reader: DigitReader) -> None:
    cells = [empty_cell(seed, lines=bool(seed % 4)) for seed in range(160)]
    combs = [crop(cells[i], tuple(cells[i : i + 8])) for i in range(0, 160, 8)]
    assert [reading.value for reading in reader.read(combs)] == [None] * 20


def test_readings_keep_their_order_and_names(reader: DigitReader) -> None:
    empty = empty_cell(1, lines=True)
    crops = [crop(empty, (empty,) * n, f"field {n}") for n in (3, 0, 5)]
    readings = reader.read(crops)
    assert [reading.field for reading in readings] == ["field 3", "field 0", "field 5"]
    assert reader.read([]) == []


def test_framing_ignores_how_dark_the_scan_is() -> None:
    cell = np.full((64, 52), 240, np.uint8)
    cv2.putText(cell, "5", (14, 46), cv2.FONT_HERSHEY_SIMPLEX, 1.1, 60, 3, cv2.LINE_AA)
    darker = (cell.astype(np.float32) * 0.8).astype(np.uint8)
    bright, dark = frame_cells([cell]), frame_cells([darker])
    assert np.abs(bright.astype(int) - dark.astype(int)).max() <= 12


def test_framing_leaves_box_lines_and_neighbours_out() -> None:
    plain = np.full((64, 52), 240, np.uint8)
    cv2.putText(plain, "3", (14, 46), cv2.FONT_HERSHEY_SIMPLEX, 1.1, 30, 3, cv2.LINE_AA)
    boxed = plain.copy()
    cv2.rectangle(boxed, (6, 7), (45, 57), 30, 2)
    cv2.line(boxed, (0, 30), (3, 34), 30, 2)
    ink = frame_cells([plain, boxed])[:, 0].astype(int)
    assert np.abs(ink[0] - ink[1]).mean() < 8


@pytest.mark.parametrize("shape", [(1, 1), (3, 200), (200, 3), (64, 52), (400, 300)])
def test_any_picture_can_be_framed(shape: tuple[int, int]) -> None:
    framed = frame_cells([np.full(shape, 200, np.uint8), np.zeros(shape, np.uint8)])
    assert framed.shape == (2, 2, 32, 32)
    assert framed.dtype == np.uint8


def test_a_model_that_is_not_on_its_card_is_not_loaded(tmp_path: Path) -> None:
    content = bytearray((MODELS / "digits.onnx").read_bytes())
    content[-1] ^= 1
    (tmp_path / "digits.onnx").write_bytes(bytes(content))
    (tmp_path / "digits.json").write_bytes((MODELS / "digits.json").read_bytes())
    with pytest.raises(InputError, match="SHA-256"):
        load_model(tmp_path / "digits.onnx")


def test_a_broken_card_is_named(tmp_path: Path) -> None:
    (tmp_path / "digits.json").write_text(json.dumps({"name": "digits"}))
    with pytest.raises(InputError, match=r"digits\.json"):
        load_model(tmp_path / "digits.onnx")


def test_shipped_thresholds_state_the_bound_they_stand_behind() -> None:
    for threshold in laboratory_thresholds():
        assert 0 <= threshold.bound <= 1
        assert threshold.wrong <= threshold.fields


def boxed(ticked: bool, grey: int = 40) -> Crop:
    image = np.full((60, 60), 245, np.uint8)
    cv2.rectangle(image, (10, 10), (49, 49), 90, 2)
    if ticked:
        cv2.polylines(image, [np.array([(17, 30), (26, 42), (46, 14)])], False, grey, 3)
    found = crop(image)
    return Crop("mark", found.image, 10.0, (10.0, 10.0, 40.0, 40.0), found.box_px)


def test_ticks_are_read_and_empty_boxes_are_not() -> None:
    pale, dark, none = MarkReader().read([boxed(True, 170), boxed(True), boxed(False)])
    assert (pale.value, dark.value, none.value) == ("1", "1", None)
    assert min(pale.confidence, dark.confidence, none.confidence) > 0.9


def test_more_ink_never_makes_a_tick_less_likely() -> None:
    chances = [ticked_probability(share) for share in np.linspace(0, 1, 50)]
    assert chances == sorted(chances)
    assert ink_share(np.zeros((0, 3), np.uint8)) == 0.0


def test_a_code_is_read(tmp_path: Path) -> None:
    file = tmp_path / "code.png"
    segno.make("water-slip;1;00123456;2026-11", error="m").save(str(file), scale=4)
    image = cv2.imread(str(file), cv2.IMREAD_GRAYSCALE)
    blank = np.full((80, 80), 255, np.uint8)
    found, nothing = BarcodeReader().read([crop(image), crop(blank)])
    assert found.value == "water-slip;1;00123456;2026-11"
    assert nothing.candidates == ()


def test_without_tesseract_the_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pytesseract.pytesseract.tesseract_cmd", "no-such-program")
    monkeypatch.setattr("intake.recognise.tesseract.find_spec", lambda _: None)
    with pytest.raises(MissingProgram, match="tesseract-ocr"):
        TesseractReader().read([crop(np.full((30, 90), 255, np.uint8))])


@needs_data
def test_cut_out_pictures_are_read(tmp_path: Path, strangers: Strangers) -> None:
    pictures, labels = strangers
    paths = []
    for index in range(12):
        paths.append(tmp_path / f"{index:02}.png")
        cv2.imwrite(str(paths[-1]), pictures[index])
    answers = list(read_pictures(paths, 1))
    assert [path for path, _ in answers] == paths
    right = [r.value == str(label) for (_, r), label in zip(answers, labels[:12], strict=True)]
    assert sum(right) >= 11


def test_pictures_that_are_none_are_named(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_text("no picture")
    with pytest.raises(InputError, match=r"a\.png"):
        list(read_pictures([tmp_path / "a.png"], 1))
    with pytest.raises(UsageError, match="cells"):
        list(read_pictures([], -1))
