"""The database as something to be kept: copied, counted again, and rid of what must go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from intake.store import counting, erasing, holding

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from intake.database import Database
    from intake.store.counting import KeptFile
    from intake.store.erasing import Replaced
    from intake.store.holding import Held, Whose


class Custody:
    """What a keeper does with an intake database; each method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def copy_to(self, path: Path) -> None:
        """Writes one state of the database into a file, whoever writes meanwhile.

        Raises:
            UsageError: it is on PostgreSQL.
            StoreError: the file cannot be written.
        """
        self._database.copy_to(path)

    def named(self, kind: str) -> frozenset[str]:
        """Digests of the evidence of a kind that is named."""
        with self._database.reading() as connection:
            return erasing.named(connection, kind)

    def files(self) -> Iterator[KeptFile]:
        """Every file with its pages, as they were counted when they were read."""
        with self._database.reading() as connection:
            yield from counting.files_of(connection)

    def disagreements(self) -> list[str]:
        """Where the state of fields is not what people's events led to."""
        with self._database.reading() as connection:
            return counting.disagreements(connection)

    def held(self, whose: Whose) -> Held:
        """All that is kept about somebody, or about months."""
        with self._database.reading() as connection:
            return holding.held(connection, whose)

    def erase(self, whose: Whose, going: Held, replaced: Replaced) -> None:
        """Takes it out of all tables; its evidence is then among `removals`."""
        with self._database.writing() as connection:
            erasing.erase(connection, whose, going, replaced)

    def removals(self) -> list[tuple[str, str]]:
        """Kind and digest of evidence that is to be removed."""
        with self._database.reading() as connection:
            return list(erasing.waiting_removals(connection))

    def end_removals(self) -> None:
        """Says that it is removed, and leaves nothing of it in the file of the database."""
        with self._database.writing() as connection:
            erasing.end_removals(connection)
        self._database.scrub()
