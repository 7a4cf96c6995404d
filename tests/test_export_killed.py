"""A bad night in short: answers lost, doubled and late, both sides killed; all arrives once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from benchmarks.export import night

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.slow
def test_every_reading_arrives_once_through_kills_and_lost_answers(tmp_path: Path) -> None:
    figures = night(tmp_path, count=60, kills=3, seed=3)
    assert (figures["missing"], figures["doubled"], figures["month_mismatches"]) == (0, 0, 0)
