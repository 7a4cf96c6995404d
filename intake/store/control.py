"""Control totals of what went out, for a supervisor to print and to sign."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import String, cast, exists, func, select, true

from intake.records import Decision, Reason
from intake.registry.months import day_in
from intake.store.due import CHANNEL
from intake.store.ledger import totals
from intake.store.outbox import DATE
from intake.store.tables import deliveries, fields, forms, meters, outbox, readings, receipts

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection


def control_totals(connection: Connection, batch: int | None, last_day: int) -> dict[str, int]:
    """Counts the ledger and what became of its readings.

    Args:
        connection: of a reading transaction.
        batch: id of one batch; None: all of them.
        last_day: of the month on which readings are due.

    Returns:
        The ledger's counts, whether its three sums hold (1 or 0), then readings: accepted,
        verified by a person, exported, their receipts, those that a receiver refused, missing
        accounts, late, double, and with a reading by another channel.
    """
    ledger = totals(connection, batch)
    mine = true() if batch is None else forms.c.batch == batch
    return {
        **asdict(ledger),
        "sums_hold": int(ledger.balanced),
        **_readings(connection, mine),
        **_sent(connection, mine),
        "missing_accounts": _missing_accounts(connection, batch),
        "late": _late(connection, mine, last_day),
        "double": _marked(connection, mine, Reason.DUPLICATE_FORM),
        "other_channel": _other_channel(connection, mine),
    }


def _readings(connection: Connection, mine: ColumnElement[bool]) -> dict[str, int]:
    accepted = (fields.c.is_reading, fields.c.decision == Decision.ACCEPTED, mine)
    return {
        "readings_accepted": _count(connection, *accepted),
        "readings_verified": _count(connection, *accepted, fields.c.decided_by.is_not(None)),
    }


def _sent(connection: Connection, mine: ColumnElement[bool]) -> dict[str, int]:
    """Versions of readings that went out and arrived."""
    gone = (
        select(func.count())
        .select_from(outbox.join(forms, forms.c.id == outbox.c.form))
        .join(deliveries, deliveries.c.id == outbox.c.delivery)
        .where(mine)
    )
    answered = gone.join(
        receipts, (receipts.c.id == outbox.c.id) & (receipts.c.version == outbox.c.version)
    )
    refused = answered.where(receipts.c.standing.like("refused%"))
    return {
        "exported": connection.scalar(gone.where(deliveries.c.closed.is_not(None))) or 0,
        "receipts": connection.scalar(answered) or 0,
        "refused_by_receiver": connection.scalar(refused) or 0,
    }


def _missing_accounts(connection: Connection, batch: int | None) -> int:
    """Accounts with a meter in use of which no form came, in the months of the forms that did."""
    mine = true() if batch is None else forms.c.batch == batch
    query = select(forms.c.organisation, forms.c.period).where(mine, forms.c.period.is_not(None))
    return sum(
        _without_form(connection, row.organisation, row.period)
        for row in connection.execute(query.distinct())
    )


def _without_form(connection: Connection, organisation: str, period: str) -> int:
    came = exists().where(
        forms.c.organisation == organisation,
        forms.c.account == meters.c.account,
        forms.c.period == period,
        forms.c.specimen.is_(False),
    )
    in_use = meters.c.removed.is_(None) | (meters.c.removed >= day_in(period, 1))
    query = select(func.count(meters.c.account.distinct())).where(
        meters.c.organisation == organisation, in_use, ~came
    )
    return connection.scalar(query) or 0


def _late(connection: Connection, mine: ColumnElement[bool], last_day: int) -> int:
    """Forms whose date lies after the last day for readings of their month."""
    query = (
        select(forms.c.period, fields.c.value)
        .join(forms, forms.c.id == fields.c.form)
        .where(
            mine,
            fields.c.name == DATE,
            fields.c.decision == Decision.ACCEPTED,
            forms.c.period.is_not(None),
        )
    )
    return sum(row.value > day_in(row.period, last_day) for row in connection.execute(query))


def _marked(connection: Connection, mine: ColumnElement[bool], reason: Reason) -> int:
    """Readings that came twice: held as such, or superseded since."""
    told = cast(fields.c.reasons, String).like(f"%{reason}%")
    return _count(connection, fields.c.is_reading, mine, told | fields.c.superseded)


def _other_channel(connection: Connection, mine: ColumnElement[bool]) -> int:
    """Readings whose meter and month have one by portal, message or terminal."""
    other = exists().where(
        readings.c.organisation == forms.c.organisation,
        readings.c.meter == fields.c.meter,
        readings.c.register == fields.c.register,
        readings.c.period == fields.c.period,
        readings.c.channel.not_in([CHANNEL, ""]),
    )
    return _count(connection, fields.c.is_reading, mine, other)


def _count(connection: Connection, *which: Any) -> int:  # noqa: ANN401 - SQLAlchemy's conditions
    joined = fields.join(forms, forms.c.id == fields.c.form)
    return connection.scalar(select(func.count()).select_from(joined).where(*which)) or 0
