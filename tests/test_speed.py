"""The measure of speed itself: every process counts, and every stage exists."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from benchmarks import stages
from benchmarks.monthend import SHEET, templates
from benchmarks.offices import Moment, cpu_per_page, rate
from benchmarks.usage import cpu_seconds

BUSY = "sum(range(9_000_000)); input()"


def test_work_of_other_processes_counts_while_they_run_and_afterwards() -> None:
    before = cpu_seconds()
    line = [sys.executable, "-c", BUSY]
    with subprocess.Popen(line, stdin=subprocess.PIPE, text=True) as busy:
        while cpu_seconds(busy.pid) < 0.05:
            assert busy.poll() is None
        during = cpu_seconds()
        busy.communicate("\n")
    assert during > before
    assert cpu_seconds() >= during


def test_every_stage_is_a_function_of_the_program() -> None:
    for _, home, name in stages.STAGES:
        assert callable(getattr(home, name)), name


def test_the_profile_is_a_table_and_bars() -> None:
    spent = {"decode": 1.0, "save": 0.25}
    assert "| save | 0.25 | 20% |" in stages.table(spent)
    assert stages.picture(spent).count("<rect") == 3


def test_rates_leave_out_the_beginning() -> None:
    moments = [Moment(0, 0, 0.0, 5.0, 1.0), Moment(4, 16, 10.0, 6.0, 1.0)]
    moments.append(Moment(8, 32, 12.0, 7.0, 1.0))
    assert rate(moments, 4) == pytest.approx(2.0)
    assert cpu_per_page(moments, 4, 8) == pytest.approx(0.25)


def test_the_measured_sheet_is_what_the_figures_say() -> None:
    sheet = templates().get(SHEET)
    assert sum(field.cells for field in sheet.field) == 60
    kinds = np.array([field.kind for field in sheet.field])
    assert (kinds == "printed").sum() == 4
