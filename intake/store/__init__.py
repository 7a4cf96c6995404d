"""The intake database: what came in, what was read, what people decided, what went out.

`Store` is a thin face; each of its methods is one transaction. The SQL is told apart by what
it is about: `ledger`, `forms`, `waiting`, `decisions`, `standing`, `outbox`, `search`, `known`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from intake.database import Database
from intake.records import Waiting
from intake.store import (
    alike,
    audit,
    beside,
    blind,
    decisions,
    forms,
    grid,
    known,
    leases,
    ledger,
    outbox,
    scanners,
    search,
    thresholds,
    waiting,
)
from intake.store.blind import without_machine
from intake.store.custody import Custody
from intake.store.decisions import NO_ITEM
from intake.store.holding import Whose
from intake.store.known import StoredRegistry
from intake.store.opening import Target, create_database, is_database, open_database
from intake.store.outbox import OpenDelivery
from intake.store.outgoing import Held, Outgoing, ReceivedAs
from intake.store.oversight import Oversight
from intake.store.papers import Papers

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from intake.records import (
        Account,
        AuditTally,
        BatchEntry,
        ControlTotals,
        Correction,
        FieldRow,
        FieldTally,
        FieldThreshold,
        FileEntry,
        FormResult,
        Keyed,
        LabelledField,
        Meter,
        PageResult,
        PastReading,
        QueueItem,
        ReadingRecord,
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


def open_registry(target: Target, organisation: str) -> StoredRegistry:
    """The registry of an organisation; made for `functools.partial`, so that workers can.

    Raises:
        StoreError: as `open_store`.
    """
    return StoredRegistry(open_database(target), organisation)


def thresholds_of(target: Target, organisation: str) -> list[FieldThreshold]:
    """What an organisation's own fields support, for a worker that opens no store.

    Raises:
        StoreError: as `open_store`.
    """
    store = open_store(target)
    try:
        return store.thresholds(organisation)
    finally:
        store.close()


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

    def save_form(self, file: int, page: int, form: FormResult) -> bool:
        """Adds a form with its fields; False where that form of that page is there already.

        A form whose template, account and period came before is held for review as a whole
        (`duplicate_form`); so is a reading whose meter and register already have one for the
        period (`channel_conflict`), and one whose form names no meter (`missing_value`).
        """
        with self._database.writing() as connection:
            return forms.save_form(connection, file, page, form)

    def seal_page(self, file: int, page: PageResult) -> None:
        """Counts a page, after all of its forms were saved; a second time does nothing."""
        with self._database.writing() as connection:
            ledger.seal_page(connection, file, page)
            scanners.keep_condition(connection, file, page)

    def finish_file(self, file: int, pages: int) -> None:
        """Counts a file as read.

        Raises:
            StoreError: not all of its `pages` pages are sealed.
        """
        with self._database.writing() as connection:
            ledger.finish_file(connection, file, pages)

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

    # ---- what people decide ----------------------------------------------------------

    def count_waiting(self, which: Waiting = Waiting()) -> int:  # noqa: B008 - frozen
        """How many fields wait for a person."""
        with self._database.reading() as connection:
            return waiting.count(connection, which)

    def waiting(self, limit: int, which: Waiting = Waiting()) -> list[QueueItem]:  # noqa: B008
        """Fields that wait for a person: oldest month first, then as the forms came."""
        with self._database.reading() as connection:
            return waiting.items(connection, limit, which)

    def take(self, who: str, limit: int, which: Waiting, seconds: float) -> list[QueueItem]:
        """Leases the first waiting fields that nobody else holds to `who` for some seconds."""
        with self._database.writing() as connection:
            return leases.take(connection, who, limit, which, seconds)

    def keep(self, who: str, seconds: float) -> int:
        """Extends what `who` still holds; returns how many fields that are."""
        with self._database.writing() as connection:
            return leases.keep(connection, who, seconds)

    def give_back(self, who: str) -> None:
        """Ends all leases of `who`."""
        with self._database.writing() as connection:
            leases.give_back(connection, who)

    def item(self, field: int) -> QueueItem | None:
        """One field as the queue shows it, waiting or not; None where there is none."""
        with self._database.reading() as connection:
            return waiting.item(connection, field)

    def form_items(self, field: int) -> list[QueueItem]:
        """All fields of the form that `field` stands on, in the template's order."""
        with self._database.reading() as connection:
            return waiting.form_items(connection, field)

    def organisation_of(self, field: int) -> str:
        """Whose form a field stands on."""
        with self._database.reading() as connection:
            return waiting.organisation_of(connection, field)

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

    def beside(self, field: int) -> list[QueueItem]:
        """The fields that a field is in conflict with: of its twin, its rivals or its own code."""
        with self._database.reading() as connection:
            return beside.beside(connection, field)

    def refuse_form(self, correction: Correction) -> None:
        """Refuses everything on the form of a field, as one decision that is undone as one.

        Raises:
            StaleDecision: as `decide`; also where somebody else holds another field of the form.
        """
        with self._database.writing() as connection:
            late = decisions.refuse_form(connection, correction)
        if late is not None:
            raise late

    def take_alike(self, who: str, digit: str, limit: int, seconds: float) -> list[QueueItem]:
        """Leases fields to `who` whose only doubt are boxes that seem to hold `digit`."""
        with self._database.writing() as connection:
            return grid.take(connection, who, digit, limit, seconds)

    def user(self) -> str | None:
        """Who the database says is there; None where it does not know people."""
        return self._database.user()

    @property
    def papers(self) -> Papers:
        """Pages that no template fits, and forms that say no month."""
        return Papers(self._database)

    @property
    def oversight(self) -> Oversight:
        """What a supervisor sees and does."""
        return Oversight(self._database)

    def history(self, field: int) -> list[Mapping[str, Any]]:
        """What was done to a field, oldest first."""
        with self._database.reading() as connection:
            return decisions.history(connection, field)

    # ---- what people find out blind --------------------------------------------------

    def draw_audit(self, organisation: str, size: int) -> None:
        """Draws the audit sample: `size` of the values accepted unseen in each month, or all."""
        with self._database.writing() as connection:
            audit.draw(connection, organisation, size)

    def audit_standing(self, organisation: str) -> list[AuditTally]:
        """How the audit of each month stands, oldest first."""
        with self._database.reading() as connection:
            return audit.standing(connection, organisation)

    def count_blind(self, who: str) -> int:
        """How many fields `who` can key blind."""
        with self._database.reading() as connection:
            return blind.count(connection, who)

    def take_blind(self, who: str, limit: int, seconds: float) -> list[QueueItem]:
        """Leases fields to `who` to be keyed blind: of the audit sample, among ordinary ones."""
        with self._database.writing() as connection:
            return blind.take(connection, who, limit, seconds)

    def key_blind(self, keying: Correction) -> Keyed:
        """Keeps one person's answer; the second equal one, or the third, settles the field.

        Raises:
            InputError: the field is not there to be keyed, or they have keyed it already.
            StaleDecision: somebody else holds it, or it was settled in the meantime.
        """
        with self._database.writing() as connection:
            return blind.key(connection, keying)

    def take_back_blind(self, who: str) -> int | None:
        """Takes back the last keying of `who` that has not settled anything; None: there is none.

        Returns:
            The field it was about.
        """
        with self._database.writing() as connection:
            return blind.take_back(connection, who)

    def labelled(self, organisation: str) -> list[LabelledField]:
        """Every field of an organisation whose truth people found out, in the order they did."""
        with self._database.reading() as connection:
            found = list(audit.labelled(connection, organisation))
        return sorted(found, key=lambda one: one.event)

    def labelled_by(self, truth: Mapping[audit.Place, str | None]) -> list[LabelledField]:
        """Every field that `truth` names by file, page, form and field, as it was read."""
        with self._database.reading() as connection:
            return list(audit.labelled_by(connection, truth))

    def crops(self) -> dict[audit.Place, str]:
        """The picture of every field, sha256, by file, page, form and field."""
        with self._database.reading() as connection:
            return search.crops(connection)

    def put_thresholds(self, organisation: str, new: Sequence[FieldThreshold]) -> None:
        """Adds thresholds that an organisation's own fields support."""
        with self._database.writing() as connection:
            thresholds.add(connection, organisation, new)

    def thresholds(self, organisation: str) -> list[FieldThreshold]:
        """The newest threshold of an organisation for each template, kind and reader."""
        with self._database.reading() as connection:
            return thresholds.newest(connection, organisation)

    def to_recall(self) -> list[int]:
        """Fields that an error re-opened and whose reading has gone out."""
        with self._database.reading() as connection:
            return alike.to_recall(connection)

    # ---- what goes out ---------------------------------------------------------------

    def open_deliveries(self) -> list[OpenDelivery]:
        """Deliveries that were opened and never closed, oldest first."""
        with self._database.reading() as connection:
            return outbox.open_deliveries(connection)

    def next_delivery(self) -> int:
        """The id that the next delivery will have."""
        with self._database.reading() as connection:
            return outbox.next_delivery(connection)

    def open_delivery(self, delivery: OpenDelivery) -> int:
        """Fixes all records that are due as one delivery; returns how many there are."""
        with self._database.writing() as connection:
            return outbox.open_delivery(connection, delivery)

    def delivery_records(self, delivery: int) -> Iterator[ReadingRecord]:
        """The records of a delivery, always in the same order."""
        with self._database.reading() as connection:
            yield from outbox.records_of(connection, delivery)

    def close_delivery(self, delivery: int) -> None:
        """Says that a delivery has arrived."""
        with self._database.writing() as connection:
            outbox.close_delivery(connection, delivery)

    @property
    def outgoing(self) -> Outgoing:
        """Receipts, what is held back, and what went out under which id."""
        return Outgoing(self._database)

    def held(self) -> int:
        """Accepted readings that cannot go out: account, meter or period is not known."""
        with self._database.reading() as connection:
            return outbox.held(connection)

    # ---- what is kept ----------------------------------------------------------------

    @property
    def custody(self) -> Custody:
        """Copying, counting again, and erasing."""
        return Custody(self._database)

    # ---- what the company knows ------------------------------------------------------

    def registry(self, organisation: str) -> StoredRegistry:
        """What an organisation knows."""
        return StoredRegistry(self._database, organisation)

    def put_accounts(self, organisation: str, rows: Sequence[Account]) -> None:
        """Adds accounts; those that are there are brought up to date."""
        with self._database.writing() as connection:
            known.put_accounts(connection, organisation, rows)

    def put_meters(self, organisation: str, rows: Sequence[Meter]) -> None:
        """Adds meters; those that are there are brought up to date."""
        with self._database.writing() as connection:
            known.put_meters(connection, organisation, rows)

    def put_readings(self, organisation: str, rows: Sequence[PastReading]) -> None:
        """Adds past readings; those that are there are brought up to date."""
        with self._database.writing() as connection:
            known.put_readings(connection, organisation, rows)
