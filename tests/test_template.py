"""Templates: what is read from TOML, what lists become, what is refused and in which words."""

from __future__ import annotations

from pathlib import Path

import pytest

from intake.errors import TemplateError
from intake.template import field_named, load_template, load_templates

TEMPLATES = Path(__file__).parent.parent / "templates"
SOUND = """
id = "card"
version = 1
title = "Card"
page = [100.0, 80.0]

[marks]
ids = [0, 1, 2, 3]

[[field]]
name = "cold.reading"
kind = "handwritten"
box = [20.0, 20.0, 48.0, 8.0]
cells = 8
decimals = 3
"""
LIST = """
[[rows]]
name = "flat"
count = 3
pitch = 12.0

[[rows.meter]]
name = "hot"
kind = "hot"

[[rows.field]]
name = "hot.reading"
kind = "handwritten"
box = [20.0, 36.0, 48.0, 8.0]
cells = 8

[[rows.print]]
text = "row"
at = [10.0, 42.0]

[texts.en]
row = "No. {row}"
"""


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "card.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_our_templates_are_sound() -> None:
    known = load_templates(TEMPLATES)
    assert [template.id for template in known] == ["electricity-slip", "water-list", "water-slip"]
    marks = [mark for template in known if template.marks for mark in template.marks.ids]
    assert len(marks) == len(set(marks))


def test_every_row_of_a_list_has_its_own_fields(tmp_path: Path) -> None:
    template = load_template(written(tmp_path, SOUND + LIST))
    names = [field.name for field in template.field]
    assert names == ["cold.reading", *(f"flat_0{row}_hot.reading" for row in (1, 2, 3))]
    assert field_named(template, "flat_03_hot.reading").box == (20.0, 60.0, 48.0, 8.0)
    assert [place.name for place in template.meter] == [f"flat_0{row}_hot" for row in (1, 2, 3)]
    assert [(item.row, item.at[1]) for item in template.print] == [(1, 42), (2, 54), (3, 66)]


def test_a_zone_belongs_to_the_place_of_its_meter() -> None:
    template = load_template(TEMPLATES / "electricity-slip.toml")
    night = field_named(template, "supply.night.reading")
    assert (night.group, night.register) == ("supply", "night")
    assert field_named(template, "date").group is None


@pytest.mark.parametrize(
    ("old", "new", "advice"),
    [
        ('id = "card"', 'id = "My Card"', "small letters"),
        ("version = 1", "version = 0", "count from 1"),
        ("ids = [0, 1, 2, 3]", "ids = [0, 1, 2]", r"marks, ids: expected a list of 4 numbers"),
        ("box = [20.0, 20.0, 48.0, 8.0]", "box = [60.0, 20.0, 48.0, 8.0]", "outside the page"),
        ("box = [20.0, 20.0, 48.0, 8.0]", "box = [20.0, 20.0, 24.0, 8.0]", "below 4 mm"),
        ("decimals = 3", "decimals = 9", "decimals cannot exceed"),
        ("decimals = 3", "gap = 2.5", "below 4 mm"),
        ("cells = 8\ndecimals = 3", "gap = 1.0", "only between cells"),
        ("decimals = 3", 'pattern = "["', "not a regular expression"),
        ("cells = 8", "cells = 8\ncolour = 3", "field `cold.reading`: there is no key `colour`"),
        ("cells = 8", 'cells = "8"', 'cells: expected a whole number, not "8"'),
        ('kind = "handwritten"', 'kind = "typed"', 'printed, handwritten, .*, not "typed"'),
        (
            "cells = 8",
            'cells = 8\ncheck = "crc"',
            'check: expected luhn, mod11 or mod97, not "crc"',
        ),
        ("page = [100.0, 80.0]", "page = 100.0", r"page: expected a list in \[ \], not 100.0"),
        (
            "page = [100.0, 80.0]",
            'page = [100.0, "8"]',
            'page number 2: expected a number, not "8"',
        ),
        ('name = "cold.reading"', "", "field number 1: the key `name` is missing"),
        ("title =", "title", "TOML"),
    ],
)
def test_what_cannot_work_is_refused_with_its_key(
    tmp_path: Path, old: str, new: str, advice: str
) -> None:
    path = written(tmp_path, SOUND.replace(old, new))
    with pytest.raises(TemplateError, match=advice) as caught:
        load_template(path)
    assert "card.toml" in str(caught.value)


def test_all_that_is_wrong_with_a_template_is_said_at_once(tmp_path: Path) -> None:
    second = '[[field]]\nname = "date"\nkind = "mark"\nbox = [1.0, 2.0]\n'
    text = (
        SOUND.replace("cells = 8", 'cells = "8"').replace("version = 1", 'version = "1"') + second
    )
    with pytest.raises(TemplateError) as caught:
        load_template(written(tmp_path, text))
    first, other, whole = str(caught.value).splitlines()
    assert 'field `cold.reading`, cells: expected a whole number, not "8"' in first
    assert "field `date`, box: expected a list of 4 numbers, not [1.0, 2.0]" in other
    assert 'version: expected a whole number, not "1"' in whole


def test_rows_that_run_off_the_page_are_refused(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match=r"flat_05_hot.*outside"):
        load_template(written(tmp_path, (SOUND + LIST).replace("count = 3", "count = 5")))


def test_a_text_that_is_printed_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match="no text for it"):
        load_template(written(tmp_path, (SOUND + LIST).replace('row = "No', 'line = "No')))


def test_two_templates_of_one_id_are_refused(tmp_path: Path) -> None:
    for name in ("one.toml", "two.toml"):
        (tmp_path / name).write_text(SOUND, encoding="utf-8")
    with pytest.raises(TemplateError, match=r"also used by one\.toml"):
        load_templates(tmp_path)


def test_a_template_that_is_not_there_names_those_that_are() -> None:
    with pytest.raises(TemplateError, match="water-slip"):
        load_templates(TEMPLATES).get("papyrus")
