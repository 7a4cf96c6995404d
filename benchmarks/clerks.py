"""Eight clerks in processes of their own at one store, killed and stopped at any moment."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from intake.store import open_store

if TYPE_CHECKING:
    import numpy as np

ROOT = Path(__file__).resolve().parent.parent
CLERKS = 8
LEASE_SECONDS = 3.0
TROUBLE_SECONDS = 1.0
"""Between two troubles, on average."""
CLERK = f"""
import sys
import time
from intake import queue
from intake.errors import StaleDecision
from intake.records import Correction, Decision
from intake.store import open_store

queue.LEASE_SECONDS = {LEASE_SECONDS}
address, who, log = sys.argv[1:]
mine = queue.Queue(open_store(address), who)
with open(log, "a", buffering=1) as kept:
    while mine.count():
        for item in mine.take(8):
            mine.keep()
            value = f"{{item.id % 10**8:08}}"
            try:
                mine.decide(Correction(item.id, item.version, who, Decision.ACCEPTED, value))
            except StaleDecision:
                continue
            kept.write(f"{{item.id}}\\n")
        time.sleep(0.01)
"""


@dataclass(slots=True)
class Log:
    """What happened.

    Attributes:
        told: fields that a clerk was told are decided.
        killed: clerks killed.
        stopped: clerks stopped for longer than their items are theirs.
    """

    told: list[int] = field(default_factory=list)
    killed: int = 0
    stopped: int = 0


def work_together(address: str, rng: np.random.Generator) -> Log:
    """Lets the clerks work until nothing waits; a killed one comes back."""
    log = Log()
    with tempfile.TemporaryDirectory() as folder:
        logs = [Path(folder) / f"{number}.log" for number in range(CLERKS)]
        at_work = {number: _clerk(address, number, logs[number]) for number in range(CLERKS)}
        while at_work:
            _trouble(address, at_work, logs, log, rng)
            for number in [one for one, clerk in at_work.items() if clerk.poll() is not None]:
                del at_work[number]
        for path in filter(Path.exists, logs):
            log.told += map(int, path.read_text(encoding="utf-8").split())
    return log


def held_against(address: str, fields: list[int], log: Log) -> tuple[int, int]:
    """How many fields were decided exactly once, and how many told decisions are not kept."""
    store = open_store(address)
    times = Counter({one: _decisions(store.history(one)) for one in fields})
    store.close()
    return sum(times[one] == 1 for one in fields), sum(times[one] == 0 for one in log.told)


def _decisions(history: object) -> int:
    return sum(event["what"] == "decided" for event in history)  # type: ignore[attr-defined]


def _clerk(address: str, number: int, log: Path) -> subprocess.Popen[bytes]:
    call = [sys.executable, "-c", CLERK, address, f"clerk{number}", str(log)]
    return subprocess.Popen(call, env={**os.environ, "PYTHONPATH": str(ROOT)})


def _trouble(
    address: str,
    at_work: dict[int, subprocess.Popen[bytes]],
    logs: list[Path],
    log: Log,
    rng: np.random.Generator,
) -> None:
    """After a while, kills a clerk or stops one until its items are others'."""
    time.sleep(float(rng.exponential(TROUBLE_SECONDS)))
    number = int(rng.choice(sorted(at_work)))
    clerk = at_work[number]
    if clerk.poll() is not None:
        return
    if rng.random() < 0.5:
        clerk.kill()
        clerk.wait()
        at_work[number] = _clerk(address, number, logs[number])
        log.killed += 1
    else:
        clerk.send_signal(signal.SIGSTOP)
        time.sleep(LEASE_SECONDS * 1.2)
        clerk.send_signal(signal.SIGCONT)
        log.stopped += 1
