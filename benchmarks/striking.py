"""`run` with a blow at a named place: killed there, or its disk full from there on.

    striking.py PLACE NTH KIND ARGUMENTS…

PLACE is a function such as `intake.store.forms.save_form`, NTH counts its calls from 1, KIND is
`kill`, `kill_after`, `full` (every write from then on fails) or `fail` (that one write does).
With `database` as PLACE the database has room for NTH more pages.
"""

from __future__ import annotations

import errno
import importlib
import os
import signal
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from sqlalchemy import Engine, event  # noqa: E402 - the root has to be known first

from intake.cli import run_command  # noqa: E402

PAGES_OF_A_FULL_DATABASE = "database"


def deal(place: str, nth: int, kind: str) -> None:
    """Prepares the blow, which then falls on this process."""
    if place == PAGES_OF_A_FULL_DATABASE:
        fill_database(nth)
    else:
        strike(place, nth, kind)


def strike(place: str, nth: int, kind: str) -> None:
    """Puts the blow in its place."""
    module, *path, name = _parts(place)
    owner: Any = importlib.import_module(module)
    for step in path:
        owner = getattr(owner, step)
    whole, calls = getattr(owner, name), iter(range(1, 1_000_000))

    def struck(*arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - any function's own
        call = next(calls)
        if kind in {"full", "fail"} and (call == nth or (call > nth and kind == "full")):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        if kind == "kill" and call == nth:
            os.kill(os.getpid(), signal.SIGKILL)
        result = whole(*arguments, **options)
        if kind == "kill_after" and call == nth:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(owner, name, struck)


def fill_database(pages: int) -> None:
    """Lets no SQLite file grow beyond so many pages: the real error of a full disk."""
    event.listen(Engine, "connect", lambda raw, _: raw.execute(f"PRAGMA max_page_count = {pages}"))


def _parts(place: str) -> list[str]:
    """`intake.store.forms.save_form` → module, classes, name."""
    words = place.split(".")
    for end in range(len(words) - 1, 0, -1):
        try:
            importlib.import_module(".".join(words[:end]))
        except ModuleNotFoundError:
            continue
        return [".".join(words[:end]), *words[end:]]
    raise SystemExit(f"{place}: no such place.")


if __name__ == "__main__":
    place, nth, kind, *arguments = sys.argv[1:]
    deal(place, int(nth), kind)
    sys.exit(run_command(arguments))
