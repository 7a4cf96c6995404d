"""Who a printed form belongs to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from intake.records import Account, Meter
    from intake.registry import Registry
    from intake.template import Template


@dataclass(frozen=True, slots=True)
class Slip:
    """One account's form for one billing month.

    Attributes:
        account: number and address that are printed on it.
        period: billing month `YYYY-MM`.
        meters: each is printed in the group of fields that its `place` names.
    """

    account: Account
    period: str
    meters: tuple[Meter, ...] = ()

    def meter_at(self, place: str | None) -> Meter | None:
        """The meter whose place that is; None where the account has none there."""
        return next((meter for meter in self.meters if meter.place == place), None)


def slips(template: Template, registry: Registry, period: str) -> Iterator[Slip]:
    """A slip per account with a meter in use that the form has a place for, by account number."""
    places = {place.name for place in template.meter}
    for account in registry.accounts():
        there = (meter for meter in registry.meters(account.number) if meter.removed is None)
        meters = tuple(meter for meter in there if meter.place in places)
        if meters:
            yield Slip(account, period, meters)
