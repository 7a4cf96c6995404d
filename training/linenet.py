"""The line network: one narrow column of the line after another, each digit where it stands."""

from __future__ import annotations

from torch import Tensor, nn

from training.network import convolution

CLASSES = 12
"""Digits, a spoilt digit, and nothing (the last)."""

SPOILT, NOTHING = 10, 11


class LineNetwork(nn.Module):
    """N×1×32×W in 0..1 → N×W/4×12 logits."""

    def __init__(self, widths: tuple[int, int, int, int, int] = (16, 32, 48, 64, 96)) -> None:
        super().__init__()
        one, two, three, four, five = widths
        self.columns = nn.Sequential(
            convolution(1, one, 5, (2, 2)),
            convolution(one, two, 3, (2, 2)),
            convolution(two, three, 3, (2, 1)),
            convolution(three, three, 3, (1, 1)),
            convolution(three, four, 3, (2, 1)),
            nn.Conv2d(four, five, (2, 1), bias=False),
            nn.BatchNorm2d(five),
            nn.ReLU(),
            nn.Dropout(0.1),
        )
        self.along = nn.Sequential(
            nn.Conv2d(five, five, (1, 5), padding=(0, 2), bias=False),
            nn.BatchNorm2d(five),
            nn.ReLU(),
            nn.Conv2d(five, five, (1, 5), padding=(0, 4), dilation=(1, 2), bias=False),
            nn.BatchNorm2d(five),
            nn.ReLU(),
        )
        self.head = nn.Conv2d(five, CLASSES, 1)

    def forward(self, lines: Tensor) -> Tensor:
        """Returns logits of every column of 4 pixels."""
        seen = self.columns(lines)
        logits: Tensor = self.head(seen + self.along(seen)).squeeze(2).transpose(1, 2)
        return logits
