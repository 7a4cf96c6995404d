"""Due readings from the store into a file, each version of each reading once.

The store fixes a delivery's records before the file is written and learns that it arrived after
the file is whole on the disk. Whatever dies in between, the next call writes the same file again.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from intake.errors import InputError
from intake.export import writer
from intake.export.sql import make_ready, write_rows
from intake.store import OpenDelivery

if TYPE_CHECKING:
    from intake.store import Store


SQL = "sql"
"""The format of deliveries that a database takes."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a call of `deliver` did.

    Attributes:
        path: the file with what was due; None where nothing was, or a database has it.
        records: how many records were due.
        repaired: files of earlier calls that had been cut short and are whole now.
        held: accepted readings that could not go out, since their account, meter or month
            is not known or still waits for a person.
    """

    path: Path | None
    records: int
    repaired: tuple[Path, ...]
    held: int


def deliver(store: Store, target: Path, format: str) -> Delivery:
    """Writes all due readings to `target`, a file that is not there yet or a folder.

    Raises:
        InputError: the file is there already, or cannot be written.
        UsageError: there is no such format.
    """
    writer(format)
    repaired = _repair(store)
    number = store.next_delivery()
    delivery = OpenDelivery(number, str(_path(target, number, format)), format)
    records = store.open_delivery(delivery)
    path = _hand_over(store, delivery) if records else None
    return Delivery(path, records, repaired, store.held())


def deliver_rows(store: Store, target: Path | str) -> Delivery:
    """Writes all due readings into a table of a database.

    Args:
        store: where they are due.
        target: a SQLite file, made where there is none, or the address of a PostgreSQL database
            without a password.

    Raises:
        InputError: it cannot be written.
        UsageError: the address holds a password, or is none.
    """
    make_ready(target)
    repaired = _repair(store)
    place = str(target.absolute()) if isinstance(target, Path) else target
    delivery = OpenDelivery(store.next_delivery(), place, SQL)
    records = store.open_delivery(delivery)
    if records:
        _hand_over(store, delivery)
    return Delivery(None, records, repaired, store.held())


def _repair(store: Store) -> tuple[Path, ...]:
    """Repeats what earlier calls began and did not end; returns the files among it."""
    handed = [_hand_over(store, delivery) for delivery in store.open_deliveries()]
    return tuple(path for path in handed if path is not None)


def _hand_over(store: Store, delivery: OpenDelivery) -> Path | None:
    """Writes a delivery and closes it; returns its file, None where a database has it."""
    if delivery.format != SQL:
        path = _write(store, delivery)
        store.close_delivery(delivery.id)
        return path
    is_address = "://" in delivery.target
    target = delivery.target if is_address else Path(delivery.target)
    write_rows(store.delivery_records(delivery.id), target)
    store.close_delivery(delivery.id)
    return None


def _path(target: Path, number: int, format: str) -> Path:
    target = target.absolute()
    path = target / f"readings-{number:06}.{format}" if target.is_dir() else target
    if path.exists():
        raise InputError(f"{path}: is there already. Name another file, or move it away.")
    if not path.parent.is_dir():
        raise InputError(f"{path.parent}: no such folder. Make it first.")
    if not os.access(path.parent, os.W_OK):
        raise InputError(f"{path.parent}: you may not write there. Mend its rights first.")
    return path


def _write(store: Store, delivery: OpenDelivery) -> Path:
    path = Path(delivery.target)
    temporary = path.with_name(f".new-{os.getpid()}-{path.name}")
    write = writer(delivery.format)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("w", encoding="utf-8", newline="") as stream:
            write(store.delivery_records(delivery.id), stream)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
        _sync_folder(path.parent)
    except OSError as fault:
        raise InputError(
            f"{path}: cannot be written ({fault.strerror}). Make room or mend the rights there; "
            "the next export writes this file again, with the same records."
        ) from fault
    finally:
        temporary.unlink(missing_ok=True)
    return path


def _sync_folder(folder: Path) -> None:
    """Puts the folder's entries on the disk, so that a power cut does not take the name away."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
