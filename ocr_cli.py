#!/usr/bin/env python3
"""Paper meter-reading forms in, verified readings out: `./ocr_cli.py --help`."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from pathlib import Path

OWN = Path(__file__).resolve().parent / ".venv"
NEEDED = ("click", "msgspec", "numpy")
MISSING_PROGRAM = 5


def go_on_in_own_environment() -> None:
    """Starts again with the packages in .venv, where neither they nor others are in force."""
    python = OWN / "bin" / "python"
    missing = [name for name in NEEDED if find_spec(name) is None]
    elsewhere = Path(sys.prefix).resolve() != OWN.resolve()
    if python.exists() and elsewhere and (missing or sys.prefix == sys.base_prefix):
        os.execv(python, [str(python), *sys.argv])  # noqa: S606 - no shell is wanted
    if missing:
        told = f"Python packages are missing ({', '.join(missing)}). Type `make setup` in"
        sys.stderr.write(f"Error: {told} {OWN.parent}.\n")
        sys.exit(MISSING_PROGRAM)


if __name__ == "__main__":
    go_on_in_own_environment()
    from intake.cli import main

    main()
