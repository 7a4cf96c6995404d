"""What is asked while people wait is answered from indexes, however much there is.

SQLite plans without looking at how much there is (nobody runs ANALYZE), so a few forms will do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import event

from intake.deliver import deliver
from intake.records import Correction, FieldResult, Kind, Waiting
from intake.store import Store, create_store
from results import ACCEPTED, REVIEW, field, page, scan, slip

LARGE = ("files", "pages", "forms", "fields", "events", "readings", "meters", "accounts")


class Plans:
    """Collects what the database says about how it answers."""

    def __init__(self, store: Store) -> None:
        self._engine = store._database._engine
        self._asked: list[tuple[str, object]] = []
        event.listen(self._engine, "before_cursor_execute", self._note)

    def _note(self, _: object, __: object, text: str, values: object, *___: object) -> None:
        if text.startswith(("SELECT", "UPDATE", "DELETE")):
            self._asked.append((text, values))

    def scans(self, work: Callable[[], object]) -> list[str]:
        """Large tables that are gone through: all, an organisation's part, or one decision's."""
        self._asked.clear()
        work()
        asked = list(self._asked)
        assert asked
        raw = self._engine.raw_connection()
        try:
            lines = [
                row[3]
                for text, values in asked
                for row in raw.cursor().execute(f"EXPLAIN QUERY PLAN {text}", values)
            ]
        finally:
            raw.close()
        return [line for line in lines if _goes_through(line)]


def _goes_through(line: str) -> bool:
    part = line.endswith("(organisation=?)") or "(decision=?" in line
    return part or line.removeprefix("SCAN ") in LARGE


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = create_store(tmp_path / "intake.sqlite")
    batch = store.begin_batch("scans")
    for number in range(12):
        save(store, batch, number)
    yield store
    store.close()


def save(store: Store, batch: int, number: int, places: tuple[str, ...] = ()) -> None:
    file = store.begin_file(batch, scan(f"{number}.pdf")).id
    form = slip(
        account=f"{10_000_000 + number}",
        meter=f"{20_000_000 + number}",
        decision=REVIEW if number % 2 else ACCEPTED,
        digest=f"d{number}",
    )
    form = replace(form, fields=(*form.fields, *of_places(number, places)))
    store.save_pages(file, [page(1, form)], ends=1)


def of_places(number: int, places: tuple[str, ...]) -> Iterator[FieldResult]:
    for more, place in enumerate(places, start=1):
        meter = f"{20_000_000 + 1_000 * more + number}"
        yield field(f"{place}.meter", meter, kind=Kind.PRINTED, cells=0)
        yield field(f"{place}.reading", "00123456")


QUESTIONS: dict[str, Callable[[Store], object]] = {
    "the next item": lambda store: store.waiting.items(1),
    "taking the next item": lambda store: store.waiting.take("anna", 1, Waiting(), 60),
    "how many wait": lambda store: store.waiting.count(),
    "all of its form": lambda store: store.waiting.form_items(store.waiting.items(1)[0].id),
    "an account": lambda store: list(store.results(account="10000003")),
    "an account's month": lambda store: list(store.results(account="10000003", period="2026-11")),
    "a meter": lambda store: list(store.results(meter="20000003")),
    "a month": lambda store: list(store.results(period="2026-11")),
    "a batch": lambda store: list(store.results(batch=1)),
    "a form saved": lambda store: save(store, 1, 99),
    "a form of four meters saved": lambda store: save(store, 1, 98, ("hot", "bath", "sauna")),
    "a history": lambda store: store.history(4),
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_what_people_wait_for_is_found_by_an_index(store: Store, question: str) -> None:
    assert Plans(store).scans(lambda: QUESTIONS[question](store)) == []


def test_a_decision_and_its_undoing_are_found_by_an_index(store: Store) -> None:
    item = store.waiting.items(1)[0]
    typed = Correction(item.id, item.version, "anna", ACCEPTED, "00123456")
    plans = Plans(store)
    assert plans.scans(lambda: store.decide(typed)) == []
    assert plans.scans(lambda: store.undo("anna")) == []


def test_the_totals_go_through_files_and_pages_and_no_form_or_field(store: Store) -> None:
    plans = Plans(store)
    assert plans.scans(store.totals) == ["SCAN files", "SCAN pages"]
    assert plans.scans(store.through) == []


def test_what_goes_out_is_found_by_an_index(store: Store, tmp_path: Path) -> None:
    plans = Plans(store)
    assert plans.scans(lambda: deliver(store, tmp_path, "csv")) == []
    assert plans.scans(store.outgoing.held_back) == []
