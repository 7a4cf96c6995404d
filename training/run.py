"""A training run that can be stopped and goes on where it was."""

from __future__ import annotations

import argparse
import json
import math
import time
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic

import numpy as np
import torch

from training.average import WeightAverage
from training.shards import Rendered, Source, shards

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from torch import Tensor, nn

FASTEST = 3e-3
"""Learning rate after the first epoch; it falls to nothing along half a cosine."""


def run_options(about: str | None, epochs: int) -> argparse.ArgumentParser:
    """The options of every run; each adds what it renders."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--epochs", type=int, default=epochs)
    parser.add_argument("--workers", type=int, default=1, help="processes that render")
    parser.add_argument("--threads", type=int, default=1, help="threads that learn")
    return parser


class Run(Generic[Rendered]):
    """Network, average of its weights, and optimiser, as far as they got.

    Every epoch renders one new shard and learns from it and the last few.
    """

    def __init__(self, network: nn.Module, options: argparse.Namespace) -> None:
        """Starts, or goes on with what stands in `options.out`."""
        torch.set_num_threads(options.threads)
        torch.manual_seed(options.seed)
        options.out.mkdir(parents=True, exist_ok=True)
        self.options = options
        self.epoch = 0
        self.network = network.to(memory_format=torch.channels_last)
        self.average = WeightAverage(self.network)
        self.optimiser = torch.optim.AdamW(network.parameters(), lr=FASTEST, weight_decay=0.02)
        self._file = options.out / "state.pt"
        if self._file.exists():
            self._resume()

    def to_the_end(
        self,
        source: Source[Rendered],
        echo: int,
        batches: Callable[[list[Rendered], tuple[int, int]], Iterable[tuple[float, Any]]],
        loss_of: Callable[[Any], Tensor],
    ) -> None:
        """Learns from `source`, each shard `echo` times.

        `batches` yields how much of the epoch is done and a batch; `loss_of` is what it costs.
        """
        fresh = shards(source, self.epoch)
        recent: deque[Rendered] = deque(maxlen=echo)
        while self.epoch < self.options.epochs:
            recent.append(next(fresh))
            self._learn(batches(list(recent), (self.options.seed, self.epoch)), loss_of)
            self._save()
        fresh.close()

    def _learn(
        self, batches: Iterable[tuple[float, Any]], loss_of: Callable[[Any], Tensor]
    ) -> None:
        started, losses = time.monotonic(), []
        self.network.train()
        for done, batch in batches:
            self._set_rate(self.epoch + done)
            loss = loss_of(batch)
            self.optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(self.network.parameters(), 2.0)
            self.optimiser.step()
            self.average.follow(self.network)
            losses.append(loss.item())
        self.epoch += 1
        self._log(float(np.mean(losses)), time.monotonic() - started)

    def _set_rate(self, epoch: float) -> None:
        done = epoch / self.options.epochs
        warm = min(1.0, epoch + 0.05)
        for group in self.optimiser.param_groups:
            group["lr"] = FASTEST * warm * 0.5 * (1 + math.cos(math.pi * done)) + 1e-5

    def _log(self, loss: float, seconds: float) -> None:
        line = {"epoch": self.epoch, "loss": round(loss, 5), "seconds": round(seconds, 1)}
        with (self.options.out / "log.jsonl").open("a", encoding="utf-8") as log:
            log.write(json.dumps(line) + "\n")
        print(line, flush=True)

    def _resume(self) -> None:
        state = torch.load(self._file, weights_only=True)
        self.epoch = state["epoch"]
        self.network.load_state_dict(state["network"])
        self.average.module.load_state_dict(state["average"])
        self.optimiser.load_state_dict(state["optimiser"])

    def _save(self) -> None:
        """Writes everything needed to go on, in one move."""
        state = {
            "epoch": self.epoch,
            "network": self.network.state_dict(),
            "average": self.average.module.state_dict(),
            "optimiser": self.optimiser.state_dict(),
        }
        part = self._file.with_suffix(".part")
        torch.save(state, part)
        part.replace(self._file)
