"""A running average of a network's weights: steadier than the last step's."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from torch import nn


class WeightAverage:
    """Follows a network; `module` is the average."""

    def __init__(self, network: nn.Module, decay: float = 0.998) -> None:
        self.module = copy.deepcopy(network).eval()
        self._decay = decay
        self._steps = 0

    @torch.no_grad()
    def follow(self, network: nn.Module) -> None:
        """Takes one step of the network in."""
        self._steps += 1
        keep = min(self._decay, self._steps / (self._steps + 10))
        ours, theirs = self.module.state_dict(), network.state_dict()
        for name, value in ours.items():
            if value.is_floating_point():
                value.lerp_(theirs[name], 1 - keep)
