"""A real session: the program in a terminal, typed into and read back, on a real store."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from clerk import pictured_workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from intake.cli.workspaces import Workspace

PROGRAM = Path(__file__).parent.parent / "ocr_cli.py"
ENVIRONMENT = {
    name: value for name, value in os.environ.items() if name not in {"COLUMNS", "LINES"}
}
"""Readline hands a size down to whatever starts from here, behind Python's back even."""
PATIENCE_SECONDS = 60.0
FIRST_SCREEN = ("waiting: 2", "Enter accepts 123.456 m3")

pytestmark = pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return pictured_workspace(tmp_path / "workspace")


class Terminal:
    """A terminal of 80×24 characters with the review app in it."""

    def __init__(self, session: str) -> None:
        self.session = session

    def tmux(self, *words: str) -> str:
        command = ["tmux", "-f", os.devnull, "-L", self.session, *words]
        done = subprocess.run(command, check=True, capture_output=True, text=True, env=ENVIRONMENT)
        return done.stdout

    def key(self, *keys: str) -> None:
        self.tmux("send-keys", "-t", self.session, *keys)

    def until(self, seen: Callable[[str], bool]) -> str:
        """What the screen shows as soon as `seen` says so."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            screen = self.tmux("capture-pane", "-p", "-t", self.session)
            if seen(screen):
                return screen
            time.sleep(0.1)
        raise AssertionError(f"The screen never showed it:\n{screen}")


@pytest.fixture
def terminal(workspace: Workspace) -> Iterator[Terminal]:
    session = f"review-{os.getpid()}"
    call = [sys.executable, str(PROGRAM), "-w", str(workspace.folder), "review"]
    terminal = Terminal(session)
    command = f"env LANGUAGE=en {shlex.join(call)}; echo exit code $?; sleep {PATIENCE_SECONDS}"
    terminal.tmux("new-session", "-d", "-s", session, "-x", "80", "-y", "24", command)
    yield terminal
    terminal.tmux("kill-server")


@pytest.mark.slow
def test_two_items_are_decided_at_a_terminal(terminal: Terminal, workspace: Workspace) -> None:
    terminal.until(lambda shown: all(part in shown for part in (*FIRST_SCREEN, "▐")))
    terminal.key(*"00000017")
    terminal.until(lambda shown: "Enter accepts 0.017 m3" in shown)
    terminal.key("Enter")
    terminal.until(lambda shown: "waiting: 1" in shown)
    terminal.tmux("resize-window", "-t", terminal.session, "-x", "160", "-y", "50")
    terminal.until(lambda shown: max(map(len, shown.splitlines())) > 100)
    terminal.key("/")
    terminal.until(lambda shown: "Nothing waits for you" in shown)
    terminal.key("q")
    terminal.until(lambda shown: "exit code 0" in shown)
    with workspace.store() as store:
        rows = [row for row in store.results() if row.field.endswith(".reading")]
    assert [(row.verdict, row.value) for row in rows] == [
        ("accepted", "00000017"),
        ("refused", None),
    ]
