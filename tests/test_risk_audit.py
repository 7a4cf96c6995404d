"""The audit of what was accepted unseen: who keys what, what is true then, and what follows."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import pytest

import results
from intake.deliver import deliver
from intake.errors import InputError, StaleDecision
from intake.queue import Queue
from intake.records import Correction, Decision, FieldThreshold, Kind, Reason
from intake.store import open_store
from results import ACCEPTED, BLANK, REFUSED, REVIEW, slip

if TYPE_CHECKING:
    from pathlib import Path

    from intake.records import Keyed, QueueItem
    from intake.store import Store


save = partial(results.save, organisation="demo")


def town(store: Store, count: int = 6, value: str = "00123456") -> None:
    """So many accounts, each with one accepted reading of one month and an empty date."""
    for number in range(count):
        form = slip(
            account=f"1000000{number}",
            meter=f"2000000{number}",
            reading=value,
            digest=f"d{number}",
        )
        kept = tuple(one for one in form.fields if one.name != "date")
        save(store, replace(form, fields=kept), name=f"{number}.pdf")


def key(queue: Queue, item: QueueItem, value: str | None) -> Keyed:
    decision = BLANK if value is None else ACCEPTED
    return queue.key(Correction(item.id, item.version, queue.who, decision, value, seconds=2.0))


@pytest.fixture
def people(store: Store) -> tuple[Queue, Queue, Queue]:
    return Queue(store, "anna"), Queue(store, "berta"), Queue(store, "zane")


def test_the_sample_is_as_large_as_asked_for_and_stays_the_same(store: Store) -> None:
    town(store)
    store.trust.draw_audit("demo", 4)
    first = {item.id for item in Queue(store, "anna").take_blind(99)}
    store.trust.draw_audit("demo", 4)
    assert len(first) == 4
    assert {item.id for item in Queue(store, "anna").take_blind(99)} == first
    store.trust.draw_audit("demo", 99)
    (tally,) = store.trust.audit_standing("demo")
    assert (tally.period, tally.accepted, tally.drawn, tally.settled) == ("2026-11", 6, 6, 0)
    store.trust.draw_audit("demo", 0)
    assert Queue(store, "anna").take_blind(99) == []


def test_what_is_keyed_stays_in_the_sample(store: Store, people: tuple[Queue, ...]) -> None:
    town(store)
    store.trust.draw_audit("demo", 6)
    item = people[0].take_blind(1)[0]
    key(people[0], item, "00123456")
    store.trust.draw_audit("demo", 0)
    assert [one.id for one in people[1].take_blind(99)] == [item.id]


def test_nothing_of_the_machine_is_shown(store: Store, people: tuple[Queue, ...]) -> None:
    town(store, 2)
    store.trust.draw_audit("demo", 9)
    save(store, slip(account="10000009", meter="20000009", decision=REVIEW, digest="o",
                     reasons=(Reason.STRUCK_OUT,)), name="o.pdf")  # fmt: skip
    items = people[0].take_blind(9)
    assert len(items) == people[0].count_blind() == 3
    for item in items:
        assert item.blind
        assert (item.candidates, item.reasons, item.previous) == ((), (), ())
        assert (item.decision, item.value, item.doubtful_cells) == (REVIEW, None, ())
        assert item.kind is Kind.HANDWRITTEN
        assert item.crop is not None


def test_two_who_agree_settle_it_and_nobody_keys_twice(
    store: Store, people: tuple[Queue, ...]
) -> None:
    town(store, 1)
    store.trust.draw_audit("demo", 9)
    anna, berta, zane = people
    (item,) = anna.take_blind(9)
    assert berta.take_blind(9) == []
    assert not key(anna, item, "00123456").settled
    assert anna.take_blind(9) == []
    with pytest.raises(InputError, match="somebody else"):
        key(anna, item, "00123456")
    (same,) = berta.take_blind(9)
    assert key(berta, same, "00123456").settled
    assert zane.take_blind(9) == []
    with pytest.raises(StaleDecision, match="settled"):
        key(zane, same, "00123456")
    (label,) = store.trust.labelled("demo")
    assert (label.right, label.audited, label.writer) == (True, True, "10000000")
    assert [event["what"] for event in store.history(item.id)] == ["confirmed"]
    assert anna.item(item.id).version == item.version


def test_what_somebody_holds_nobody_else_keys(store: Store, people: tuple[Queue, ...]) -> None:
    town(store, 1)
    store.trust.draw_audit("demo", 9)
    (item,) = people[0].take_blind(9)
    with pytest.raises(StaleDecision, match="anna works"):
        key(people[1], item, "00123456")


def test_a_third_settles_a_difference(store: Store, people: tuple[Queue, ...]) -> None:
    town(store, 1)
    store.trust.draw_audit("demo", 9)
    anna, berta, zane = people
    (item,) = anna.take_blind(9)
    key(anna, item, "00123456")
    differs = key(berta, item, "00123451")
    assert (differs.settled, differs.needs_third) == (False, True)
    (third,) = zane.take_blind(9)
    assert key(zane, third, "00123456").settled
    assert store.trust.labelled("demo")[0].right


def test_a_keying_is_taken_back_until_it_settles_something(
    store: Store, people: tuple[Queue, ...]
) -> None:
    town(store, 1)
    store.trust.draw_audit("demo", 9)
    anna, berta, _ = people
    (item,) = anna.take_blind(9)
    key(anna, item, "00123450")
    back = anna.take_back_keying()
    assert back is not None
    assert (back.id, back.blind, back.value) == (item.id, True, None)
    key(anna, item, "00123456")
    key(berta, item, "00123456")
    assert anna.take_back_keying() is None
    assert store.trust.labelled("demo")[0].right


def test_an_error_is_mended_and_what_is_like_it_is_looked_at_again(
    store: Store, people: tuple[Queue, ...]
) -> None:
    town(store, 3, "00123457")
    other = slip(account="10000008", meter="20000008", reading="00123456", digest="x")
    save(store, other, name="x.pdf")
    store.trust.draw_audit("demo", 99)
    anna, berta, _ = people
    item = next(one for one in anna.take_blind(99) if one.account == "10000001")
    key(anna, item, "00123451")
    assert key(berta, item, "00123451").settled

    now = anna.item(item.id)
    assert (now.decision, now.value) == (ACCEPTED, "00123451")
    assert [event["what"] for event in store.history(item.id)] == ["audited"]
    waiting = anna.items(99)
    assert {one.account for one in waiting} == {"10000000", "10000002"}
    assert all(one.reasons == (Reason.LIKE_AN_ERROR,) for one in waiting)
    (tally,) = store.trust.audit_standing("demo")
    assert (tally.settled, tally.wrong) == (1, 1)
    assert not store.trust.labelled("demo")[0].right
    assert store.totals().balanced


def test_what_has_gone_out_is_marked_for_recall(
    store: Store, people: tuple[Queue, ...], tmp_path: Path
) -> None:
    town(store, 3, "00123457")
    deliver(store, tmp_path, "csv")
    town_of_two = slip(account="10000007", meter="20000007", reading="00999997", digest="late")
    save(store, town_of_two, name="late.pdf")
    store.trust.draw_audit("demo", 99)
    anna, berta, _ = people
    item = next(one for one in anna.take_blind(99) if one.account == "10000001")
    key(anna, item, "00123451")
    key(berta, item, "00123451")
    marked = {anna.item(field).account for field in store.trust.to_recall()}
    assert marked == {"10000000", "10000002"}
    sent = deliver(store, tmp_path, "csv").path
    assert sent is not None
    assert "123.451" in sent.read_text()
    for one in anna.items(9):
        anna.decide(Correction(one.id, one.version, "anna", ACCEPTED, "00123457"))
    assert store.trust.to_recall() == []


def test_what_nobody_can_read_was_wrong_to_accept(store: Store, people: tuple[Queue, ...]) -> None:
    town(store, 1)
    store.trust.draw_audit("demo", 9)
    for person in people[:2]:
        (item,) = person.take_blind(9)
        person.key(Correction(item.id, item.version, person.who, REFUSED))
    assert people[0].item(item.id).decision is REFUSED
    assert not store.trust.labelled("demo")[0].right


def test_an_ordinary_item_keyed_blind_is_decided(store: Store, people: tuple[Queue, ...]) -> None:
    save(store, slip(decision=REVIEW, reasons=(Reason.LOW_CONFIDENCE,)))
    anna, berta, _ = people
    (item,) = anna.take_blind(9)
    key(anna, item, "00123456")
    assert anna.item(item.id).decision is REVIEW
    key(berta, item, "00123456")
    now = anna.item(item.id)
    assert (now.decision, now.value) == (ACCEPTED, "00123456")
    (label,) = store.trust.labelled("demo")
    assert (label.right, label.audited) == (True, False)


def test_an_ordinary_item_that_comes_back_can_be_keyed_again(
    store: Store, people: tuple[Queue, ...]
) -> None:
    save(store, slip(decision=REVIEW))
    anna, berta, _ = people
    (item,) = anna.take_blind(9)
    key(anna, item, "00123456")
    key(berta, item, "00123456")
    assert berta.undo() is not None
    (again,) = anna.take_blind(9)
    assert not key(anna, again, "00123455").settled
    assert key(berta, again, "00123455").settled
    assert anna.item(item.id).value == "00123455"


def test_a_value_that_cannot_stand_there_is_not_kept(
    store: Store, people: tuple[Queue, ...]
) -> None:
    town(store, 1)
    store.trust.draw_audit("demo", 9)
    (item,) = people[0].take_blind(9)
    with pytest.raises(InputError, match="digits only"):
        key(people[0], item, "12,3")
    assert people[0].take_blind(9) != []
    with pytest.raises(InputError, match="does not wait"):
        key(people[0], replace(item, id=item.id - 1), "1")


def test_labels_of_review_are_what_a_person_decided(
    store: Store, people: tuple[Queue, ...]
) -> None:
    save(store, slip(decision=REVIEW, reasons=(Reason.LOW_CONFIDENCE,)))
    other = slip(account="10000002", meter="20000002", decision=REVIEW, digest="d2")
    save(store, other, name="b.pdf")
    refused = slip(account="10000003", meter="20000003", decision=REVIEW, digest="d3")
    save(store, refused, name="c.pdf")
    one, two, three = people[0].items(9)
    decide = people[0].decide
    decide(Correction(one.id, one.version, "anna", Decision.ACCEPTED, "00123456"))
    decide(Correction(two.id, two.version, "anna", Decision.ACCEPTED, "00123450"))
    decide(Correction(three.id, three.version, "anna", Decision.REFUSED))
    assert [label.right for label in store.trust.labelled("demo")] == [True, False]


def test_the_newest_threshold_of_each_reader_counts(store: Store) -> None:
    first = FieldThreshold("slip", 1, Kind.HANDWRITTEN, "digits 1", 0.01, 0.95, 0.9643812, 900,
                           800, 1, 0.00591, confirmed=False, last_event=7)  # fmt: skip
    other, history = replace(first, engine="digits 2"), replace(first, confirmed=True)
    store.trust.put_thresholds("demo", [first, other, history])
    newer = replace(first, threshold=0.9, last_event=9)
    store.trust.put_thresholds("demo", [newer])
    store.trust.put_thresholds("elsewhere", [replace(first, threshold=0.5)])
    assert set(store.trust.thresholds("demo")) == {newer, other, history}
    assert [one.threshold for one in store.trust.thresholds("elsewhere")] == [0.5]


def test_labelled_scans_count_beside_what_people_found_out(store: Store) -> None:
    town(store, 2)
    place = ("0.pdf", 1, 1, "cold.reading")
    (right,) = store.trust.labelled_by({place: "00123456"})
    (wrong,) = store.trust.labelled_by({place: None})
    assert (right.right, wrong.right, right.event, right.writer) == (True, False, 0, "10000000")
    assert store.trust.labelled_by({("elsewhere.pdf", 1, 1, "cold.reading"): "1"}) == []


def test_an_older_database_gets_what_it_lacks(tmp_path: Path, store: Store) -> None:
    if not (tmp_path / "intake.db").exists():
        pytest.skip("the file of the other database is not here")
    town(store, 1)
    store.close()
    with sqlite3.connect(tmp_path / "intake.db") as connection:
        for table in ("keyings", "blinds", "thresholds", "origins", "conditions"):
            connection.execute(f"drop table {table}")
        connection.execute("alter table fields drop column fit")
        connection.execute("update meta set value = '1' where key = 'schema'")
    older = open_store(tmp_path / "intake.db")
    older.trust.draw_audit("demo", 9)
    assert len(Queue(older, "anna").take_blind(9)) == 1
    older.close()
