"""Delivery: each version of each reading goes out once, whatever dies in between."""

from __future__ import annotations

import csv
import json
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import results
from intake.deliver import deliver
from intake.errors import InputError, UsageError
from intake.queue import Queue
from intake.records import Correction, Meter, PastReading, Reason
from intake.store import Outgoing, Store, create_store
from results import ACCEPTED, REFUSED, REVIEW, slip

if TYPE_CHECKING:
    from intake.records import FormResult


@pytest.fixture
def out(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


save = partial(results.save, organisation="demo")


def export(store: Store, out: Path) -> list[dict[str, Any]]:
    """The records that one export writes."""
    delivery = deliver(store, out, "jsonl")
    if delivery.path is None:
        return []
    return [json.loads(line) for line in delivery.path.read_text().splitlines()]


def decide(store: Store, name: str, value: str | None, decision: Any = ACCEPTED) -> None:
    """Decides on the field called `name` of the newest form."""
    items = [store.waiting.item(number) for number in range(1, 100)]
    item = [item for item in items if item is not None and item.field == name][-1]
    Queue(store, "anna").decide(Correction(item.id, item.version, "anna", decision, value))


def test_an_accepted_reading_goes_out_as_a_decimal_string(store: Store, out: Path) -> None:
    save(store, slip())
    (record,) = export(store, out)
    assert record["value"] == "123.456"
    assert (record["organisation"], record["account"], record["meter"]) == (
        "demo",
        "10000001",
        "20000001",
    )
    assert (record["date"], record["channel"], record["version"]) == ("2026-11-27", "paper", 1)
    assert (record["verification"], record["confidence"]) == ("straight_through", 0.99)
    assert store.totals().forms_finished == 1


def test_how_it_was_verified_is_told(store: Store, out: Path) -> None:
    save(store, slip(reasons=(Reason.PROVISIONAL,)), name="a.pdf")
    save(store, slip(account="2", meter="22", decision=REVIEW, digest="d2"), name="b.pdf")
    decide(store, "cold.reading", "00000007")
    told = {record["verification"]: record for record in export(store, out)}
    assert set(told) == {"provisional", "person"}
    assert (told["person"]["value"], told["person"]["confidence"]) == ("0.007", 1.0)


def test_exporting_twice_sends_nothing_twice(store: Store, out: Path) -> None:
    save(store, slip())
    assert len(export(store, out)) == 1
    assert export(store, out) == []
    assert len(list(out.iterdir())) == 1


def test_the_id_is_the_same_in_every_store(store: Store, out: Path, tmp_path: Path) -> None:
    other = create_store(tmp_path / "other.db")
    save(store, slip())
    save(other, slip(2), name="z.pdf")
    assert export(store, out)[0]["id"] == export(other, out / "x.jsonl")[0]["id"]
    other.close()


@pytest.mark.parametrize(
    "form",
    [
        slip(decision=REVIEW),
        slip(account_decision=REVIEW),
        slip(meter_decision=REVIEW),
        slip(period=None),
        slip(account=None, period=None, specimen=True),
    ],
)
def test_what_is_not_sure_stays(store: Store, out: Path, form: FormResult) -> None:
    save(store, form)
    assert export(store, out) == []
    assert store.totals().forms_waiting == 1


def test_readings_that_cannot_go_out_are_counted(store: Store, out: Path) -> None:
    save(store, slip(period=None))
    assert deliver(store, out, "csv").held == 1


def test_the_registry_names_the_meter_where_the_form_does_not(store: Store, out: Path) -> None:
    form = slip()
    nameless = type(form)(
        **{name: getattr(form, name) for name in form.__slots__ if name != "fields"},
        fields=tuple(field for field in form.fields if field.name != "cold.meter"),
    )
    save(store, nameless)
    assert export(store, out) == []
    store.put_meters("demo", [Meter("33", "10000001", "cold", "cold")])
    (record,) = export(store, out)
    assert record["meter"] == "33"


def test_a_replaced_meter_is_not_meant(store: Store, out: Path) -> None:
    old = Meter("32", "10000001", "cold", "cold", removed="2026-01-31")
    store.put_meters("demo", [old, Meter("33", "10000001", "cold", "cold")])
    form = slip(meter="33")
    save(store, form)
    assert [record["meter"] for record in export(store, out)] == ["33"]


def test_a_correction_goes_out_as_the_next_version(store: Store, out: Path) -> None:
    save(store, slip())
    (first,) = export(store, out)
    decide(store, "cold.reading", "00123999")
    (second,) = export(store, out)
    assert (second["id"], second["version"]) == (first["id"], 2)
    assert (second["value"], second["reason"]) == ("123.999", "corrected")


def test_a_refusal_after_export_withdraws_the_reading(store: Store, out: Path) -> None:
    save(store, slip())
    (first,) = export(store, out)
    decide(store, "cold.reading", None, REFUSED)
    (second,) = export(store, out)
    assert (second["id"], second["version"], second["value"]) == (first["id"], 2, None)
    assert second["reason"] == "withdrawn"
    assert export(store, out) == []


def test_a_corrected_meter_withdraws_the_reading_from_the_wrong_one(
    store: Store, out: Path
) -> None:
    save(store, slip())
    (first,) = export(store, out)
    decide(store, "cold.meter", "20000099")
    withdrawn, right = sorted(export(store, out), key=lambda record: record["value"] or "")
    assert (withdrawn["id"], withdrawn["value"]) == (first["id"], None)
    assert (right["meter"], right["value"], right["version"]) == ("20000099", "123.456", 1)


def test_a_reading_moved_between_meters_is_at_one_of_them(store: Store, out: Path) -> None:
    save(store, slip())
    held: dict[str, tuple[str, str | None]] = {}
    for meter in ("20000001", "20000002", "20000003", "20000001", "20000001"):
        decide(store, "cold.meter", meter)
        for record in export(store, out):
            held[record["id"]] = (record["meter"], record["value"])
        live = [(number, value) for number, value in held.values() if value is not None]
        assert live == [(meter, "123.456")]
    assert export(store, out) == []


def test_a_later_date_goes_out_as_the_next_version(store: Store, out: Path) -> None:
    save(store, slip(day=REVIEW))
    assert export(store, out)[0]["date"] is None
    decide(store, "date", "2026-11-25")
    (second,) = export(store, out)
    assert (second["date"], second["version"]) == ("2026-11-25", 2)


def test_of_two_slips_for_a_month_the_one_a_person_accepts_counts(store: Store, out: Path) -> None:
    """docs/rules.md: duplicate slip."""
    save(store, slip(), name="a.pdf")
    save(store, slip(reading="00123500", digest="d2"), name="b.pdf")
    decide(store, "account", "10000001")
    decide(store, "cold.meter", "20000001")
    decide(store, "cold.reading", "00123500")
    (record,) = export(store, out)
    assert (record["value"], record["verification"]) == ("123.500", "person")
    assert store.totals().forms_finished == 2


def test_a_second_slip_after_export_withdraws_the_first(store: Store, out: Path) -> None:
    """docs/rules.md: duplicate slip."""
    save(store, slip(), name="a.pdf")
    (first,) = export(store, out)
    save(store, slip(reading="00123500", digest="d2"), name="b.pdf")
    decide(store, "account", "10000001")
    decide(store, "cold.meter", "20000001")
    decide(store, "cold.reading", "00123500")
    sent = {record["value"]: record for record in export(store, out)}
    assert set(sent) == {None, "123.500"}
    assert (sent[None]["id"], sent[None]["reason"]) == (first["id"], "superseded")


def test_a_second_slip_with_the_same_value_sends_nothing(store: Store, out: Path) -> None:
    """docs/rules.md: duplicate slip."""
    save(store, slip(), name="a.pdf")
    export(store, out)
    save(store, slip(digest="d2"), name="b.pdf")
    decide(store, "account", "10000001")
    decide(store, "cold.meter", "20000001")
    decide(store, "cold.reading", "00123456")
    assert export(store, out) == []
    assert store.totals().forms_finished == 2


def test_taking_back_the_second_slip_lets_the_first_count_again(store: Store, out: Path) -> None:
    """docs/rules.md: duplicate slip."""
    save(store, slip(), name="a.pdf")
    save(store, slip(reading="00123500", digest="d2"), name="b.pdf")
    decide(store, "cold.meter", "20000001")
    decide(store, "cold.reading", "00123500")
    Queue(store, "anna").undo()
    assert [record["value"] for record in export(store, out)] == ["123.456"]


def test_an_existing_file_is_never_written_over(store: Store, tmp_path: Path) -> None:
    save(store, slip())
    path = tmp_path / "mine.csv"
    path.write_text("mine")
    with pytest.raises(InputError, match="already"):
        deliver(store, path, "csv")
    assert path.read_text() == "mine"
    assert store.outgoing.open_deliveries() == []


def test_an_unknown_format_is_refused_before_anything_happens(store: Store, out: Path) -> None:
    save(store, slip())
    with pytest.raises(UsageError, match="csv, jsonl"):
        deliver(store, out, "papyrus")
    assert store.outgoing.open_deliveries() == []


def _power_cut(*_: object) -> None:
    raise RuntimeError("power cut")


@pytest.mark.parametrize("step", ["delivery_records", "close_delivery"])
def test_a_delivery_cut_short_is_repeated_as_it_was(
    store: Store, out: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    save(store, slip(), name="a.pdf")
    with monkeypatch.context() as patch:
        patch.setattr(Outgoing, step, _power_cut)
        with pytest.raises(RuntimeError):
            deliver(store, out, "jsonl")
    assert store.totals().forms_finished == 0
    decide(store, "cold.reading", "00999999")
    again = deliver(store, out, "jsonl")
    (repaired,) = again.earlier.files
    assert repaired.name == "readings-000001.jsonl"
    assert json.loads(repaired.read_text())["value"] == "123.456"
    assert again.path is not None
    corrected = json.loads(again.path.read_text())
    assert (corrected["value"], corrected["version"]) == ("999.999", 2)
    assert sorted(path.name for path in out.iterdir()) == [
        "readings-000001.jsonl",
        "readings-000002.jsonl",
    ]


def test_a_folder_that_is_gone_is_made_again_for_what_was_cut_short(
    store: Store, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(store, slip())
    with monkeypatch.context() as patch:
        patch.setattr(Outgoing, "delivery_records", _power_cut)
        with pytest.raises(RuntimeError):
            deliver(store, out, "csv")
    out.rmdir()
    assert deliver(store, out.parent, "csv").earlier.files == (out / "readings-000001.csv",)


def test_a_place_that_cannot_be_written_is_named_and_the_delivery_stays_open(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(store, slip())

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", full)
        with pytest.raises(InputError, match="No space left"):
            deliver(store, tmp_path / "out.csv", "csv")
    assert [path.name for path in tmp_path.glob(".new-*")] == []
    again = deliver(store, tmp_path / "later.csv", "csv")
    assert again.earlier.files == (tmp_path / "out.csv",)
    rows = csv.DictReader((tmp_path / "out.csv").read_text().splitlines())
    assert [row["value"] for row in rows] == ["123.456"]


def past(store: Store, meter: str = "20000001") -> list[tuple[str, str]]:
    """Months and values that are known of a meter of the account, newest first."""
    known = store.registry("demo").histories("10000001").get((meter, "main"), ())
    return [(one.period, one.value) for one in known]


@pytest.fixture
def metered(store: Store) -> Store:
    meters = [Meter(f"2000000{n}", "10000001", "cold", "cold") for n in (1, 2)]
    store.put_meters("demo", meters)
    return store


def test_what_went_out_is_the_past_of_its_meter(metered: Store, out: Path) -> None:
    save(metered, slip())
    assert past(metered) == []
    export(metered, out)
    assert past(metered) == [("2026-11", "123.456")]


def test_a_correction_changes_the_past_and_a_recall_takes_it_away(
    metered: Store, out: Path
) -> None:
    save(metered, slip())
    export(metered, out)
    decide(metered, "cold.reading", "00123457")
    export(metered, out)
    assert past(metered) == [("2026-11", "123.457")]
    decide(metered, "cold.reading", None, REFUSED)
    export(metered, out)
    assert past(metered) == []


def test_a_reading_that_moved_to_another_meter_is_the_past_of_that_one(
    metered: Store, out: Path
) -> None:
    save(metered, slip())
    export(metered, out)
    decide(metered, "cold.meter", "20000002")
    export(metered, out)
    assert (past(metered), past(metered, "20000002")) == ([], [("2026-11", "123.456")])


def test_what_the_company_imports_takes_the_place_of_what_went_out(
    metered: Store, out: Path
) -> None:
    save(metered, slip())
    export(metered, out)
    told = PastReading("20000001", "main", "2026-11", "124.000", "paper")
    metered.put_readings("demo", [told])
    decide(metered, "cold.reading", None, REFUSED)
    export(metered, out)
    assert past(metered) == [("2026-11", "124.000")]
