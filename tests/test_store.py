"""The intake database: what comes in is there once, and the ledger adds up."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import pytest
from sqlalchemy.event import listen

from databases import emptied
from intake import database
from intake.database import Database, sqlite_engine
from intake.errors import StoreError, UsageError
from intake.records import PageKind, PageResult, Reason, Refusal
from intake.store import Store, create_store, open_store
from intake.store.opening import create_database
from results import ACCEPTED, BLANK, REFUSED, REVIEW, page, save, scan, slip

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from intake.records import FormResult


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = create_store(tmp_path / "intake.db")
    yield store
    store.close()


def test_a_new_store_is_empty_and_balanced(store: Store) -> None:
    totals = store.totals()
    assert totals.files == totals.pages == totals.forms == totals.fields == 0
    assert totals.balanced


def test_a_database_is_not_made_over_another_file(tmp_path: Path) -> None:
    path = tmp_path / "intake.db"
    path.write_text("mine")
    with pytest.raises(StoreError, match="is there already"):
        create_store(path)
    assert path.read_text() == "mine"


@pytest.mark.parametrize("content", [b"", b"not a database at all", b"SQLite format 3\0junk"])
def test_a_foreign_file_is_not_opened(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "other.db"
    path.write_bytes(content)
    with pytest.raises(StoreError, match="not an intake database"):
        open_store(path)
    assert path.read_bytes() == content


def test_somebody_elses_database_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as connection:
        connection.execute("create table meta (key text, value text)")
    connection.close()
    with pytest.raises(StoreError, match="not an intake database"):
        open_store(path)


def test_a_missing_database_is_named_and_not_made(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="init"):
        open_store(tmp_path / "intake.db")
    assert not (tmp_path / "intake.db").exists()


def test_a_newer_schema_is_left_alone(tmp_path: Path) -> None:
    create_store(tmp_path / "intake.db").close()
    with sqlite3.connect(tmp_path / "intake.db") as connection:
        connection.execute("update meta set value = '99' where key = 'schema'")
    connection.close()
    with pytest.raises(StoreError, match="newer version"):
        open_store(tmp_path / "intake.db")


def test_a_postgres_database_is_made_once_and_opened_by_its_address(postgres: str) -> None:
    address = emptied(postgres)
    with pytest.raises(StoreError, match="not an intake database"):
        open_store(address)
    create_store(address).close()
    with pytest.raises(StoreError, match="in use already"):
        create_store(address)
    again = open_store(address)
    save(again, slip())
    assert again.totals().forms == 1
    again.close()


def test_a_postgres_server_that_does_not_answer_is_named_without_its_password() -> None:
    pytest.importorskip("psycopg")
    with pytest.raises(StoreError, match="cannot be reached") as caught:
        open_store("postgresql://clerk:secret@127.0.0.1:1/intake")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("address", ["", "intake", "mysql://here/intake", "postgresql//x"])
def test_what_is_no_address_is_told_how_one_looks(address: str) -> None:
    with pytest.raises(UsageError, match="postgresql://user@host/name"):
        open_store(address)


def test_what_is_written_survives_closing(tmp_path: Path) -> None:
    store = create_store(tmp_path / "intake.db")
    save(store, slip())
    store.close()
    again = open_store(tmp_path / "intake.db")
    assert [row.value for row in again.results()][1:4] == ["10000001", "20000001", "00123456"]
    again.close()


def test_the_database_waits_for_the_disk(tmp_path: Path) -> None:
    database = create_database(tmp_path / "intake.db")
    with database.reading() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
    database.close()


def test_a_full_disk_ends_in_a_sentence_and_loses_nothing(tmp_path: Path) -> None:
    create_store(tmp_path / "intake.db").close()
    engine = sqlite_engine(tmp_path / "intake.db")
    listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA max_page_count = 60"))
    cramped = Store(Database(engine))
    file = cramped.begin_file(cramped.begin_batch("test"), scan()).id

    def save_all(store: Store) -> None:
        for n in range(1, 60):
            form = slip(1, f"1{n}", meter=f"2{n}", digest=str(n))
            store.save_pages(file, [page(n, form)])

    with pytest.raises(StoreError, match="disk has room"):
        save_all(cramped)
    saved = cramped.totals()
    assert saved.balanced
    assert 0 < saved.forms < 59
    assert saved.fields == saved.forms * len(slip().fields)
    cramped.close()
    roomy = open_store(tmp_path / "intake.db")
    save_all(roomy)
    assert roomy.totals().forms == 59
    roomy.close()


def test_a_database_that_somebody_else_holds_ends_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_MS", 10)
    store = create_store(tmp_path / "intake.db")
    other = sqlite3.connect(tmp_path / "intake.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="nothing else holds it"):
        store.begin_batch("test")
    assert store.totals().balanced
    other.execute("ROLLBACK")
    other.close()
    assert store.begin_batch("test") == 1
    store.close()


def test_the_same_bytes_are_one_scan_and_the_same_name_is_not(store: Store) -> None:
    first = save(store, slip(), name="scan.pdf")
    batch = store.begin_batch("again")
    again = store.begin_file(batch, scan("renamed.pdf", "scan.pdf"))
    assert (again.id, again.finished) == (first, True)
    other = store.begin_file(batch, scan("scan.pdf", "other bytes"))
    assert other.id != first
    assert not other.finished


def test_a_file_cut_short_goes_on_where_it_stopped(store: Store) -> None:
    batch = store.begin_batch("test")
    file = store.begin_file(batch, scan()).id
    store.save_pages(file, [page(1, slip())])
    assert store.totals().files == 0
    assert store.totals().balanced
    again = store.begin_file(store.begin_batch("again"), scan())
    assert (again.id, again.finished, again.sealed) == (file, False, {1})
    second = page(2, slip(account="10000002", meter="20000002", digest="d2"))
    store.save_pages(file, [page(1, slip()), second], ends=2)
    assert store.totals().forms == 2
    assert store.totals().files_read == 1


def test_a_file_with_a_page_missing_cannot_be_closed(store: Store) -> None:
    file = store.begin_file(store.begin_batch("test"), scan()).id
    with pytest.raises(StoreError, match="1 of 2 pages"):
        store.save_pages(file, [page(1, slip())], ends=2)
    assert store.totals().files_read == 0
    assert store.totals().forms == 0


def test_a_page_is_counted_once_as_what_it_is(store: Store) -> None:
    file = store.begin_file(store.begin_batch("test"), scan()).id
    advice = Refusal(Reason.UNKNOWN_FORM, "Look at it.", 2)
    for number, kind in enumerate(PageKind, start=1):
        store.save_pages(file, [PageResult(number, kind, refusal=advice)])
        store.save_pages(file, [PageResult(number, kind, refusal=advice)])
    totals = store.totals()
    assert totals.pages == 4
    assert totals.pages_blank == totals.pages_unknown == totals.pages_refused == 1
    assert totals.balanced


def test_a_refused_page_is_read_again_and_the_file_stays_read(store: Store) -> None:
    batch = store.begin_batch("first")
    file = store.begin_file(batch, scan()).id
    refusal = Refusal(Reason.TOO_SLOW, "Try again.", 2)
    refused = PageResult(2, PageKind.REFUSED, refusal=refusal)
    store.save_pages(file, [page(1, slip()), refused], ends=2)
    second = store.begin_batch("second")
    again = store.begin_file(second, scan())
    assert (again.id, again.finished, again.sealed) == (file, False, {1})
    assert store.totals().files_read == 1
    other = slip(account="10000002", meter="20000002", digest="d2")
    store.save_pages(file, [page(2, other)], ends=2)
    totals = store.totals()
    assert (totals.pages, totals.pages_refused, totals.pages_with_forms) == (2, 0, 2)
    assert store.begin_file(store.begin_batch("third"), scan()).finished
    assert {row.page for row in store.results(batch=batch)} == {1}
    assert {row.page for row in store.results(batch=second)} == {2}


def test_a_refused_file_counts_once_and_a_later_success_replaces_it(store: Store) -> None:
    refusal = Refusal(Reason.TRUNCATED, "Scan it again.")
    for _ in range(2):
        store.refuse_file(store.begin_batch("test"), scan(), refusal)
    assert (store.totals().files, store.totals().files_refused) == (1, 1)
    save(store, slip())
    totals = store.totals()
    assert (totals.files, totals.files_read, totals.files_refused) == (1, 1, 0)


def test_an_unreadable_file_counts_by_its_path_until_it_can_be_read(store: Store) -> None:
    whole = scan()
    unreadable = type(whole)(whole.name, whole.path, None, None)
    for _ in range(2):
        refusal = Refusal(Reason.NO_PERMISSION, "Mend the rights.")
        store.refuse_file(store.begin_batch("test"), unreadable, refusal)
    assert store.totals().files_refused == 1
    save(store, slip())
    assert (store.totals().files, store.totals().files_refused) == (1, 0)


def test_a_file_that_was_read_is_not_refused_later(store: Store) -> None:
    save(store, slip())
    store.refuse_file(store.begin_batch("x"), scan(), Refusal(Reason.VANISHED, "Look again."))
    assert (store.totals().files_read, store.totals().files_refused) == (1, 0)


def test_a_slip_scanned_twice_waits_as_a_whole_with_its_candidates(store: Store) -> None:
    """docs/rules.md: duplicate slip."""
    save(store, slip(), name="first.pdf")
    save(store, slip(reading="00123457", digest="d2"), name="second.pdf")
    rows = [row for row in store.results() if row.file == "second.pdf"]
    assert {row.verdict for row in rows} == {REVIEW}
    assert all(row.reasons[0] is Reason.DUPLICATE_FORM for row in rows)
    assert all(row.value is None for row in rows)
    assert [row.candidates[0].value for row in rows][3] == "00123457"
    assert {row.verdict for row in store.results() if row.file == "first.pdf"} == {ACCEPTED, BLANK}


def test_specimens_are_nobodys_duplicates(store: Store) -> None:
    one = slip(account=None, period=None, specimen=True)
    save(store, one, slip(2, account=None, period=None, specimen=True))
    assert all(Reason.DUPLICATE_FORM not in row.reasons for row in store.results())


def test_a_meter_read_on_two_kinds_of_form_in_a_month_waits(store: Store) -> None:
    """docs/rules.md: one meter, two forms."""
    save(store, slip(), name="slip.pdf")
    save(store, slip(template="water-list", digest="d2"), name="list.pdf")
    listed = {row.field: row for row in store.results() if row.file == "list.pdf"}
    assert listed["cold.reading"].verdict is REVIEW
    assert listed["cold.reading"].reasons == (Reason.CHANNEL_CONFLICT,)
    assert listed["cold.meter"].verdict is ACCEPTED


def test_a_reading_beside_no_meter_number_waits(store: Store) -> None:
    """docs/rules.md: a reading without its meter."""
    save(store, slip(meter_decision=REFUSED))
    rows = {row.field: row for row in store.results()}
    assert rows["cold.reading"].verdict is REVIEW
    assert rows["cold.reading"].reasons == (Reason.MISSING_VALUE,)


@pytest.mark.parametrize(
    ("form", "waiting", "finished"),
    [
        (slip(), 1, 0),
        (slip(decision=REVIEW), 1, 0),
        (slip(decision=BLANK, reading=None), 0, 1),
        (slip(decision=REFUSED), 0, 1),
        (slip(decision=BLANK, reading=None, account_decision=REVIEW), 0, 1),
    ],
)
def test_a_form_waits_while_one_of_its_readings_does(
    store: Store, form: FormResult, waiting: int, finished: int
) -> None:
    save(store, form)
    totals = store.totals()
    assert (totals.forms_waiting, totals.forms_finished) == (waiting, finished)
    assert totals.balanced


def test_results_are_found_by_account_meter_period_and_batch(store: Store) -> None:
    save(store, slip(), name="a.pdf")
    other = slip(account="10000002", meter="20000002", period="2026-12", digest="d2")
    save(store, other, name="b.pdf")

    def files(**asked: str | int) -> set[str]:
        return {row.file for row in store.results(**asked)}

    assert files() == {"a.pdf", "b.pdf"}
    assert files(account="10000002") == files(period="2026-12") == {"b.pdf"}
    assert files(meter="20000001") == files(batch=1) == {"a.pdf"}
    assert files(meter="20000001", period="2026-12") == set()
    assert {row.field for row in store.results(meter="20000001")} == {
        "cold.meter",
        "cold.reading",
        "cold.replaced",
    }
