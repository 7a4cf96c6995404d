"""A scanner that takes its time, rewrites in place and uses names again, before a real `watch`."""

from __future__ import annotations

import io
import signal
import subprocess
import sys
import threading
import time
from hashlib import sha256
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.strain import make_workspace
from intake.store import open_store

ROOT = Path(__file__).resolve().parent.parent
SETTLE = 1.0
SCANNERS = 8
PATIENCE = 600.0
WATCHING = f"\n[watch]\nsettle = {SETTLE}\nlook = 1.0\n"


def wrong_after(files: int, folder: Path, seed: int) -> tuple[int, str]:
    """How many of the final bytes were not read exactly once, and what `watch` said meanwhile."""
    inbox, said = folder / "inbox", folder / "watch.log"
    inbox.mkdir(parents=True)
    workspace = make_workspace(folder / "watched")
    with (workspace / "intake.toml").open("a") as settings:
        settings.write(WATCHING)
    line = [ROOT / "ocr_cli.py", "-v", "-w", workspace, "watch", "--workers", "1", "--move", inbox]
    with said.open("w") as log:
        running = subprocess.Popen([sys.executable, *map(str, line)], stderr=log)
        try:
            final = _scanned(files, inbox, seed)
            reads = _reads_of(workspace, final)
        finally:
            running.send_signal(signal.SIGTERM)
            running.wait()
    wrong = sum(reads.count(digest) != 1 for digest in final)
    return wrong + (len(set(final)) - len(final)), said.read_text()


def _scanned(files: int, inbox: Path, seed: int) -> list[str]:
    """Lets several scanners fill the folder; returns the digests of what they left."""
    final: list[str] = []
    shares = np.array_split(np.arange(files), min(SCANNERS, files))
    scanners = [
        threading.Thread(target=_scan, args=(share, number, inbox, seed, final))
        for number, share in enumerate(shares)
    ]
    for scanner in scanners:
        scanner.start()
    for scanner in scanners:
        scanner.join()
    return final


def _scan(numbers: np.ndarray, scanner: int, inbox: Path, seed: int, final: list[str]) -> None:
    """One scanner: the same few names all day, each file in pieces, some of them twice."""
    rng = np.random.default_rng([seed, scanner])
    for turn, number in enumerate(numbers):
        path = inbox / f"scanner-{scanner}" / f"scan{turn % 5:04}.png"
        path.parent.mkdir(exist_ok=True)
        _wait_until_moved(path)
        data = _page(int(number), seed)
        if rng.random() < 0.2:
            path.write_bytes(data[: len(data) // 2])
            time.sleep(float(rng.uniform(0.0, 0.5)) * SETTLE)
        _write_slowly(path, data, rng)
        final.append(sha256(data).hexdigest())


def _wait_until_moved(path: Path) -> None:
    """A name is used again once its file is away."""
    deadline = time.monotonic() + PATIENCE
    while path.exists() and time.monotonic() < deadline:
        time.sleep(0.05)


def _write_slowly(path: Path, data: bytes, rng: np.random.Generator) -> None:
    pieces = int(rng.integers(2, 5))
    with path.open("wb") as file:
        for piece in range(pieces):
            file.write(data[piece * len(data) // pieces : (piece + 1) * len(data) // pieces])
            file.flush()
            time.sleep(float(rng.uniform(0.0, 0.4)) * SETTLE)


def _page(number: int, seed: int) -> bytes:
    """A small page that is like no other."""
    noise = np.random.default_rng([seed, 7, number]).integers(0, 256, (40, 60), dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(noise).save(file, "PNG")
    return file.getvalue()


def _reads_of(workspace: Path, final: list[str]) -> list[str]:
    """Digests of the files that were read, once all that is expected is there or time is up."""
    deadline = time.monotonic() + PATIENCE
    while True:
        store = open_store(workspace / "intake.sqlite")
        reads = [str(file.original) for file in store.custody.files() if file.state == "read"]
        store.close()
        if set(final) <= set(reads) or time.monotonic() > deadline:
            return reads
        time.sleep(1.0)
