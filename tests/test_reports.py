"""Pages for people: a day's work without truth, scanners that need looking after, and alarms."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import ROOT
from intake.align import align_page
from intake.metrics import HealthWatch, health_of, healths
from intake.pipeline.condition import page_condition, streaks
from intake.records import Page, PageCondition, Reason, ScanFile, ScannedPage
from intake.reports import html
from intake.store import Store, open_store
from intake.synth.paper import Lie, Paper, Scanner
from intake.synth.paper import scan as scanned
from results import REVIEW, page, slip
from workplaces import command

if TYPE_CHECKING:
    from pathlib import Path

    from intake.template import TemplateSet

WELL = PageCondition(paper=250, ink=20, streaks=0, skew=0.3, scale=(1.0, 1.001), marks_missed=0)
NOON = 1_764_075_600.0
"""25 November 2025, 13:00 UTC."""

SKEWED = Scanner(glass=(153.0, 110.0), dpi=200, noise=2.0)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"skew": -4.5}, "askew"),
        ({"scale": (1.0, 0.97)}, "off their size"),
        ({"paper": 150}, "paper is grey"),
        ({"ink": 200}, "print is pale"),
        ({"streaks": 2}, "streaks down"),
        ({"marks_missed": 1}, "corner marks missed"),
    ],
)
def test_each_fault_of_a_scanner_is_told_with_what_to_do(
    changes: dict[str, object], told: str
) -> None:
    bad = replace(WELL, **changes)
    (alarm,) = health_of("left", "", [bad] * 12).alarms
    assert told in alarm
    assert alarm.endswith((".", "?"))
    assert health_of("left", "", [bad] * 9).alarms == ()
    assert health_of("left", "", [WELL] * 12).alarms == ()


def test_scanners_and_hours_are_kept_apart() -> None:
    pages = [
        *(ScannedPage("left", "2026-11-28 09", WELL) for _ in range(12)),
        *(ScannedPage("left", "2026-11-28 10", replace(WELL, skew=5.0)) for _ in range(12)),
        *(ScannedPage("right", "2026-11-28 10", WELL) for _ in range(12)),
    ]
    found = healths(pages)
    assert [(one.scanner, one.hour[-2:], bool(one.alarms)) for one in found] == [
        ("left", "09", False),
        ("left", "10", True),
        ("right", "10", False),
    ]


@given(st.lists(st.sampled_from([WELL, replace(WELL, skew=5.0)]), max_size=60))
def test_an_alarm_is_given_once_while_pages_come(conditions: list[PageCondition]) -> None:
    watch = HealthWatch()
    told = [alarm for one in conditions for alarm in watch.see(ScannedPage("left", "9", one))]
    assert len(told) <= 1
    tens = range(10, len(conditions) + 1, 10)
    due = any(health_of("left", "9", conditions[:end]).alarms for end in tens)
    assert bool(told) == due


def test_what_a_page_shows_of_its_scanner_is_measured(
    specimen: Paper, templates: TemplateSet
) -> None:
    rng = np.random.default_rng(1)
    image = scanned([(specimen, Lie((76.0, 55.0), 2.0, (0.98, 0.98)))], SKEWED, rng).image
    striped = image.copy()
    striped[:, 300:303] = 60
    torn = image.copy()
    torn[:130, :130] = 250
    for picture, lines, missed in ((image, 0, 0), (striped, 1, 0), (torn, 0, 1)):
        made = Page(1, picture, 200.0)
        found = page_condition(made, align_page(made, templates), templates)
        assert (found.streaks, found.marks_missed) == (lines, missed)
        assert found.skew == pytest.approx(2.0, abs=0.2)
        assert found.scale is not None
        assert found.scale == pytest.approx((0.98, 0.98), abs=0.004)
        assert found.paper > 230


def test_ruled_lines_that_do_not_run_all_down_are_no_streaks() -> None:
    rows = np.full((60, 200), 240, np.uint8)
    rows[:40, 90:92] = 30
    assert streaks(rows) == 0
    rows[:, 150] = 30
    assert streaks(rows) == 1
    assert streaks(np.zeros((5, 5), np.uint8)) == 0


def test_a_page_holds_whatever_text_comes() -> None:
    shown = html.page("<b>&", "a", html.table(("x", "y"), [("<script>", 1200), ("b", None)]))
    assert "<script>" not in shown
    assert "&lt;b&gt;&amp;" in shown
    assert '<td class="number">1,200</td>' in shown


def scan_of(name: str) -> ScanFile:
    return ScanFile(name, f"/office/left/{name}", name * 8, 9, NOON)


def day(store: Store, files: int) -> int:
    """So many files of one page, in each a slip whose reading waits; the last is in progress."""
    batch = store.begin_batch("monday", "default")
    for number in range(files):
        form = slip(account=f"1{number:07d}", meter=f"2{number:07d}", digest=f"d{number}",
                    decision=REVIEW, reasons=(Reason.STRUCK_OUT,))  # fmt: skip
        entry = store.begin_file(batch, scan_of(f"{number}.jpg"))
        sealed = replace(page(1, form), condition=replace(WELL, streaks=1))
        store.save_pages(entry.id, [sealed], ends=1 if number < files - 1 else None)
    return batch


def test_a_batch_that_still_runs_has_its_page_and_its_alarm(tmp_path: Path) -> None:
    folder = tmp_path / "workspace"
    command(folder, "init")
    empty = command(folder, "report")
    assert (empty.code, "Read scans" in empty.err) == (3, True)
    store = open_store(folder / "intake.sqlite")
    batch = day(store, 11)
    store.close()
    outcome = command(folder, "report", str(batch))
    assert outcome.code == 0, outcome.err
    assert "wipe the glass" in outcome.err
    shown = (folder / f"report-{batch}.html").read_text()
    for told in ("Batch 1: monday", "is still being read", "wipe the glass", "struck_out",
                 "2025-11-25 13", "left", "water-slip"):  # fmt: skip
        assert told in shown
    assert command(folder, "report", "7").code == 3


@pytest.mark.slow
def test_a_run_ends_in_a_page(tmp_path: Path) -> None:
    folder = tmp_path / "workspace"
    command(folder, "init", "--settings", ROOT / "samples" / "intake.toml")
    assert command(folder, "run", ROOT / "samples" / "scans" / "IMG_0411.jpg").code == 0
    out = tmp_path / "page.html"
    assert command(folder, "report", "--out", out).code == 0
    assert "scans" in out.read_text()
    assert "100.000%" not in out.read_text(), "nothing is keyed, so nothing is said"
    assert "by the picture alone" in command(folder, "status").out
    store = open_store(folder / "intake.sqlite")
    (audit,) = store.trust.audit_standing("demo")
    store.close()
    assert audit.drawn == audit.accepted > 0
