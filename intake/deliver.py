"""Due readings from the store to the reading engine, each version of each reading once.

The store fixes a delivery's records before anything is written or sent, and learns that it arrived
after a file is whole on the disk, a database has committed or a receiver has answered for every
record. Whatever dies in between, the next call hands the same records over again.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from intake.errors import InputError, UsageError
from intake.export import writer
from intake.export.sql import make_ready, write_rows
from intake.records import Correction, Decision
from intake.store import OpenDelivery, ReceivedAs
from intake.syncing import sync

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from intake.export.http import HttpSender
    from intake.records import ReadingRecord
    from intake.store import Store

    Sender = Callable[[str], HttpSender]


SQL = "sql"
"""The format of deliveries that a database takes."""

HTTP = "http"
"""The format of deliveries that a receiver answers for record by record."""

ANSWERED = 50
"""Receipts that are kept at a time: that many records are sent again after a crash, at most."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a call of `deliver` did.

    Attributes:
        path: the file with what was due; None where nothing was, or something else has it.
        records: how many records were due.
        repaired: files of earlier calls that had been cut short and are whole now.
        held: accepted readings that could not go out, since their account, meter or month
            is not known or still waits for a person.
        unsent: addresses of earlier deliveries that were cut short and need a token to go on.
        refused: records that the receiver will not have.
    """

    path: Path | None
    records: int
    repaired: tuple[Path, ...]
    held: int
    unsent: tuple[str, ...] = ()
    refused: int = 0


def deliver(store: Store, target: Path, format: str) -> Delivery:
    """Writes all due readings to `target`, a file that is not there yet or a folder.

    Raises:
        InputError: the file is there already, or cannot be written.
        UsageError: there is no such format.
    """
    writer(format)
    repaired, unsent = _repair(store)
    number = store.outgoing.next_delivery()
    delivery = OpenDelivery(number, str(_path(target, number, format)), format)
    records = store.outgoing.open_delivery(delivery)
    path = _hand_over(store, delivery) if records else None
    return Delivery(path, records, repaired, store.outgoing.count_held(), unsent)


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
    repaired, unsent = _repair(store)
    place = str(target.absolute()) if isinstance(target, Path) else target
    delivery = OpenDelivery(store.outgoing.next_delivery(), place, SQL)
    records = store.outgoing.open_delivery(delivery)
    if records:
        _hand_over(store, delivery)
    return Delivery(None, records, repaired, store.outgoing.count_held(), unsent)


def deliver_http(store: Store, address: str, sender: Sender) -> Delivery:
    """Sends all due readings to an address, each until the receiver has answered for it.

    Args:
        store: where they are due.
        address: of the receiver.
        sender: opens a sender to an address.

    Raises:
        InputError: the receiver cannot be reached or does not let us in; what has a receipt by
            then is not sent again.
    """
    sender(address).close()
    repaired, _ = _repair(store, sender)
    delivery = OpenDelivery(store.outgoing.next_delivery(), address, HTTP)
    records = store.outgoing.open_delivery(delivery)
    refused = _send(store, delivery, sender) if records else 0
    return Delivery(None, records, repaired, store.outgoing.count_held(), refused=refused)


def resend(store: Store, number: int, sender: Sender | None = None) -> Delivery:
    """Hands a delivery over once more, with the very same records and versions.

    Raises:
        InputError: there is none with that number, or it cannot be handed over.
        UsageError: it goes over HTTP and no sender is given.
    """
    delivery = store.outgoing.delivery(number)
    records = list(store.outgoing.delivery_records(number))
    if delivery.format == HTTP:
        refused = _send(store, delivery, _needed(sender), records)
        return Delivery(None, len(records), (), store.outgoing.count_held(), refused=refused)
    return Delivery(_hand_over(store, delivery), len(records), (), store.outgoing.count_held())


def recall(store: Store, who: str, reading: str, why: str) -> None:
    """Takes a reading back that went out and was found wrong; the next delivery says so.

    Args:
        store: from which it went out.
        who: name of the person.
        reading: its id, as in the export.
        why: goes out with the version that takes it back.

    Raises:
        InputError: nothing went out under that id.
        UsageError: no reason is given.
        StaleDecision: somebody else decides about it now.
    """
    if not why.strip():
        raise UsageError("A recall needs its reason: --why TEXT.")
    field, version = store.outgoing.item_of(reading)
    store.decide(Correction(field, version, who, Decision.REFUSED, why=why.strip()))


def _repair(store: Store, sender: Sender | None = None) -> tuple[tuple[Path, ...], tuple[str, ...]]:
    """Repeats what earlier calls began and did not end.

    Returns:
        The files among it, and the addresses of what has to wait for a sender.
    """
    handed: list[Path] = []
    unsent: list[str] = []
    for delivery in store.outgoing.open_deliveries():
        if delivery.format != HTTP:
            path = _hand_over(store, delivery)
            handed += [path] if path is not None else []
        elif sender is not None:
            _send(store, delivery, sender)
        else:
            unsent.append(delivery.target)
    return tuple(handed), tuple(unsent)


def _needed(sender: Sender | None) -> Sender:
    if sender is None:
        raise UsageError("That delivery went over HTTP: name a token with --token-file.")
    return sender


def _hand_over(store: Store, delivery: OpenDelivery) -> Path | None:
    """Writes a delivery and closes it; returns its file, None where a database has it."""
    if delivery.format != SQL:
        path = _write(store, delivery)
        _close(store, delivery, "written")
        return path
    is_address = "://" in delivery.target
    target = delivery.target if is_address else Path(delivery.target)
    write_rows(store.outgoing.delivery_records(delivery.id), target)
    _close(store, delivery, "stored")
    return None


def _close(store: Store, delivery: OpenDelivery, standing: str) -> None:
    """What a file or a table has taken is taken as a whole."""
    records = store.outgoing.delivery_records(delivery.id)
    taken = [ReceivedAs(record.id, record.version, standing) for record in records]
    store.outgoing.add_receipts(delivery.id, taken)
    store.outgoing.close_delivery(delivery.id)


def _send(
    store: Store,
    delivery: OpenDelivery,
    sender: Sender,
    records: Iterable[ReadingRecord] | None = None,
) -> int:
    """Sends what has no receipt yet, or `records`, and closes the delivery.

    Returns:
        How many records the receiver will not have.
    """
    due = store.outgoing.unanswered(delivery.id) if records is None else records
    received: list[ReceivedAs] = []
    refused = 0
    with sender(delivery.target) as opened:
        try:
            for record in due:
                answer = opened.send(record)
                refused += answer.is_refusal
                received.append(ReceivedAs(record.id, record.version, answer.told))
                if len(received) == ANSWERED:
                    store.outgoing.add_receipts(delivery.id, received)
                    received = []
        finally:
            store.outgoing.add_receipts(delivery.id, received)
    store.outgoing.close_delivery(delivery.id)
    return refused


def _path(target: Path, number: int, format: str) -> Path:
    target = target.absolute()
    ending = format.partition(":")[0]
    path = target / f"readings-{number:06}.{ending}" if target.is_dir() else target
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
            write(store.outgoing.delivery_records(delivery.id), stream)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
        sync(path.parent)
    except OSError as fault:
        raise InputError(
            f"{path}: cannot be written ({fault.strerror}). Make room or mend the rights there; "
            "the next export writes this file again, with the same records."
        ) from fault
    finally:
        temporary.unlink(missing_ok=True)
    return path
