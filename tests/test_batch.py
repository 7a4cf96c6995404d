"""A folder of scans into the store: once, in order, whatever lies in it."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from conftest import ROOT
from intake.batch import Audience, Batch, Workplace, pool_of
from intake.overlays.verdicts import label_of
from intake.records import Decision
from intake.scan import find_scans
from intake.settings import load_settings
from intake.store import open_store
from results import field
from workplaces import Outcome, command

SAMPLES = ROOT / "samples"
LONG = 5
"""How often a long scan repeats the stairwell's twelve forms."""


@pytest.fixture
def long_scan(tmp_path: Path) -> Path:
    """A scan that is still being read when its first forms are saved, on any machine."""
    with pypdfium2.PdfDocument.new() as long:
        with pypdfium2.PdfDocument(SAMPLES / "scans" / "2026-10-27_stairwell.pdf") as short:
            for _ in range(LONG):
                long.import_pages(short)
        long.save(tmp_path / "long.pdf")
    return tmp_path / "long.pdf"


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    folder = tmp_path / "workspace"
    assert command(folder, "init", "--settings", SAMPLES / "intake.toml").code == 0
    registry = sorted((SAMPLES / "registry").glob("*.csv"))
    assert command(folder, "registry", "import", *registry).code == 0
    return folder


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    """A scanner folder with one slip in it."""
    folder = tmp_path / "inbox"
    folder.mkdir()
    shutil.copy(SAMPLES / "scans" / "IMG_0411.jpg", folder / "morning.jpg")
    return folder


def read(workspace: Path, *paths: Path) -> Outcome:
    return command(workspace, "run", "--workers", "1", "--json", *paths)


def results(workspace: Path) -> list[dict[str, Any]]:
    return command(workspace, "results", "--format", "jsonl").lines()


def status(workspace: Path) -> dict[str, int]:
    totals: dict[str, int] = command(workspace, "status", "--json").lines()[0]
    return totals


def test_a_second_run_changes_nothing_and_says_so(workspace: Path, inbox: Path) -> None:
    assert read(workspace, inbox).code == 0
    before, rows = status(workspace), command(workspace, "results", "--format", "jsonl").out
    again = command(workspace, "run", "--workers", "1", inbox)
    assert again.code == 0
    assert "Nothing new" in again.err
    assert status(workspace) == before
    assert command(workspace, "results", "--format", "jsonl").out == rows


def test_the_same_name_with_other_content_is_a_new_scan(workspace: Path, inbox: Path) -> None:
    read(workspace, inbox)
    shutil.copy(SAMPLES / "scans" / "IMG_0412.jpg", inbox / "morning.jpg")
    assert read(workspace, inbox).lines()[0]["known"] == 0
    assert status(workspace)["files"] == 2


def test_the_same_content_under_another_name_is_known(workspace: Path, inbox: Path) -> None:
    read(workspace, inbox)
    shutil.copy(inbox / "morning.jpg", inbox / "noon.jpg")
    assert read(workspace, inbox).lines()[0]["known"] == 2


def test_copies_in_one_folder_are_read_once_and_share_one_fate(
    workspace: Path, inbox: Path
) -> None:
    for name in ("noon.jpg", "evening.jpg"):
        shutil.copy(inbox / "morning.jpg", inbox / name)
    (inbox / "bad.jpg").write_bytes(b"no scan")
    shutil.copy(inbox / "bad.jpg", inbox / "worse.jpg")
    summary = read(workspace, inbox).lines()[0]
    assert (summary["files"], summary["known"], summary["forms"]) == (5, 2, 1)
    assert sorted(summary["refused"]) == ["bad.jpg", "worse.jpg"]
    assert (status(workspace)["files"], status(workspace)["pages"]) == (2, 1)


def test_a_day_after_that_of_the_scan_waits_until_a_person_confirms_it(
    workspace: Path, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("intake.batch.course.today", lambda: "2026-10-20")
    assert read(workspace, inbox).code == 0
    (day,) = [row for row in results(workspace) if row["field"] == "date"]
    assert (day["verdict"], "unlikely_date" in day["reasons"]) == ("review", True)
    waiting = command(workspace, "queue", "list", "--json").lines()
    (number,) = [row["id"] for row in waiting if row["field"] == "date"]
    assert command(workspace, "queue", "accept", str(number)).code == 0
    (day,) = [row for row in results(workspace) if row["field"] == "date"]
    assert (day["verdict"], day["value"]) == ("accepted", "2026-10-27")


def test_a_file_that_changes_between_finding_and_reading_is_told_and_stops_nothing(
    workspace: Path, inbox: Path
) -> None:
    settings, samples = load_settings(SAMPLES / "intake.toml"), SAMPLES / "scans"
    for name in ("other.jpg", "gone.jpg"):
        shutil.copy(samples / "IMG_0412.jpg", inbox / name)
    (inbox / "gone.jpg").write_bytes((samples / "IMG_0413.jpg").read_bytes())
    found = list(find_scans([inbox], settings.limits))
    shutil.copy(samples / "IMG_0414.jpg", inbox / "morning.jpg")
    (inbox / "gone.jpg").unlink()
    ends = {}
    with contextlib.closing(open_store(workspace / "intake.sqlite")) as store, pool_of(1) as pool:
        place = Workplace(
            settings, ROOT / "templates", workspace / "intake.sqlite", workspace / "evidence"
        )
        audience = Audience(ends=lambda scan, why: ends.update({scan.name: why}))
        Batch(store, place, found, audience).read(pool)
    assert {name: why and why.reason for name, why in ends.items()} == {
        "gone.jpg": "vanished",
        "morning.jpg": "truncated",
        "other.jpg": None,
    }
    again = read(workspace, inbox)
    assert (again.code, again.lines()[0]["known"]) == (0, 1)
    kept = {
        path.name for path in (workspace / "evidence" / "originals").rglob("*") if path.is_file()
    }
    assert kept == {
        hashlib.sha256((inbox / name).read_bytes()).hexdigest()
        for name in ("morning.jpg", "other.jpg")
    }


def test_a_refused_file_does_not_stop_the_batch_and_is_tried_again(
    workspace: Path, inbox: Path
) -> None:
    good = (inbox / "morning.jpg").read_bytes()
    (inbox / "cut.jpg").write_bytes(good[: len(good) // 2])
    (inbox / "notes.txt").write_text("not a scan")
    first = read(workspace, inbox)
    summary = first.lines()[0]
    assert first.code == 1
    assert {name: why["reason"] for name, why in summary["refused"].items()} == {
        "cut.jpg": "truncated",
        "notes.txt": "unsupported",
    }
    assert summary["forms"] == 1
    totals = status(workspace)
    assert (totals["files"], totals["files_read"], totals["files_refused"]) == (3, 1, 2)

    (inbox / "cut.jpg").write_bytes((SAMPLES / "scans" / "IMG_0413.jpg").read_bytes())
    assert list(read(workspace, inbox).lines()[0]["refused"]) == ["notes.txt"]


def test_files_of_one_name_in_two_folders_each_have_their_own_fate(
    workspace: Path, tmp_path: Path
) -> None:
    for folder in ("bad", "good", "worse"):
        (tmp_path / folder).mkdir()
    (tmp_path / "bad" / "scan.jpg").write_bytes(b"no scan")
    shutil.copy(SAMPLES / "scans" / "IMG_0411.jpg", tmp_path / "good" / "scan.jpg")
    (tmp_path / "worse" / "scan.jpg").write_bytes(b"no scan either")
    folders = [tmp_path / folder for folder in ("bad", "good", "worse")]
    summary = read(workspace, *folders).lines()[0]
    assert len(summary["refused"]) == 2
    totals = status(workspace)
    assert (totals["files"], totals["files_read"], totals["files_refused"]) == (3, 1, 2)


@pytest.mark.slow
def test_two_workers_make_the_same_ledger_as_one(workspace: Path, tmp_path: Path) -> None:
    scans = [SAMPLES / "scans" / name for name in ("2026-10-29_two_on_a_page.jpg", "IMG_0414.jpg")]
    other = tmp_path / "other"
    command(other, "init", "--settings", SAMPLES / "intake.toml")
    command(other, "registry", "import", *sorted((SAMPLES / "registry").glob("*.csv")))
    assert command(workspace, "run", "--workers", "1", *scans).code == 0
    assert command(other, "run", "--workers", "2", *scans).code == 0
    assert status(workspace) == status(other)
    jsonl = ("results", "--format", "jsonl")
    assert command(workspace, *jsonl).out == command(other, *jsonl).out


@pytest.mark.slow
def test_workers_are_told_to_keep_to_one_thread_each(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "8")
    with pool_of(2) as pool:
        told = pool.workers.submit(os.getenv, "OPENBLAS_NUM_THREADS").result()
    assert told == "1"


def test_debug_pictures_show_the_form_and_every_crop(
    workspace: Path, inbox: Path, tmp_path: Path
) -> None:
    pictures = tmp_path / "debug"
    command(workspace, "run", "--workers", "1", "--debug-dir", pictures, inbox)
    names = {path.name for path in pictures.iterdir()}
    assert "morning.jpg-p1-f1.png" in names
    assert "morning.jpg-p1-f1-cold_kitchen.reading.png" in names
    assert len(names) == 16


@pytest.mark.parametrize(
    ("read", "decision", "label"),
    [
        ("123", Decision.ACCEPTED, "123"),
        (None, Decision.BLANK, "blank"),
        (None, Decision.REVIEW, "review: blank"),
        ("123", Decision.REVIEW, "review: 123"),
    ],
)
def test_a_debug_picture_says_what_became_of_a_field(
    read: str | None, decision: Decision, label: str
) -> None:
    assert label_of(field("cold.reading", read, decision)) == label


def test_results_have_the_documented_keys_in_their_order(workspace: Path, inbox: Path) -> None:
    read(workspace, inbox)
    rows = command(workspace, "results", "--format", "jsonl").lines()
    assert {tuple(row) for row in rows} == {
        (
            "file",
            "sha256",
            "page",
            "form",
            "template",
            "field",
            "value",
            "confidence",
            "verdict",
            "reasons",
            "candidates",
            "box_px",
        )
    }
    assert {row["file"] for row in rows} == {"morning.jpg"}
    waiting = [row for row in rows if row["verdict"] in {"review", "refused"}]
    assert all(row["value"] is None for row in waiting)


def children_of(process: int) -> set[int]:
    """Process ids of all that a process has started, and of what those have."""
    try:
        listed = Path(f"/proc/{process}/task/{process}/children").read_text()
    except OSError:
        return set()
    own = {int(one) for one in listed.split()}
    return own.union(*(children_of(one) for one in own))


def begun(workspace: Path, scan: Path) -> subprocess.Popen[str]:
    """A run of two workers in a process of its own."""
    program = [sys.executable, ROOT / "ocr_cli.py", "-w", workspace]
    line = [*program, "run", "--workers", "2", scan]
    return subprocess.Popen(line, stderr=subprocess.PIPE, text=True)


@pytest.fixture
def ctrl_c_heeded() -> Iterator[None]:
    """A shell has what it starts in the background ignore Ctrl-C, and so would all below it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.slow
def test_no_process_outlives_a_killed_run(workspace: Path, long_scan: Path) -> None:
    with begun(workspace, long_scan) as running:
        while status(workspace)["forms"] == 0 and running.poll() is None:
            time.sleep(0.05)
        started = children_of(running.pid)
        running.kill()
    assert len(started) >= 2
    for _ in range(200):
        if not any(Path(f"/proc/{one}").exists() for one in started):
            break
        time.sleep(0.1)
    assert not [one for one in started if Path(f"/proc/{one}").exists()]


@pytest.mark.slow
def test_a_worker_that_is_killed_ends_the_run_in_a_sentence_and_loses_nothing(
    workspace: Path, long_scan: Path
) -> None:
    with begun(workspace, long_scan) as running:
        while status(workspace)["forms"] == 0 and running.poll() is None:
            time.sleep(0.05)
        os.kill(next(one for one in children_of(running.pid) if is_worker(one)), signal.SIGKILL)
        _, told = running.communicate()
    assert running.returncode == 5
    assert "A worker process was ended" in told
    assert "Traceback" not in told
    assert read(workspace, long_scan).code == 0
    assert status(workspace)["forms"] == LONG * 12


def is_worker(process: int) -> bool:
    return b"spawn_main" in Path(f"/proc/{process}/cmdline").read_bytes()


@pytest.mark.slow
@pytest.mark.usefixtures("ctrl_c_heeded")
def test_ctrl_c_keeps_every_form_finished_so_far(workspace: Path, long_scan: Path) -> None:
    with begun(workspace, long_scan) as running:
        while status(workspace)["forms"] == 0 and running.poll() is None:
            time.sleep(0.05)
        running.send_signal(signal.SIGINT)
        _, told = running.communicate()
    assert running.returncode == 130
    assert "Interrupted" in told
    assert "Traceback" not in told
    kept = status(workspace)["forms"]
    assert kept > 0
    assert read(workspace, long_scan).code == 0
    assert status(workspace)["forms"] == LONG * 12
