"""A page that nobody here made, through the same road as every other scan.

`grid_600_cells.png` is a scan of a ruled A4 page on which one person wrote 600 digits; its
writer took no part in training. It lies beside the checkout and is not part of the project.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conftest import ROOT
from workplaces import command

pytestmark = pytest.mark.slow

CELLS_PER_ROW = 20


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    settings = tmp_path / "intake.toml"
    templates = ROOT / "tests" / "templates"
    settings.write_text(
        f'max_error = 0.01\nthin_data = "provisional"\ntemplates = {json.dumps(str(templates))}\n'
    )
    folder = tmp_path / "workspace"
    assert command(folder, "init", "--settings", settings).code == 0
    return folder


def test_the_grid_of_600_digits_is_read(workspace: Path, shared_data: Path) -> None:
    page = shared_data / "real_forms" / "grid_600_cells.png"
    assert command(workspace, "run", "--workers", "1", page).code == 0
    rows = command(workspace, "results", "--format", "jsonl").lines()
    assert len(rows) == 30
    read = "".join((row["candidates"][0][0] or "").rjust(CELLS_PER_ROW, "?") for row in rows)
    labels = json.loads(page.with_name("grid_600_cells.labels.json").read_text())
    right = sum(read[int(cell)] == str(digit) for cell, digit in labels.items())
    assert right >= 0.97 * len(labels), f"{right} of {len(labels)} cells"


@pytest.mark.parametrize("name", ["comb_idbox_blank_p1.png", "comb_idbox_filled_p1.png"])
def test_a_real_page_of_another_form_is_unknown(
    workspace: Path, shared_data: Path, name: str
) -> None:
    page = shared_data / "real_forms" / name
    assert command(workspace, "run", "--workers", "1", page).code == 0
    totals = command(workspace, "status", "--json").lines()[0]
    assert (totals["pages_unknown"], totals["forms"]) == (1, 0)
