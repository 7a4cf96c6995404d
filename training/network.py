"""The digit network: two small towers, one per picture of a cell, and a joint head."""

from __future__ import annotations

import torch
from torch import Tensor, nn

CLASSES = 14


def _convolution(inputs: int, outputs: int, kernel: int, stride: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(),
    )


class DigitNetwork(nn.Module):
    """N×2×32×32 in 0..1 → N×14 logits."""

    def __init__(
        self,
        ink: tuple[int, int, int, int] = (20, 32, 48, 64),
        whole: tuple[int, int, int] = (12, 24, 32),
        hidden: int = 96,
        dropout: float = 0.1,
    ) -> None:
        super().__init__()
        self.ink = nn.Sequential(
            _convolution(1, ink[0], 5, 2),
            _convolution(ink[0], ink[1], 3, 2),
            _convolution(ink[1], ink[2], 3, 1),
            _convolution(ink[2], ink[3], 3, 2),
            nn.Flatten(),
        )
        self.whole = nn.Sequential(
            _convolution(1, whole[0], 5, 2),
            _convolution(whole[0], whole[1], 3, 2),
            _convolution(whole[1], whole[2], 3, 2),
            nn.Flatten(),
        )
        self.join = nn.Sequential(
            nn.Dropout(dropout),
            nn.Linear(16 * (ink[3] + whole[2]), hidden),
            nn.ReLU(),
            nn.Dropout(dropout),
        )
        self.head = nn.Linear(hidden, CLASSES)

    def forward(self, cells: Tensor) -> Tensor:
        """Returns logits."""
        seen = torch.cat([self.ink(cells[:, :1]), self.whole(cells[:, 1:])], dim=1)
        logits: Tensor = self.head(self.join(seen))
        return logits
