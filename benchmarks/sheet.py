"""The worst errors as a picture: what was seen, what it is, what it was taken for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.digits import Seen

_SIDE, _FOOT, _ACROSS = 84, 34, 10
_NAMES = (*"0123456789", "empty", "spoilt")


def worst(populations: Sequence[Seen], count: int) -> NDArray[np.uint8]:
    """Returns the `count` errors made with most confidence, as one grey picture."""
    errors = [
        (float(seen.probabilities[row].max()), seen, int(row))
        for seen in populations
        for row in np.flatnonzero(seen.best != seen.labels)
    ]
    errors.sort(key=lambda error: -error[0])
    tiles = [_tile(seen, row) for _, seen, row in errors[:count]] or [_blank()]
    tiles += [_blank()] * (-len(tiles) % _ACROSS)
    rows = [np.hstack(tiles[i : i + _ACROSS]) for i in range(0, len(tiles), _ACROSS)]
    return np.vstack(rows)


def _blank() -> NDArray[np.uint8]:
    return np.full((_SIDE + _FOOT, _SIDE + 24), 255, np.uint8)


def _tile(seen: Seen, row: int) -> NDArray[np.uint8]:
    tile, cell = _blank(), seen.cells.pictures[row]
    scale = _SIDE / max(cell.shape)
    sized = cv2.resize(cell, None, fx=scale, fy=scale)
    tile[: sized.shape[0], : sized.shape[1]] = sized
    label, best = _NAMES[seen.labels[row]], _NAMES[seen.best[row]]
    words = f"{label} as {best} {seen.probabilities[row].max():.2f}"
    cv2.putText(tile, words, (2, _SIDE + 13), cv2.FONT_HERSHEY_SIMPLEX, 0.38, 0, 1, cv2.LINE_AA)
    name = seen.cells.names[row]
    cv2.putText(tile, name, (2, _SIDE + 27), cv2.FONT_HERSHEY_SIMPLEX, 0.3, 90, 1, cv2.LINE_AA)
    return tile
