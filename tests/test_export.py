"""Reading records as text: nothing changed on the way, nothing a spreadsheet would run."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import asdict
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.export import writer
from intake.export.tables import COLUMNS
from intake.records import ReadingRecord, decimal_string
from intake.spreadsheets import cell

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
records = st.builds(
    ReadingRecord,
    version=st.integers(1, 99),
    **dict.fromkeys(
        [
            "id",
            "organisation",
            "account",
            "meter",
            "register",
            "period",
            "unit",
            "channel",
            "verification",
            "reason",
        ],
        texts,
    ),
    value=st.none() | texts,
    date=st.none() | texts,
    evidence=st.none() | texts,
    confidence=st.floats(0, 1),
)


@given(st.lists(records, max_size=5))
def test_csv_comes_back_as_it_was(given: list[ReadingRecord]) -> None:
    stream = io.StringIO(newline="")
    assert writer("csv")(given, stream) == len(given)
    rows = list(csv.reader(io.StringIO(stream.getvalue(), newline="")))
    assert rows[0] == list(COLUMNS)
    assert rows[1:] == [[cell(value) for value in asdict(record).values()] for record in given]


@given(texts)
def test_no_cell_starts_a_formula_and_no_other_is_changed(text: str) -> None:
    written = cell(text)
    assert not written.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert written.removeprefix("'") == text.removeprefix("'")


def test_csv_lines_end_as_the_standard_says() -> None:
    stream = io.StringIO(newline="")
    writer("csv")([], stream)
    assert stream.getvalue() == ",".join(COLUMNS) + "\r\n"


@given(st.lists(records, max_size=5))
def test_json_lines_come_back_as_they_were(given: list[ReadingRecord]) -> None:
    stream = io.StringIO()
    assert writer("jsonl")(given, stream) == len(given)
    lines = stream.getvalue().split("\n")[:-1]
    assert [json.loads(line) for line in lines] == [asdict(record) for record in given]


@given(st.from_regex("[0-9]{1,12}", fullmatch=True), st.integers(0, 9))
def test_a_decimal_string_is_the_number_exactly(digits: str, decimals: int) -> None:
    text = decimal_string(digits, decimals)
    assert Decimal(text) == Decimal(int(digits)).scaleb(-decimals)
    assert len(text.partition(".")[2]) == decimals
    assert not text.startswith("00")


@pytest.mark.parametrize(
    ("digits", "decimals", "text"),
    [
        ("00123456", 3, "123.456"),
        ("5", 3, "0.005"),
        ("12", 3, "0.012"),
        ("00012", 0, "12"),
        ("0", 0, "0"),
        ("00000000", 3, "0.000"),
    ],
)
def test_decimal_strings_by_example(digits: str, decimals: int, text: str) -> None:
    assert decimal_string(digits, decimals) == text


@pytest.mark.parametrize("digits", ["", "1.5", "-1", "\u0661", "\u00b2", " 1"])
def test_what_is_no_digits_has_no_decimal_string(digits: str) -> None:
    with pytest.raises(ValueError, match="not digits"):
        decimal_string(digits, 3)
