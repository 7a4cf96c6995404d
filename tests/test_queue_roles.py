"""Who may do what, what a supervisor sees, conflicts side by side, one digit at many places."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from intake.errors import InputError, StaleDecision
from intake.queue import Queue
from intake.records import Candidate, Correction, Decision, FormResult, Reason, Role
from results import ACCEPTED, REFUSED, REVIEW, save, slip

if TYPE_CHECKING:
    from intake.records import QueueItem
    from intake.store import Store


def decide(queue: Queue, item: QueueItem, value: str = "00000001") -> None:
    queue.decide(Correction(item.id, item.version, queue.who, ACCEPTED, value, 2.0))


def twins(store: Store) -> None:
    save(store, slip(), name="first.pdf")
    save(store, slip(reading="00123457", digest="d2"), name="second.pdf")


def doubtful(number: int, value: str, cells: tuple[int, ...], share: float = 0.9) -> FormResult:
    form = slip(number, f"1000000{number}", meter=f"2000000{number}", digest=str(number))
    changed = []
    for field in form.fields:
        if field.is_reading:
            other = Candidate("7".join((value[: cells[0]], value[cells[0] + 1 :])), 1 - share)
            reading = replace(
                field.reading,
                candidates=(Candidate(value, share), other),
                doubtful_cells=cells,
            )
            verdict = replace(
                field.verdict, decision=REVIEW, value=None, reasons=(Reason.LOW_CONFIDENCE,)
            )
            changed.append(replace(field, reading=reading, verdict=verdict))
        else:
            changed.append(field)
    return replace(form, fields=tuple(changed))


def test_conflicts_are_for_verifiers(store: Store) -> None:
    twins(store)
    keyer = Queue(store, "carl", Role.KEYER)
    verifier = Queue(store, "anna", Role.VERIFIER)
    assert (keyer.count(), keyer.take(99)) == (0, [])
    reading = next(item for item in verifier.items(99) if item.field == "cold.reading")
    with pytest.raises(InputError, match="needs a verifier; you are a keyer"):
        decide(keyer, reading)
    with pytest.raises(InputError, match="needs a verifier"):
        keyer.refuse_form(Correction(reading.id, 1, "carl", REFUSED))
    decide(verifier, reading, "00123457")


def test_what_only_a_supervisor_may_do(store: Store) -> None:
    verifier = Queue(store, "anna", Role.VERIFIER)
    for call in (verifier.clerks, lambda: verifier.reassign("a", "b"), lambda: verifier.reopen(1)):
        with pytest.raises(InputError, match="needs a supervisor"):
            call()


def test_a_duplicate_stands_beside_the_one_that_came_first(store: Store) -> None:
    twins(store)
    queue = Queue(store, "anna")
    reading = next(item for item in queue.items(99) if item.field == "cold.reading")
    (other,) = queue.beside(reading.id)
    assert (other.file, other.field, other.value) == ("first.pdf", "cold.reading", "00123456")
    assert queue.beside(other.id) == []


def test_a_form_is_refused_as_one_decision_and_taken_back_as_one(store: Store) -> None:
    twins(store)
    queue = Queue(store, "anna")
    waiting = queue.count()
    item = queue.items(1)[0]
    queue.refuse_form(Correction(item.id, item.version, "anna", REFUSED, why="twice"))
    assert (queue.count(), store.totals().refused) == (0, waiting)
    assert store.totals().balanced
    assert queue.undo() is not None
    assert queue.count() == waiting
    assert queue.undo() is None
    with pytest.raises(StaleDecision):
        queue.refuse_form(Correction(item.id, item.version, "anna", REFUSED))


def test_a_form_that_somebody_else_works_on_is_not_refused(store: Store) -> None:
    twins(store)
    berta = Queue(store, "berta")
    held = berta.take(2)[1]
    item = berta.items(1)[0]
    berta.give_back()
    Queue(store, "carl").take(2)
    with pytest.raises(StaleDecision, match="carl works"):
        berta.refuse_form(Correction(item.id, item.version, "berta", REFUSED))
    assert held.decision is REVIEW


def test_boxes_of_one_doubtful_digit_are_found(store: Store) -> None:
    save(store, doubtful(1, "00123456", (2,)), name="1.pdf")
    save(store, doubtful(2, "00123456", (3,)), name="2.pdf")
    save(store, doubtful(3, "00123456", (2,), 0.6), name="3.pdf")
    save(store, doubtful(4, "00113456", (2, 3)), name="4.pdf")
    anna = Queue(store, "anna")
    assert [item.file for item in anna.take_alike(99, "1")] == ["1.pdf", "3.pdf", "4.pdf"]
    assert Queue(store, "berta").take_alike(99, "1") == []
    assert [item.file for item in anna.take_alike(2, "1")] == ["1.pdf", "3.pdf"]
    assert anna.take_alike(99, "7") == []


def test_a_supervisor_sees_who_does_what(store: Store) -> None:
    for number in range(1, 5):
        form = slip(
            1, f"1000000{number}", meter=f"2000000{number}", decision=REVIEW,
            reasons=(Reason.STRUCK_OUT,), digest=str(number),
        )  # fmt: skip
        save(store, form, name=f"{number}.pdf")
    anna, boss = Queue(store, "anna", Role.KEYER), Queue(store, "boss")
    first, second = anna.take(3)[:2]
    decide(anna, first)
    decide(anna, second)
    anna.undo()
    load = boss.load()
    assert (load.months, load.reasons) == ({"2026-11": 3}, {Reason.STRUCK_OUT: 3})
    (tally,) = boss.clerks()
    assert (tally.who, tally.decided, tally.holds, tally.per_hour) == ("anna", 1, 1, 1800)
    assert boss.clerks("9999")[0].decided == 0


def test_work_is_handed_on_and_late_decisions_refused(store: Store) -> None:
    save(store, slip(decision=REVIEW))
    anna, berta = Queue(store, "anna"), Queue(store, "berta")
    (item,) = anna.take(9)
    assert Queue(store, "boss").reassign("anna", "berta") == 1
    with pytest.raises(StaleDecision, match="berta works"):
        decide(anna, item)
    assert len(berta.take(9)) == 1
    assert Queue(store, "boss").reassign("berta", None) == 1
    assert len(anna.take(9)) == 1


def test_a_decided_field_is_sent_back(store: Store) -> None:
    save(store, slip())
    boss = Queue(store, "boss")
    reading = next(item for item in boss.form(1) if item.field == "cold.reading")
    again = boss.reopen(reading.id)
    assert (again.decision, again.reasons) == (REVIEW, (Reason.SENT_BACK,))
    assert boss.count() == 1
    with pytest.raises(InputError, match="waits already"):
        boss.reopen(reading.id)
    assert [event["what"] for event in store.history(reading.id)] == ["reopened"]


def test_answers_on_audited_fields_tell_how_well_somebody_keys(store: Store) -> None:
    save(store, slip())
    store.trust.draw_audit("default", 9)
    for who, value in (("anna", "00123456"), ("berta", "00123451"), ("zane", "00123456")):
        queue = Queue(store, who)
        item = next(one for one in queue.take_blind(9) if one.field == "cold.reading")
        queue.key(Correction(item.id, item.version, who, Decision.ACCEPTED, value, 1.0))
        queue.give_back()
    tallies = {tally.who: tally for tally in Queue(store, "boss").clerks()}
    assert {who: (one.right, one.checked) for who, one in tallies.items()} == {
        "anna": (1, 1),
        "berta": (0, 1),
        "zane": (1, 1),
    }
