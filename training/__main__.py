"""From handwriting to the shipped models in one command: `python -m training --data FOLDER`.

Trains, or goes on where training stopped, then calibrates and writes models and cards: first the
digits in their cells, then free lines.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from intake.recognise.model import MODELS
from training.export import export
from training.exportlines import export_lines
from training.train import train
from training.trainlines import train_lines


def main() -> None:
    """Parses the command line, trains and exports."""
    parser = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--runs", type=Path, default=Path("training/runs"))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--epochs", type=int, default=360, help="of the digit network")
    parser.add_argument("--strips", type=int, default=1200, help="new strips per epoch")
    parser.add_argument("--line-epochs", type=int, default=280, help="of the line network")
    parser.add_argument("--lines", type=int, default=1500, help="new lines per epoch")
    parser.add_argument("--workers", type=int, default=1, help="processes that render")
    parser.add_argument("--threads", type=int, default=1, help="threads that learn")
    parser.add_argument("--fields", type=int, default=6000, help="fields to certify on")
    parser.add_argument("--version", default="1")
    options = vars(parser.parse_args())
    digits, lines = options["runs"] / "digits", options["runs"] / "lines"
    train(argparse.Namespace(**options, out=digits, fold=None))
    export(argparse.Namespace(**options, run=digits, out=MODELS / "digits.onnx"))
    options["epochs"] = options["line_epochs"]
    train_lines(argparse.Namespace(**options, out=lines))
    export_lines(argparse.Namespace(**options, run=lines, out=MODELS / "lines.onnx"))


if __name__ == "__main__":
    main()
