"""What a decision rests on besides the picture, gathered before it: decisions are pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from intake.decide.history import Past
from intake.registry.months import month_number
from intake.settings import Rules

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from intake.records import FormCode, Kind, Meter, PastReading
    from intake.template import Field


@dataclass(frozen=True, slots=True)
class Acceptance:
    """From which confidence on a field is accepted without a person.

    Attributes:
        threshold: lowest confidence of the whole field.
        provisional: whether the evidence behind the threshold supports less than the company
            asks for, so that every value accepted by it carries a mark.
        confirmed: the same for a value that its meter's history confirms; None: history does
            not count.
    """

    threshold: float
    provisional: bool = False
    confirmed: float | None = None


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What is known about one form.

    Attributes:
        code: what the form's code says; None where it could not be read.
        acceptance: by field kind; a kind that is missing is never accepted unseen.
        has_registry: whether the company's accounts are known at all; without them the
            image decides alone.
        account: the account that the form was resolved to; None where it could not be.
        meters: of that account.
        history: past readings by meter and register, newest first.
        period: billing month of the form `YYYY-MM`; None where unknown.
        rules: the company's.
        today: day `YYYY-MM-DD` on which the scan was handed in; None where unknown.
    """

    code: FormCode | None = None
    acceptance: Mapping[Kind, Acceptance] = field(default_factory=dict)
    has_registry: bool = False
    account: str | None = None
    meters: tuple[Meter, ...] = ()
    history: Mapping[tuple[str, str], tuple[PastReading, ...]] = field(default_factory=dict)
    period: str | None = None
    rules: Rules = field(default_factory=Rules)
    today: str | None = None

    def past(self, field: Field) -> Past | None:
        """What the register of a reading has shown; None where no meter is known at its place."""
        meter = meter_at(self.meters, field, self.period)
        if meter is None:
            return None
        known = self.history.get((meter.number, field.register), ())
        return Past(meter, known, self.period, self.rules)

    def allows(self, day: str) -> bool:
        """Whether the form may have been filled in on a day, `YYYY-MM-DD`.

        No scan is older than its form: a clock that says so is wrong, and not believed.
        """
        most = self.rules.date_months
        believed = self.today is not None and self._months_after(self.today) >= -most
        if believed and day > str(self.today):
            return False
        return abs(self._months_after(day)) <= most

    def _months_after(self, day: str) -> int:
        """How many months a day lies after the form's; 0 where that is unknown."""
        return month_number(day[:7]) - month_number(self.period) if self.period else 0

    @property
    def is_specimen(self) -> bool:
        """Whether the form belongs to nobody."""
        return self.code is not None and self.code.is_specimen

    @property
    def applies_registry(self) -> bool:
        """Whether numbers on the form are held against the registry."""
        return self.has_registry and not self.is_specimen


def meter_at(meters: Iterable[Meter], field: Field, period: str | None) -> Meter | None:
    """The meter at a field's place; one that was taken out before the month is not there."""
    here = (meter for meter in meters if meter.place == field.group)
    return next((meter for meter in here if not _is_gone(meter, period)), None)


def _is_gone(meter: Meter, period: str | None) -> bool:
    return meter.removed is not None and period is not None and meter.removed < f"{period}-01"
