"""Due readings from the store to the reading engine, each version of each reading once.

The store fixes a delivery's records before anything is written or sent, and learns that it arrived
after a file is whole on the disk, a database has committed or a receiver has answered for every
record. Whatever dies in between, the next call hands the same records over again.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from intake.errors import InputError, UsageError
from intake.export import writer
from intake.export.sql import make_ready, write_rows
from intake.records import Correction, Decision
from intake.store import OpenDelivery, ReceivedAs, RefusedReading
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
class Earlier:
    """Deliveries that earlier calls had begun and not ended.

    Attributes:
        files: those that are whole now.
        records: how many went out now that had not.
        ended: ids of the deliveries that arrived now.
        waiting: those that go on with their own address alone, and with a token.
    """

    files: tuple[Path, ...] = ()
    records: int = 0
    ended: tuple[int, ...] = ()
    waiting: tuple[OpenDelivery, ...] = ()


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a call of `deliver` did.

    Attributes:
        path: the file with what was due; None where nothing was, or something else has it.
        records: how many records were due.
        held: accepted readings that could not go out, since their account, meter or month
            is not known or still waits for a person.
        earlier: what became of earlier deliveries that had been cut short.
        refused: readings of this one and those that the receiver will not have.
    """

    path: Path | None
    records: int
    held: int
    earlier: Earlier = Earlier()
    refused: tuple[RefusedReading, ...] = ()


def deliver(store: Store, target: Path, format: str) -> Delivery:
    """Writes all due readings to `target`, a file that is not there yet or a folder.

    Raises:
        InputError: the file is there already, or cannot be written.
        UsageError: there is no such format.
    """
    writer(format)
    earlier = _end_earlier(store)
    number = store.outgoing.next_delivery()
    delivery = OpenDelivery(number, str(_path(target, number, format)), format)
    records = store.outgoing.open_delivery(delivery)
    path = _hand_over(store, delivery) if records else None
    return _done(store, delivery.id, records, path, earlier)


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
    earlier = _end_earlier(store)
    place = str(target.absolute()) if isinstance(target, Path) else target
    delivery = OpenDelivery(store.outgoing.next_delivery(), place, SQL)
    records = store.outgoing.open_delivery(delivery)
    if records:
        _hand_over(store, delivery)
    return _done(store, delivery.id, records, None, earlier)


def deliver_http(store: Store, address: str, sender: Sender) -> Delivery:
    """Sends all due readings to an address, each until the receiver has answered for it.

    An earlier delivery that was cut short goes on if it went to the same address; the token is
    shown to nobody else.

    Args:
        store: where they are due.
        address: of the receiver.
        sender: opens a sender to an address.

    Raises:
        InputError: the receiver cannot be reached or does not let us in; what has a receipt by
            then is not sent again, and where nobody ever answered no delivery was begun.
    """
    with sender(address) as opened:
        opened.reach()
        earlier = _end_earlier(store, address, opened)
        delivery = OpenDelivery(store.outgoing.next_delivery(), address, HTTP)
        records = store.outgoing.open_delivery(delivery)
        if records:
            _send(store, delivery.id, opened, store.outgoing.unanswered(delivery.id))
    return _done(store, delivery.id, records, None, earlier)


def resend(
    store: Store, number: int, sender: Sender | None = None, place: Path | str | None = None
) -> Delivery:
    """Hands a delivery over once more, with the very same records and versions.

    Args:
        store: that it came from.
        number: its number; one that was cut short counts as arrived afterwards.
        sender: opens a sender to an address, for what goes over HTTP.
        place: where it goes instead of where it went: a file, a database or an address.

    Raises:
        InputError: there is none with that number, or it cannot be handed over.
        UsageError: it goes over HTTP and no sender is given.
    """
    delivery = store.outgoing.delivery(number)
    if place is not None:
        delivery = replace(delivery, target=_place_of(delivery, place))
    records = list(store.outgoing.delivery_records(number))
    path = None
    if delivery.format == HTTP:
        with _needed(sender)(delivery.target) as opened:
            opened.reach()
            store.outgoing.readdress(delivery)
            _send(store, number, opened, records)
    else:
        store.outgoing.readdress(delivery)
        path = _hand_over(store, delivery)
    return _done(store, number, len(records), path, Earlier())


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


def _done(
    store: Store, delivery: int, records: int, path: Path | None, earlier: Earlier
) -> Delivery:
    refused = store.outgoing.refused((delivery, *earlier.ended))
    return Delivery(path, records, store.outgoing.count_held(), earlier, tuple(refused))


def _end_earlier(store: Store, address: str = "", opened: HttpSender | None = None) -> Earlier:
    """Repeats what earlier calls began and did not end; over HTTP to `address` alone."""
    files: list[Path] = []
    ended: list[int] = []
    waiting: list[OpenDelivery] = []
    records = 0
    for delivery in store.outgoing.open_deliveries():
        if delivery.format != HTTP:
            path = _hand_over(store, delivery)
            files += [path] if path is not None else []
            records += sum(1 for _ in store.outgoing.delivery_records(delivery.id))
        elif opened is not None and delivery.target == address:
            due = store.outgoing.unanswered(delivery.id)
            _send(store, delivery.id, opened, due)
            records += len(due)
        else:
            waiting.append(delivery)
            continue
        ended.append(delivery.id)
    return Earlier(tuple(files), records, tuple(ended), tuple(waiting))


def _place_of(delivery: OpenDelivery, place: Path | str) -> str:
    """Another place for a delivery.

    Raises:
        InputError: it cannot go there.
        UsageError: it is no place for its format.
    """
    if delivery.format == HTTP:
        return str(place)
    if delivery.format != SQL:
        return str(_path(Path(place), delivery.id, delivery.format))
    make_ready(place)
    return str(place.absolute()) if isinstance(place, Path) else place


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


def _send(store: Store, delivery: int, opened: HttpSender, due: Iterable[ReadingRecord]) -> None:
    """Sends what is due of a delivery, keeps each answer and closes the delivery."""
    received: list[ReceivedAs] = []
    try:
        for record in due:
            answer = opened.send(record)
            received.append(ReceivedAs(record.id, record.version, answer.told))
            if len(received) == ANSWERED:
                store.outgoing.add_receipts(delivery, received)
                received = []
    finally:
        store.outgoing.add_receipts(delivery, received)
    store.outgoing.close_delivery(delivery)


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
