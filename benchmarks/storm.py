"""A bad night between the intake and its reading engine: answers lost, doubled, late; kills."""

from __future__ import annotations

import http.client
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

PROGRAM = Path(__file__).resolve().parent.parent / "ocr_cli.py"

DROPPED, DOUBLED, DELAYED = 0.05, 0.05, 0.05
"""Shares of requests whose answer never comes, that are sent twice, that come late."""

LONGEST_DELAY = 0.2


@dataclass(slots=True)
class Weather:
    """What the night is like, and what it has done so far."""

    rng: random.Random
    passed: int = 0
    dropped: int = 0
    doubled: int = 0
    delayed: int = 0
    killed: dict[str, int] = field(default_factory=lambda: {"engine": 0, "export": 0})


class _Line(BaseHTTPRequestHandler):
    """Passes requests on to the engine, badly."""

    protocol_version = "HTTP/1.1"
    weather: Weather
    engine: tuple[str, int]

    def do_POST(self) -> None:
        """One request: on to the engine, once or twice, and its answer back, or not."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.weather.passed += 1
        weather, luck = self.weather, self.weather.rng.random()
        try:
            status, answer = self._pass_on(body)
            if luck < DOUBLED:
                weather.doubled += 1
                status, answer = self._pass_on(body)
        except (OSError, http.client.HTTPException):
            self.close_connection = True
            return
        if DOUBLED <= luck < DOUBLED + DROPPED:
            weather.dropped += 1
            self.close_connection = True
            return
        if luck > 1 - DELAYED:
            weather.delayed += 1
            time.sleep(weather.rng.uniform(0, LONGEST_DELAY))
        self.send_response(status)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        with suppress(OSError):
            self.wfile.write(answer)

    def _pass_on(self, body: bytes) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection(*self.engine, timeout=20)
        try:
            connection.request("POST", self.path, body, dict(self.headers))
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def log_message(self, *_: object) -> None:
        """Says nothing."""


class _Server(ThreadingHTTPServer):
    """One whose clients are killed now and then."""

    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Says nothing: a client that is gone is what the night is about."""


class Engine:
    """A real `engine serve` that can be killed and comes back at the same port."""

    def __init__(self, workspace: Path) -> None:
        self.address = "127.0.0.1", _free_port()
        self._line = [sys.executable, str(PROGRAM), "-w", str(workspace), "engine", "serve"]
        self._log = workspace / "engine.log"
        self._process = self._start()

    def kill(self) -> None:
        """Kills it in the middle of whatever it does, and starts it again."""
        self._process.send_signal(signal.SIGKILL)
        self._process.communicate()
        self._process = self._start()

    def stop(self) -> None:
        """Ends it in order."""
        self._process.terminate()
        self._process.communicate()

    def _start(self) -> subprocess.Popen[str]:
        with self._log.open("a") as log:
            process = subprocess.Popen(
                [*self._line, "--port", str(self.address[1])],
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        assert process.stdout is not None
        process.stdout.readline()
        return process


def hand_over(workspace: Path, token: str, weather: Weather, kills: int, apart: int) -> None:
    """Exports a workspace to its own engine until all has arrived, killing both on the way.

    Args:
        workspace: with readings that are due.
        token: that lets write its readings.
        weather: decides what happens, and counts it.
        kills: how many times one of the two is killed.
        apart: requests between two of them, on average.
    """
    engine = Engine(workspace)
    with _bad_line(weather, engine.address) as address:
        for _ in range(kills):
            export = _exporting(workspace, token, address)
            _wait_for(weather, weather.passed + weather.rng.randint(1, 2 * apart), export)
            if weather.rng.random() < 0.5:
                weather.killed["engine"] += 1
                engine.kill()
            elif export.poll() is None:
                weather.killed["export"] += 1
            export.send_signal(signal.SIGKILL)
            export.communicate()
        last = _exporting(workspace, token, address)
        _, told = last.communicate()
        if last.returncode:
            raise RuntimeError(f"the last export failed: {told}")
    engine.stop()


def _wait_for(weather: Weather, passed: int, export: subprocess.Popen[str]) -> None:
    """Waits until so many requests have come by, or nothing is left to export."""
    while weather.passed < passed and export.poll() is None:
        time.sleep(0.005)


def _exporting(workspace: Path, token: str, address: str) -> subprocess.Popen[str]:
    line = [sys.executable, str(PROGRAM), "-w", str(workspace), "export", "--format", "http"]
    return subprocess.Popen(
        [*line, "--to", address],
        env={**os.environ, "INTAKE_TOKEN": token},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


@contextmanager
def _bad_line(weather: Weather, engine: tuple[str, int]) -> Iterator[str]:
    handler = type("Line", (_Line,), {"weather": weather, "engine": engine})
    server = _Server(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/readings"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
