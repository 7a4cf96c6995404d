"""Makes the shipped line model of a run: `python -m training.exportlines training/runs/lines`.

The digit model has to be there already: confidence is fitted on what the two say together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import torch

from intake.recognise.linemodel import LineModel
from intake.recognise.model import MODELS, load_model
from training.calibrate import fit_free_box
from training.folds import calibration_hands
from training.hands import load_hands
from training.linenet import LineNetwork
from training.shipping import as_onnx, averaged, export_options, plain_card, write_model

if TYPE_CHECKING:
    import argparse

CLASSES = (*"0123456789", "spoilt", "nothing")


def main() -> None:
    """Parses the command line and writes model and card."""
    parser = export_options(__doc__, MODELS / "lines.onnx")
    parser.add_argument("--lines", type=int, default=1500, help="lines to calibrate on")
    export_lines(parser.parse_args())


def export_lines(options: argparse.Namespace) -> None:
    """Writes model and card of the run that `options` names."""
    content = onnx_bytes(averaged(LineNetwork(), options.run))
    card = plain_card("lines", options.version, content, CLASSES)
    fitted = fit_free_box(
        load_model(MODELS / "digits.onnx"),
        LineModel(card, content),
        calibration_hands(load_hands(options.data)),
        options.lines,
        seed=13,
    )
    write_model(options.out, content, msgspec.structs.replace(card, calibration=fitted))


def onnx_bytes(network: LineNetwork) -> bytes:
    """Returns `network` as ONNX: `lines`, bytes N×1×32×W, to `logits`, N×W/4×12."""
    inputs = {"lines": torch.zeros(2, 1, 32, 64, dtype=torch.uint8)}
    axes = {"lines": {0: "n", 3: "width"}, "logits": {0: "n", 1: "columns"}}
    return as_onnx(network, inputs, ["logits"], axes)


if __name__ == "__main__":
    main()
