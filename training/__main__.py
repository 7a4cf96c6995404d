"""From handwriting to the shipped model in one command: `python -m training --data FOLDER`.

Trains, or goes on where training stopped, then calibrates and writes model and card.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from intake.recognise.model import MODELS
from training.export import export
from training.train import train


def main() -> None:
    """Parses the command line, trains and exports."""
    parser = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--out", type=Path, default=MODELS / "digits.onnx")
    parser.add_argument("--run", type=Path, default=Path("training/runs/model"))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--epochs", type=int, default=60)
    parser.add_argument("--strips", type=int, default=2000, help="new strips per epoch")
    parser.add_argument("--workers", type=int, default=1, help="processes that render strips")
    parser.add_argument("--threads", type=int, default=1, help="threads that learn")
    parser.add_argument("--fields", type=int, default=6000, help="fields to certify on")
    parser.add_argument("--version", default="1")
    options = parser.parse_args()
    train(argparse.Namespace(**vars(options) | {"out": options.run, "fold": None}))
    export(options)


if __name__ == "__main__":
    main()
