"""An account and a value that must not turn up in any log, at any level."""

from __future__ import annotations

import logging
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.strain import FORMS_PER_FILE, make_workspace, print_batch

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
ACCOUNT, VALUE = "20000000", "00735219"
FIRST_READING = "2"
"""The field that stands second, after its form's code."""


class Canary(logging.Handler):
    """Hears every log of this process, and looks for what must not be in it."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self._heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keeps a line."""
        self._heard.append(record.getMessage())

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Hears everything meanwhile, DEBUG included."""
        root = logging.getLogger()
        before = root.level
        root.addHandler(self)
        root.setLevel(logging.DEBUG)
        try:
            yield
        finally:
            root.removeHandler(self)
            root.setLevel(before)

    def journey(self, folder: Path) -> list[str]:
        """Logs of a whole journey with the canary: read, corrected, handed over, erased."""
        scans = folder / "scans"
        scans.mkdir(parents=True)
        print_batch(scans, FORMS_PER_FILE, 1)
        workspace = make_workspace(folder / "workspace")
        steps = (
            ("run", "--workers", "1", scans),
            ("queue", "correct", FIRST_READING, VALUE),
            ("export",),
            ("doctor", "--verify"),
            ("backup", folder / "saved"),
            ("run", "--reread", "--workers", "2", scans),
            ("erase", "--account", ACCOUNT, "--yes"),
        )
        return [_log(workspace, *step) for step in steps]

    def found_in(self, *logs: str) -> int:
        """How many lines of all logs hold the account or the value."""
        lines = [line for log in (*logs, *self._heard) for line in log.splitlines()]
        return sum(ACCOUNT in line or VALUE in line for line in lines)


def _log(workspace: Path, *step: object) -> str:
    """What a command says on stderr with every log switched on, that of libraries included."""
    program = "import logging, sys; logging.getLogger().setLevel(logging.DEBUG); "
    program += "logging.basicConfig(level=logging.DEBUG); "
    program += "from intake.cli import run_command; sys.exit(run_command(sys.argv[1:]))"
    line = [sys.executable, "-c", program, "-v", "-w", str(workspace), *map(str, step)]
    done = subprocess.run(line, capture_output=True, text=True, cwd=ROOT, check=False)
    if done.returncode:
        raise RuntimeError(f"`{step[0]}` ended with {done.returncode}.")
    return done.stderr
