"""Taking an account out of the reading engine: readings of all channels, meters, address."""

from __future__ import annotations

from sqlalchemy import Connection, and_, delete, func, or_, select

from intake.engine.tables import accounts, fittings, meters, readings


def erase(connection: Connection, organisation: str, account: str) -> int:
    """Deletes all that is kept about an account; returns how many readings that were."""
    mine = and_(meters.c.organisation == organisation, meters.c.account == account)
    owned = select(meters.c.number).where(mine)
    theirs = and_(
        readings.c.organisation == organisation,
        or_(readings.c.account == account, readings.c.meter.in_(owned)),
    )
    count = connection.scalar(select(func.count()).select_from(readings).where(theirs)) or 0
    fitted = and_(fittings.c.organisation == organisation, fittings.c.meter.in_(owned))
    own = and_(accounts.c.organisation == organisation, accounts.c.number == account)
    for table, rows in ((readings, theirs), (fittings, fitted), (meters, mine), (accounts, own)):
        connection.execute(delete(table).where(rows))
    return count
