"""Looks for wrong labels, and shows those that were dropped.

`python -m training.labels dropped SHEET.png` draws every digit in dropped.json with its reason;
`python -m training.labels suspects SHEET.png` draws the digits whose label the shipped model
believes least, with their place in their set, for somebody to judge by eye.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from intake.recognise.framing import frame_cells
from intake.recognise.model import shipped_model
from training.dropped import LIST
from training.hands import load_hands
from training.populations import Cells, swiss_whole, unipen_drawn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from intake.records import Grey

_ACROSS, _SIDE, _FOOT = 12, 80, 30


class _Tile(NamedTuple):
    picture: Grey
    first: str
    second: str


def main() -> None:
    """Parses the command line and draws the sheet."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["dropped", "suspects"])
    parser.add_argument("sheet", type=Path)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--count", type=int, default=120)
    options = parser.parse_args()
    everything = _everything(options.data, clean=options.what == "suspects")
    tiles = dropped(everything) if options.what == "dropped" else suspects(everything)
    cv2.imwrite(str(options.sheet), contact_sheet(tiles[: options.count]))


def _everything(folder: Path, *, clean: bool) -> Cells:
    hands = load_hands(folder, clean=clean)
    whole, drawn = swiss_whole(folder, hands), unipen_drawn(hands, seed=1)
    return Cells(
        whole.pictures + drawn.pictures, whole.labels + drawn.labels, whole.names + drawn.names
    )


def dropped(cells: Cells) -> list[_Tile]:
    """The digits that are left out, each with its label and the reason."""
    places = {_place(name): row for row, name in enumerate(cells.names)}
    tiles = []
    for entry in json.loads(LIST.read_text(encoding="utf-8")):
        row = places[entry["set"], entry["index"]]
        words = f"{entry['set']} {entry['index']}"
        tiles.append(_Tile(cells.pictures[row], words, f"{entry['label']}: {entry['why']}"))
    return tiles


def suspects(cells: Cells) -> list[_Tile]:
    """Digits by how little the model believes their label."""
    framed = frame_cells(cells.pictures)
    model, labels = shipped_model(), np.array(cells.labels)
    seen = np.concatenate(
        [
            model.probabilities(framed[i : i + 500], np.arange(len(framed[i : i + 500])))
            for i in range(0, len(framed), 500)
        ]
    )
    belief = seen[np.arange(len(labels)), labels]
    return [
        _Tile(
            cells.pictures[row],
            cells.names[row],
            f"{labels[row]} or {seen[row].argmax()}? {belief[row]:.3f}",
        )
        for row in np.argsort(belief)
    ]


def _place(name: str) -> tuple[str, int]:
    collection, index = name.split(":", maxsplit=1)[0], name.split("#")[1]
    return collection, int(index)


def contact_sheet(tiles: Sequence[_Tile]) -> NDArray[np.uint8]:
    """Pictures in rows, two lines of words under each."""
    shape = (_SIDE + _FOOT, _SIDE + 26)
    drawn = [_draw(tile, shape) for tile in tiles]
    drawn += [np.full(shape, 255, np.uint8)] * (-len(drawn) % _ACROSS)
    return np.vstack([np.hstack(drawn[i : i + _ACROSS]) for i in range(0, len(drawn), _ACROSS)])


def _draw(tile: _Tile, shape: tuple[int, int]) -> NDArray[np.uint8]:
    canvas = np.full(shape, 255, np.uint8)
    scale = _SIDE / max(tile.picture.shape)
    sized = cv2.resize(tile.picture, None, fx=scale, fy=scale)
    canvas[: sized.shape[0], : sized.shape[1]] = sized
    for words, down in ((tile.first, 12), (tile.second, 25)):
        where = (2, _SIDE + down)
        cv2.putText(canvas, words, where, cv2.FONT_HERSHEY_SIMPLEX, 0.32, 0, 1, cv2.LINE_AA)
    return canvas


if __name__ == "__main__":
    main()
