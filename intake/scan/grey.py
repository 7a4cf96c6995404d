"""Any picture to 8-bit grey on white, and what its header says of its size and resolution."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from intake.records import Grey, Reason
from intake.scan.refusals import refused

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from intake.settings import Limits

SANE_DPI = (50.0, 1300.0)
DPI_TOLERANCE = 0.05
SPARSE = 16
PAPER = 200
ODD_DEPTH = "Neither 8 nor 16 bits a pixel: set the scanner to grey or black and white."


def check_size(size: tuple[float, float], limits: Limits) -> None:
    """Refuses a picture of `size` (width, height) pixels that is beyond the limits, or nothing.

    Raises:
        Refused: too large or corrupt.
    """
    width, height = size
    if width < 1 or height < 1:
        raise refused(Reason.CORRUPT)
    if width * height > limits.megapixels * 1e6:
        raise refused(Reason.TOO_LARGE)


def sane_dpi(stated: Any) -> float | None:  # noqa: ANN401 - whatever a file may hold there
    """Dots per inch from a pair (across, down); None where missing, absurd or not square."""
    try:
        across, down = (float(value) for value in stated)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    if not (SANE_DPI[0] <= across <= SANE_DPI[1]) or abs(down - across) > DPI_TOLERANCE * across:
        return None
    return (across + down) / 2


def grey_of(picture: Image.Image) -> Grey:
    """H×W 8-bit grey of `picture` on white paper.

    Raises:
        Refused: its numbers have no agreed meaning as light and dark.
    """
    if picture.mode.startswith(("I", "F")):
        return _scaled(np.asarray(picture))
    if picture.has_transparency_data:
        picture = _on_white(picture)
    if picture.mode not in {"1", "L", "P", "RGB"}:
        picture = picture.convert("RGB")
    return np.asarray(picture.convert("L"), dtype=np.uint8)


def is_flat_dark(image: Grey) -> bool:
    """Whether it is of one colour that is not paper's: what decoders put where data is missing."""
    if np.ptp(image[::SPARSE, ::SPARSE]):
        return False
    return bool(image[0, 0] < PAPER and not np.ptp(image))


def _on_white(picture: Image.Image) -> Image.Image:
    inked = picture.convert("RGBA")
    paper = Image.new("RGBA", inked.size, "white")
    return Image.alpha_composite(paper, inked).convert("L")


def _scaled(values: NDArray[Any]) -> Grey:
    """Numbers beyond 8 bits, brought to 0..255 by the smallest customary full scale."""
    if values.dtype == np.uint16 or values.dtype == np.dtype(">u2"):
        return (values >> 8).astype(np.uint8)
    darkest, lightest = float(values.min()), float(values.max())
    scales = (1.0, 255.0, 65535.0) if values.dtype.kind == "f" else (255.0, 65535.0)
    full = next((scale for scale in scales if lightest <= scale), None)
    if full is None or not darkest >= 0:
        raise refused(Reason.UNSUPPORTED, ODD_DEPTH)
    return np.rint(values * (255.0 / full)).astype(np.uint8)
