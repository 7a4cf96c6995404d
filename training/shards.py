"""Renders training strips in the background, the same ones for the same seed."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from typing import TYPE_CHECKING, Generic, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from intake.recognise.framing import CHANNELS, SIDE, frame_cells
from training.strips import training_strip

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence
    from concurrent.futures import Future

    from training.hands import Hand

CELLS = 10
STRIPS_OF_A_HAND = 3
"""Strips that stand one after the other in the same hand, as on a form."""

SHARES = {"swiss": 0.32, "unipen": 0.46, "mnist": 0.13, "optdigits": 0.06, "print": 0.03}
_hands: list[Hand] = []

Rendered = TypeVar("Rendered")


@dataclass(frozen=True, eq=False, slots=True)
class Shard:
    """Strips of cells as the network sees them.

    Attributes:
        pictures: S×10×2×32×32.
        labels: S×10, 0 to 13.
    """

    pictures: NDArray[np.uint8]
    labels: NDArray[np.int64]


def hand_shares(hands: Sequence[Hand]) -> NDArray[np.float64]:
    """How often each hand writes a strip: fixed by set, then by how much there is of it."""
    size = np.array([len(hand) ** 0.7 for hand in hands])
    sets = np.array([hand.collection for hand in hands])
    share = np.zeros(len(hands))
    for name, wanted in SHARES.items():
        chosen = sets == name
        if chosen.any():
            share[chosen] = wanted * size[chosen] / size[chosen].sum()
    return share / share.sum()


def render_shard(hands: Sequence[Hand], strips: int, seed: Sequence[int]) -> Shard:
    """Renders `strips` strips, `STRIPS_OF_A_HAND` at a time in one hand."""
    rng = np.random.default_rng(seed)
    pictures = np.zeros((strips, CELLS, CHANNELS, SIDE, SIDE), np.uint8)
    labels = np.zeros((strips, CELLS), np.int64)
    people = rng.choice(len(hands), -(-strips // STRIPS_OF_A_HAND), p=hand_shares(hands))
    writers = np.repeat(people, STRIPS_OF_A_HAND)[:strips]
    for row, writer in enumerate(writers):
        strip = training_strip(hands[writer], rng, CELLS)
        pictures[row], labels[row] = frame_cells(strip.cells), strip.labels
    return Shard(pictures, labels)


def _start_worker(hands: list[Hand]) -> None:
    cv2.setNumThreads(1)
    _hands[:] = hands


def _render_in_worker(
    render: Callable[[Sequence[Hand], int, Sequence[int]], Rendered],
    count: int,
    seed: tuple[int, ...],
) -> Rendered:
    return render(_hands, count, seed)


@dataclass(frozen=True, eq=False, slots=True)
class Source(Generic[Rendered]):
    """Where shards come from.

    Attributes:
        render: draws so many pictures of hands by a seed; a function of a module.
        hands: who writes.
        count: pictures in a shard.
        seed: the same one gives the same shards.
        workers: processes that render.
    """

    render: Callable[[Sequence[Hand], int, Sequence[int]], Rendered]
    hands: Sequence[Hand]
    count: int
    seed: int
    workers: int


def shards(source: Source[Rendered], first: int) -> Generator[Rendered]:
    """Yields shard after shard, from number `first`, rendered ahead in other processes."""
    pool = ProcessPoolExecutor(
        source.workers,
        mp_context=get_context("spawn"),
        initializer=_start_worker,
        initargs=(list(source.hands),),
    )

    def start(number: int) -> Future[Rendered]:
        return pool.submit(_render_in_worker, source.render, source.count, (source.seed, number))

    with pool:
        ahead = [start(first + i) for i in range(3)]
        number = first + len(ahead)
        while True:
            yield ahead.pop(0).result()
            ahead.append(start(number))
            number += 1
