"""`run` killed with SIGKILL again and again: restarted, it ends as if nothing had happened."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

from conftest import ROOT
from intake.store import open_store
from workplaces import command

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow

SAMPLES = ROOT / "samples"
SCANS = ("2026-10-28_night.tif", "scan0001.png", "scan0002.png", "IMG_0411.jpg", "IMG_0412.jpg")
SECONDS = (2.5, 1.0, 4.0)
"""After which each run is killed: while it starts, reads and saves."""


@pytest.fixture
def scans(tmp_path: Path) -> Path:
    folder = tmp_path / "scans"
    folder.mkdir()
    for name in SCANS:
        shutil.copy(SAMPLES / "scans" / name, folder)
    return folder


def made(workspace: Path) -> Path:
    assert command(workspace, "init", "--settings", SAMPLES / "intake.toml").code == 0
    registry = sorted((SAMPLES / "registry").glob("*.csv"))
    assert command(workspace, "registry", "import", *registry).code == 0
    return workspace


def start(workspace: Path, scans: Path) -> subprocess.Popen[bytes]:
    """Starts `run` in a process group of its own, workers included."""
    line = [sys.executable, ROOT / "ocr_cli.py", "-w", workspace, "run", scans, "--workers", "2"]
    return subprocess.Popen(
        line, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def results(workspace: Path) -> list[dict[str, Any]]:
    rows = command(workspace, "results", "--format", "jsonl").lines()
    return sorted(rows, key=lambda row: (row["file"], row["page"], row["form"], row["field"]))


def test_killed_runs_end_as_one_that_was_not(tmp_path: Path, scans: Path) -> None:
    whole, killed = made(tmp_path / "whole"), made(tmp_path / "killed")
    assert start(whole, scans).wait() == 0
    for seconds in SECONDS:
        running = start(killed, scans)
        time.sleep(seconds)
        os.killpg(running.pid, signal.SIGKILL)
        running.wait()
        store = open_store(killed / "intake.sqlite")
        assert store.totals().balanced
        store.close()
    assert start(killed, scans).wait() == 0
    assert results(killed) == results(whole)
    assert command(killed, "status", "--json").lines() == command(whole, "status", "--json").lines()
