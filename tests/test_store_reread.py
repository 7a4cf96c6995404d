"""A scan read again: the machine's new word replaces its old one, a person's word stays."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from intake.deliver import deliver
from intake.queue import Queue
from intake.records import Correction, PageKind, PageResult, Reason, Refusal
from results import ACCEPTED, REFUSED, REVIEW, page, scan, slip

if TYPE_CHECKING:
    from pathlib import Path

    from intake.records import FieldRow, FormResult
    from intake.store import Store


@pytest.fixture
def anna(store: Store) -> Queue:
    return Queue(store, "anna")


def read(
    store: Store, *forms: FormResult, name: str = "a.pdf", kind: PageKind | None = None
) -> None:
    """Reads a file of one page, again where it is known."""
    batch = store.begin_batch("test", "demo")
    entry = store.begin_file(batch, scan(name), reread=True)
    assert not entry.finished
    assert entry.sealed == frozenset()
    store.save_pages(entry.id, [page(1, *forms, kind=kind)], ends=1)
    assert store.begin_file(store.begin_batch("next"), scan(name)).finished
    assert store.totals().balanced


def reading(store: Store, file: str = "a.pdf") -> FieldRow:
    rows = [row for row in store.results() if row.field == "cold.reading" and row.file == file]
    assert len(rows) == 1
    return rows[0]


def test_new_results_replace_those_of_the_machine(store: Store) -> None:
    read(store, slip(decision=REVIEW, reasons=(Reason.LOW_CONFIDENCE,)))
    read(store, slip(reading="00777777"))
    assert (reading(store).value, reading(store).verdict) == ("00777777", ACCEPTED)
    assert (store.totals().forms, store.totals().review) == (1, 0)


def test_what_a_person_decided_stays(store: Store, anna: Queue) -> None:
    read(store, slip(decision=REVIEW))
    (item,) = anna.items(9)
    anna.decide(Correction(item.id, item.version, "anna", ACCEPTED, "00000005"))
    read(store, slip(reading="00777777"))
    assert reading(store).value == "00000005"
    assert anna.undo() is not None


def test_what_has_gone_out_stays(store: Store, tmp_path: Path) -> None:
    read(store, slip())
    deliver(store, tmp_path, "csv")
    read(store, slip(reading="00777777"))
    assert deliver(store, tmp_path, "csv").records == 0


def test_a_form_is_not_its_own_duplicate(store: Store) -> None:
    read(store, slip(), name="a.pdf")
    read(store, slip(digest="d2"), name="b.pdf")
    read(store, slip(), name="a.pdf")
    read(store, slip(digest="d2"), name="b.pdf")
    assert reading(store, "a.pdf").verdict is ACCEPTED
    assert reading(store, "b.pdf").reasons[0] is Reason.DUPLICATE_FORM


def test_a_reading_is_not_its_own_rival(store: Store) -> None:
    read(store, slip(), name="a.pdf")
    read(store, slip(template="water-list", digest="d2"), name="b.pdf")
    read(store, slip(reading="00777777"), name="a.pdf")
    assert reading(store, "a.pdf").value == "00777777"
    assert reading(store, "b.pdf").reasons == (Reason.CHANNEL_CONFLICT,)


def test_a_value_read_anew_does_not_outdo_what_a_person_accepted(
    store: Store, anna: Queue, tmp_path: Path
) -> None:
    read(store, slip(), name="a.pdf")
    read(store, slip(template="water-list", digest="d2"), name="b.pdf")
    (item,) = anna.items(9)
    anna.decide(Correction(item.id, item.version, "anna", ACCEPTED, "00000005"))
    read(store, slip(reading="00777777"), name="a.pdf")
    assert deliver(store, tmp_path / "x.jsonl", "jsonl").records == 1
    assert '"value":"0.005"' in (tmp_path / "x.jsonl").read_text()


def test_a_held_item_that_was_read_anew_is_free(store: Store, anna: Queue) -> None:
    read(store, slip(decision=REVIEW))
    anna.take(9)
    read(store, slip(decision=REVIEW))
    assert len(Queue(store, "boris").take(9)) == 1


def test_an_unknown_page_can_become_forms_and_back(store: Store) -> None:
    refusal = Refusal(Reason.UNKNOWN_FORM, "Add its template.", 1)
    batch = store.begin_batch("test", "demo")
    file = store.begin_file(batch, scan()).id
    store.save_pages(file, [PageResult(1, PageKind.UNKNOWN, refusal=refusal)], ends=1)
    read(store, slip())
    assert (store.totals().pages_unknown, store.totals().pages_with_forms) == (0, 1)
    read(store, kind=PageKind.UNKNOWN)
    totals = store.totals()
    assert (totals.pages_unknown, totals.forms, totals.fields) == (1, 0, 0)


def test_a_page_with_decided_forms_stays_a_page_with_forms(store: Store, anna: Queue) -> None:
    second = slip(2, "10000002", meter="20000002", digest="d2")
    read(store, slip(decision=REVIEW), second)
    (item,) = anna.items(9)
    anna.decide(Correction(item.id, item.version, "anna", REFUSED))
    read(store, kind=PageKind.BLANK)
    totals = store.totals()
    assert (totals.pages_with_forms, totals.forms, totals.forms_finished) == (1, 1, 1)


def test_an_interrupted_rereading_is_taken_up_by_the_next_run(store: Store) -> None:
    read(store, slip(decision=REVIEW))
    entry = store.begin_file(store.begin_batch("cut short"), scan(), reread=True)
    again = store.begin_file(store.begin_batch("next"), scan())
    assert (again.id, again.finished, again.sealed) == (entry.id, False, frozenset())
    assert store.totals().files_read == 1


def test_a_refused_form_can_become_a_form(store: Store) -> None:
    refusal = Refusal(Reason.MISALIGNED, "Scan it again.", 1)
    read(store, replace(slip(), fields=(), refusal=refusal))
    assert store.totals().forms_refused == 1
    read(store, slip())
    assert (store.totals().forms_refused, store.totals().forms_waiting) == (0, 1)
