"""What makes a shipped model of a training run: its averaged network as ONNX, and its card."""

from __future__ import annotations

import argparse
import hashlib
import io
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import msgspec
import torch
from torch import Tensor, nn

from intake.recognise.model import Card
from training.calibrate import PLAIN

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Network = TypeVar("Network", bound=nn.Module)


class _Shipped(nn.Module):
    """Takes pictures as bytes, as framing makes them; whatever else comes as it is."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, pictures: Tensor, *others: Tensor) -> Tensor | tuple[Tensor, ...]:
        answers: Tensor | tuple[Tensor, ...] = self.network(pictures.float() / 255, *others)
        return answers


def export_options(about: str | None, out: Path) -> argparse.ArgumentParser:
    """The options of every export; each adds how much it calibrates on."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("run", type=Path)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--out", type=Path, default=out)
    parser.add_argument("--version", default="1")
    return parser


def averaged(network: Network, run: Path) -> Network:
    """The network with the averaged weights of a run, ready to be used."""
    state = torch.load(run / "state.pt", weights_only=True)
    network.load_state_dict(state["average"])
    return network.eval()


def as_onnx(
    network: nn.Module,
    inputs: Mapping[str, Tensor],
    outputs: Sequence[str],
    axes: Mapping[str, Mapping[int, str]],
) -> bytes:
    """Returns a network as ONNX.

    Args:
        network: from pictures in 0 to 1.
        inputs: an example of each, by name; the first one is the pictures, as bytes.
        outputs: names of what it returns.
        axes: of inputs and outputs, those that may have any length, with their names.
    """
    target = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        torch.onnx.export(
            _Shipped(network).eval(), tuple(inputs.values()), target, dynamo=False,
            input_names=list(inputs), output_names=list(outputs), dynamic_axes=axes,
        )  # fmt: skip
    return target.getvalue()


def plain_card(name: str, version: str, content: bytes, classes: tuple[str, ...]) -> Card:
    """The card of a model that is not calibrated yet."""
    return Card(name, version, hashlib.sha256(content).hexdigest(), classes, PLAIN, ())


def write_model(out: Path, content: bytes, card: Card) -> None:
    """Writes a model to `out` and its card beside it."""
    out.write_bytes(content)
    written = msgspec.json.format(msgspec.json.encode(card), indent=2)
    out.with_suffix(".json").write_bytes(written + b"\n")
    print(f"{out}: {len(content)} bytes; {card.calibration}")
