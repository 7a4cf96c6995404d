"""From a blank form to its first reading, by the commands of docs/your-own-form.md."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import cv2
import msgspec
import numpy as np
import pytest
from numpy.typing import NDArray

from cards import filled, print_card, turned
from conftest import ROOT, rendered
from intake.overlays import template_overlay
from intake.records import Grey
from intake.sampling import Levels
from intake.template import (
    Field,
    MeterPlace,
    TemplateSet,
    field_named,
    load_template,
    warnings,
)
from intake.template.parts import Print
from workplaces import Outcome, command

pytestmark = pytest.mark.slow

PAGE = ROOT / "docs" / "your-own-form.md"
NAMES = {
    "field_01.reading": "cold.reading",
    "field_02.reading": "hot.reading",
    "field_03.reading": "date",
    "field_04.mark": "cold.replaced",
}


def blocks(language: str) -> list[str]:
    found = re.findall(rf"```{language}\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert found
    return found


def follow(line: str) -> None:
    """Runs a line of the page as its reader would, in the folder that stands for theirs."""
    program, *arguments = line.split()
    if program != "./ocr_cli.py":
        subprocess.run(line, shell=True, check=True)
    elif arguments != ["review"]:
        outcome = command(Path("workspace"), *arguments)
        assert outcome.code == 0, (line, outcome.err)


def rename_fields(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for old, new in NAMES.items():
        text = text.replace(f'"{old}"', f'"{new}"')
    path.write_text(text, encoding="utf-8")


def written(path: Path, picture: NDArray[np.uint8]) -> Path:
    cv2.imwrite(str(path), picture)
    return path


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a blank card and nothing else."""
    monkeypatch.chdir(tmp_path)
    print_card(tmp_path / "our-card.pdf")
    return tmp_path


def test_cells_that_stand_apart_are_one_reading(desk: Path) -> None:
    print_card(desk / "apart.pdf", gap=0.9)
    made = desk / "workspace" / "templates"
    arguments = ["template", "new", "apart.pdf", "--out", made]
    assert command(desk / "none", *arguments).code == 0
    settings = desk / "own.toml"
    settings.write_text('templates = "templates"\n')
    assert command(desk / "workspace", "init", "--settings", settings).code == 0
    values = {"field_01.reading": "00123456", "field_02.reading": "00098765"}
    card = load_template(made / "apart.toml")
    scan = turned(filled(rendered(desk / "apart.pdf"), card, values, seed=6), -1.5)
    assert command(desk / "workspace", "run", written(desk / "filled.png", scan)).code == 0
    rows = command(desk / "workspace", "results", "--format", "jsonl").lines()
    read = {str(row["field"]): row["candidates"][0][0] for row in rows}
    assert {name: read[name] for name in values} == values
    assert not any("misaligned" in row["reasons"] for row in rows)


def test_the_page_leads_from_a_blank_form_to_its_first_reading(desk: Path) -> None:
    *_, last = steps = blocks("sh")
    template = desk / "workspace" / "templates" / "our-card.toml"
    for block in steps[:-1]:
        for line in block.strip().splitlines():
            follow(line)
        if template.exists():
            rename_fields(template)
    card = load_template(template)
    assert (desk / "boxes.png").is_file()
    values = {"cold.reading": "00123456", "hot.reading": "00098765", "date": "251126"}
    scan = turned(filled(rendered(desk / "our-card.pdf"), card, values), 1.0)
    written(desk / "filled.jpg", scan)
    for line in last.strip().splitlines():
        follow(line)
    rows = command(desk / "workspace", "results", "--format", "jsonl").lines()
    read = {str(row["field"]): row["candidates"][0][0] for row in rows}
    assert {name: read[name] for name in values} == values
    assert read["cold.replaced"] is None


def test_the_keys_on_the_page_are_keys() -> None:
    field, meter, printed = (tomllib.loads(block) for block in blocks("toml"))
    assert msgspec.convert(field["field"][0], Field).is_reading
    assert msgspec.convert(meter["meter"][0], MeterPlace).name == "cold"
    assert msgspec.convert(printed["print"][0], Print).text in printed["texts"]["en"]
    assert "(pictures/own_form.png)" in PAGE.read_text(encoding="utf-8")
    assert (PAGE.parent / "pictures" / "own_form.png").is_file()


def new(desk: Path, *arguments: str | Path) -> Outcome:
    return command(desk / "none", "template", "new", *arguments, "--out", desk / "made")


def test_a_real_form_is_found_and_read(desk: Path, shared_data: Path) -> None:
    blank = shared_data / "real_forms" / "comb_idbox_blank_p1.png"
    made = desk / "workspace" / "templates"
    options = ["--id", "exam", "--width", "215.9", "--out", made]
    assert command(desk / "none", "template", "new", blank, *options).code == 0
    settings = desk / "own.toml"
    settings.write_text('templates = "templates"\n')
    assert command(desk / "workspace", "init", "--settings", settings).code == 0
    scan = blank.with_name("comb_idbox_filled_p1.png")
    assert command(desk / "workspace", "run", "--workers", "1", scan).code == 0
    rows = command(desk / "workspace", "results", "--format", "jsonl").lines()
    best = {row["field"]: row["candidates"][0][0] for row in rows}
    assert best["field_03.reading"] == "0123456789"
    assert not any("misaligned" in row["reasons"] for row in rows)


def test_nothing_is_written_over(desk: Path) -> None:
    assert new(desk, desk / "our-card.pdf").code == 0
    again = new(desk, desk / "our-card.pdf")
    assert again.code == 3
    assert "there already" in again.err


def test_what_is_wrong_with_a_blank_is_said_with_its_name(desk: Path) -> None:
    picture = rendered(desk / "our-card.pdf")
    unsized = new(desk, written(desk / "unsized.png", picture))
    assert (unsized.code, "unsized.png" in unsized.err) == (3, True)
    assert "--width" in unsized.err
    bare = new(desk, written(desk / "bare.png", np.full_like(picture, 255)), "--width", "148")
    assert (bare.code, "No boxes" in bare.err) == (3, True)
    (desk / "broken.pdf").write_bytes(b"%PDF-1.4 and no more")
    broken = new(desk, desk / "broken.pdf")
    assert (broken.code, "broken.pdf" in broken.err) == (3, True)
    assert new(desk, desk / "our-card.pdf", "--id", "Our Card").code == 2
    assert not (desk / "made").exists()


def test_a_place_that_cannot_be_written_is_named(desk: Path) -> None:
    (desk / "file").write_text("in the way")
    options = ["--out", desk / "file" / "made"]
    drafted = command(desk / "none", "template", "new", desk / "our-card.pdf", *options)
    assert (drafted.code, "cannot be written" in drafted.err) == (2, True)
    drawn = command(desk, "template", "preview", "water-slip", "--out", desk / "file" / "x.png")
    assert (drawn.code, "cannot be written" in drawn.err) == (2, True)


def test_our_own_templates_keep_the_rules_for_boxes(templates: TemplateSet) -> None:
    assert [warning for template in templates for warning in warnings(template)] == []


def test_a_check_goes_on_after_a_bad_file(tmp_path: Path) -> None:
    texts = {
        "good": SOUND,
        "small": SOUND.replace("56.0, 8.0]", "56.0, 3.0]"),
        "typo": SOUND.replace("cells", "cell"),
    }
    for name, text in texts.items():
        (tmp_path / f"{name}.toml").write_text(text)
    files = [tmp_path / f"{name}.toml" for name in ("small", "good", "typo")]
    outcome = command(tmp_path / "none", "template", "check", *files)
    assert outcome.code == 4
    assert "good.toml: card version 1, 3 fields, sound" in outcome.out
    assert "small.toml: field `cold.reading`: cells: below 4 mm" in outcome.err
    assert "typo.toml: field `cold.reading`: there is no key `cell`" in outcome.err


NUMBER = """
[[field]]
name = "account"
kind = "printed"
box = [80.0, 70.0, 30.0, 6.0]
lookup = "account"
pattern = '{pattern}'
"""


@pytest.mark.parametrize(
    "pattern",
    ["K-[0-9]{6}", "[A-Z]{2}[0-9]{4}", "[0-9A-F]+", "[0-9]{4}/[0-9]{2}", "\\w{8}", "[^0]"],
)
def test_a_check_warns_of_a_pattern_that_nothing_read_can_match(
    tmp_path: Path, pattern: str
) -> None:
    path = tmp_path / "card.toml"
    path.write_text(SOUND + NUMBER.format(pattern=pattern))
    outcome = command(tmp_path, "template", "check", path)
    assert (outcome.code, outcome.err.count("warning")) == (0, 1)
    assert "`account`: pattern: only digits are read" in outcome.err


@pytest.mark.parametrize(
    "pattern", ["[0-9]{8}", "4[0-9]{6,8}", "\\d{8}|(?:10|20)[1-9]\\d+", "^0?1.*$"]
)
def test_a_check_says_nothing_of_a_pattern_of_digits(tmp_path: Path, pattern: str) -> None:
    path = tmp_path / "card.toml"
    path.write_text(SOUND + NUMBER.format(pattern=pattern))
    assert command(tmp_path, "template", "check", path).err == ""


def overlay(path: Path) -> Grey:
    return np.asarray(cv2.imread(str(path), cv2.IMREAD_COLOR), np.uint8)


def test_a_preview_shows_every_field_where_it_is(tmp_path: Path) -> None:
    out = tmp_path / "slip.png"
    slip = load_template(ROOT / "templates" / "water-slip.toml")
    assert command(tmp_path / "none", "template", "preview", "water-slip", "--out", out).code == 0
    picture = overlay(out).astype(int)
    px = (picture.shape[1] - 1) // (slip.page[0] + 8)
    assert px >= 7
    for field in slip.field:
        left, top, width, height = field.box
        x, y = round((left + width + 8) * 8), round((top + height / 2 + 8) * 8)
        edge = picture[y, x - 2 : x + 3]
        assert np.ptp(edge, axis=1).max() > 60, field.name


def test_a_name_in_a_preview_leaves_what_is_printed_above_a_box_to_be_read() -> None:
    slip = load_template(ROOT / "templates" / "water-slip.toml")
    page = np.full((105 * 8, 148 * 8), 255, np.uint8)
    left, top, width, _ = (
        round(8 * length) for length in field_named(slip, "cold_kitchen.meter").box
    )
    page[top - 24 : top - 6, left : left + width] = 0
    drawn = template_overlay(Levels(page), slip, np.diag([8.0, 8.0, 1.0]), {})
    edge = 64
    title = drawn[edge + top - 22 : edge + top - 8, edge + left + 2 : edge + left + width - 2]
    assert title.max() < 64


def test_a_preview_on_a_scan_follows_the_form(desk: Path) -> None:
    assert new(desk, desk / "our-card.pdf").code == 0
    card = desk / "made" / "our-card.toml"
    scan = written(desk / "askew.png", turned(rendered(desk / "our-card.pdf"), 5.0))
    for name, arguments in {"blank": [], "scan": ["--scan", scan]}.items():
        out = desk / f"{name}.png"
        assert command(desk, "template", "preview", card, *arguments, "--out", out).code == 0
    blank, found = overlay(desk / "blank.png"), overlay(desk / "scan.png")
    coloured = [np.ptp(picture.astype(int), axis=2) > 60 for picture in (blank, found)]
    both = np.count_nonzero(coloured[0] & coloured[1])
    assert both > 0.7 * np.count_nonzero(coloured[0])


def test_a_preview_on_another_form_is_refused(desk: Path, shared_data: Path) -> None:
    assert new(desk, desk / "our-card.pdf").code == 0
    card = desk / "made" / "our-card.toml"
    foreign = shared_data / "real_forms" / "grid_600_cells.png"
    outcome = command(desk, "template", "preview", card, "--scan", foreign, "--out", "x.png")
    assert (outcome.code, "no form `our-card`" in outcome.err) == (3, True)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("box = [52.0, 48.0, 56.0, 8.0]", "box = [52.0, 48.0, 33.0, 8.0]", "under 5 mm wide"),
        ("box = [20.0, 60.0, 4.5, 4.5]", "box = [46.0, 50.0, 4.5, 4.5]", "less than 3 mm"),
        ("box = [20.0, 60.0, 4.5, 4.5]", "box = [2.0, 60.0, 4.5, 4.5]", "from the edge"),
        ("box = [20.0, 60.0, 4.5, 4.5]", "box = [41.0, 21.0, 4.5, 4.5]", "bare paper around"),
        ("ids = [0, 1, 2, 3]", "ids = [0, 1, 2, 3]\ninset = 3.0", "raise inset"),
    ],
)
def test_a_check_warns_by_the_rules_for_boxes(
    tmp_path: Path, old: str, new: str, words: str
) -> None:
    path = tmp_path / "card.toml"
    path.write_text(SOUND)
    assert command(tmp_path, "template", "check", path).err == ""
    path.write_text(SOUND.replace(old, new))
    outcome = command(tmp_path, "template", "check", path)
    assert outcome.code == 0
    assert "sound" in outcome.out
    assert outcome.err.count("warning") == len(list(warnings(load_template(path)))) == 1
    assert words in outcome.err


SOUND = """
id = "card"
version = 1
title = "Card"
page = [148.0, 105.0]

[marks]
ids = [0, 1, 2, 3]

[[field]]
name = "code"
kind = "barcode"
box = [20.0, 20.0, 20.0, 20.0]

[[field]]
name = "cold.reading"
kind = "handwritten"
box = [52.0, 48.0, 56.0, 8.0]
cells = 8

[[field]]
name = "cold.replaced"
kind = "mark"
box = [20.0, 60.0, 4.5, 4.5]
"""
