"""The reading engine as a company uses it: files in, the month out, each organisation by itself."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from databases import emptied
from intake.engine import (
    Differs,
    Engine,
    Scope,
    Standing,
    Token,
    Wanted,
    open_engine,
)
from intake.engine.files import import_files
from intake.errors import InputError
from intake.records import Meter
from intake.registry.months import month_named
from intake.settings import Billing, EngineSettings, Rules
from results import RECORD
from town import FIRST, MONTHS, decimal, town, write_town
from workplaces import command

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.slow)])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    if request.param == "sqlite":
        target: Path | str = tmp_path / "engine.sqlite"
    else:
        target = emptied(request.getfixturevalue("postgres"))
    opened = open_engine(target, EngineSettings(), Rules())
    yield opened
    opened.close()


def standings(engine: Engine, organisation: str = "demo") -> dict[str, Standing]:
    found = engine.standings(Wanted(organisation, period="2026-11"))
    return {one.arrival.record.id: one.standing for one in found}


@pytest.mark.parametrize("count", [40, pytest.param(20_000, marks=pytest.mark.slow)])
def test_the_month_of_a_town_agrees_row_by_row(tmp_path: Path, count: int) -> None:
    houses = town(count, seed=6)
    folder = tmp_path / "w"
    assert command(folder, "init").code == 0
    (tmp_path / "files").mkdir()
    files = write_town(houses, tmp_path / "files")
    assert command(folder, "engine", "import", *files).code == 0
    for month in (MONTHS - 1, MONTHS // 2):
        period = month_named(FIRST + month)
        options = ("--period", period, "--on", "2099-01-01", "--format", "csv")
        told = command(folder, "engine", "report", *options).out
        rows = {row["meter"]: row for row in csv.DictReader(io.StringIO(told))}
        expected = {}
        for house in houses:
            sums = house.reckoned()
            for dial in house.dials:
                if sums.there(dial, month):
                    asked = dial, month
                    charge, value = sums.charge(*asked), sums.told(*asked)
                    missing = str(sums.missing(*asked))
                    expected[dial.number] = sums.status(*asked), charge, decimal(value), missing
        assert rows.keys() == expected.keys()
        for meter, row in rows.items():
            found = row["status"], _litres(row["consumption"]), row["value"], row["missing"]
            assert found == expected[meter], meter


def test_the_month_for_people_is_told_whole_in_a_narrow_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    (tmp_path / "files").mkdir()
    assert command(tmp_path / "w", "init").code == 0
    files = write_town(town(3, seed=6), tmp_path / "files")
    assert command(tmp_path / "w", "engine", "import", *files).code == 0
    period = month_named(FIRST + MONTHS - 1)
    told = command(tmp_path / "w", "engine", "report", "--period", period)
    assert "│" in told.out
    assert "…" not in told.out
    nothing = command(tmp_path / "w", "engine", "report", "--period", "1999-01")
    assert (nothing.out, nothing.code) == ("", 0)
    assert "months of 1999-01: none." in nothing.err


def test_a_meter_replaced_without_a_last_reading_is_not_charged_twice(tmp_path: Path) -> None:
    """docs/rules.md: a replaced meter."""
    meters, readings = tmp_path / "m.csv", tmp_path / "r.csv"
    header = "meter,account,kind,place,installed,removed"
    old = "T1,A2,cold,kitchen,2020-01-01,2026-09-14"
    hot = ["H1,A2,hot,kitchen,2020-01-01,", "H2,A2,hot,kitchen,2026-09-14,"]
    meters.write_text("\n".join([header, old, "T2,A2,cold,kitchen,2026-09-14,", *hot]))
    read = [
        f"{meter},2026-0{month},{value}"
        for month, value in ((6, 90), (7, 95), (8, 100))
        for meter in ("T1", "H1")
    ]
    readings.write_text("\n".join(["meter,period,value", *read]))
    assert command(tmp_path, "init").code == 0
    imported = command(tmp_path, "engine", "import", "--channel", "sms", meters, readings)
    assert imported.code == 0
    charged = [
        (row["meter"], row["period"], row["consumption"])
        for month in (9, 10, 11)
        for row in _months(tmp_path, f"2026-{month:02}")
    ]
    assert charged == [
        ("T1", "2026-09", "2.167"),
        ("T2", "2026-09", "2.833"),
        ("H1", "2026-09", "2.167"),
        ("H2", "2026-09", "2.833"),
        ("T2", "2026-10", "5.000"),
        ("H2", "2026-10", "5.000"),
        ("T2", "2026-11", ""),
        ("H2", "2026-11", ""),
    ]


def _months(workspace: Path, period: str) -> list[dict[str, str]]:
    options = ("--period", period, "--on", "2099-01-01", "--format", "csv")
    told = command(workspace, "engine", "report", *options).out
    return list(csv.DictReader(io.StringIO(told)))


def _litres(text: str) -> int | None:
    return round(float(text) * 1000) if text else None


def test_a_rerun_of_the_same_files_changes_nothing(engine: Engine, tmp_path: Path) -> None:
    files = write_town(town(30, seed=2), tmp_path)
    first = import_files(engine, "demo", files)
    before = list(engine.versions(Wanted("demo")))
    again = import_files(engine, "demo", files)
    assert (dict(again.accepted), again.problems) == (dict(first.accepted), ())
    assert (dict(first.unchanged), again.unchanged) == ({}, again.accepted)
    assert list(engine.versions(Wanted("demo"))) == before


def test_an_import_says_how_much_of_it_was_there_before(tmp_path: Path) -> None:
    assert command(tmp_path, "init").code == 0
    meters, readings = tmp_path / "m.csv", tmp_path / "r.csv"
    meters.write_text("meter,account,kind,place\n1,9,cold,bath\n2,9,hot,bath\n")
    readings.write_text("meter,period,value\n1,2026-11,5\n2,2026-11,6\n")
    asked = "engine", "import", "--channel", "sms", meters, readings
    assert "Imported: 2 meters, 2 readings." in command(tmp_path, *asked).err
    readings.write_text("meter,period,value\n1,2026-11,5\n2,2026-11,7\n")
    assert (
        "Imported: 2 meters (all as before), 2 readings (1 new or changed, 1 as before)."
        in " ".join(command(tmp_path, *asked).err.split())
    )


def test_a_reading_of_a_strange_meter_without_an_account_says_what_is_missing(
    engine: Engine, tmp_path: Path
) -> None:
    path = tmp_path / "portal.csv"
    path.write_text("meter,period,value\nNOPE,2026-11,5\n")
    (problem,) = import_files(engine, "demo", [path], "portal").problems
    assert (problem.line, problem.column) == (2, "meter")
    assert "knows no meter `NOPE`" in problem.advice
    assert "import the list of meters first" in problem.advice
    path.write_text("meter,account,period,value\nNOPE,77,2026-11,5\n")
    assert dict(import_files(engine, "demo", [path], "portal").accepted) == {"readings": 1}


def test_the_history_of_a_number_that_nobody_knows_is_an_error(tmp_path: Path) -> None:
    assert command(tmp_path, "init").code == 0
    meters = tmp_path / "m.csv"
    numbers = ("40100365", "40100366", "4010036", "40103065", "99999999")
    rows = [f"{number},1000{number[-1]},cold,bath" for number in numbers]
    meters.write_text("\n".join(["meter,account,kind,place", *rows]))
    assert command(tmp_path, "engine", "import", meters).code == 0
    wrong = command(tmp_path, "engine", "history", "--meter", "40100367")
    assert (wrong.code, wrong.out) == (3, "")
    told = " ".join(wrong.err.split())
    assert "knows no meter `40100367`" in told
    assert "Near it are 4010036, 40100365, 40100366." in told
    swapped = command(tmp_path, "engine", "history", "--meter", "40100635")
    assert "Near it are 40100365." in " ".join(swapped.err.split())
    strange = command(tmp_path, "engine", "history", "--account", "x%_")
    assert (strange.code, "knows no account `x%_`" in strange.err) == (3, True)
    assert "Near" not in strange.err
    unread = command(tmp_path, "engine", "history", "--meter", "40100365")
    assert (unread.code, unread.out) == (0, "")
    assert "No reading of it has arrived" in unread.err


def test_rule_two_channels_one_counts_and_the_other_is_kept(engine: Engine) -> None:
    """docs/rules.md: a slip after a portal reading; one reading counts."""
    engine.receive(RECORD)
    portal = replace(RECORD, id="p", channel="portal", value="1.600")
    assert engine.receive(portal).standing is Standing.COUNTS
    engine.receive(replace(RECORD, id="s", channel="sms", value="1.6"))
    assert standings(engine) == {
        "a": Standing.CONTRADICTION,
        "p": Standing.COUNTS,
        "s": Standing.OTHER_CHANNEL,
    }
    engine.receive(replace(portal, version=2, value=None))
    assert standings(engine)["s"] is Standing.COUNTS


def test_rule_two_slips_of_one_meter_the_last_one_counts(engine: Engine) -> None:
    """docs/rules.md: one reading counts."""
    engine.receive(RECORD)
    assert engine.receive(replace(RECORD, id="b", value="1.7")).standing is Standing.COUNTS
    assert standings(engine) == {"a": Standing.DOUBLE, "b": Standing.COUNTS}


def test_rule_the_same_slip_twice_is_there_once(engine: Engine) -> None:
    """docs/rules.md: each version is kept once."""
    first = engine.receive(RECORD)
    assert engine.receive(RECORD) == replace(first, is_new=False)
    assert len(list(engine.versions(Wanted("demo")))) == 1
    with pytest.raises(Differs):
        engine.receive(replace(RECORD, value="9"))


def test_rule_a_late_reading_is_kept_and_does_not_count(tmp_path: Path) -> None:
    """docs/rules.md: early and late."""
    billing = Billing(window=(25, 28))
    settings = EngineSettings(organisations={"demo": billing})
    engine = open_engine(tmp_path / "own.sqlite", settings, Rules())
    assert engine.receive(replace(RECORD, date="2026-11-29")).standing is Standing.LATE
    assert engine.receive(replace(RECORD, id="b", date=None)).standing is Standing.COUNTS
    early = replace(RECORD, id="c", channel="portal", date="2026-11-24")
    assert engine.receive(early).standing is Standing.COUNTS
    marks = {one.arrival.record.id: one.early for one in engine.standings(Wanted("demo"))}
    assert marks == {"a": False, "b": False, "c": True}
    other = replace(RECORD, organisation="other", date="2026-11-29")
    assert engine.receive(other).standing is Standing.COUNTS
    engine.close()


def test_versions_may_come_in_any_order(engine: Engine) -> None:
    engine.receive(replace(RECORD, version=2, value="1.600"))
    assert engine.receive(RECORD).standing is Standing.OUTDATED
    (one,) = engine.standings(Wanted("demo", meter="2"))
    assert one.arrival.record.version == 2


def test_organisations_see_nothing_of_each_other(engine: Engine) -> None:
    engine.receive(RECORD)
    engine.receive(replace(RECORD, organisation="other", value="7"))
    assert standings(engine) == standings(engine, "other") == {"a": Standing.COUNTS}
    assert list(engine.versions(Wanted("third"))) == []


def test_a_reading_of_a_strange_meter_is_kept_and_listed(engine: Engine) -> None:
    engine.put_meters("demo", [Meter("9", "1", "cold", "kitchen")])
    assert engine.receive(RECORD).standing is Standing.UNKNOWN_METER
    assert standings(engine) == {"a": Standing.UNKNOWN_METER}
    engine.put_meters("demo", [Meter("2", "1", "cold", "bath")])
    assert standings(engine) == {"a": Standing.COUNTS}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"value": "1,5"}, "value"),
        ({"value": "-1"}, "value"),
        ({"period": "2026-13"}, "period"),
        ({"channel": "pigeon"}, "channel"),
        ({"version": 0}, "version"),
        ({"meter": ""}, "meter"),
        ({"date": "27.11.2026"}, "date"),
    ],
)
def test_what_is_no_reading_is_refused_without_telling_its_value(
    engine: Engine, change: dict[str, object], told: str
) -> None:
    with pytest.raises(InputError) as caught:
        engine.receive(replace(RECORD, **change))  # type: ignore[arg-type]
    assert str(caught.value).startswith(told)
    assert "1,5" not in str(caught.value)


def test_a_file_without_ids_is_corrected_by_the_next_one(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "portal.csv"
    engine.put_meters("demo", [Meter("2", "1", "cold", "bath")])
    for value in ("5.000", "5.000", "6.000"):
        path.write_text(f"meter,period,value\n2,2026-11,{value}\n")
        assert import_files(engine, "demo", [path], "portal").problems == ()
    found = [(one.record.version, one.record.value) for one in engine.versions(Wanted("demo"))]
    assert found == [(1, "5.000"), (2, "6.000")]


def test_bad_rows_are_told_with_their_line_and_the_rest_goes_in(
    engine: Engine, tmp_path: Path
) -> None:
    engine.put_meters("demo", [Meter("2", "1", "cold", "bath")])
    path = tmp_path / "rows.csv"
    lines = ["meter,period,value,channel", "2,2026-11,1.5,sms", "3,2026-11,1.5,sms"]
    lines += ["2,2026-11,1.5,pigeon", '2,2026-11,"1.5,sms', "2,2026-10,1.5,sms"]
    path.write_text("\n".join(lines))
    report = import_files(engine, "demo", [path])
    assert dict(report.accepted) == {"readings": 2}
    assert [(one.line, one.column) for one in report.problems] == [
        (5, ""),
        (3, "meter"),
        (4, "channel"),
    ]


def test_a_token_is_shown_once_and_kept_as_a_digest(engine: Engine, tmp_path: Path) -> None:
    id, text = engine.add_token(Token(0, "intake", "demo", "paper", Scope.WRITE))
    found = engine.token(text)
    assert found == Token(id, "intake", "demo", "paper", Scope.WRITE)
    assert engine.token(text + "x") is None
    for file in tmp_path.iterdir():
        assert text.encode() not in file.read_bytes()
    engine.revoke_token(id)
    assert engine.token(text) is None
    with pytest.raises(InputError, match="no token"):
        engine.revoke_token(id)
    with pytest.raises(InputError, match="--channel"):
        engine.add_token(Token(0, "x", "demo", None, Scope.WRITE))
