"""A real `engine serve` for tests that talk to it."""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """A real `engine serve` over the workspace in `folder`; its address."""
    line = [str(ROOT / "ocr_cli.py"), "-w", str(folder), "engine", "serve", "--port", "0"]
    with (
        (folder / "log").open("w") as log,
        subprocess.Popen(
            [sys.executable, *line], stdout=subprocess.PIPE, stderr=log, text=True
        ) as process,
    ):
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.terminate()
