"""A workspace saved, counted again and rid of a person: real scans, a real workspace."""

from __future__ import annotations

import contextlib
import csv
import hashlib
import io
import logging
import shutil
import sqlite3
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from conftest import ROOT
from intake.errors import StoreError
from intake.evidence import Evidence, file_of
from intake.scan import open_scan
from intake.settings import Limits
from intake.store import audit, open_store
from intake.upkeep.redact import PAPER
from workplaces import Outcome, command

pytestmark = pytest.mark.slow
SAMPLES = ROOT / "samples"
SCANS = ("IMG_0411.jpg", "2026-10-29_two_on_a_page.jpg", "2026-10-30_building.tif")
ALONE, SHARING, NEIGHBOUR, FLAT = "10003284", "10003201", "10003238", "10099999"
METER_ON_LIST = "45210328"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace that has read three scans, and handed over what was sure."""
    folder = tmp_path_factory.mktemp("upkeep")
    workspace, inbox = folder / "whole", folder / "inbox"
    inbox.mkdir()
    for name in SCANS:
        shutil.copy(SAMPLES / "scans" / name, inbox)
    assert command(workspace, "init", "--settings", SAMPLES / "intake.toml").code == 0
    registry = sorted((SAMPLES / "registry").glob("*.csv"))
    assert command(workspace, "registry", "import", *registry, owner_of_a_flat(folder)).code == 0
    assert command(workspace, "run", "--workers", "1", inbox).code == 0
    assert command(workspace, "export").code == 0
    return workspace


def owner_of_a_flat(folder: Path) -> Path:
    """A registry file that gives a meter on a building's list to somebody who lives there."""
    with (SAMPLES / "registry" / "meters.csv").open(encoding="utf-8") as lines:
        rows = [row for row in csv.DictReader(lines) if row["meter"] == METER_ON_LIST]
    path = folder / "owner.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerow(rows[0] | {"account": FLAT})
    return path


@pytest.fixture
def workspace(whole: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(whole, tmp_path / "workspace"))


def results(workspace: Path, *which: str) -> list[dict[str, Any]]:
    return command(workspace, "results", "--format", "jsonl", *which).lines()


def erase(workspace: Path, *which: str) -> dict[str, Any]:
    outcome = command(workspace, "erase", *which, "--yes", "--json")
    assert outcome.code == 0, outcome.err
    return outcome.lines()[0]


def verify(workspace: Path) -> Outcome:
    return command(workspace, "doctor", "--verify", "--json")


def holding(workspace: Path, text: str) -> list[str]:
    """Files of a workspace in which a text stands, but for what was handed over."""
    return [
        path.name
        for path in workspace.rglob("*")
        if path.is_file() and path.parent.name != "export" and text.encode() in path.read_bytes()
    ]


def test_an_account_is_erased_everywhere_and_the_sums_still_hold(workspace: Path) -> None:
    values = [row["value"] for row in results(workspace, "--account", ALONE) if row["value"]]
    assert holding(workspace, ALONE)
    before, named = kept(workspace), crops(workspace)
    done = erase(workspace, "--account", ALONE)
    assert (done["forms"], done["files"], done["redacted"]) == (1, 1, 0)
    assert results(workspace, "--account", ALONE) == []
    for text in {ALONE, *(value for value in values if len(value) > 6)}:
        assert holding(workspace, text) == []
    gone = before - kept(workspace)
    assert len(gone) == done["evidence"]
    original = hashlib.sha256((SAMPLES / "scans" / SCANS[0]).read_bytes()).hexdigest()
    assert gone >= {original, *(file_of(named[place]) for place in named if SCANS[0] in place)}
    totals = command(workspace, "status", "--json").lines()[0]
    assert (totals["forms"], totals["forms_refused"], totals["files"]) == (4, 1, 3)
    assert verify(workspace).code == 0


def kept(workspace: Path) -> set[str]:
    return {path.name for path in (workspace / "evidence").rglob("*") if path.is_file()}


def crops(workspace: Path) -> dict[audit.Place, str]:
    """The name of every field's crop."""
    with contextlib.closing(open_store(workspace / "intake.sqlite")) as store:
        return store.crops()


def exported(workspace: Path) -> Path:
    (path,) = (workspace / "export").iterdir()
    return path


def test_an_account_is_erased_in_the_engine_too(workspace: Path) -> None:
    registry = sorted((SAMPLES / "registry").glob("*.csv"))
    assert command(workspace, "engine", "import", *registry, exported(workspace)).code < 2
    assert ALONE.encode() in (workspace / "engine.sqlite").read_bytes()
    assert erase(workspace, "--account", ALONE)["in_engine"] > 0
    assert holding(workspace, ALONE) == []
    assert command(workspace, "engine", "history", "--account", NEIGHBOUR).lines()


def test_what_cannot_be_reached_is_told(workspace: Path, whole: Path) -> None:
    beyond = erase(workspace, "--account", ALONE)["beyond"]
    assert any("readings were delivered there" in line for line in beyond)
    assert any(line.startswith(str(whole.parent / "inbox" / SCANS[0])) for line in beyond)
    assert any("Backups" in line for line in beyond)


def test_the_same_bytes_handed_in_again_do_not_come_back(workspace: Path, whole: Path) -> None:
    erase(workspace, "--account", ALONE)
    erase(workspace, "--account", SHARING)
    for option in ((), ("--reread",)):
        again = command(workspace, "run", "--workers", "1", *option, whole.parent / "inbox")
        assert again.code == 0
        for account in (ALONE, SHARING):
            assert holding(workspace, account) == []
    assert results(workspace, "--account", NEIGHBOUR) != []


def test_a_page_shared_with_others_is_painted_over_where_the_form_was(
    workspace: Path, whole: Path
) -> None:
    others = [row for row in results(whole) if row["file"] == SCANS[1] and row["form"] == 2]
    gone = [row for row in results(whole) if row["file"] == SCANS[1] and row["form"] == 1]
    done = erase(workspace, "--account", SHARING)
    assert (done["forms"], done["files"], done["redacted"]) == (1, 0, 1)
    assert [row for row in results(workspace) if row["file"] == SCANS[1]] == others
    with open_scan(SAMPLES / "scans" / SCANS[1], Limits()) as scan:
        before = scan.page(1).image
    with open_scan(redacted(workspace), Limits()) as scan:
        after = scan.page(1).image
    assert after.shape == before.shape
    for row in gone:
        assert np.all(after[window(row)] == 255)
    for row in others:
        assert np.array_equal(after[window(row)], before[window(row)])
    assert verify(workspace).code == 0


def redacted(workspace: Path) -> Path:
    (path,) = (
        path
        for path in (workspace / "evidence" / "originals").glob("??/*")
        if path.read_bytes()[:2] == b"II" and is_new(path)
    )
    return path


def is_new(path: Path) -> bool:
    return all(path.read_bytes() != (SAMPLES / "scans" / name).read_bytes() for name in SCANS)


def window(row: dict[str, Any]) -> tuple[slice, slice]:
    xs, ys = zip(*row["box_px"], strict=True)
    return slice(int(min(ys)), int(max(ys))), slice(int(min(xs)), int(max(xs)))


def test_rows_of_a_list_go_with_the_owner_of_their_meter(workspace: Path) -> None:
    before = results(workspace)
    done = erase(workspace, "--account", FLAT)
    assert (done["forms"], done["fields"], done["redacted"]) == (0, 2, 1)
    after = results(workspace)
    gone = {row["field"] for row in before} - {row["field"] for row in after}
    assert gone == {"flat_03_cold.meter", "flat_03_cold.reading"}
    assert holding(workspace, METER_ON_LIST) == []
    assert verify(workspace).code == 0


def test_crops_of_rows_go_with_them_and_those_of_the_others_stay_as_they_were(
    workspace: Path, whole: Path
) -> None:
    erase(workspace, "--account", FLAT)
    before, after = crops(whole), crops(workspace)
    old, new = Evidence(whole / "evidence"), Evidence(workspace / "evidence")
    for place, name in after.items():
        assert np.array_equal(new.picture(name), old.picture(before[place])), place
    theirs = [before[place] for place in before.keys() - after.keys()]
    (strip,) = set(map(file_of, theirs))
    assert strip not in kept(workspace)
    (left,) = {file_of(after[place]) for place in after if file_of(before[place]) == strip}
    for name in theirs:
        assert np.all(new.picture(name.replace(strip, left)) == PAPER)


def test_months_long_past_go_and_what_still_waits_stays(workspace: Path) -> None:
    waiting = {item["file"] for item in command(workspace, "queue", "list", "--json").lines()}
    assert waiting
    done = erase(workspace, "--before", "2030-01")
    left = {row["file"] for row in results(workspace)}
    assert waiting <= left
    assert done["forms"] == 4 - command(workspace, "status", "--json").lines()[0]["forms_waiting"]
    assert verify(workspace).code == 0


def test_an_erasure_cut_short_goes_on(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def power_cut(*_: object) -> None:
        raise StoreError("The machine goes off. Start it again.")

    with monkeypatch.context() as broken:
        broken.setattr(Evidence, "drop", power_cut)
        assert command(workspace, "erase", "--account", ALONE, "--yes").code == 6
    erase(workspace, "--account", ALONE)
    assert holding(workspace, ALONE) == []
    assert '"what": "spare"' not in verify(workspace).out


def test_erasing_asks_first(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert command(workspace, "erase").code == 2
    assert command(workspace, "erase", "--account", ALONE, "--before", "2026-01").code == 2
    assert command(workspace, "erase", "--before", "yesterday").code == 2
    monkeypatch.setattr(sys, "stdin", io.StringIO("n\n"))
    assert command(workspace, "erase", "--account", ALONE).code == 2
    assert holding(workspace, ALONE)


def test_a_backup_is_a_workspace_made_while_somebody_writes(
    workspace: Path, tmp_path: Path
) -> None:
    target = tmp_path / "saved"
    with contextlib.closing(sqlite3.connect(workspace / "intake.sqlite")) as writer:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("DELETE FROM leases")
        saved = command(workspace, "backup", target, "--json")
        writer.rollback()
    assert saved.code == 0
    assert saved.lines()[0]["missing"] == []
    assert results(target) == results(workspace)
    assert verify(target).code == 0


def test_a_backup_holds_the_embedded_engine_too(workspace: Path, tmp_path: Path) -> None:
    registry = sorted((SAMPLES / "registry").glob("*.csv"))
    assert command(workspace, "engine", "import", *registry, exported(workspace)).code < 2
    target, restored = tmp_path / "saved", tmp_path / "restored"
    with contextlib.closing(sqlite3.connect(workspace / "engine.sqlite")) as writer:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("DELETE FROM engine_readings")
        saved = command(workspace, "backup", target, "--json")
        writer.rollback()
    assert saved.lines()[0]["engine"] is True
    asked = ("engine", "history", "--account", ALONE)
    before = command(workspace, *asked).lines()
    assert before
    shutil.copytree(target, restored)
    assert command(restored, *asked).lines() == before
    erase(workspace, "--account", ALONE)
    assert command(workspace, "backup", target).code == 0
    assert holding(target, ALONE) == []


def test_a_backup_without_an_engine_makes_none(workspace: Path, tmp_path: Path) -> None:
    saved = command(workspace, "backup", tmp_path / "saved", "--json").lines()[0]
    assert saved["engine"] is False
    assert not (tmp_path / "saved" / "engine.sqlite").exists()


def test_a_backup_brought_up_to_date_forgets_what_was_erased(
    workspace: Path, tmp_path: Path
) -> None:
    target = tmp_path / "saved"
    command(workspace, "backup", target)
    erased = erase(workspace, "--account", ALONE)
    again = command(workspace, "backup", target, "--json").lines()[0]
    assert (again["copied"], again["dropped"]) == (0, erased["evidence"])
    assert holding(target, ALONE) == []


def test_a_backup_keeps_what_the_workspace_lost(workspace: Path, tmp_path: Path) -> None:
    target = tmp_path / "saved"
    command(workspace, "backup", target)
    shutil.rmtree(workspace / "evidence" / "pictures")
    again = command(workspace, "backup", target, "--json").lines()[0]
    assert again["dropped"] == 0
    assert verify(workspace).code == 6
    assert verify(target).code == 0


def test_a_backup_goes_nowhere_else(workspace: Path, tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "mother.txt").write_text("Dear mother")
    for target in (workspace / "evidence" / "saved", tmp_path, tmp_path / "letters"):
        assert command(workspace, "backup", target).code == 3


def test_verifying_names_what_is_not_as_it_was_counted(workspace: Path) -> None:
    originals = sorted((workspace / "evidence" / "originals").glob("??/*"))
    crop = next((workspace / "evidence" / "pictures").glob("??/*"))
    originals[0].write_bytes(originals[0].read_bytes()[:-1])
    originals[1].unlink()
    crop.unlink()
    with contextlib.closing(sqlite3.connect(workspace / "intake.sqlite")) as writer:
        writer.execute("UPDATE pages SET kind = 'blank' WHERE id = 1")
        writer.execute("UPDATE forms SET page = 7 WHERE id = 2")
        writer.commit()
    outcome = verify(workspace)
    faults = [line["note"] for line in outcome.lines() if not line["well"]]
    assert outcome.code == 6
    for part in (originals[0].name, originals[1].name, crop.name, "counted as blank"):
        assert any(part in fault for fault in faults), part


def test_a_decision_that_is_not_what_its_events_say_is_found(workspace: Path) -> None:
    item = command(workspace, "queue", "list", "--json").lines()[0]
    assert command(workspace, "queue", "refuse", str(item["id"])).code == 0
    assert verify(workspace).code == 0
    with contextlib.closing(sqlite3.connect(workspace / "intake.sqlite")) as writer:
        writer.execute("UPDATE fields SET decision = 'blank' WHERE id = ?", (item["id"],))
        writer.commit()
    assert verify(workspace).code == 6


def test_the_ledger_without_its_evidence_is_told_by_init(workspace: Path) -> None:
    (workspace / "intake.sqlite").unlink()
    made = command(workspace, "init")
    assert made.code == 0
    assert "knows nothing of" in made.err
    open_store(workspace / "intake.sqlite").close()


def test_no_log_holds_an_account_or_a_value_at_any_level(
    workspace: Path, whole: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    item = command(workspace, "-v", "queue", "list", "--json").lines()[0]
    assert command(workspace, "-v", "queue", "correct", str(item["id"]), "00735219").code == 0
    for step in (("run", "--reread", "--workers", "1", whole.parent / "inbox"), ("export",)):
        assert command(workspace, "-v", *step).code == 0
    assert command(workspace, "-v", "doctor", "--verify").code == 0
    values = {row["value"] for row in results(workspace) if row["value"] and len(row["value"]) > 4}
    erase(workspace, "--account", ALONE)
    assert [text for text in {ALONE, "00735219", *values} if text in caplog.text] == []
