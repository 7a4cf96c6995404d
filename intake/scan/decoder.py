"""The handle on a decoding process: started once, used for many files, killed when it hangs."""

from __future__ import annotations

import atexit
import contextlib
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import intake
from intake.errors import MissingProgram
from intake.records import Reason
from intake.scan.messages import (
    MOST_BYTES,
    Close,
    Lacking,
    Open,
    Ready,
    Reply,
    Request,
    TurnedAway,
    decode_reply,
    encode,
)
from intake.scan.refusals import refused

START_SECONDS = 60.0
GRACE_SECONDS = 1.0
NEARLY = 0.8
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "OMP_THREAD_LIMIT"), "1")
MEMORY_IS_KEPT = {"MALLOC_MMAP_THRESHOLD_": str(32 << 20), "MALLOC_TRIM_THRESHOLD_": str(128 << 20)}
"""A page's memory given back and asked for again costs a quarter of its decode."""


class Decoder:
    """A running decoding process.

    Attributes:
        waiting: whether an answer is outstanding, so that the next one would be the wrong one.
    """

    def __init__(self) -> None:
        self._line, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._said = os.fdopen(os.memfd_create("said"), "r+b")
        self.waiting = True
        self._most_kib = 0
        with theirs:
            self._process = _started(theirs.fileno(), self._said.fileno())
        if not isinstance(self._reply(START_SECONDS), Ready):
            raise MissingProgram(self._last_words())

    @property
    def alive(self) -> bool:
        """Whether it can take another request."""
        return self._process.poll() is None

    def ask(self, request: Request, seconds: float, file: int) -> Reply:
        """Its reply.

        Args:
            request: what to do.
            seconds: time it may take before it is killed.
            file: descriptor of the file that goes with the request.

        Raises:
            Refused: the file or page; too slow where it had to be killed, corrupt where it died.
            MissingProgram: a program that the page needs is not installed.
        """
        self.waiting = True
        if isinstance(request, Open):
            self._most_kib = request.limits.memory_mib * 1024
        with contextlib.suppress(ConnectionError):
            socket.send_fds(self._line, [encode(request)], [file])
        reply = self._reply(seconds + GRACE_SECONDS)
        if reply is None:
            raise refused(self._cause_of_death())
        if isinstance(reply, TurnedAway):
            raise refused(reply.reason, reply.advice)
        if isinstance(reply, Lacking):
            raise MissingProgram(reply.message)
        return reply

    def forget_file(self) -> None:
        """Has it close the file it works on."""
        with contextlib.suppress(ConnectionError):
            self._line.sendmsg([encode(Close())])

    def close(self) -> None:
        """Ends it, with everything that it started."""
        self._line.close()
        self._said.close()
        self._kill()
        self._process.wait()

    def abandon(self) -> None:
        """Lets go of it without ending it: after a fork it belongs to the other process."""
        self._line.close()
        self._said.close()
        self._process.returncode = 0

    def _reply(self, seconds: float) -> Reply | None:
        """What it says within `seconds`; None where it ends instead."""
        self._line.settimeout(seconds)
        try:
            data = self._line.recv(MOST_BYTES)
        except TimeoutError:
            self.close()
            raise refused(Reason.TOO_SLOW) from None
        except ConnectionError:
            return None
        if not data:
            return None
        self.waiting = False
        return decode_reply(data)

    def _kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def _cause_of_death(self) -> Reason:
        """Decoders that are refused memory mostly just end."""
        self._kill()
        _, status, usage = os.wait4(self._process.pid, 0)
        self._process.returncode = os.waitstatus_to_exitcode(status)
        if self._process.returncode == -signal.SIGXCPU:
            return Reason.TOO_SLOW
        starved = usage.ru_maxrss > NEARLY * self._most_kib
        return Reason.TOO_LARGE if starved else Reason.CORRUPT

    def _last_words(self) -> str:
        self._said.seek(0)
        lines = self._said.read().decode(errors="replace").split("\n")
        why = next((line for line in reversed(lines) if line.strip()), "it said nothing")
        self.close()
        return f"The decoding process does not start: {why}. Run `ocr_cli.py doctor`."


_idle: list[Decoder] = []
"""Well and waiting for the next file: starting one costs as much as ten pages."""


def borrow() -> Decoder:
    """A decoding process of one's own.

    Raises:
        MissingProgram: it does not start.
    """
    while _idle:
        decoder = _idle.pop()
        if decoder.alive:
            return decoder
    return Decoder()


def give_back(decoder: Decoder) -> None:
    """Keeps `decoder` for the next file, or ends it where it is not well."""
    if decoder.waiting:
        decoder.close()
    else:
        decoder.forget_file()
        _idle.append(decoder)


def close_idle() -> None:
    """Ends the decoding processes that nobody is using."""
    while _idle:
        _idle.pop().close()


def _abandon_idle() -> None:
    while _idle:
        _idle.pop().abandon()


atexit.register(close_idle)
os.register_at_fork(after_in_child=_abandon_idle)


def _started(line: int, said: int) -> subprocess.Popen[bytes]:
    home = str(Path(intake.__file__).parents[1])
    paths = [home, *filter(None, [os.environ.get("PYTHONPATH")])]
    return subprocess.Popen(
        [sys.executable, "-P", "-W", "ignore", "-m", "intake.scan.child", str(line)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=said,
        pass_fds=[line],
        start_new_session=True,
        env={**os.environ, **ONE_THREAD, **MEMORY_IS_KEPT, "PYTHONPATH": os.pathsep.join(paths)},
    )
