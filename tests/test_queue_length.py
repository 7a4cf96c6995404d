"""The queue answers from its indexes: a long one is asked for no more than a short one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import String, cast, event, insert, literal, select

from intake.queue import Queue
from intake.records import Correction
from intake.store import create_store
from intake.store.tables import fields, forms
from results import ACCEPTED, REVIEW, page, scan, slip

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sqlalchemy import Connection, Table

    from intake.store import Store

SHORT, LONG = 1_000, 100_000
STEP = 10
"""Steps of SQLite's machine between two counts."""


def filled(path: Path, count: int) -> Store:
    """A store in which one reading of each of `count` forms waits."""
    store = create_store(path)
    file = store.begin_file(store.begin_batch("test"), scan()).id
    form = slip(decision=REVIEW)
    store.save_pages(file, [page(1, form)])
    with store._database.writing() as connection:
        reading = connection.scalar(select(fields.c.id).where(fields.c.decision == REVIEW))
        _multiply(connection, forms, 1, count, ("id", "number", "account"))
        _multiply(connection, fields, reading, count, ("id", "form", "meter"))
        connection.exec_driver_sql("ANALYZE")
    return store


def _multiply(
    connection: Connection, table: Table, row: int, count: int, counted: tuple[str, ...]
) -> None:
    """Copies a row; in the columns `counted` each copy has a number of its own."""
    first = select(literal(1_000).label("number")).cte("numbers", recursive=True)
    numbers = first.union_all(select(first.c.number + 1).where(first.c.number < 999 + count))
    columns: list[Any] = [
        cast(numbers.c.number, column.type if column.type.python_type is int else String)
        if column.name in counted
        else column
        for column in table.c
    ]
    copies = select(*columns).select_from(table.join(numbers, table.c.id == row))
    connection.execute(insert(table).from_select(list(table.c), copies))


def steps(store: Store, ask: Callable[[], object]) -> int:
    """How many steps the database takes for what `ask` asks, in tens."""
    taken = 0

    def count() -> None:
        nonlocal taken
        taken += 1

    def listen(connection: Connection, *_: object) -> None:
        connection.connection.dbapi_connection.set_progress_handler(count, STEP)

    event.listen(store._database._engine, "before_cursor_execute", listen)
    ask()
    event.remove(store._database._engine, "before_cursor_execute", listen)
    return taken


def work(store: Store) -> dict[str, int]:
    """The steps for what a clerk does all day."""
    anna = Queue(store, "anna")
    found = {"take": steps(store, lambda: anna.take(8))}
    item = anna.take(1)[0]
    decision = Correction(item.id, item.version, "anna", ACCEPTED, "00123456")
    found["decide"] = steps(store, lambda: anna.decide(decision))
    found["next"] = steps(store, lambda: anna.item(item.id + 1))
    found["undo"] = steps(store, anna.undo)
    return found


def test_a_hundred_times_the_queue_takes_no_more_steps(tmp_path: Path) -> None:
    short, long = filled(tmp_path / "short", SHORT), filled(tmp_path / "long", LONG)
    try:
        few, many = work(short), work(long)
        assert Queue(long, "anna").count() > LONG
    finally:
        short.close()
        long.close()
    assert all(few.values())
    assert not {name: (few[name], many[name]) for name in few if many[name] > 1.3 * few[name]}
