"""Makes the shipped line model of a run: `python -m training.exportlines training/runs/lines`.

The digit model has to be there already: confidence is fitted on what the two say together.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import warnings
from pathlib import Path

import msgspec
import torch
from torch import Tensor, nn

from intake.recognise.linemodel import LineModel
from intake.recognise.model import MODELS, Card, load_model
from training.calibrate import PLAIN, fit_free_box
from training.export import write_model
from training.folds import calibration_hands
from training.hands import load_hands
from training.linenet import LineNetwork

CLASSES = (*"0123456789", "spoilt", "nothing")


class _Shipped(nn.Module):
    """Takes bytes, as pictures of lines are."""

    def __init__(self, network: LineNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, lines: Tensor) -> Tensor:
        logits: Tensor = self.network(lines.float() / 255)
        return logits


def main() -> None:
    """Parses the command line and writes model and card."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--out", type=Path, default=MODELS / "lines.onnx")
    parser.add_argument("--version", default="1")
    parser.add_argument("--lines", type=int, default=1500, help="lines to calibrate on")
    export_lines(parser.parse_args())


def export_lines(options: argparse.Namespace) -> None:
    """Writes model and card of the run that `options` names."""
    content = onnx_bytes(trained_network(options.run))
    digest = hashlib.sha256(content).hexdigest()
    card = Card("lines", options.version, digest, CLASSES, PLAIN, ())
    fitted = fit_free_box(
        load_model(MODELS / "digits.onnx"),
        LineModel(card, content),
        calibration_hands(load_hands(options.data)),
        options.lines,
        seed=13,
    )
    write_model(options.out, content, msgspec.structs.replace(card, calibration=fitted))


def trained_network(run: Path) -> LineNetwork:
    """The averaged network of a run, ready to be used."""
    state = torch.load(run / "state.pt", weights_only=True)
    network = LineNetwork()
    network.load_state_dict(state["average"])
    return network.eval()


def onnx_bytes(network: LineNetwork) -> bytes:
    """Returns `network` as ONNX: `lines`, bytes N×1×32×W, to `logits`, N×W/4×12."""
    target = io.BytesIO()
    sample = (torch.zeros(2, 1, 32, 64, dtype=torch.uint8),)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        torch.onnx.export(
            _Shipped(network).eval(), sample, target, dynamo=False,
            input_names=["lines"], output_names=["logits"],
            dynamic_axes={"lines": {0: "n", 3: "width"}, "logits": {0: "n", 1: "columns"}},
        )  # fmt: skip
    return target.getvalue()


if __name__ == "__main__":
    main()
