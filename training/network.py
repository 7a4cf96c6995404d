"""The digit network: two small towers, one per picture of a cell, and a joint head."""

from __future__ import annotations

import torch
from torch import Tensor, nn

CLASSES = 14


def convolution(
    inputs: int, outputs: int, kernel: int, stride: int | tuple[int, int]
) -> nn.Sequential:
    """A convolution, normalised over the batch; stride: down and across, or both at once."""
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(),
    )


class _Hand(nn.Module):
    """Looks at the other cells that the same person wrote."""

    def __init__(self, width: int, inner: int) -> None:
        super().__init__()
        self.question = nn.Linear(width, inner)
        self.key = nn.Linear(width, inner)
        self.answer = nn.Linear(width, inner)
        self.inner = inner

    def forward(self, seen: Tensor, hand: Tensor, all_seen: Tensor, all_hands: Tensor) -> Tensor:
        """N×width features and N hands, and those of all M cells → N×inner features."""
        likeness = self.question(seen) @ self.key(all_seen).T / self.inner**0.5
        same = (hand[:, None] == all_hands[None, :]).to(likeness.dtype)
        weights = torch.softmax(likeness - 1e4 * (1 - same), dim=1)
        of_hand: Tensor = weights @ self.answer(all_seen)
        return of_hand


class DigitNetwork(nn.Module):
    """N×2×32×32 in 0..1, and whose hand each cell is → N×14 logits."""

    def __init__(
        self,
        ink: tuple[int, int, int, int] = (20, 32, 48, 80),
        whole: tuple[int, int, int] = (12, 24, 32),
        hidden: int = 128,
        dropout: float = 0.15,
    ) -> None:
        super().__init__()
        self.hidden = hidden
        self.ink = nn.Sequential(
            convolution(1, ink[0], 5, 2),
            convolution(ink[0], ink[1], 3, 2),
            convolution(ink[1], ink[2], 3, 1),
            convolution(ink[2], ink[3], 3, 2),
            nn.Flatten(),
        )
        self.whole = nn.Sequential(
            convolution(1, whole[0], 5, 2),
            convolution(whole[0], whole[1], 3, 2),
            convolution(whole[1], whole[2], 3, 2),
            nn.Flatten(),
        )
        self.join = nn.Sequential(
            nn.Dropout(dropout),
            nn.Linear(16 * (ink[3] + whole[2]), hidden),
            nn.ReLU(),
            nn.Dropout(dropout),
        )
        self.hand = _Hand(hidden, 32)
        self.head = nn.Sequential(nn.Linear(hidden + 32, 64), nn.ReLU(), nn.Linear(64, CLASSES))

    def forward(self, cells: Tensor, hand: Tensor) -> Tensor:
        """Returns logits; `hand` numbers the people, cells of one number are looked at together."""
        seen = self.features(cells)
        return self.judge(seen, hand, seen, hand)

    def features(self, cells: Tensor) -> Tensor:
        """N×2×32×32 → N×`hidden`: what a cell looks like, whoever wrote it."""
        seen: Tensor = self.join(torch.cat([self.ink(cells[:, :1]), self.whole(cells[:, 1:])], 1))
        return seen

    def judge(self, seen: Tensor, hand: Tensor, all_seen: Tensor, all_hands: Tensor) -> Tensor:
        """Returns N×14 logits of cells that look like `seen`, among all that is known of hands."""
        of_hand = self.hand(seen, hand, all_seen, all_hands)
        logits: Tensor = self.head(torch.cat([seen, of_hand], dim=1))
        return logits


class RememberingNetwork(nn.Module):
    """A digit network that also judges cells beside those it saw before."""

    def __init__(self, network: DigitNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(
        self, cells: Tensor, hand: Tensor, known: Tensor, known_hand: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Returns N×14 logits, and the features by which N cells are known from then on."""
        seen = self.network.features(cells)
        everything = torch.cat([seen, known]), torch.cat([hand, known_hand])
        return self.network.judge(seen, hand, *everything), seen
