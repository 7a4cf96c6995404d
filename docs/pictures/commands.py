"""Runs the program as its users do."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COLUMNS = 100


def run(workspace: Path | None, *words: str | Path) -> str:
    """Runs a command in a workspace; returns what it said, in colour."""
    where = ["-w", workspace] if workspace else []
    call = [sys.executable, ROOT / "ocr_cli.py", *where, *words]
    terminal = {"FORCE_COLOR": "1", "COLUMNS": str(COLUMNS), "TERM": "xterm-256color"}
    done = subprocess.run(
        call, check=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        env=os.environ | terminal,
    )  # fmt: skip
    return done.stdout
