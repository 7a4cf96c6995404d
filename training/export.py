"""Makes the shipped model of a training run: `python -m training.export training/runs/a`."""

from __future__ import annotations

import argparse
import hashlib
import io
import warnings
from pathlib import Path

import msgspec
import torch
from torch import Tensor, nn

from intake.recognise.model import MODELS, Card, DigitModel
from training.calibrate import (
    PLAIN,
    draw_fields,
    fit_calibration,
    laboratory,
    see_fields,
)
from training.folds import calibration_hands, certification_hands
from training.hands import load_hands
from training.network import DigitNetwork

CLASSES = (*"0123456789", "empty", "struck_out", "overwritten", "not_a_digit")


class _Shipped(nn.Module):
    """Takes bytes, as framing makes them."""

    def __init__(self, network: DigitNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, cells: Tensor, hand: Tensor) -> Tensor:
        logits: Tensor = self.network(cells.float() / 255, hand)
        return logits


def main() -> None:
    """Parses the command line and writes model and card."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--out", type=Path, default=MODELS / "digits.onnx")
    parser.add_argument("--version", default="1")
    parser.add_argument("--fields", type=int, default=6000)
    export(parser.parse_args())


def export(options: argparse.Namespace) -> None:
    """Writes model and card of the run that `options` names."""
    content = onnx_bytes(trained_network(options.run))
    card = make_card(content, options)
    write_model(options.out, content, card)
    for threshold in card.laboratory:
        print(threshold)


def write_model(out: Path, content: bytes, card: Card) -> None:
    """Writes a model to `out` and its card beside it."""
    out.write_bytes(content)
    written = msgspec.json.format(msgspec.json.encode(card), indent=2)
    out.with_suffix(".json").write_bytes(written + b"\n")
    print(f"{out}: {len(content)} bytes; {card.calibration}")


def trained_network(run: Path) -> DigitNetwork:
    """The averaged network of a run, ready to be used."""
    state = torch.load(run / "state.pt", weights_only=True)
    network = DigitNetwork()
    network.load_state_dict(state["average"])
    return network.eval()


def onnx_bytes(network: DigitNetwork) -> bytes:
    """Returns `network` as ONNX: `cells`, bytes N×2×32×32, and `hand`, N, to `logits`, N×14."""
    target = io.BytesIO()
    sample = (torch.zeros(2, 2, 32, 32, dtype=torch.uint8), torch.zeros(2, dtype=torch.int64))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        torch.onnx.export(
            _Shipped(network).eval(), sample, target, dynamo=False,
            input_names=["cells", "hand"], output_names=["logits"],
            dynamic_axes={"cells": {0: "n"}, "hand": {0: "n"}, "logits": {0: "n"}},
        )  # fmt: skip
    return target.getvalue()


def make_card(content: bytes, options: argparse.Namespace) -> Card:
    """Calibrates the model, certifies thresholds, and writes down what it is."""
    digest = hashlib.sha256(content).hexdigest()
    card = Card("digits", options.version, digest, CLASSES, PLAIN, ())
    model, count = DigitModel(card, content), options.fields
    hands = load_hands(options.data)
    ours, others = calibration_hands(hands), certification_hands(hands)
    fitted_on = see_fields(model, draw_fields(ours, count, seed=11))
    certified_on = see_fields(model, draw_fields(others, count, seed=12))
    calibration = fit_calibration(fitted_on)
    thresholds = laboratory(fitted_on, certified_on, calibration)
    return msgspec.structs.replace(card, calibration=calibration, laboratory=tuple(thresholds))


if __name__ == "__main__":
    main()
