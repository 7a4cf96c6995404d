"""The fields that wait for a person, and who holds which of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from intake.records import Waiting
from intake.store import beside, grid, leases, waiting

if TYPE_CHECKING:
    from intake.database import Database
    from intake.records import QueueItem


class Waitlist:
    """An intake database as people stand in front of it; each method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def count(self, which: Waiting = Waiting()) -> int:  # noqa: B008 - frozen
        """How many fields wait for a person."""
        with self._database.reading() as connection:
            return waiting.count(connection, which)

    def items(self, limit: int, which: Waiting = Waiting()) -> list[QueueItem]:  # noqa: B008
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

    def take_alike(self, who: str, digit: str, limit: int, seconds: float) -> list[QueueItem]:
        """Leases fields to `who` whose only doubt are boxes that seem to hold `digit`."""
        with self._database.writing() as connection:
            return grid.take(connection, who, digit, limit, seconds)

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

    def beside(self, field: int) -> list[QueueItem]:
        """The fields that a field is in conflict with: of its twin, its rivals or its own code."""
        with self._database.reading() as connection:
            return beside.beside(connection, field)
