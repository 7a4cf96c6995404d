"""Pages and forms not read, forms that say no month: placed by a person, and taken back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from intake.deliver import deliver
from intake.errors import InputError, StaleDecision
from intake.queue import PaperQueue, Queue
from intake.records import (
    Account,
    Correction,
    Decision,
    LoosePaper,
    Meter,
    PageKind,
    PageResult,
    Placing,
    Reason,
    Refusal,
    Role,
)
from results import ACCEPTED, page, save, scan, slip

if TYPE_CHECKING:
    from pathlib import Path

    from intake.records import FormResult
    from intake.store import Store
    from intake.template import Template

NOVEMBER = "2026-11"


@pytest.fixture
def anna(store: Store) -> PaperQueue:
    return PaperQueue(store, "anna")


def unknown_page(store: Store) -> None:
    file = store.begin_file(store.begin_batch("test"), scan("letter.pdf")).id
    refusal = Refusal(Reason.UNKNOWN_FORM, "Look at it.")
    unknown = PageResult(1, PageKind.UNKNOWN, refusal=refusal, evidence="e" * 64)
    store.save_pages(file, [unknown], ends=1)


def placing(paper: LoosePaper, account: str | None = "10000001", who: str = "anna") -> Placing:
    return Placing(paper.id, who, account, NOVEMBER, 3.0)


def test_an_unknown_page_gets_its_form_and_waits_to_be_keyed(
    store: Store, anna: PaperQueue, water_slip: Template
) -> None:
    store.put_accounts("default", [Account("10000001")])
    store.put_meters("default", [Meter("20000001", "10000001", "cold", "cold_kitchen")])
    unknown_page(store)
    paper = anna.take()
    assert paper is not None
    assert (paper.is_unread, paper.picture, anna.counts()) == (True, "e" * 64, (1, 0))
    with pytest.raises(InputError, match="no account 77"):
        anna.name(placing(paper, "77"), water_slip)
    first = anna.name(placing(paper), water_slip)
    assert anna.counts() == (0, 0)
    fields = {item.field: item for item in Queue(store, "anna").form(first)}
    assert fields["account"].value == "10000001"
    assert fields["cold_kitchen.meter"].candidates[0].value == "20000001"
    reading = fields["cold_kitchen.reading"]
    assert (reading.decision, reading.period) == (Decision.REVIEW, NOVEMBER)
    assert reading.reasons == (Reason.UNKNOWN_FORM,)
    assert store.totals().pages_with_forms == 1
    assert store.totals().balanced


def test_naming_a_page_is_taken_back_until_somebody_decides_on_it(
    store: Store, anna: PaperQueue, water_slip: Template
) -> None:
    unknown_page(store)
    (paper,) = anna.waiting(9)
    anna.name(placing(paper), water_slip)
    assert anna.undo()
    assert (anna.counts(), store.totals().forms) == ((1, 0), 0)
    first = anna.name(placing(paper), water_slip)
    queue = Queue(store, "berta")
    item = next(one for one in queue.form(first) if one.decision is Decision.REVIEW)
    queue.decide(Correction(item.id, item.version, "berta", Decision.REFUSED))
    assert not anna.undo()
    assert store.totals().balanced


def test_a_page_is_refused_with_a_reason_and_the_refusal_is_taken_back(
    store: Store, anna: PaperQueue
) -> None:
    unknown_page(store)
    (paper,) = anna.waiting(9)
    anna.refuse(placing(paper), Reason.UNSUPPORTED, "a letter")
    assert (store.totals().pages_refused, anna.counts()) == (1, (0, 0))
    with pytest.raises(InputError, match="may have been placed"):
        anna.refuse(placing(paper), Reason.UNSUPPORTED, "a letter")
    assert anna.undo()
    assert store.totals().pages_unknown == 1
    assert not anna.undo()


def test_a_form_without_a_month_gets_one_and_its_readings_go_out(
    store: Store, anna: PaperQueue, tmp_path: Path
) -> None:
    form = slip(period=None)
    file = store.begin_file(store.begin_batch("test"), scan()).id
    store.save_pages(file, [page(1, form)], ends=1)
    assert anna.counts() == (0, 1)
    assert deliver(store, tmp_path, "csv").records == 0
    (paper,) = anna.waiting(9)
    with pytest.raises(InputError, match="YYYY-MM"):
        anna.date(Placing(paper.id, "anna", None, "2026-13"))
    anna.date(placing(paper, None))
    assert (anna.counts(), anna.usual_month()) == ((0, 0), NOVEMBER)
    assert anna.undo()
    assert anna.counts() == (0, 1)
    anna.date(placing(paper, None))
    assert deliver(store, tmp_path, "csv").records == 1


def test_only_forms_get_a_month(store: Store, anna: PaperQueue) -> None:
    """Pages and forms are numbered apart: the form with a page's number is another paper."""
    save(store, slip(), slip(2, "10000002", meter="20000002", digest="2"))
    unknown_page(store)
    (paper,) = anna.waiting(9)
    with pytest.raises(InputError, match="page:2 was not read"):
        anna.date(Placing(paper.id, "anna", None, "2026-03"))
    assert not list(store.results(period="2026-03"))


def test_two_people_never_have_one_paper(store: Store, anna: PaperQueue) -> None:
    unknown_page(store)
    paper = anna.take()
    berta = PaperQueue(store, "berta")
    assert paper is not None
    assert berta.take() is None
    with pytest.raises(StaleDecision, match="anna works"):
        berta.refuse(placing(paper, who="berta"), Reason.UNSUPPORTED)
    anna.keep()
    anna.give_back()
    assert berta.take() == paper


def test_a_keyer_places_nothing(store: Store) -> None:
    unknown_page(store)
    keyer = PaperQueue(store, "carl", Role.KEYER)
    (paper,) = keyer.waiting(9)
    with pytest.raises(InputError, match="needs a verifier"):
        keyer.refuse(placing(paper, who="carl"), Reason.UNSUPPORTED)
    with pytest.raises(InputError, match="no loose paper page:99"):
        PaperQueue(store, "anna").refuse(Placing("page:99", "anna", None, None), Reason.UNSUPPORTED)


def test_specimens_and_forms_without_a_month_come_last(store: Store) -> None:
    file = store.begin_file(store.begin_batch("test"), scan()).id
    forms = [
        slip(
            number,
            None if period is None else f"1000000{number}",
            meter=f"2000000{number}",
            decision=Decision.REVIEW,
            period=period,
            specimen=period is None,
            digest=str(number),
            account_decision=Decision.BLANK if period is None else ACCEPTED,
        )
        for number, period in enumerate((None, NOVEMBER, "2026-10"), start=1)
    ]
    store.save_pages(file, [page(1, *forms)])
    queue = Queue(store, "anna")
    assert [item.period for item in queue.items(9)] == ["2026-10", NOVEMBER, None]
    assert [item.period for item in queue.take(2)] == ["2026-10", NOVEMBER]
    assert queue.items(9)[-1].specimen


MISALIGNED = Refusal(Reason.MISALIGNED, "Scan it again flat.")


def unread_form(store: Store, *beside: FormResult) -> None:
    """A page with a form whose boxes do not lie where they should be."""
    refused = replace(slip(2, account=None, period=None, digest="r"), fields=(), refusal=MISALIGNED)
    file = store.begin_file(store.begin_batch("test"), scan("photo.jpg")).id
    store.save_pages(file, [page(1, *beside, refused)], ends=1)


def test_a_form_that_was_not_read_waits_as_a_page_does_and_is_keyed_from_it(
    store: Store, anna: PaperQueue, water_slip: Template
) -> None:
    store.put_accounts("default", [Account("10000001")])
    unread_form(store, slip(1, account="10000009"))
    assert anna.counts() == (1, 0)
    (paper,) = anna.waiting(9)
    assert (paper.is_unread, paper.form, paper.refused) == (True, 2, Reason.MISALIGNED)
    with pytest.raises(InputError, match="say first which form"):
        anna.date(placing(paper))
    first = anna.name(placing(paper), water_slip)
    fields = {item.field: item for item in Queue(store, "anna").form(first)}
    assert (fields["date"].page, fields["date"].form) == (1, 2)
    assert fields["cold_kitchen.reading"].decision is Decision.REVIEW
    assert (anna.counts(), store.totals().forms_refused, store.totals().forms) == ((0, 0), 0, 2)
    assert store.totals().balanced
    assert anna.undo()
    assert (anna.waiting(9), store.totals().forms) == ([paper], 2)
    anna.name(placing(paper), water_slip)


def test_a_form_that_was_not_read_is_refused_with_a_reason_and_comes_back(
    store: Store, anna: PaperQueue
) -> None:
    unread_form(store)
    (paper,) = anna.waiting(9)
    anna.refuse(placing(paper), Reason.UNREADABLE, "a photo")
    assert (store.totals().forms_refused, anna.counts()) == (1, (0, 0))
    assert anna.undo()
    assert anna.waiting(9) == [paper]
    assert store.totals().balanced


def test_a_form_that_is_read_when_its_scan_is_read_again_waits_no_longer(
    store: Store, anna: PaperQueue
) -> None:
    unread_form(store)
    file = store.begin_file(store.begin_batch("test"), scan("photo.jpg"), reread=True).id
    store.save_pages(file, [page(1, slip(2))], ends=1)
    assert (anna.counts(), store.totals().forms_refused, store.totals().forms) == ((0, 0), 0, 1)
