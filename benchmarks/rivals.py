"""Other readers on the same cells: PP-OCRv6, a network that knows MNIST alone, Tesseract."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
import onnxruntime
import pytesseract
from numpy.typing import NDArray

from intake.recognise.framing import frame_cells
from intake.recognise.model import STRUCK_OUT, DigitModel

if TYPE_CHECKING:
    from benchmarks.figures import Figures
    from intake.records import Grey
    from training.populations import Cells

_TESSERACT_CELLS = 60


def compare(
    model: DigitModel, cells: Cells, data: Path, sizes: tuple[int, int], out: Figures
) -> None:
    """Reads cells with every reader at hand; `sizes` are how many, and the seed."""
    count, seed = sizes
    chosen = np.random.default_rng((seed, 9)).permutation(len(cells.labels))[:count]
    pictures = [cells.pictures[i] for i in chosen]
    labels = [str(cells.labels[i]) for i in chosen]
    ours = _right(_ours(model, pictures), labels)
    out.add("rivals_ours", ours, len(labels))
    few = min(_TESSERACT_CELLS, len(labels))
    read = [_tesseract(picture) for picture in pictures[:few]]
    out.add("rivals_tesseract", _right(read, labels[:few]), few)
    if find_spec("torch"):
        out.add("rivals_mnist_only", _right(_mnist_only(pictures, data, seed), labels), len(labels))
    else:
        print("torch is not installed (make bench-setup): no comparison with MNIST alone.")
    wheel = find_spec("rapidocr")
    if not wheel or not wheel.origin:
        print("PP-OCRv6 is not installed (make bench-setup): no comparison with it.")
        return
    theirs = _right(PpOcr(Path(wheel.origin).parent).read(pictures), labels)
    out.add("rivals_ppocr6", theirs, len(labels))
    out.number("errors_vs_ppocr6", (len(labels) - ours) / max(len(labels) - theirs, 1))


def _right(read: list[str], labels: list[str]) -> int:
    return sum(text == label for text, label in zip(read, labels, strict=True))


def _ours(model: DigitModel, pictures: list[Grey]) -> list[str]:
    framed = frame_cells(pictures)
    best = model.probabilities(framed, np.arange(len(framed))).argmax(axis=1)
    return [str(digit) if digit < STRUCK_OUT else "" for digit in best]


def _mnist_only(pictures: list[Grey], data: Path, seed: int) -> list[str]:
    from benchmarks.mnist_only import mnist_network, read_digits  # noqa: PLC0415 - needs torch

    return [str(digit) for digit in read_digits(mnist_network(data, seed), pictures)]


def _tesseract(picture: Grey) -> str:
    wide = cv2.copyMakeBorder(picture, 20, 20, 20, 20, cv2.BORDER_REPLICATE)
    settings = "--psm 10 -c tessedit_char_whitelist=0123456789"
    return str(pytesseract.image_to_string(wide, config=settings)).strip()


class PpOcr:
    """PP-OCRv6's recogniser, told that there is exactly one digit in a cell."""

    def __init__(self, package: Path) -> None:
        """Takes the model out of the folder of the `rapidocr` package."""
        model = package / "models" / "PP-OCRv6_rec_small.onnx"
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(str(model), options)
        signs = self._session.get_modelmeta().custom_metadata_map["character"].splitlines()
        self._digits = [signs.index(digit) + 1 for digit in "0123456789"]

    def read(self, pictures: list[Grey]) -> list[str]:
        """Returns the likeliest digit of each picture."""
        return [self._read(picture) for picture in pictures]

    def _read(self, picture: Grey) -> str:
        (answer,) = self._session.run(None, {"x": _prepared(picture)})
        return str(answer[0][:, self._digits].max(axis=0).argmax())


def _prepared(picture: Grey) -> NDArray[np.float32]:
    """Cut to the ink, at the height the network wants, on a wide piece of the same paper."""
    picture = _cut_to_ink(picture)
    width = max(8, round(picture.shape[1] * 48 / picture.shape[0]))
    sized = cv2.resize(picture, (width, 48), interpolation=cv2.INTER_AREA)
    paper = int(np.percentile(sized, 80))
    wide = cv2.copyMakeBorder(sized, 0, 0, 24, 24, cv2.BORDER_CONSTANT, value=[paper])
    scaled = wide.astype(np.float32) / 127.5 - 1
    return np.ascontiguousarray(np.broadcast_to(scaled, (1, 3, *scaled.shape)))


def _cut_to_ink(picture: Grey) -> Grey:
    """A fifth of the ink's height is left around it: it reads best like that."""
    level = (float(np.percentile(picture, 80)) + float(picture.min())) / 2
    rows, columns = np.where(picture < level)
    if not len(rows):
        return picture
    rim = max(2, int(0.2 * np.ptp(rows)))
    top, left = max(0, rows.min() - rim), max(0, columns.min() - rim)
    return picture[top : rows.max() + rim + 1, left : columns.max() + rim + 1]
