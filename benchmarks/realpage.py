"""A real scanned page through the whole program, as somebody would run it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
_PER_ROW = 20


def grid_page(folder: Path) -> tuple[int, int]:
    """Returns how many of the 600 cells came out right, and how many there are."""
    page = folder / "real_forms" / "grid_600_cells.png"
    labels = json.loads(page.with_name("grid_600_cells.labels.json").read_text(encoding="utf-8"))
    with TemporaryDirectory() as scratch:
        rows = _through_run(page, Path(scratch))
    read = "".join((row["candidates"][0][0] or "").rjust(_PER_ROW, "?") for row in rows)
    right = sum(read[int(cell)] == str(digit) for cell, digit in labels.items())
    return right, len(labels)


def _through_run(page: Path, scratch: Path) -> list[dict[str, list[list[str | None]]]]:
    settings = scratch / "intake.toml"
    templates = json.dumps(str(ROOT / "tests" / "templates"))
    settings.write_text(f"templates = {templates}\n", encoding="utf-8")
    workspace = scratch / "workspace"
    _command(workspace, "init", "--settings", str(settings))
    _command(workspace, "run", "--workers", "1", str(page))
    answer = _command(workspace, "results", "--format", "jsonl")
    return [json.loads(line) for line in answer.splitlines()]


def _command(workspace: Path, *words: str) -> str:
    program = [sys.executable, str(ROOT / "ocr_cli.py"), "-w", str(workspace), *words]
    done = subprocess.run(program, check=True, capture_output=True, text=True)
    return done.stdout
