"""Registry files: good rows go in, bad ones are told with file, line and column."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

import msgspec
import pytest

from intake.errors import InputError
from intake.records import Account, Meter, MeterKind, PastReading
from intake.registry import EmptyRegistry, import_registry, write_layouts
from intake.store import create_store, open_registry
from intake.template.parts import MeterPlace

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from intake.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = create_store(tmp_path / "intake.db")
    yield store
    store.close()


def write(folder: Path, name: str, *lines: str) -> Path:
    path = folder / name
    path.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
    return path


def test_empty_layouts_go_in_as_nothing(store: Store, tmp_path: Path) -> None:
    paths = write_layouts(tmp_path / "registry")
    assert [path.name for path in paths] == ["accounts.csv", "meters.csv", "readings.csv"]
    report = import_registry(store, "demo", paths)
    assert (dict(report.accepted), report.problems) == ({}, ())


def test_layouts_are_not_written_over_files(tmp_path: Path) -> None:
    write_layouts(tmp_path)
    with pytest.raises(InputError, match="empty folder"):
        write_layouts(tmp_path)


def test_what_goes_in_is_what_the_registry_knows(store: Store, tmp_path: Path) -> None:
    report = import_registry(
        store,
        "demo",
        [
            write(tmp_path, "a.csv", "account,address", '100,"Brīvības iela 1, dz. 2"', "101,"),
            write(
                tmp_path,
                "b.csv",
                "meter,account,kind,place,registers,dial_digits,decimals,unit,"
                "verified_until,installed,removed",
                "200,100,cold,cold_kitchen,,,,,2030-06-30,2020-01-01,",
                "201,100,electricity,hall,peak night,7,1,kWh,,,2026-01-31",
            ),
            write(
                tmp_path,
                "c.csv",
                "meter,register,period,value,channel",
                "200,main,2026-09,100.250,portal",
                "200,main,2026-10,101.000,paper",
                "201,night,2026-10,5,sms",
            ),
        ],
    )
    assert dict(report.accepted) == {"accounts": 2, "meters": 2, "readings": 3}
    registry = store.registry("demo")
    assert registry.account("100") == Account("100", "Brīvības iela 1, dz. 2")
    assert [account.number for account in registry.accounts()] == ["100", "101"]
    assert registry.meters("100") == (
        Meter(
            "200",
            "100",
            "cold",
            "cold_kitchen",
            verified_until="2030-06-30",
            installed="2020-01-01",
        ),
        Meter(
            "201",
            "100",
            "electricity",
            "hall",
            ("peak", "night"),
            7,
            1,
            "kWh",
            removed="2026-01-31",
        ),
    )
    assert registry.histories("100")["200", "main"] == (
        PastReading("200", "main", "2026-10", "101.000", "paper"),
        PastReading("200", "main", "2026-09", "100.250", "portal"),
    )


@pytest.mark.parametrize("kind", get_args(MeterKind))
def test_a_template_and_the_registry_know_the_same_kinds_of_meter(
    store: Store, tmp_path: Path, kind: MeterKind
) -> None:
    rows = "meter,account,kind,place", f"200,100,{kind},hall"
    assert import_registry(store, "demo", [write(tmp_path, "m.csv", *rows)]).problems == ()
    assert MeterPlace(name="hall", kind=kind) == msgspec.convert(
        {"name": "hall", "kind": kind}, MeterPlace
    )


def test_a_rerun_brings_rows_up_to_date(store: Store, tmp_path: Path) -> None:
    import_registry(store, "demo", [write(tmp_path, "a.csv", "account,address", "100,Old")])
    import_registry(store, "demo", [write(tmp_path, "a.csv", "account,address", "100,New")])
    assert list(store.registry("demo").accounts()) == [Account("100", "New")]


def test_organisations_are_kept_apart(store: Store, tmp_path: Path) -> None:
    path = write(tmp_path, "a.csv", "account,address", "100,Here")
    import_registry(store, "one", [path])
    assert store.registry("two").account("100") is None
    assert store.registry("two").is_empty
    assert not store.registry("one").is_empty


@pytest.mark.parametrize(
    ("header", "row", "told"),
    [
        ("account,address", "100,=HYPERLINK(1)", ("address", "formula")),
        ("account,address", "+371,Here", ("account", "formula")),
        ("account,address", "-1,Here", ("account", "formula")),
        ("account,address", "100,@SUM(A1)", ("address", "formula")),
        ("account,address", "100,\t=1", ("address", "formula")),
        ("account,address", "100,a\x1b[31m", ("address", "printed")),
        ("account,address", ",Here", ("account", "letters and digits")),
        ("account,address", "100,a,b", ("", "3 cells under 2 columns")),
        ("account,address", '100,"a"b', ("", "not CSV")),
        ("meter,account,kind,place", "1,2,steam,hall", ("kind", "cold, hot")),
        ("meter,account,kind,place", "1,2,cold,The Hall", ("place", "small letters")),
        ("meter,account,kind,place,dial_digits", "1,2,cold,a,99", ("dial_digits", "1 to 12")),
        ("meter,account,kind,place,dial_digits,decimals", "1,2,cold,a,5,6", ("decimals", "0 to 5")),
        ("meter,account,kind,place,removed", "1,2,cold,a,31.1.26", ("removed", "YYYY-MM-DD")),
        ("meter,account,kind,place,removed", "1,2,cold,a,0026-01-31", ("removed", "YYYY-MM-DD")),
        ("meter,account,kind,place,registers", "1,2,cold,a,day day", ("registers", "twice")),
        ("meter,account,kind,place,registers", "1,2,cold,a,Tag+Nacht", ("registers", "small")),
        (
            "meter,account,kind,place,installed,removed",
            "1,2,cold,a,2026-05-01,2026-04-30",
            ("removed", "before `installed`, 2026-05-01"),
        ),
        ("meter,period,value", "1,2026-13,5", ("period", "YYYY-MM")),
        ("meter,period,value", "1,0026-11,5", ("period", "YYYY-MM")),
        ("meter,period,value", '1,2026-11,"5,5"', ("value", "with a point")),
    ],
)
def test_a_bad_row_is_told_and_the_rest_goes_in(
    store: Store, tmp_path: Path, header: str, row: str, told: tuple[str, str]
) -> None:
    column, sentence = told
    good = {2: "7,Good", 3: "7,2026-10,5", 4: "7,8,hot,a", 5: "7,8,hot,a,", 6: "7,8,hot,a,,"}
    path = write(tmp_path, "rows.csv", header, row, good[header.count(",") + 1])
    report = import_registry(store, "demo", [path])
    (problem,) = report.problems
    assert (problem.file, problem.line, problem.column) == (str(path), 2, column)
    assert sentence in problem.advice
    assert sum(report.accepted.values()) == 1


@pytest.mark.parametrize(
    ("header", "rows", "what"),
    [
        ("account,address", ("7,Here", "7,Here", "7,There"), "account"),
        ("meter,account,kind,place", ("7,8,hot,a", "7,8,hot,a", "7,9,hot,a"), "meter"),
        ("meter,period,value", ("7,2026-10,5", "7,2026-10,5", "7,2026-10,6"), "reading"),
    ],
)
def test_of_two_rows_that_contradict_each_other_the_second_is_told(
    store: Store, tmp_path: Path, header: str, rows: tuple[str, ...], what: str
) -> None:
    report = import_registry(store, "demo", [write(tmp_path, "rows.csv", header, *rows)])
    (problem,) = report.problems
    assert (problem.line, sum(report.accepted.values())) == (4, 2)
    assert f"line 2 says something else of the same {what}" in problem.advice


def test_a_column_that_stands_there_twice_is_told(store: Store, tmp_path: Path) -> None:
    path = write(tmp_path, "m.csv", "account,address,address", "7,Here,There")
    (problem,) = import_registry(store, "demo", [path]).problems
    assert "has address twice" in problem.advice
    assert store.registry("demo").is_empty


def test_of_a_header_that_is_nearly_right_the_column_is_named(store: Store, tmp_path: Path) -> None:
    path = write(tmp_path, "m.csv", "meter,account,Kind", "7,8,hot")
    (problem,) = import_registry(store, "demo", [path]).problems
    assert "nearly that of meters. Not known there: Kind. Missing: kind, place." in problem.advice


@pytest.mark.parametrize("content", ["", "name,colour\na,b\n", "account;colour\n", "\x00\x01"])
def test_a_file_that_is_no_registry_file_is_told_and_the_others_go_in(
    store: Store, tmp_path: Path, content: str
) -> None:
    foreign = tmp_path / "a.csv"
    foreign.write_text(content)
    good = write(tmp_path, "b.csv", "account,address", "100,Here")
    report = import_registry(store, "demo", [foreign, tmp_path / "missing.csv", good])
    assert [problem.file for problem in report.problems] == [
        str(foreign),
        str(tmp_path / "missing.csv"),
    ]
    assert "registry template" in report.problems[0].advice
    assert dict(report.accepted) == {"accounts": 1}


def test_a_file_in_another_encoding_is_told(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("account,address\n100,Brīvības\n".encode("utf-16"))
    (problem,) = import_registry(store, "demo", [path]).problems
    assert "UTF-8" in problem.advice


def test_files_from_a_european_spreadsheet_are_understood(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("\ufeffaccount;address\r\n100;Iela 1, 2\r\n".encode())
    assert dict(import_registry(store, "demo", [path]).accepted) == {"accounts": 1}
    assert store.registry("demo").account("100") == Account("100", "Iela 1, 2")


def test_a_worker_opens_the_registry_by_path(store: Store, tmp_path: Path) -> None:
    store.put_accounts("demo", [Account("100")])
    assert open_registry(tmp_path / "intake.db", "demo").account("100") == Account("100")


def test_an_empty_registry_knows_nothing() -> None:
    registry = EmptyRegistry()
    assert registry.account("1") is None
    assert list(registry.accounts()) == []
    assert (registry.meters("1"), registry.histories("1")) == ((), {})


def test_a_quote_that_is_never_closed_costs_its_own_line_alone(
    store: Store, tmp_path: Path
) -> None:
    lines = ["account,address", '100,"Here"', '101,"Brīvības iela', '102,"There, too"', "103,x"]
    report = import_registry(store, "demo", [write(tmp_path, "a.csv", *lines)])
    (problem,) = report.problems
    assert (problem.line, problem.column) == (3, "")
    assert "not closed" in problem.advice
    assert [account.number for account in store.registry("demo").accounts()] == [
        "100",
        "102",
        "103",
    ]


def test_premises_are_known(store: Store, tmp_path: Path) -> None:
    lines = ["account,premises", "100,house", "101,", "102,castle"]
    report = import_registry(store, "demo", [write(tmp_path, "a.csv", *lines)])
    assert [problem.column for problem in report.problems] == ["premises"]
    known = [account.premises for account in store.registry("demo").accounts()]
    assert known == ["house", "flat"]
