"""Makes the shipped model of a training run: `python -m training.export training/runs/a`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import torch

from intake.recognise.model import MODELS, Card, DigitModel
from training.calibrate import draw_fields, fit_calibration, laboratory, see_fields
from training.folds import calibration_hands, certification_hands
from training.hands import load_hands
from training.network import DigitNetwork, RememberingNetwork
from training.shipping import as_onnx, averaged, export_options, plain_card, write_model

if TYPE_CHECKING:
    import argparse

CLASSES = (*"0123456789", "empty", "struck_out", "overwritten", "not_a_digit")


def main() -> None:
    """Parses the command line and writes model and card."""
    parser = export_options(__doc__, MODELS / "digits.onnx")
    parser.add_argument("--fields", type=int, default=6000)
    export(parser.parse_args())


def export(options: argparse.Namespace) -> None:
    """Writes model and card of the run that `options` names."""
    content = onnx_bytes(averaged(DigitNetwork(), options.run))
    card = make_card(content, options)
    write_model(options.out, content, card)
    for threshold in card.laboratory:
        print(threshold)


def onnx_bytes(network: DigitNetwork) -> bytes:
    """Returns `network` as ONNX, as the model card describes its inputs and outputs."""
    two = torch.arange(2)
    cells, known = torch.zeros(2, 2, 32, 32, dtype=torch.uint8), torch.zeros(2, network.hidden)
    return as_onnx(
        RememberingNetwork(network),
        {"cells": cells, "hand": two, "known": known, "known_hand": two},
        ["logits", "seen"],
        {name: {0: "n"} for name in ("cells", "hand", "logits", "seen")}
        | {name: {0: "m"} for name in ("known", "known_hand")},
    )


def make_card(content: bytes, options: argparse.Namespace) -> Card:
    """Calibrates the model, certifies thresholds, and writes down what it is."""
    card = plain_card("digits", options.version, content, CLASSES)
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
