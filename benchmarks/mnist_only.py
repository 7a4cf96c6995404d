"""The usual tutorial's reader: a small network that has seen MNIST and nothing else.

It gets the same framing as the product's network, so that the handwriting makes the difference.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import torch
from torch import nn

from intake.recognise.framing import frame_cells
from training.network import DigitNetwork

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from intake.records import Grey

_EPOCHS = 3
_BATCH = 200


def mnist_network(data: Path, seed: int) -> DigitNetwork:
    """Trains the network, some minutes."""
    torch.manual_seed(seed)
    with np.load(data / "mnist.npz") as file:
        framed = frame_cells([_on_paper(image) for image in file["x_train"]])
        labels = torch.from_numpy(file["y_train"].astype(np.int64))
    network = DigitNetwork()
    optimiser = torch.optim.AdamW(network.parameters(), lr=2e-3)
    for _ in range(_EPOCHS):
        for chosen in torch.randperm(len(labels)).split(_BATCH):
            cells = torch.from_numpy(framed[chosen.numpy()]).float() / 255
            loss = nn.functional.cross_entropy(network(cells, chosen), labels[chosen])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    return network.eval()


def _on_paper(image: Grey) -> Grey:
    """White on black, 28×28 → dark on white paper with a margin."""
    large = cv2.resize(image, (56, 56), interpolation=cv2.INTER_CUBIC)
    return np.pad(np.asarray(255 - large, np.uint8), 8, constant_values=255)


@torch.no_grad()
def read_digits(network: DigitNetwork, pictures: list[Grey]) -> NDArray[np.int64]:
    """Returns the likeliest digit of each picture."""
    cells = torch.from_numpy(frame_cells(pictures)).float() / 255
    return np.asarray(network(cells, torch.arange(len(cells)))[:, :10].argmax(dim=1))
