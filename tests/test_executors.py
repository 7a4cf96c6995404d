"""Where pages are read makes no difference to what is in the store: here, in a pool, on a cluster.

Clusters are real schedulers and workers, each a process of its own, and are killed for real.
"""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from conftest import ROOT
from intake.batch.addresses import is_encrypted, is_on_this_machine
from intake.errors import UsageError
from workplaces import command

if TYPE_CHECKING:
    from collections.abc import Iterator

SAMPLES = ROOT / "samples"
SCANS = [SAMPLES / "scans" / "2026-10-27_stairwell.pdf", SAMPLES / "scans" / "IMG_0414.jpg"]
PATIENCE = 60.0

needs_dask = pytest.mark.skipif(
    importlib.util.find_spec("distributed") is None,
    reason="Dask is not installed: `make bench-setup` brings meter-intake[cluster]",
)


def made(workspace: Path) -> Path:
    assert command(workspace, "init", "--settings", SAMPLES / "intake.toml").code == 0
    registry = sorted((SAMPLES / "registry").glob("*.csv"))
    assert command(workspace, "registry", "import", *registry).code == 0
    return workspace


def rows(workspace: Path) -> list[dict[str, Any]]:
    return command(workspace, "results", "--format", "jsonl").lines()


def status(workspace: Path) -> dict[str, int]:
    totals: dict[str, int] = command(workspace, "status", "--json").lines()[0]
    return totals


def running(workspace: Path, *options: str) -> subprocess.Popen[str]:
    line = [sys.executable, ROOT / "ocr_cli.py", "-w", workspace, "run", *options, *SCANS]
    return subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def program(name: str, *options: str | Path) -> subprocess.Popen[bytes]:
    """A part of a cluster, with the program on its path as the documents say."""
    line = [sys.executable, "-m", f"distributed.cli.dask_{name}", *options]
    return subprocess.Popen(
        line,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


class Cluster:
    """A scheduler and workers on this machine."""

    def __init__(self, folder: Path, workers: int = 2) -> None:
        note = folder / "scheduler.json"
        plain = ("--host", "127.0.0.1", "--no-dashboard")
        self.scheduler = program("scheduler", *plain, "--port", "0", "--scheduler-file", note)
        self.address = self._told(note)
        self.workers = [self._worker(folder) for _ in range(workers)]

    def _told(self, note: Path) -> str:
        for _ in range(int(PATIENCE / 0.1)):
            if note.exists() and note.read_text(encoding="utf-8").endswith("}"):
                return str(json.loads(note.read_text(encoding="utf-8"))["address"])
            time.sleep(0.1)
        raise TimeoutError("the scheduler does not start")

    def _worker(self, folder: Path) -> subprocess.Popen[bytes]:
        one = ("--nthreads", "1", "--no-nanny", "--no-dashboard", "--host", "127.0.0.1")
        return program("worker", self.address, *one, "--local-directory", folder)

    def close(self) -> None:
        for part in (*self.workers, self.scheduler):
            part.kill()
            part.wait()


@contextmanager
def cluster(folder: Path) -> Iterator[Cluster]:
    started = Cluster(folder)
    try:
        yield started
    finally:
        started.close()


def until_some_are_saved(workspace: Path, run: subprocess.Popen[str]) -> None:
    while status(workspace)["forms"] == 0 and run.poll() is None:
        time.sleep(0.05)


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace whose scans were read in one process."""
    workspace = made(tmp_path_factory.mktemp("alone") / "workspace")
    command(workspace, "run", "--workers", "1", *SCANS)
    return workspace


@pytest.mark.parametrize(
    "address", ["tcp://10.1.2.3:8786", "tcp://scanner.example:8786", "tcp://[2001:db8::1]:8786"]
)
def test_other_machines_are_not_spoken_to_without_certificates(address: str) -> None:
    with pytest.raises(UsageError, match="certificates"):
        is_encrypted(address)


@pytest.mark.parametrize("address", ["cluster", "http://127.0.0.1:8786", "tcp://", "tls://host"])
def test_an_address_that_is_none_is_named(tmp_path: Path, address: str) -> None:
    workspace = made(tmp_path / "workspace")
    outcome = command(workspace, "run", "--cluster", address, SCANS[1])
    assert outcome.code == 2
    assert address in outcome.err


def test_what_is_on_this_machine_is_known_as_such() -> None:
    near = ["local", "tcp://127.0.0.1:1", "tcp://localhost:1", "tls://[::1]:1"]
    assert all(is_on_this_machine(address) for address in near)
    assert not is_on_this_machine("tls://read.example:8786")
    assert is_encrypted("tls://read.example:8786")


def test_other_machines_do_not_get_a_database_that_is_a_file(tmp_path: Path) -> None:
    workspace = made(tmp_path / "workspace")
    outcome = command(workspace, "run", "--cluster", "tls://read.example:8786", SCANS[1])
    assert outcome.code == 2
    assert "init --store" in outcome.err


@needs_dask
@pytest.mark.slow
def test_a_cluster_of_this_machine_s_own_makes_the_same_results(
    tmp_path: Path, alone: Path
) -> None:
    workspace = made(tmp_path / "workspace")
    with running(workspace, "--cluster", "local", "--workers", "2") as run:
        told = run.communicate()
    assert run.returncode == 0, told
    assert rows(workspace) == rows(alone)


@needs_dask
@pytest.mark.slow
def test_what_a_lost_worker_had_in_hand_another_one_reads(tmp_path: Path, alone: Path) -> None:
    workspace = made(tmp_path / "workspace")
    with cluster(tmp_path) as started, running(workspace, "--cluster", started.address) as run:
        until_some_are_saved(workspace, run)
        started.workers[0].kill()
        _, told = run.communicate()
    assert run.returncode == 0, told
    assert rows(workspace) == rows(alone)


@needs_dask
@pytest.mark.slow
def test_a_lost_worker_then_a_lost_scheduler_lose_nothing(tmp_path: Path, alone: Path) -> None:
    workspace = made(tmp_path / "workspace")
    with cluster(tmp_path) as started, running(workspace, "--cluster", started.address) as run:
        until_some_are_saved(workspace, run)
        started.workers[0].kill()
        started.scheduler.kill()
        _, told = run.communicate()
    assert run.returncode == 5, told
    assert "run again" in told
    assert "Traceback" not in told
    assert command(workspace, "run", "--workers", "1", *SCANS).code == 0
    assert rows(workspace) == rows(alone)
    assert status(workspace) == status(alone)


@needs_dask
@pytest.mark.slow
def test_a_scheduler_that_is_not_there_is_named(tmp_path: Path) -> None:
    workspace = made(tmp_path / "workspace")
    outcome = command(workspace, "run", "--cluster", "tcp://127.0.0.1:9", SCANS[1])
    assert outcome.code == 5
    assert "dask scheduler" in outcome.err


@needs_dask
def test_an_encrypted_connection_without_certificates_is_not_tried(tmp_path: Path) -> None:
    workspace = made(tmp_path / "workspace")
    outcome = command(workspace, "run", "--cluster", "tls://127.0.0.1:8786", SCANS[1])
    assert outcome.code == 2
    assert "client.cert" in outcome.err
