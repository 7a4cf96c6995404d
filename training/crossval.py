"""Every writer counts once: `python -m training.crossval --out training/runs/folds`.

Trains one model per group of writers, each without its group, and measures it on that group.
"""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING

import numpy as np
import torch

from intake.recognise.framing import frame_cells
from training.folds import fold_hands
from training.hands import load_hands
from training.network import DigitNetwork
from training.populations import Cells, fields, scan_simulated, swiss_whole, unipen_drawn
from training.run import run_options
from training.shipping import averaged
from training.train import train

if TYPE_CHECKING:
    from collections.abc import Sequence

    from intake.records import Grey
    from training.hands import Hand

_CELLS = 8


def main() -> None:
    """Trains what is missing, measures all folds and prints one line each."""
    parser = run_options(__doc__, epochs=45)
    parser.add_argument("--folds", type=int, default=4)
    parser.add_argument("--strips", type=int, default=2000)
    parser.add_argument("--fields", type=int, default=2000)
    options = parser.parse_args()
    hands = load_hands(options.data)
    for index in range(options.folds):
        fold = f"{index}/{options.folds}"
        run = argparse.Namespace(**vars(options) | {"fold": fold, "out": options.out / str(index)})
        train(run)
        left_out = fold_hands(hands, fold)
        row = measure(averaged(DigitNetwork(), run.out), options, left_out)
        print(json.dumps({"fold": index, "writers": len(left_out)} | row), flush=True)


def measure(
    network: DigitNetwork, options: argparse.Namespace, hands: Sequence[Hand]
) -> dict[str, float]:
    """Returns the shares right on writers the network has not seen."""
    populations = {
        "swiss_whole": swiss_whole(options.data, hands),
        "unipen_drawn": unipen_drawn(hands, options.seed),
        "scan_simulated": scan_simulated(hands, options.seed),
    }
    found = {name: _share_right(network, cells) for name, cells in populations.items()}
    return found | {"field8_simulated": _fields_right(network, options, hands)}


def _share_right(network: DigitNetwork, cells: Cells) -> float:
    if not cells.labels:
        return float("nan")
    best = _best(network, cells.pictures, np.arange(len(cells.labels)))
    return round(float((best == np.array(cells.labels)).mean()), 5)


def _fields_right(
    network: DigitNetwork, options: argparse.Namespace, hands: Sequence[Hand]
) -> float:
    strips = fields(hands, options.fields, options.seed)
    pictures = [cell for strip in strips for cell in strip.cells]
    whose = np.repeat(np.arange(len(strips)), _CELLS)
    best = _best(network, pictures, whose).reshape(-1, _CELLS)
    return round(float((best == np.array([s.labels for s in strips])).all(axis=1).mean()), 5)


@torch.no_grad()
def _best(network: DigitNetwork, pictures: list[Grey], whose: np.ndarray) -> np.ndarray:
    answers = []
    for start in range(0, len(pictures), 50 * _CELLS):
        some = slice(start, start + 50 * _CELLS)
        cells = torch.from_numpy(frame_cells(pictures[some])).float() / 255
        answers.append(network(cells, torch.from_numpy(whose[some])).argmax(dim=1).numpy())
    return np.concatenate(answers)


if __name__ == "__main__":
    main()
