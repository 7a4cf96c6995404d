"""Reads cut-out pictures of fields, wherever they come from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from intake.errors import InputError, UsageError
from intake.recognise.handwriting import HandwritingReader
from intake.recognise.slicing import slice_cells
from intake.records import Crop, read_only

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from intake.recognise import Reader
    from intake.records import Grey, Reading


def read_pictures(
    paths: Sequence[Path], cells: int, reader: Reader | None = None
) -> Iterator[tuple[Path, Reading]]:
    """Yields each picture of a field with what stands in it, in the order given.

    Args:
        paths: pictures in any format OpenCV reads, dark ink on light paper.
        cells: how many cells the comb in each picture has; 1 is a single digit, 0 a box without
            cells.
        reader: what reads them; the shipped model where None.

    Raises:
        UsageError: `cells` makes no sense.
        InputError: a picture cannot be read.
    """
    if cells < 0:
        raise UsageError(f"--cells {cells}: give the number of cells, or 0 for a box without any.")
    reader = reader or HandwritingReader()
    for path in paths:
        yield path, reader.read([_field(path, cells)])[0]


def _field(path: Path, cells: int) -> Crop:
    image = _load(path)
    height, width = image.shape
    return Crop(
        field=path.name,
        image=image,
        px_per_mm=1.0,
        box_in_image=(0.0, 0.0, float(width), float(height)),
        box_px=np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64),
        cells=tuple(slice_cells(image, cells)) if cells else (),
    )


def _load(path: Path) -> Grey:
    try:
        content = np.frombuffer(path.read_bytes(), np.uint8)
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); check the path.") from error
    image = cv2.imdecode(content, cv2.IMREAD_GRAYSCALE) if content.size else None
    if image is None:
        raise InputError(f"{path}: not a picture; give PNG, JPEG, TIFF or BMP files.")
    return read_only(np.asarray(image, np.uint8))
