"""Trains the line network: `python -m training.trainlines --out training/runs/lines`.

As with cells, every epoch renders one new shard and learns from it and the last few; a run that
was stopped goes on where it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor, nn

from intake.recognise.linepicture import line_picture, stacked
from training.folds import learning_hands
from training.hands import load_hands
from training.linenet import NOTHING, SPOILT, LineNetwork
from training.lines import write_line
from training.pens import draw_pen
from training.run import Run, run_options
from training.shards import Source, hand_shares

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    from intake.recognise.pieces import Ink
    from training.hands import Hand

BATCH = 50
ECHO = 6
SPOILT_SHARE = 0.03


@dataclass(frozen=True, eq=False, slots=True)
class LineShard:
    """Lines as the network sees them, and what stands in them.

    Attributes:
        pictures: 32×w each.
        labels: 0 to 9, or `SPOILT`, from left to right.
    """

    pictures: list[Ink]
    labels: list[list[int]]


def main() -> None:
    """Parses the command line and trains."""
    parser = run_options(__doc__, epochs=60)
    parser.add_argument("--lines", type=int, default=1500, help="new lines per epoch")
    train_lines(parser.parse_args())


def train_lines(options: argparse.Namespace) -> None:
    """Trains to the end, or goes on with what stands in `options.out`."""
    hands = [hand for hand in learning_hands(load_hands(options.data)) if all(hand.digits)]
    source = Source(render_lines, hands, options.lines, options.seed, options.workers)
    run = Run[LineShard](LineNetwork(), options)
    connectionist = nn.CTCLoss(blank=NOTHING, zero_infinity=True)

    def loss_of(batch: tuple[Tensor, list[list[int]]]) -> Tensor:
        lines, labels = batch
        columns = nn.functional.log_softmax(run.network(lines), dim=2).transpose(0, 1)
        lengths = torch.full((len(labels),), len(columns), dtype=torch.int64)
        sizes = torch.tensor([len(label) for label in labels])
        written = torch.tensor([sign for label in labels for sign in label])
        loss: Tensor = connectionist(columns, written, lengths, sizes)
        return loss

    run.to_the_end(source, ECHO, _batches, loss_of)


def render_lines(hands: Sequence[Hand], count: int, seed: Sequence[int]) -> LineShard:
    """Renders `count` lines that somebody wrote something in."""
    rng = np.random.default_rng((*seed, 8))
    shard = LineShard([], [])
    shares = hand_shares(hands)
    while len(shard.pictures) < count:
        hand = hands[int(rng.choice(len(hands), p=shares))]
        line = write_line(hand, draw_pen(rng), rng, spoilt=SPOILT_SHARE)
        picture = line_picture(line.picture, line.box)
        if picture is not None:
            shard.pictures.append(picture.ink)
            shard.labels.append([SPOILT if sign == "x" else int(sign) for sign in line.value])
    return shard


def _batches(
    recent: list[LineShard], seed: tuple[int, int]
) -> Iterator[tuple[float, tuple[Tensor, list[list[int]]]]]:
    """Yields how much of the epoch is done, and lines of like width with their labels."""
    pictures = [picture for shard in recent for picture in shard.pictures]
    labels = [label for shard in recent for label in shard.labels]
    rng = np.random.default_rng(seed)
    by_width = np.argsort([p.shape[1] + rng.uniform(0, 24) for p in pictures])
    batches = [by_width[start : start + BATCH] for start in range(0, len(by_width), BATCH)]
    for done, place in enumerate(rng.permutation(len(batches))):
        chosen = batches[place].tolist()
        lines = torch.from_numpy(stacked([pictures[i] for i in chosen])).float() / 255
        lines = lines.contiguous(memory_format=torch.channels_last)
        yield done / len(batches), (lines, [labels[i] for i in chosen])


if __name__ == "__main__":
    main()
