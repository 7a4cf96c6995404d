"""A cluster of this machine that loses a worker, then its scheduler, while it reads."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from intake.store import open_store

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.offices import Office

ROOT = Path(__file__).resolve().parent.parent
PLAIN = ("--host", "127.0.0.1", "--no-dashboard")
ONE = ("--nthreads", "1", "--no-nanny")
PATIENCE = 60.0


def read_and_lose(office: Office, scans: Path, folder: Path) -> bool:
    """Loses a worker when the first form is saved and the scheduler some forms later.

    Returns:
        Whether the run was ended by that; a small one may have been done before.
    """
    program = [sys.executable, str(ROOT / "ocr_cli.py"), "-w", str(office.folder), "run"]
    with _cluster(folder) as (address, scheduler, workers):
        line = [*program, "--cluster", address, str(scans)]
        with subprocess.Popen(line, stderr=subprocess.DEVNULL) as reading:
            _wait_for(office, 1, reading)
            workers[0].kill()
            _wait_for(office, 9, reading)
            scheduler.kill()
        return reading.returncode != 0


@contextmanager
def _cluster(
    folder: Path,
) -> Iterator[tuple[str, subprocess.Popen[bytes], list[subprocess.Popen[bytes]]]]:
    folder.mkdir()
    note = folder / "scheduler.json"
    scheduler = _part("scheduler", *PLAIN, "--port", "0", "--scheduler-file", str(note))
    address = _told(note)
    local = ("--local-directory", str(folder))
    workers = [_part("worker", address, *PLAIN, *ONE, *local) for _ in range(2)]
    try:
        yield address, scheduler, workers
    finally:
        for part in (*workers, scheduler):
            part.kill()
            part.wait()


def _part(name: str, *words: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", f"distributed.cli.dask_{name}", *words],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def _told(note: Path) -> str:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if note.exists() and (text := note.read_text(encoding="utf-8")).endswith("}"):
            return str(json.loads(text)["address"])
        time.sleep(0.1)
    raise TimeoutError("The scheduler does not start.")


def _wait_for(office: Office, forms: int, reading: subprocess.Popen[bytes]) -> None:
    store = open_store(office.folder / "intake.sqlite")
    while reading.poll() is None and store.totals().forms < forms:
        time.sleep(0.05)
    store.close()
