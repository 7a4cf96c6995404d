"""The intake database: what came in, what was read, what people decided, what went out.

`Store` is a thin face; each of its methods is one transaction, and what belongs to one job stands
together behind a name: `waiting`, `papers`, `oversight`, `trust`, `outgoing`, `custody`. The SQL is
told apart by what it is about: `ledger`, `forms`, `decisions`, `standing`, `outbox`, `search`, …
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from intake.database import Database, Target
from intake.store import audit, decisions, forms, known, ledger, scanners, search
from intake.store.blind import without_machine
from intake.store.custody import Custody
from intake.store.decisions import NO_ITEM
from intake.store.holding import Whose
from intake.store.known import StoredRegistry, open_registry
from intake.store.opening import create_database, is_database, open_database
from intake.store.outbox import OpenDelivery
from intake.store.outgoing import Held, Outgoing, ReceivedAs, RefusedReading
from intake.store.oversight import Oversight
from intake.store.papers import Papers
from intake.store.trust import Trust, thresholds_of
from intake.store.waitlist import Waitlist

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from intake.records import (
        Account,
        BatchEntry,
        ControlTotals,
        Correction,
        FieldRow,
        FieldTally,
        FileEntry,
        Meter,
        PageResult,
        PastReading,
        Refusal,
        ScanFile,
        ScannedPage,
        Through,
    )

__all__ = [
    "NO_ITEM",
    "Held",
    "OpenDelivery",
    "Outgoing",
    "ReceivedAs",
    "RefusedReading",
    "Store",
    "StoredRegistry",
    "Target",
    "Whose",
    "create_store",
    "is_store",
    "open_registry",
    "open_store",
    "thresholds_of",
    "without_machine",
]


def create_store(target: Target) -> Store:
    """Makes an intake database: a file that is not there yet, or in an empty PostgreSQL one.

    Raises:
        StoreError: something is there already, or it cannot be written.
    """
    return Store(create_database(target))


def open_store(target: Target) -> Store:
    """Opens an intake database, by the path of its file or its address on PostgreSQL.

    Raises:
        StoreError: it is missing, is something else, or was made by a newer program.
    """
    return Store(open_database(target))


def is_store(target: Target) -> bool:
    """Whether there is an intake database already.

    Raises:
        StoreError: PostgreSQL does not answer.
    """
    return is_database(target)


class Store:
    """An open intake database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def close(self) -> None:
        """Gives the database back."""
        self._database.close()

    # ---- what comes in ---------------------------------------------------------------

    def begin_batch(self, label: str, organisation: str = "default") -> int:
        """Adds a batch of scans that belong to an organisation; returns its id."""
        with self._database.writing() as connection:
            return ledger.add_batch(connection, label, organisation)

    def begin_file(self, batch: int, scan: ScanFile, *, reread: bool = False) -> FileEntry:
        """Finds or adds the entry for the content of `scan`: the same bytes are one scan.

        With `reread` a known scan is read again: new results replace those of the machine,
        and whatever a person decided or has gone out stays.
        """
        with self._database.writing() as connection:
            entry = ledger.begin_file(connection, batch, scan, reread=reread)
            scanners.note_origin(connection, entry.id, scan)
            return entry

    def save_pages(
        self, file: int, results: Sequence[PageResult], *, ends: int | None = None
    ) -> None:
        """Adds pages with their forms and fields, all or none; what is there already stays.

        A form whose template, account and period came before is held for review as a whole
        (`duplicate_form`); so is a reading whose meter and register already have one for the
        period (`channel_conflict`), and one whose form names no meter (`missing_value`).

        Args:
            file: the file they are of.
            results: the pages.
            ends: how many pages the file has, where no more will come: it counts as read then.

        Raises:
            StoreError: not all pages of the file that `results` ends are stored.
        """
        with self._database.writing() as connection:
            for page in results:
                for form in page.forms:
                    forms.save_form(connection, file, page.number, form)
                ledger.seal_page(connection, file, page)
                scanners.keep_condition(connection, file, page)
            if ends is not None:
                ledger.finish_file(connection, file, ends)

    def refuse_file(self, batch: int, scan: ScanFile, refusal: Refusal) -> None:
        """Counts a file as refused, once per content, or per path where it was unreadable."""
        with self._database.writing() as connection:
            ledger.refuse_file(connection, batch, scan, refusal)

    def totals(self) -> ControlTotals:
        """The ledger as it stands."""
        with self._database.reading() as connection:
            return ledger.totals(connection)

    def tally(self, batch: int) -> FieldTally:
        """The fields of a batch by decision, and those in review by their first reason."""
        with self._database.reading() as connection:
            return ledger.tally(connection, batch)

    def through(self, batch: int | None = None) -> Through:
        """Readings, of a batch or of all, that nobody had to look at, with and without history."""
        with self._database.reading() as connection:
            return ledger.through(connection, batch)

    def batches(self) -> list[BatchEntry]:
        """Every batch, oldest first."""
        with self._database.reading() as connection:
            return ledger.batch_entries(connection)

    def scanned_pages(self, batch: int) -> list[ScannedPage]:
        """How the pages of a batch came out of their scanners."""
        with self._database.reading() as connection:
            return scanners.pages_of(connection, batch)

    def results(
        self,
        *,
        account: str | None = None,
        meter: str | None = None,
        period: str | None = None,
        batch: int | None = None,
    ) -> Iterator[FieldRow]:
        """Every field read, in the order of files, pages, forms and templates."""
        with self._database.reading() as connection:
            yield from search.results(
                connection, account=account, meter=meter, period=period, batch=batch
            )

    def crops(self) -> dict[audit.Place, str]:
        """The picture of every field, sha256, by file, page, form and field."""
        with self._database.reading() as connection:
            return search.crops(connection)

    # ---- what people decide ----------------------------------------------------------

    def decide(self, correction: Correction) -> None:
        """Applies a person's decision and appends it to the field's history.

        Raises:
            StaleDecision: the field changed since `correction.version`, or somebody else
                holds it; the decision is kept in the field's history as `late`.
            InputError: there is no such field.
        """
        with self._database.writing() as connection:
            late = decisions.decide(connection, correction)
        if late is not None:
            raise late

    def undo(self, who: str) -> int | None:
        """Takes back the last decision of `who` that nobody overtook and that has not gone out.

        Returns:
            The field it was about; None where there is nothing to take back.
        """
        with self._database.writing() as connection:
            return decisions.undo(connection, who)

    def refuse_form(self, correction: Correction) -> None:
        """Refuses everything on the form of a field, as one decision that is undone as one.

        Raises:
            StaleDecision: as `decide`; also where somebody else holds another field of the form.
        """
        with self._database.writing() as connection:
            late = decisions.refuse_form(connection, correction)
        if late is not None:
            raise late

    def user(self) -> str | None:
        """Who the database says is there; None where it does not know people."""
        return self._database.user()

    def history(self, field: int) -> list[Mapping[str, Any]]:
        """What was done to a field, oldest first."""
        with self._database.reading() as connection:
            return decisions.history(connection, field)

    # ---- jobs of their own -----------------------------------------------------------

    @property
    def waiting(self) -> Waitlist:
        """The fields that wait for a person, and who holds which of them."""
        return Waitlist(self._database)

    @property
    def papers(self) -> Papers:
        """Pages that no template fits, and forms that say no month."""
        return Papers(self._database)

    @property
    def oversight(self) -> Oversight:
        """What a supervisor sees and does."""
        return Oversight(self._database)

    @property
    def trust(self) -> Trust:
        """What people find out blind, and the thresholds that follow."""
        return Trust(self._database)

    @property
    def outgoing(self) -> Outgoing:
        """Deliveries, their receipts, what is held back, and what went out under which id."""
        return Outgoing(self._database)

    @property
    def custody(self) -> Custody:
        """Copying, counting again, and erasing."""
        return Custody(self._database)

    # ---- what the company knows ------------------------------------------------------

    def registry(self, organisation: str) -> StoredRegistry:
        """What an organisation knows."""
        return StoredRegistry(self._database, organisation)

    def put_accounts(self, organisation: str, rows: Sequence[Account]) -> int:
        """Adds accounts; those that are there are brought up to date. Returns how many it wrote."""
        with self._database.writing() as connection:
            return known.put_accounts(connection, organisation, rows)

    def put_meters(self, organisation: str, rows: Sequence[Meter]) -> int:
        """Adds meters; those that are there are brought up to date. Returns how many it wrote."""
        with self._database.writing() as connection:
            return known.put_meters(connection, organisation, rows)

    def put_readings(self, organisation: str, rows: Sequence[PastReading]) -> int:
        """Adds past readings, or brings them up to date. Returns how many it wrote."""
        with self._database.writing() as connection:
            return known.put_readings(connection, organisation, rows)
