"""CPU time and memory of this process and all that it has started."""

from __future__ import annotations

import os
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_USER, _SYSTEM, _OF_CHILDREN = 11, 12, (13, 14)


def cpu_seconds(process: int | None = None) -> float:
    """Of a process, of those it has started, and of those that have ended meanwhile."""
    own = process or os.getpid()
    return sum(_ticks(one) for one in (own, *_started_by(own))) / _TICKS


def memory_mib() -> float:
    """What this process and those it has started hold at present, shared pages counted once."""
    processes = (os.getpid(), *_started_by(os.getpid()))
    return sum(_kib(one) for one in processes) / 1024


def _ticks(process: int) -> int:
    fields = _read(process, "stat").rpartition(")")[2].split()
    return sum(int(fields[at]) for at in (_USER, _SYSTEM, *_OF_CHILDREN)) if fields else 0


def _kib(process: int) -> int:
    lines = _read(process, "smaps_rollup").splitlines()
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def _started_by(process: int) -> list[int]:
    """Process ids of all below."""
    threads = Path(f"/proc/{process}/task").glob("*")
    listed = [_read(process, f"task/{thread.name}/children").split() for thread in threads]
    children = [int(child) for of_thread in listed for child in of_thread]
    return [one for child in children for one in (child, *_started_by(child))]


def _read(process: int, name: str) -> str:
    try:
        return Path(f"/proc/{process}/{name}").read_text(encoding="utf-8")
    except OSError:
        return ""
