"""Clerks in processes of their own at one queue, some of them killed: each field decided once."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from databases import emptied
from intake.queue import Queue
from intake.store import create_store, open_store
from results import save, waiting_slips

if TYPE_CHECKING:
    from intake.store.opening import Target

FORMS = 40
CLERK = """
import sys
import time
from pathlib import Path
from intake import queue
from intake.records import Correction, Decision
from intake.store import open_store

queue.LEASE_SECONDS = 1.0
target, who = sys.argv[1:]
store = open_store(target if "://" in target else Path(target))
mine = queue.Queue(store, who)
print("at work", flush=True)
while mine.count():
    for item in mine.take(3):
        mine.keep()
        mine.decide(Correction(item.id, item.version, who, Decision.ACCEPTED, "00000001"))
    time.sleep(0.01)
"""


def clerk(target: Target, who: str) -> subprocess.Popen[str]:
    tests = Path(__file__).parent
    running = subprocess.Popen(
        [sys.executable, "-c", CLERK, str(target), who],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": f"{tests}:{tests.parent}"},
    )
    assert running.stdout is not None
    assert running.stdout.readline() == "at work\n"
    return running


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_each_field_is_decided_once_and_no_decision_is_lost(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    target: Target = tmp_path / "intake.db"
    if kind == "postgres":
        target = emptied(request.getfixturevalue("postgres"))
    store = create_store(target)
    save(store, *waiting_slips(FORMS))
    waiting = [item.id for item in Queue(store, "test").items(FORMS)]
    store.close()

    doomed = [clerk(target, name) for name in ("carl", "dora")]
    time.sleep(0.1)
    for running in doomed:
        running.kill()
        running.communicate()
    steady = [clerk(target, name) for name in ("anna", "boris")]
    for running in steady:
        running.communicate()
        assert running.returncode == 0

    store = open_store(target)
    decided = Counter(event["what"] for field in waiting for event in store.history(field))
    assert decided == {"decided": FORMS}
    assert store.waiting.count() == 0
    assert store.totals().balanced
    store.close()
