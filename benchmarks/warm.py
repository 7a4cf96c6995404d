"""Commands run in processes that have loaded everything already: each is a fork of one that has.

As a program it reads a command a line, in JSON, and writes how each ended.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

ROOT = Path(__file__).resolve().parent.parent

if TYPE_CHECKING:
    from collections.abc import Iterable

TICK = 0.01


@dataclass(frozen=True, slots=True)
class Command:
    """A command, and what is done to it.

    Attributes:
        arguments: of `ocr_cli.py`.
        blow: place, count and kind of a blow as `striking` deals them; None: none.
        seconds: of work of all processors, after which it and all that it started are killed: the
            same moment however busy the machine is; None: it runs to its end.
    """

    arguments: tuple[str, ...]
    blow: tuple[str, int, str] | None = None
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended.

    Attributes:
        code: its exit code, or the signal that killed it, negative.
        seconds: of work that it and all that it waited for took.
    """

    code: int
    seconds: float


class Warm:
    """A process that runs commands, one after the other; to be left like a file."""

    def __init__(self) -> None:
        line = [sys.executable, str(Path(__file__))]
        self._process = subprocess.Popen(
            line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def __enter__(self) -> Self:
        """Begins."""
        return self

    def __exit__(self, *_: object) -> None:
        """Ends."""
        self._process.communicate()

    def run(self, command: Command) -> Ended:
        """How a command ended."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps(asdict(command)), file=self._process.stdin, flush=True)
        return Ended(**json.loads(self._process.stdout.readline()))


def _ended(command: Command) -> Ended:
    """Runs a command in a fork, in a group of processes of its own that does not outlive it."""
    process = os.fork()
    if not process:
        _become(command)
    if command.seconds is not None:
        _kill_after(process, command.seconds)
    _, status, used = os.wait4(process, 0)
    with suppress(ProcessLookupError):
        os.killpg(process, signal.SIGKILL)
    return Ended(os.waitstatus_to_exitcode(status), used.ru_utime + used.ru_stime)


def _kill_after(process: int, seconds: float) -> None:
    while os.waitid(os.P_PID, process, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
        if sum(map(_worked, [process, *below(process)])) >= seconds:
            os.kill(process, signal.SIGKILL)
            return
        time.sleep(TICK)


def _worked(process: int) -> float:
    """Seconds of work of a process so far; 0 once it is gone."""
    try:
        after_name = Path(f"/proc/{process}/stat").read_text().rpartition(") ")[2].split()
    except OSError:
        return 0.0
    return (int(after_name[11]) + int(after_name[12])) / os.sysconf("SC_CLK_TCK")


def _become(command: Command) -> None:
    """Never comes back."""
    os.setsid()
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nothing, stream)
    code = 1
    try:
        if command.blow is not None:
            deal(*command.blow)
        code = run_command(command.arguments)
    finally:
        os._exit(code)


def _serve(lines: Iterable[str]) -> None:
    for line in lines:
        print(json.dumps(asdict(_ended(Command(**json.loads(line))))), flush=True)


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    import onnxruntime  # noqa: F401 - loaded once for all
    import zxingcpp  # noqa: F401 - loaded once for all

    from benchmarks.gauge import below
    from benchmarks.striking import deal
    from intake.batch import Batch  # noqa: F401 - with all that reading needs
    from intake.cli import run_command

    _serve(sys.stdin)
