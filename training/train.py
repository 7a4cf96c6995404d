"""Trains a digit network: `python -m training.train --data ../shared/data --out training/runs/a`.

Every epoch renders one new shard of strips and learns from it and the three before it. A run that
was stopped goes on where it was; the same seed gives the same shards.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from training.average import WeightAverage
from training.folds import learning_hands
from training.hands import load_hands
from training.network import DigitNetwork
from training.print import print_hands
from training.shards import Shard, shards

if TYPE_CHECKING:
    from collections.abc import Iterator

BATCH = 250
ECHO = 4


def main() -> None:
    """Parses the command line and trains."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--epochs", type=int, default=60)
    parser.add_argument("--strips", type=int, default=1200, help="new strips per epoch")
    parser.add_argument("--fold", help="I/N: leave the I-th of N groups of writers out")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    train(parser.parse_args())


def train(options: argparse.Namespace) -> None:
    """Trains to the end, or goes on with what stands in `options.out`."""
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    options.out.mkdir(parents=True, exist_ok=True)
    hands = [*learning_hands(load_hands(options.data), options.fold), *print_hands()]
    run = _Run(options)
    source = shards(hands, options.strips, options.seed, run.epoch, options.workers)
    recent: deque[Shard] = deque(maxlen=ECHO)
    while run.epoch < options.epochs:
        recent.append(next(source))
        run.learn(list(recent))
        run.save()
    source.close()


class _Run:
    """Network, average of its weights, and optimiser, as far as they got."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.epoch = 0
        self.network = DigitNetwork().to(memory_format=torch.channels_last)
        self.average = WeightAverage(self.network)
        self.optimiser = torch.optim.AdamW(self.network.parameters(), lr=2e-3, weight_decay=0.02)
        self._file = options.out / "state.pt"
        if self._file.exists():
            self._resume()

    def _resume(self) -> None:
        state = torch.load(self._file, weights_only=True)
        self.epoch = state["epoch"]
        self.network.load_state_dict(state["network"])
        self.average.module.load_state_dict(state["average"])
        self.optimiser.load_state_dict(state["optimiser"])

    def save(self) -> None:
        """Writes everything needed to go on, in one move."""
        part = self._file.with_suffix(".part")
        torch.save(
            {
                "epoch": self.epoch,
                "network": self.network.state_dict(),
                "average": self.average.module.state_dict(),
                "optimiser": self.optimiser.state_dict(),
            },
            part,
        )
        part.replace(self._file)

    def learn(self, recent: list[Shard]) -> None:
        """One epoch over the newest shards."""
        started, losses, right = time.monotonic(), [], []
        self.network.train()
        for done, pictures, hands, labels in _batches(recent, (self.options.seed, self.epoch)):
            self._set_rate(self.epoch + done)
            logits = self.network(pictures, hands)
            loss = nn.functional.cross_entropy(logits, labels)
            self.optimiser.zero_grad()
            loss.backward()
            self.optimiser.step()
            self.average.follow(self.network)
            losses.append(loss.item())
            right.append((logits.argmax(1) == labels).float().mean().item())
        self.epoch += 1
        self._log(float(np.mean(losses)), float(np.mean(right)), time.monotonic() - started)

    def _set_rate(self, epoch: float) -> None:
        done = epoch / self.options.epochs
        warm = min(1.0, (epoch + 0.05) / 1.0)
        for group in self.optimiser.param_groups:
            group["lr"] = 3e-3 * warm * 0.5 * (1 + math.cos(math.pi * done)) + 1e-5

    def _log(self, loss: float, right: float, seconds: float) -> None:
        line = {"epoch": self.epoch, "loss": loss, "right": right, "seconds": round(seconds, 1)}
        with (self.options.out / "log.jsonl").open("a", encoding="utf-8") as log:
            log.write(json.dumps(line) + "\n")
        print(line, flush=True)


def _batches(
    recent: list[Shard], seed: tuple[int, int]
) -> Iterator[tuple[float, Tensor, Tensor, Tensor]]:
    """Yields how much of the epoch is done, pictures, hands and labels."""
    pictures = np.concatenate([shard.pictures for shard in recent])
    labels = np.concatenate([shard.labels for shard in recent])
    rows = BATCH // labels.shape[1]
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(labels))
    for start in range(0, len(order) - rows + 1, rows):
        chosen = order[start : start + rows]
        cells = torch.from_numpy(pictures[chosen]).flatten(0, 1).float() / 255
        cells = cells.contiguous(memory_format=torch.channels_last)
        hands = torch.from_numpy(_groups(rows, labels.shape[1], rng)).flatten()
        yield start / len(order), cells, hands, torch.from_numpy(labels[chosen]).flatten()


def _groups(rows: int, cells: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Which cells are looked at together: a whole strip, parts of it, or each cell alone."""
    parts = rng.choice([1, 2, cells], rows, p=[0.6, 0.25, 0.15])
    within = rng.integers(0, parts[:, None], (rows, cells))
    alone = np.where((parts == cells)[:, None], np.arange(cells), within)
    return np.asarray(np.arange(rows)[:, None] * cells + alone, np.int64)


if __name__ == "__main__":
    main()
