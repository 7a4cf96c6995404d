"""Trains a digit network: `python -m training.train --data ../shared/data --out training/runs/a`.

Every epoch renders one new shard of strips and learns from it and the three before it. A run that
was stopped goes on where it was; the same seed gives the same shards.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from training.folds import learning_hands
from training.hands import load_hands
from training.network import DigitNetwork
from training.print import print_hands
from training.run import Run, run_options
from training.shards import STRIPS_OF_A_HAND, Shard, Source, render_shard

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

Pixel = TypeVar("Pixel", np.uint8, np.int64)

FORMS = 10
"""Forms in a batch; a form is what one hand wrote, `STRIPS_OF_A_HAND` strips."""

ECHO = 4


def main() -> None:
    """Parses the command line and trains."""
    parser = run_options(__doc__, epochs=60)
    parser.add_argument("--strips", type=int, default=1200, help="new strips per epoch")
    parser.add_argument("--fold", help="I/N: leave the I-th of N groups of writers out")
    train(parser.parse_args())


def train(options: argparse.Namespace) -> None:
    """Trains to the end, or goes on with what stands in `options.out`."""
    hands = [*learning_hands(load_hands(options.data), options.fold), *print_hands()]
    source = Source(render_shard, hands, options.strips, options.seed, options.workers)
    run = Run[Shard](DigitNetwork(), options)

    def loss_of(batch: tuple[Tensor, Tensor, Tensor]) -> Tensor:
        cells, whose, labels = batch
        return nn.functional.cross_entropy(run.network(cells, whose), labels)

    run.to_the_end(source, ECHO, _batches, loss_of)


def _batches(
    recent: list[Shard], seed: tuple[int, int]
) -> Iterator[tuple[float, tuple[Tensor, Tensor, Tensor]]]:
    """Yields how much of the epoch is done, and cells, hands and labels."""
    pictures = _by_form(np.concatenate([shard.pictures for shard in recent]))
    labels = _by_form(np.concatenate([shard.labels for shard in recent]))
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(labels))
    for start in range(0, len(order) - FORMS + 1, FORMS):
        chosen = order[start : start + FORMS]
        cells = torch.from_numpy(pictures[chosen]).flatten(0, 1).float() / 255
        cells = cells.contiguous(memory_format=torch.channels_last)
        hands = torch.from_numpy(_groups(FORMS, labels.shape[1], rng)).flatten()
        yield start / len(order), (cells, hands, torch.from_numpy(labels[chosen]).flatten())


def _by_form(strips: NDArray[Pixel]) -> NDArray[Pixel]:
    """S×10×… of strips → F×30×… of forms; strips that fill no form are left out."""
    whole = len(strips) - len(strips) % STRIPS_OF_A_HAND
    return strips[:whole].reshape(-1, STRIPS_OF_A_HAND * strips.shape[1], *strips.shape[2:])


def _groups(forms: int, cells: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Which cells are looked at together: a whole form, parts of it, or each cell alone."""
    parts = rng.choice([1, 3, 6, cells], forms, p=_PARTS)
    within = rng.integers(0, parts[:, None], (forms, cells))
    alone = np.where((parts == cells)[:, None], np.arange(cells), within)
    return np.asarray(np.arange(forms)[:, None] * cells + alone, np.int64)


_PARTS = (0.35, 0.35, 0.15, 0.15)


if __name__ == "__main__":
    main()
