"""What every benchmark does around its measuring: options in; table, file and exit code out."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from benchmarks.figures import Figures

ROOT = Path(__file__).resolve().parent.parent
NO_INPUT = 3


def options_for(about: str | None, quick: str, full: str | None = None) -> argparse.ArgumentParser:
    """The options that all benchmarks take; each adds its own.

    Args:
        about: what the program measures.
        quick: what `--quick` measures.
        full: what `--full` measures; None: without it all is measured that ever is.
    """
    parser = argparse.ArgumentParser(description=about)
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--quick", action="store_true", help=quick)
    if full is not None:
        size.add_argument("--full", action="store_true", help=full)
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    parser.add_argument("--seed", type=int, default=1, help="of all that is left to chance")
    parser.add_argument("--check", action="store_true", help="exit 1 when a target is missed")
    parser.set_defaults(docs=None)
    return parser


def add_page(parser: argparse.ArgumentParser) -> None:
    """Lets a program keep its table in a page of the documents."""
    parser.add_argument("--docs", type=Path, help="refresh the figures in this page")


def add_handwriting(parser: argparse.ArgumentParser) -> None:
    """Lets a program be told where the public handwriting is."""
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")


def lacks_handwriting(options: argparse.Namespace) -> bool:
    """Whether there is nothing to measure on, which is then said."""
    if options.data.is_dir():
        return False
    print(f"{options.data}: no handwriting to measure on; give its folder with --data.")
    return True


def conclude(
    figures: Figures,
    targets: Mapping[str, tuple[str, float]],
    options: argparse.Namespace,
    measured_on: str = "",
) -> int:
    """Shows and writes the figures; returns the exit code, 1 where `--check` finds one missed."""
    print(figures.table(targets))
    if options.docs:
        figures.refresh(options.docs, targets)
    if options.json:
        options.json.write_text(json.dumps(figures.flat(), indent=1) + "\n", encoding="utf-8")
    missed = figures.missed(targets)
    where = f" on {measured_on}" if measured_on else ""
    met = f"{len(targets) - len(missed)} of {len(targets)} targets met{where}"
    print(f"{met}; missed: {', '.join(missed) or 'none'}")
    return 1 if options.check and missed else 0
