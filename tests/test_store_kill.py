"""A process killed in the middle of saving: after any restart the ledger adds up."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from intake.store import create_store, open_store

if TYPE_CHECKING:
    from intake.records import FieldRow

PAGES = 60
SAVING = f"""
import sys
from pathlib import Path
from intake.store import open_store
from results import page, scan, slip

store = open_store(Path(sys.argv[1]))
batch = store.begin_batch("night", "demo")
entry = store.begin_file(batch, scan())
print("saving", flush=True)
for number in range(1, {PAGES} + 1):
    if number in entry.sealed:
        continue
    codes = [(n, f"{{number:04}}{{n}}") for n in (1, 2)]
    forms = [slip(n, account="1" + code, meter="2" + code, digest=code) for n, code in codes]
    store.save_pages(entry.id, [page(number, *forms)])
if not entry.finished:
    store.save_pages(entry.id, (), ends={PAGES})
print("done", flush=True)
"""


def saver(database: Path) -> subprocess.Popen[str]:
    """Starts a process that saves one file of many pages."""
    tests = Path(__file__).parent
    return subprocess.Popen(
        [sys.executable, "-c", SAVING, str(database)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": f"{tests}:{tests.parent}"},
    )


def saved(database: Path) -> list[FieldRow]:
    store = open_store(database)
    rows = list(store.results())
    store.close()
    return rows


@pytest.mark.slow
def test_runs_killed_again_and_again_end_as_one_that_was_not(tmp_path: Path) -> None:
    create_store(tmp_path / "whole.db").close()
    create_store(tmp_path / "killed.db").close()
    whole = saver(tmp_path / "whole.db")
    assert whole.communicate()[0].endswith("done\n")
    for delay in (0.0, 0.02, 0.05, 0.1, 0.2, 0.05):
        running = saver(tmp_path / "killed.db")
        assert running.stdout is not None
        assert running.stdout.readline() == "saving\n"
        time.sleep(delay)
        running.send_signal(signal.SIGKILL)
        running.communicate()
        store = open_store(tmp_path / "killed.db")
        totals = store.totals()
        store.close()
        assert totals.balanced
        assert totals.forms >= 2 * totals.pages
        assert totals.files == 0 or totals.pages == PAGES
    assert saver(tmp_path / "killed.db").communicate()[0].endswith("done\n")
    assert saved(tmp_path / "killed.db") == saved(tmp_path / "whole.db")
