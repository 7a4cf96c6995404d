"""Two clerks at one queue: nobody holds what somebody else holds, nothing stays with the gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from intake import queue
from intake.errors import StaleDecision
from intake.queue import Queue
from intake.records import Correction, Waiting
from results import ACCEPTED, save, waiting_slips

if TYPE_CHECKING:
    from intake.store import Store

FORMS = 6


@pytest.fixture(autouse=True)
def _forms(store: Store) -> None:
    save(store, *waiting_slips(FORMS))


@pytest.fixture
def anna(store: Store) -> Queue:
    return Queue(store, "anna")


@pytest.fixture
def boris(store: Store) -> Queue:
    return Queue(store, "boris")


@pytest.fixture
def _short_leases(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "LEASE_SECONDS", -1.0)


def test_two_clerks_never_hold_the_same_field(anna: Queue, boris: Queue) -> None:
    hers, his = anna.take(4), boris.take(4)
    assert [len(hers), len(his)] == [4, 2]
    assert not {item.id for item in hers} & {item.id for item in his}
    assert boris.count() == FORMS


def test_two_under_one_name_get_the_same_and_the_slower_is_told(store: Store) -> None:
    """docs/administrator.md: a login for each clerk."""
    here, there = Queue(store, "office"), Queue(store, "office")
    (one,), (same,) = here.take(1), there.take(1)
    assert one.id == same.id
    here.decide(Correction(one.id, one.version, "office", ACCEPTED, "00000001"))
    with pytest.raises(StaleDecision):
        there.decide(Correction(same.id, same.version, "office", ACCEPTED, "00000002"))
    undone = there.undo()
    assert undone is not None
    assert undone.id == one.id


def test_who_takes_again_gets_what_they_hold_first(anna: Queue, boris: Queue) -> None:
    first = anna.take(2)
    boris.take(2)
    again = anna.take(3)
    assert [item.id for item in again[:2]] == [item.id for item in first]
    assert len(again) == 3


def test_only_fields_of_the_wanted_kind_are_taken(anna: Queue, boris: Queue) -> None:
    assert [item.account for item in anna.take(9, Waiting(account="13"))] == ["13"]
    assert len(boris.take(9)) == FORMS - 1


def test_what_is_given_back_is_there_for_others(anna: Queue, boris: Queue) -> None:
    anna.take(FORMS)
    assert boris.take(1) == []
    anna.give_back()
    assert len(boris.take(FORMS)) == FORMS


@pytest.mark.usefixtures("_short_leases")
def test_a_vanished_clerks_fields_return(anna: Queue, boris: Queue) -> None:
    anna.take(FORMS)
    assert len(boris.take(FORMS)) == FORMS
    assert anna.keep() == 0


def test_a_clerk_who_is_heard_of_keeps_them(
    anna: Queue, boris: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "LEASE_SECONDS", 5.0)
    anna.take(FORMS)
    monkeypatch.setattr(queue, "LEASE_SECONDS", 500.0)
    assert anna.keep() == FORMS
    assert boris.keep() == 0
    assert boris.take(FORMS) == []


def test_nobody_decides_what_somebody_else_works_on(
    store: Store, anna: Queue, boris: Queue
) -> None:
    (item,) = anna.take(1)
    with pytest.raises(StaleDecision, match="anna works on item"):
        boris.decide(Correction(item.id, item.version, "boris", ACCEPTED, "1"))
    anna.decide(Correction(item.id, item.version, "anna", ACCEPTED, "2"))
    assert anna.item(item.id).value == "2"
    assert [event["what"] for event in store.history(item.id)] == ["late", "decided"]


@pytest.mark.usefixtures("_short_leases")
def test_a_decision_after_the_lease_counts_unless_somebody_was_faster(
    store: Store, anna: Queue, boris: Queue
) -> None:
    first, second = anna.take(2)
    anna.decide(Correction(first.id, first.version, "anna", ACCEPTED, "1"))
    boris.decide(Correction(second.id, second.version, "boris", ACCEPTED, "2"))
    with pytest.raises(StaleDecision, match="boris decided"):
        anna.decide(Correction(second.id, second.version, "anna", ACCEPTED, "3"))
    assert store.history(second.id)[-1]["after"]["value"] == "3"
    assert anna.item(second.id).value == "2"


def test_a_decided_field_is_nobodys_any_more(anna: Queue, boris: Queue) -> None:
    (item,) = anna.take(1)
    decided = anna.decide(Correction(item.id, item.version, "anna", ACCEPTED, "1"))
    boris.decide(Correction(item.id, decided.version, "boris", ACCEPTED, "2"))
    assert anna.keep() == 0
