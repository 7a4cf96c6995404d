"""What all benchmarks share: each is run; what they take and write, and their exit code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import entry
from benchmarks.__main__ import PROGRAMS
from benchmarks.figures import Figures
from conftest import ROOT

TARGETS = {"right": (">=", 0.9), "lost": ("<=", 0)}


def measured(lost: float = 0) -> Figures:
    figures = Figures()
    figures.add("right", 95, 100)
    figures.number("lost", lost)
    return figures


def concluded(figures: Figures, *line: object) -> int:
    parser = entry.options_for("test", quick="less", full="more")
    entry.add_page(parser)
    return entry.conclude(figures, TARGETS, parser.parse_args([str(one) for one in line]), "paper")


def test_make_bench_runs_every_program() -> None:
    files = (ROOT / "benchmarks").glob("[a-z]*.py")
    ending = {path.stem for path in files if "entry.conclude(" in path.read_text("utf-8")}
    assert ending == set(PROGRAMS)
    assert os.access(ROOT / "scripts" / "bench-setup", os.X_OK)


@pytest.mark.slow
@pytest.mark.parametrize("name", PROGRAMS)
def test_each_takes_the_same_options(name: str) -> None:
    line = [sys.executable, ROOT / "benchmarks" / f"{name}.py", "--help"]
    told = subprocess.run(line, capture_output=True, text=True, check=True).stdout
    assert all(option in told for option in ("--quick", "--json", "--seed", "--check"))
    assert ("--docs" in told) == (PROGRAMS[name] is not None)


def test_a_missed_target_is_told_and_is_the_exit_code_where_asked_for(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert concluded(measured(), "--check") == 0
    assert capsys.readouterr().out.endswith("2 of 2 targets met on paper; missed: none\n")
    assert concluded(measured(lost=1)) == 0
    assert concluded(measured(lost=1), "--check") == 1
    assert capsys.readouterr().out.endswith("1 of 2 targets met on paper; missed: lost\n")


def test_figures_go_flat_into_a_file_and_as_a_table_into_a_page(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("before\n<!-- figures -->\nold\n<!-- /figures -->\nafter\n")
    written = tmp_path / "figures.json"
    concluded(measured(), "--json", written, "--docs", page)
    figures = json.loads(written.read_text())
    assert figures["right"] == 0.95
    assert figures["right_low"] < 0.95 < figures["right_high"]
    assert "| `right` | 0.9500 |" in page.read_text()
    assert "old" not in page.read_text()
