"""Workspaces and scanner folders for tests that run whole batches."""

from __future__ import annotations

import io
import json
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from intake.cli import run_command


@dataclass(frozen=True)
class Outcome:
    """How a command ended: its exit code, data and narration."""

    code: int
    out: str
    err: str

    def lines(self) -> list[dict[str, Any]]:
        """The data as one JSON value per line."""
        return [json.loads(line) for line in self.out.splitlines()]


def command(workspace: Path, *arguments: str | Path) -> Outcome:
    """Runs a command as `ocr_cli.py -w WORKSPACE …` would, in this process."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = run_command(["-w", str(workspace), *map(str, arguments)])
    return Outcome(code, out.getvalue(), err.getvalue())
