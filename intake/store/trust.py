"""What people find out blind about what was accepted unseen, and the thresholds that follow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from intake.store import alike, audit, blind, thresholds
from intake.store.opening import open_database

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from intake.database import Database, Target
    from intake.records import (
        AuditTally,
        Correction,
        FieldThreshold,
        Keyed,
        LabelledField,
        QueueItem,
    )


class Trust:
    """How far the machine can be trusted; each method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

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


def thresholds_of(target: Target, organisation: str) -> list[FieldThreshold]:
    """What an organisation's own fields support, for a worker that opens no store.

    Raises:
        StoreError: as `open_store`.
    """
    database = open_database(target)
    try:
        return Trust(database).thresholds(organisation)
    finally:
        database.close()
