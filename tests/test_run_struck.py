"""`run` killed, or its disk filled, at named places: started again, it ends as it would have."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks.hostilebatch import measure
from benchmarks.slowscanner import wrong_after
from conftest import ROOT
from workplaces import command

pytestmark = pytest.mark.slow
SAMPLES = ROOT / "samples"
SCANS = ("IMG_0411.jpg", "2026-10-29_two_on_a_page.jpg")


@pytest.fixture(scope="module")
def scans(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("scans")
    for name in SCANS:
        shutil.copy(SAMPLES / "scans" / name, folder)
    return folder


@pytest.fixture(scope="module")
def whole(scans: Path) -> list[dict[str, Any]]:
    """The fields of a run that nothing happens to."""
    workspace = made(scans.parent / "whole")
    assert command(workspace, "run", "--workers", "1", scans).code == 0
    return fields(workspace)


def made(workspace: Path) -> Path:
    assert command(workspace, "init", "--settings", SAMPLES / "intake.toml").code == 0
    return workspace


def fields(workspace: Path) -> list[dict[str, Any]]:
    return command(workspace, "results", "--format", "jsonl").lines()


def struck(workspace: Path, scans: Path, blow: tuple[str, int, str]) -> int:
    program = [sys.executable, ROOT / "benchmarks" / "striking.py", *map(str, blow)]
    line = [*program, "-w", workspace, "run", "--workers", "1", scans]
    return subprocess.run(line, capture_output=True, check=False).returncode


def ends_the_same(workspace: Path, scans: Path, whole: list[dict[str, Any]]) -> None:
    assert command(workspace, "run", "--workers", "1", scans).code == 0
    assert fields(workspace) == whole
    assert command(workspace, "doctor", "--verify").code == 0


@pytest.mark.parametrize(
    "blow",
    [
        ("intake.evidence.Evidence.keep_file", 1, "kill_after"),
        ("intake.evidence.Evidence.keep", 2, "kill_after"),
        ("intake.store.forms.save_form", 2, "kill_after"),
        ("intake.store.ledger.seal_page", 1, "kill"),
        ("intake.store.ledger.finish_file", 1, "kill"),
        ("intake.store.Store.save_pages", 1, "kill_after"),
    ],
)
def test_a_run_killed_at_a_named_place_goes_on_as_if_it_had_not_been(
    tmp_path: Path, scans: Path, whole: list[dict[str, Any]], blow: tuple[str, int, str]
) -> None:
    workspace = made(tmp_path / "workspace")
    assert struck(workspace, scans, blow) == -signal.SIGKILL
    ends_the_same(workspace, scans, whole)


@pytest.mark.parametrize(
    "blow",
    [("os.fsync", 1, "full"), ("os.fsync", 4, "fail"), ("database", 2, "full")],
)
def test_a_run_whose_disk_fills_up_goes_on_as_if_it_had_not(
    tmp_path: Path, scans: Path, whole: list[dict[str, Any]], blow: tuple[str, int, str]
) -> None:
    workspace = made(tmp_path / "workspace")
    assert struck(workspace, scans, blow) == 6
    ends_the_same(workspace, scans, whole)


def test_what_a_slow_scanner_leaves_is_read_exactly_once(tmp_path: Path) -> None:
    wrong, said = wrong_after(10, tmp_path, 1)
    assert wrong == 0, said


def test_a_batch_of_hostile_files_has_one_right_outcome_for_each(tmp_path: Path) -> None:
    found = measure(tmp_path, ["by name"])
    assert found.files > 150
    assert found.wrong == ()
