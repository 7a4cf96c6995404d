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
from intake.store import OpenDelivery

if TYPE_CHECKING:
    from intake.store import Store


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a call of `deliver` did.

    Attributes:
        path: the file with what was due; None where nothing was.
        records: how many records are in it.
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
    repaired = tuple(_write(store, delivery) for delivery in store.open_deliveries())
    number = store.next_delivery()
    path = _path(target, number, format)
    delivery = OpenDelivery(number, str(path), format)
    records = store.open_delivery(delivery)
    return Delivery(
        path=_write(store, delivery) if records else None,
        records=records,
        repaired=repaired,
        held=store.held(),
    )


def _path(target: Path, number: int, format: str) -> Path:
    target = target.absolute()
    path = target / f"readings-{number:06}.{format}" if target.is_dir() else target
    if path.exists():
        raise InputError(f"{path}: is there already. Name another file, or move it away.")
    if not path.parent.is_dir():
        raise InputError(f"{path.parent}: no such folder. Make it first.")
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
    store.close_delivery(delivery.id)
    return path


def _sync_folder(folder: Path) -> None:
    """Puts the folder's entries on the disk, so that a power cut does not take the name away."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
