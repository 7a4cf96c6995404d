"""The samples: complete truth for every form, and a build that repeats itself."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from PIL import Image, ImageSequence

from intake.records import FormCode, Kind
from intake.settings import load_settings
from intake.template import field_named, load_templates

ROOT = Path(__file__).parent.parent
SAMPLES = ROOT / "samples"
SCANS = SAMPLES / "scans"
TEMPLATES = load_templates(ROOT / "templates")
Row = dict[str, str | int | None]


def truth(folder: Path = SAMPLES) -> list[Row]:
    lines = (folder / "truth.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def forms() -> dict[tuple[str, int, int], dict[str, Row]]:
    found: dict[tuple[str, int, int], dict[str, Row]] = defaultdict(dict)
    for row in truth():
        found[str(row["file"]), int(row["page"]), int(row["form"])][str(row["field"])] = row
    return found


def pages(path: Path) -> list[np.ndarray]:
    if path.suffix == ".pdf":
        with pypdfium2.PdfDocument(path) as document:
            return [np.array(page.render(grayscale=True).to_numpy()) for page in document]
    with Image.open(path) as image:
        return [np.array(page.convert("L")) for page in ImageSequence.Iterator(image)]


def test_every_form_has_a_truth_for_each_of_its_fields() -> None:
    for fields in forms().values():
        code = FormCode.parse(str(fields["code"]["value"]))
        assert code is not None
        template = TEMPLATES.get(code.template)
        assert list(fields) == [field.name for field in template.field]
        assert fields["account"]["value"] == code.account


def test_values_are_digits_as_written() -> None:
    for fields in forms().values():
        code = FormCode.parse(str(fields["code"]["value"]))
        assert code is not None
        for name, row in fields.items():
            field = field_named(TEMPLATES.get(code.template), name)
            value = row["value"]
            if field.is_reading and value is not None:
                assert isinstance(value, str)
                assert value.isdigit()
                assert field.decimals < len(value) <= field.cells
            elif field.kind is Kind.MARK:
                assert value in {None, "1"}


def test_there_are_forms_of_every_sort() -> None:
    found = forms()
    rows = truth()
    accounts = [fields["account"]["value"] for fields in found.values()]
    files = {path.name for path in SCANS.iterdir()}
    assert len(found) >= 40
    assert {str(row["file"]) for row in rows} < files
    assert {Path(name).suffix for name in files} == {".pdf", ".tif", ".jpg", ".png"}
    assert max(form for _, _, form in found) == 4
    assert any(row.get("note") == "struck out" and row["value"] is None for row in rows)
    assert any(row["field"] == "cold_kitchen.replaced" and row["value"] == "1" for row in rows)
    assert len(accounts) > len(set(accounts))
    assert None in accounts


def test_printed_numbers_are_in_the_registry() -> None:
    with (SAMPLES / "registry" / "meters.csv").open(encoding="utf-8", newline="") as file:
        places = {
            (row["account"], row["place"]): row["meter"]
            for row in csv.DictReader(file)
            if not row["removed"]
        }
    for fields in forms().values():
        account = fields["account"]["value"]
        for name, row in fields.items():
            if account is not None and name.endswith(".meter"):
                place = name.removesuffix(".meter")
                assert row["value"] == places.get((str(account), place))


def test_settings_are_those_of_the_demo() -> None:
    settings = load_settings(SAMPLES / "intake.toml")
    assert (settings.organisation, settings.max_error) == ("demo", 0.01)
    assert settings.thin_data == "provisional"


def test_scans_are_small_enough_to_ship() -> None:
    size = sum(path.stat().st_size for path in SAMPLES.rglob("*") if path.is_file())
    assert size < 12 * 1024 * 1024


@pytest.mark.slow
def test_the_seed_rebuilds_the_samples(tmp_path: Path) -> None:
    command = [sys.executable, str(SAMPLES / "build.py"), "--seed", "2026", "--out", str(tmp_path)]
    subprocess.run(command, check=True, capture_output=True)
    for name in ("accounts", "meters", "readings"):
        fresh = (tmp_path / "registry" / f"{name}.csv").read_bytes()
        assert fresh == (SAMPLES / "registry" / f"{name}.csv").read_bytes()
    assert truth(tmp_path) == truth()
    for path in SCANS.iterdir():
        for old, new in zip(pages(path), pages(tmp_path / "scans" / path.name), strict=True):
            assert np.abs(old.astype(int) - new).mean() < 4
