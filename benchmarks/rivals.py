"""Other readers on the same cells: PP-OCRv6 and Tesseract, where they are installed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytesseract

from intake.recognise.framing import frame_cells
from intake.recognise.model import STRUCK_OUT, DigitModel

if TYPE_CHECKING:
    from benchmarks.figures import Figures
    from intake.records import Grey
    from training.populations import Cells

try:
    from rapidocr import RapidOCR
except ImportError:
    RapidOCR = None


def compare(model: DigitModel, cells: Cells, count: int, seed: int, out: Figures) -> None:
    """Reads `count` cells, drawn by `seed`, with every reader at hand."""
    chosen = np.random.default_rng((seed, 9)).permutation(len(cells.labels))[:count]
    pictures = [cells.pictures[i] for i in chosen]
    labels = np.array([cells.labels[i] for i in chosen])
    ours = _errors(_ours(model, pictures), labels)
    out.add("rivals_ours", len(labels) - ours, len(labels))
    few = min(60, count)
    wrong = _errors([_tesseract(picture) for picture in pictures[:few]], labels[:few])
    out.add("rivals_tesseract", few - wrong, few)
    if RapidOCR is None:
        print("PP-OCRv6 is not installed (make bench-setup): no comparison with it.")
        return
    reader = RapidOCR(params={"Global.log_level": "error"})
    theirs = _errors([_ppocr(reader, picture) for picture in pictures], labels)
    out.add("rivals_ppocr6", len(labels) - theirs, len(labels))
    out.number("errors_vs_ppocr6", ours / max(theirs, 1))


def _errors(read: list[str], labels: np.ndarray) -> int:
    return sum(text != str(label) for text, label in zip(read, labels, strict=True))


def _ours(model: DigitModel, pictures: list[Grey]) -> list[str]:
    framed = frame_cells(pictures)
    return [
        str(best) if best < STRUCK_OUT else ""
        for best in model.probabilities(framed, np.arange(len(framed))).argmax(axis=1)
    ]


def _tesseract(picture: Grey) -> str:
    wide = cv2.copyMakeBorder(picture, 20, 20, 20, 20, cv2.BORDER_REPLICATE)
    settings = "--psm 10 -c tessedit_char_whitelist=0123456789"
    return str(pytesseract.image_to_string(wide, config=settings)).strip()


def _ppocr(reader, picture: Grey) -> str:  # noqa: ANN001 - no types without the package
    """The likeliest digits: what it reads, all but digits left out."""
    colour = cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR)
    answer = reader(colour, use_det=False, use_cls=False, use_rec=True)
    texts = answer.txts or ("",)
    return "".join(sign for sign in texts[0] if sign.isdigit())
