"""The whole journey on samples/: from a scanner folder to the reading engine."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from conftest import ROOT
from intake.cli.demo import sample_truth
from workplaces import command

pytestmark = pytest.mark.slow
SAMPLES = ROOT / "samples"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace that has read all samples, in processes of its own as a clerk would."""
    folder = tmp_path_factory.mktemp("journey") / "workspace"
    for arguments in (
        ["init", "--settings", SAMPLES / "intake.toml"],
        ["registry", "import", *sorted((SAMPLES / "registry").glob("*.csv"))],
        ["run", SAMPLES / "scans"],
    ):
        line = [sys.executable, ROOT / "ocr_cli.py", "-w", folder, *arguments]
        subprocess.run(line, check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def rows(workspace: Path) -> list[dict[str, object]]:
    return command(workspace, "results", "--format", "jsonl").lines()


def key(row: dict[str, object]) -> tuple[str, int, int, str]:
    return (str(row["file"]), int(str(row["page"])), int(str(row["form"])), str(row["field"]))


def test_every_field_of_the_truth_is_in_the_results_and_no_other(
    rows: list[dict[str, object]],
) -> None:
    assert sorted(map(key, rows)) == sorted(sample_truth())


def test_nothing_is_accepted_wrong_or_blank_though_written(rows: list[dict[str, object]]) -> None:
    truth = sample_truth()
    wrong = [
        (key(row), row["value"], truth[key(row)])
        for row in rows
        if row["verdict"] in {"accepted", "blank"} and row["value"] != truth[key(row)]
    ]
    assert wrong == []


def test_most_readings_need_nobody(rows: list[dict[str, object]]) -> None:
    truth = sample_truth()
    readings = [row for row in rows if str(row["field"]).endswith(".reading")]
    written = [row for row in readings if truth[key(row)] is not None]
    verdicts = Counter(row["verdict"] for row in written)
    assert verdicts["accepted"] >= 0.8 * len(written), verdicts


def test_the_sums_of_the_ledger_hold(workspace: Path) -> None:
    totals = command(workspace, "status", "--json").lines()[0]
    assert totals["files"] == totals["files_read"] + totals["files_refused"]
    kinds = ("pages_blank", "pages_unknown", "pages_refused", "pages_with_forms")
    assert totals["pages"] == sum(totals[kind] for kind in kinds)
    stages = ("forms_waiting", "forms_finished", "forms_refused")
    assert totals["forms"] == sum(totals[stage] for stage in stages)
    assert totals["fields"] == sum(
        totals[verdict] for verdict in ("accepted", "review", "blank", "refused")
    )


def test_the_export_has_each_reading_once_and_right(workspace: Path, tmp_path: Path) -> None:
    out = tmp_path / "readings.csv"
    first = command(workspace, "export", "--out", out)
    assert first.code == 0
    with out.open(encoding="utf-8", newline="") as lines:
        exported = list(csv.DictReader(lines))
    assert exported
    assert len({one["id"] for one in exported}) == len(exported)
    assert {one["channel"] for one in exported} == {"paper"}
    written = {value for value in sample_truth().values() if value is not None}
    assert all(one["value"].replace(".", "").lstrip("0") in stripped(written) for one in exported)
    again = command(workspace, "export", "--out", tmp_path / "again.csv")
    assert again.code == 0
    assert "0 readings handed over" in again.err
    assert not (tmp_path / "again.csv").exists()


def stripped(values: set[str]) -> set[str]:
    return {value.lstrip("0") for value in values}
