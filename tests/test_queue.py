"""The review queue: decisions are checked, kept as events, and never overwritten."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from intake.deliver import deliver
from intake.errors import InputError, StaleDecision
from intake.queue import Queue, fault
from intake.records import Account, Correction, Decision, Kind, Meter, Reason, Waiting
from intake.store import create_store, open_store
from results import ACCEPTED, BLANK, REFUSED, REVIEW, save, slip

if TYPE_CHECKING:
    from pathlib import Path

    from intake.records import FormResult, QueueItem
    from intake.store import Store


@pytest.fixture
def anna(store: Store) -> Queue:
    return Queue(store, "anna")


def by_name(store: Store, name: str) -> QueueItem:
    """The field of the newest form that is called `name`."""
    items = (store.waiting.item(number) for number in range(1, 200))
    return [item for item in items if item is not None and item.field == name][-1]


def accept(queue: Queue, item: QueueItem, value: str) -> QueueItem:
    return queue.decide(Correction(item.id, item.version, queue.who, ACCEPTED, value))


def in_a_free_box(form: FormResult) -> FormResult:
    fields = (replace(f, cells=0) if f.name == "cold.reading" else f for f in form.fields)
    return replace(form, fields=tuple(fields))


def test_what_waits_comes_oldest_month_first(store: Store, anna: Queue) -> None:
    save(store, slip(decision=REVIEW, period="2026-11"), name="new.pdf")
    older = slip(decision=REVIEW, period="2026-10", digest="d2")
    save(store, older, name="old.pdf")
    assert anna.count() == 2
    assert [item.file for item in anna.items(10)] == ["old.pdf", "new.pdf"]
    assert len(anna.items(1)) == 1


def test_what_waits_is_found_by_what_it_is_about(store: Store, anna: Queue) -> None:
    save(store, slip(decision=REVIEW, reasons=(Reason.STRUCK_OUT,)), name="a.pdf")
    other = slip(account="10000002", day=REVIEW, meter="20000002", period="2026-12", digest="d2")
    save(store, other, name="b.pdf")
    struck = Waiting(reason=Reason.STRUCK_OUT)
    assert [item.field for item in anna.items(9, struck)] == ["cold.reading"]
    assert [item.field for item in anna.items(9, Waiting(field="reading"))] == ["cold.reading"]
    assert [item.field for item in anna.items(9, Waiting(field="date"))] == ["date"]
    assert anna.count(Waiting(account="10000002")) == 1
    assert anna.count(Waiting(period="2026-12", template="water-slip", batch=2)) == 1
    assert anna.count(Waiting(template="other")) == 0
    assert anna.count(Waiting(field="ading")) == 0


def test_an_item_tells_all_that_a_person_needs(store: Store, anna: Queue) -> None:
    store.put_meters("default", [Meter("20000001", "10000001", "cold", "cold")])
    save(store, slip(decision=REVIEW, reasons=(Reason.LOW_CONFIDENCE,)))
    (item,) = anna.items(9)
    assert (item.account, item.meter, item.register) == ("10000001", "20000001", "main")
    assert (item.period, item.cells, item.decimals, item.unit) == ("2026-11", 8, 3, "m3")
    assert item.candidates[0].value == "00123456"
    assert item.reasons == (Reason.LOW_CONFIDENCE,)
    assert [field.field for field in anna.form(item.id)][-1] == "date"


def test_a_decision_is_kept_with_who_and_what_was_before(store: Store, anna: Queue) -> None:
    save(store, slip(decision=REVIEW, reasons=(Reason.OVERWRITTEN,)))
    (item,) = anna.items(1)
    correction = Correction(item.id, 1, "anna", ACCEPTED, "00123450", 4.5, 2, "clear")
    after = anna.decide(correction)
    assert (after.decision, after.value, after.version) == (ACCEPTED, "00123450", 2)
    assert anna.count() == 0
    (event,) = store.history(item.id)
    assert (event["who"], event["seconds"], event["tries"], event["why"]) == (
        "anna",
        4.5,
        2,
        "clear",
    )
    assert event["before"]["reasons"] == ["overwritten"]
    assert event["after"]["value"] == "00123450"


def test_a_decision_on_an_old_version_changes_nothing(store: Store, anna: Queue) -> None:
    save(store, slip(decision=REVIEW))
    (seen,) = anna.items(1)
    accept(Queue(store, "boris"), seen, "00000001")
    with pytest.raises(StaleDecision, match="boris"):
        accept(anna, seen, "00000002")
    assert anna.item(seen.id).value == "00000001"
    assert [event["what"] for event in store.history(seen.id)] == ["decided", "late"]
    assert anna.undo() is None


def test_undo_is_an_event_and_works_after_a_restart(tmp_path: Path) -> None:
    store = create_store(tmp_path / "x.db")
    save(store, slip(decision=REVIEW, reasons=(Reason.STRUCK_OUT,)))
    anna = Queue(store, "anna")
    accept(anna, anna.items(1)[0], "00000001")
    store.close()
    store = open_store(tmp_path / "x.db")
    undone = Queue(store, "anna").undo()
    assert undone is not None
    assert (undone.decision, undone.reasons, undone.version) == (REVIEW, (Reason.STRUCK_OUT,), 3)
    assert [event["what"] for event in store.history(undone.id)] == ["decided", "undone"]
    assert Queue(store, "anna").undo() is None
    store.close()


def test_undo_goes_back_step_by_step(store: Store, anna: Queue) -> None:
    save(store, slip(decision=REVIEW))
    item = anna.items(1)[0]
    accept(anna, accept(anna, item, "1"), "2")
    first, second = anna.undo(), anna.undo()
    assert first is not None
    assert second is not None
    assert (first.value, second.decision) == ("1", REVIEW)


def test_nobody_undoes_what_somebody_else_decided(store: Store, anna: Queue) -> None:
    save(store, slip(decision=REVIEW))
    item = accept(anna, anna.items(1)[0], "1")
    boris = Queue(store, "boris")
    assert boris.undo() is None
    accept(boris, item, "2")
    assert anna.undo() is None
    assert anna.item(item.id).value == "2"


def test_what_was_exported_is_not_undone(store: Store, anna: Queue, tmp_path: Path) -> None:
    save(store, slip(decision=REVIEW, day=REVIEW))
    accept(anna, anna.items(1)[0], "1")
    deliver(store, tmp_path, "csv")
    assert anna.undo() is None
    accept(anna, anna.items(1)[0], "2026-11-26")
    undone = anna.undo()
    assert undone is not None
    assert undone.field == "date"


@pytest.mark.parametrize("decision", [BLANK, REFUSED])
def test_blank_and_refused_end_the_waiting(store: Store, anna: Queue, decision: Decision) -> None:
    save(store, slip(decision=REVIEW))
    (item,) = anna.items(1)
    assert anna.decide(Correction(item.id, 1, "anna", decision)).value is None
    totals = store.totals()
    assert (totals.review, totals.forms_waiting, totals.forms_finished) == (0, 0, 1)


def test_a_refused_meter_number_holds_its_reading_until_undone(store: Store, anna: Queue) -> None:
    """docs/rules.md: a reading without its meter."""
    save(store, slip(meter_decision=REVIEW))
    (meter,) = anna.items(9)
    anna.decide(Correction(meter.id, 1, "anna", REFUSED))
    (reading,) = anna.items(9)
    assert (reading.field, reading.reasons) == ("cold.reading", (Reason.MISSING_VALUE,))
    anna.undo()
    assert [item.field for item in anna.items(9)] == ["cold.meter"]
    assert by_name(store, "cold.reading").decision is ACCEPTED


def test_a_corrected_account_moves_the_form(store: Store, anna: Queue) -> None:
    save(store, slip(account_decision=REVIEW))
    accept(anna, anna.items(1)[0], "10000009")
    assert {row.form for row in store.results(account="10000009")} == {1}
    assert list(store.results(account="10000001")) == []
    anna.undo()
    assert list(store.results(account="10000009")) == []


def test_numbers_that_the_registry_does_not_know_are_not_accepted(
    store: Store, anna: Queue
) -> None:
    store.put_accounts("default", [Account("10000001")])
    store.put_meters("default", [Meter("20000001", "10000001", "cold", "cold")])
    save(store, slip(account_decision=REVIEW, meter_decision=REVIEW))
    account, meter = anna.items(9)
    with pytest.raises(InputError, match="no account 77"):
        accept(anna, account, "77")
    with pytest.raises(InputError, match="It has: 20000001"):
        accept(anna, meter, "20000002")
    assert accept(anna, account, "10000001").decision is ACCEPTED


def test_a_code_that_a_person_types_says_whose_form_it_is(store: Store, anna: Queue) -> None:
    """docs/rules.md: an unreadable code."""
    store.put_accounts("default", [Account("10000001")])
    unread = slip(account=None, period=None, code=REVIEW, account_decision=REVIEW)
    save(store, unread)
    code, account = anna.items(9)
    with pytest.raises(InputError, match="water-slip/1/"):
        accept(anna, code, "electricity/1/10000001/2026-11")
    with pytest.raises(InputError, match="no account 77"):
        accept(anna, code, "water-slip/1/77/2026-11")
    accept(anna, code, "water-slip/1/10000001/2026-11")
    anna.decide(Correction(account.id, 1, "anna", REFUSED))
    item = by_name(store, "cold.reading")
    assert (item.account, item.period, item.decision) == ("10000001", "2026-11", ACCEPTED)
    anna.undo()
    anna.undo()
    item = by_name(store, "cold.reading")
    assert (item.account, item.period) == (None, None)


def test_a_refused_account_holds_the_readings_of_a_form_without_code(
    store: Store, anna: Queue
) -> None:
    """docs/rules.md: a reading without its meter."""
    save(store, slip(account=None, code=REFUSED, account_decision=REVIEW))
    anna.decide(Correction(anna.items(1)[0].id, 1, "anna", REFUSED))
    (reading,) = anna.items(9)
    assert (reading.field, reading.reasons) == ("cold.reading", (Reason.MISSING_VALUE,))


def test_a_corrected_meter_that_has_another_value_already_waits(store: Store, anna: Queue) -> None:
    """docs/rules.md: one meter, two forms."""
    save(store, slip(), name="a.pdf")
    other = slip(account="10000002", meter="20000009", reading="00000007", digest="d2")
    save(store, other, name="b.pdf")
    accept(anna, by_name(store, "cold.meter"), "20000001")
    (item,) = anna.items(9)
    assert (item.file, item.field) == ("b.pdf", "cold.reading")
    assert item.reasons == (Reason.CHANNEL_CONFLICT,)
    anna.undo()
    assert anna.items(9) == []
    assert by_name(store, "cold.reading").value == "00000007"


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("cold.reading", "12.5", "digits only"),
        ("cold.reading", "1 2", "digits only"),
        ("cold.reading", "\u0661\u0662", "digits only"),
        ("cold.reading", "123456789", "at most 8 digits"),
        ("cold.reading", "", "mark the field blank"),
        ("cold.reading", None, "mark the field blank"),
        ("cold.replaced", "yes", "tick box"),
        ("date", "26.11.2026", "YYYY-MM-DD"),
        ("date", "2026-02-30", "YYYY-MM-DD"),
        ("date", "20261126", "YYYY-MM-DD"),
        ("account", "a\x1b[0m", "printable"),
        ("account", "x" * 65, "at most 64"),
    ],
)
def test_a_value_that_cannot_be_meant_is_told_what_would_be_right(
    store: Store, anna: Queue, field: str, value: str | None, sentence: str
) -> None:
    save(store, slip())
    item = by_name(store, field)
    with pytest.raises(InputError, match=sentence):
        anna.decide(Correction(item.id, item.version, "anna", ACCEPTED, value))
    assert store.history(item.id) == []


@pytest.mark.parametrize("typed", ["5332.9", "5332,9", "5332,900", "5332900"])
def test_a_box_without_cells_takes_a_decimal_mark(store: Store, anna: Queue, typed: str) -> None:
    save(store, in_a_free_box(slip(decision=REVIEW)))
    (item,) = anna.items(1)
    assert accept(anna, item, typed).value == "5332900"


def test_two_people_who_key_the_same_number_agree_with_or_without_its_mark(store: Store) -> None:
    save(store, in_a_free_box(slip(decision=REVIEW)))
    answers = [("anna", "5332,9"), ("berta", "5332900")]
    for who, typed in answers:
        queue = Queue(store, who)
        (item,) = queue.take_blind(1)
        queue.key(Correction(item.id, item.version, who, ACCEPTED, typed))
        queue.give_back()
    assert by_name(store, "cold.reading").value == "5332900"


@pytest.mark.parametrize("typed", ["5332,9001", "53,32,9", ",9", "5332;9"])
def test_a_mark_that_cannot_be_is_told_with_what_would_be_right(
    store: Store, anna: Queue, typed: str
) -> None:
    save(store, in_a_free_box(slip(decision=REVIEW)))
    (item,) = anna.items(1)
    with pytest.raises(InputError, match=r"at most 3 after the decimal mark, such as 123\.444"):
        accept(anna, item, typed)


def test_a_blank_with_a_value_and_a_decision_to_review_are_refused(
    store: Store, anna: Queue
) -> None:
    save(store, slip(decision=REVIEW))
    (item,) = anna.items(1)
    assert "no value" in str(fault(item, BLANK, "1"))
    assert "blank or refuse" in str(fault(item, REVIEW, None))
    assert fault(item, ACCEPTED, "00000001") is None
    assert item.kind is Kind.HANDWRITTEN


def test_an_item_that_is_not_there_is_named(anna: Queue) -> None:
    with pytest.raises(InputError, match="no queue item 99"):
        anna.item(99)
    with pytest.raises(InputError, match="no queue item 99"):
        anna.decide(Correction(99, 1, "anna", BLANK))
