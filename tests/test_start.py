"""The program as it is started in a terminal where nothing was prepared."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import ROOT


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """The program's file in a folder of its own."""
    return Path(shutil.copy(ROOT / "ocr_cli.py", tmp_path))


def started(program: Path) -> subprocess.CompletedProcess[str]:
    """Starts it with a Python that has no packages at all."""
    line = [sys.executable, "-I", "-S", program, "review"]
    return subprocess.run(line, capture_output=True, text=True, check=False)


def test_it_finds_the_packages_beside_it(program: Path) -> None:
    own = program.parent / ".venv" / "bin" / "python"
    own.parent.mkdir(parents=True)
    own.write_text("#!/bin/sh\necho with its own packages: $2\n", encoding="ascii")
    own.chmod(0o755)
    assert started(program).stdout == "with its own packages: review\n"


def test_without_packages_it_says_how_to_get_them(program: Path) -> None:
    outcome = started(program)
    assert outcome.returncode == 5
    assert f"Type `make setup` in {program.parent}" in outcome.stderr
    assert "Traceback" not in outcome.stderr
