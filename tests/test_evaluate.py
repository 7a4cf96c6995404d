"""Accuracy on labelled scans: every field of the truth counts, nothing is saved."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from conftest import ROOT
from intake.metrics import score
from intake.records import Candidate, Decision, FieldRow
from intake.reports import Truth, judgements
from workplaces import command

pytestmark = pytest.mark.slow

SCAN = ROOT / "samples" / "scans" / "IMG_0411.jpg"


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    folder = tmp_path / "workspace"
    assert command(folder, "init", "--settings", ROOT / "samples" / "intake.toml").code == 0
    return folder


@pytest.fixture
def truth(tmp_path: Path) -> Path:
    lines = (ROOT / "samples" / "truth.jsonl").read_text(encoding="utf-8").splitlines()
    path = tmp_path / "truth.jsonl"
    path.write_text("\n".join(line for line in lines if json.loads(line)["file"] == SCAN.name))
    return path


def test_figures_are_written_and_the_workspace_stays_as_it_was(
    workspace: Path, truth: Path, tmp_path: Path
) -> None:
    figures = tmp_path / "figures.json"
    page = tmp_path / "page.html"
    told = ("--json", figures, "--html", page)
    outcome = command(workspace, "evaluate", SCAN, "--truth", truth, *told)
    assert outcome.code == 0, outcome.err
    written = json.loads(figures.read_text())
    assert written["all"]["fields"] == 15
    assert written["by_field"]["reading"]["fields"] == 4
    assert written["all"]["wrong"] == 0
    assert written["by_kind"]["handwritten"]["fields"] == 5
    assert sum(one["fields"] for one in written["by_source"].values()) == 15
    assert set(written["by_template"]) == {"water-slip"}
    whole = written["all"]
    assert whole["straight_through"] >= whole["straight_through_without_history"]
    assert whole["bound"] >= whole["wrong_share"]
    assert written["curve"][-1]["through"] == 1.0
    assert sum(one["fields"] for one in written["reliability"]) == 15
    assert "unseen" in outcome.out
    shown = page.read_text()
    assert shown.count("<svg") == 2
    assert "http" not in shown.replace("http-equiv", "")
    assert "<script" not in shown
    assert command(workspace, "status", "--json").lines()[0]["files"] == 0


def test_a_truth_that_cannot_be_used_names_its_line(workspace: Path, tmp_path: Path) -> None:
    broken = tmp_path / "truth.jsonl"
    broken.write_text('{"file": "a.png", "page": 1, "form": 1, "field": "x", "value": null}\n{"f')
    outcome = command(workspace, "evaluate", SCAN, "--truth", broken)
    assert outcome.code == 3
    assert "line 2" in outcome.err


@pytest.mark.parametrize("value", ["7337.6", "7337,6", "", "7 337"])
def test_a_true_reading_with_a_decimal_mark_is_told_with_its_line(
    workspace: Path, tmp_path: Path, value: str
) -> None:
    truth = tmp_path / "truth.jsonl"
    line = {"file": "a.png", "page": 1, "form": 1, "field": "day.reading", "value": value}
    truth.write_text(json.dumps({**line, "value": "73376"}) + "\n" + json.dumps(line))
    outcome = command(workspace, "evaluate", SCAN, "--truth", truth)
    assert outcome.code == 3
    assert f"line 2: `{value}`: the truth of a reading is its digits" in outcome.err


def test_what_the_truth_says_of_other_scans_does_not_count(workspace: Path) -> None:
    whole = ROOT / "samples" / "truth.jsonl"
    outcome = command(workspace, "evaluate", SCAN, "--truth", whole)
    assert outcome.code == 0
    assert re.search(r"all +│ +15 ", outcome.out)
    other = workspace / "intake.toml"
    stranger = command(workspace, "evaluate", other, "--truth", whole)
    assert stranger.code == 3
    assert "says nothing of these scans" in stranger.err


def row(field: str, value: str | None, best: str | None, decision: Decision) -> FieldRow:
    candidates = (Candidate(best, 0.99),)
    return FieldRow("a.png", "0" * 64, 1, 1, "t", field, value, 0.99, decision, (), candidates, ())


def test_what_was_not_found_and_what_is_not_there_both_count() -> None:
    truth = {
        one.place: one
        for one in (
            Truth("a.png", 1, 1, "found.reading", "12"),
            Truth("a.png", 1, 1, "missed.reading", "34"),
        )
    }
    rows = [
        row("found.reading", "12", "12", Decision.ACCEPTED),
        row("invented.reading", "99", "99", Decision.ACCEPTED),
    ]
    whole = score([one.scored for one in judgements(rows, truth, {"x": "mark"})], 0.95)
    assert (whole.fields, whole.exact, whole.accepted) == (3, 1, 2)
    assert (whole.wrong, whole.blank_as_value) == (1, 1)
