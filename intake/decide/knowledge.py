"""What a decision rests on besides the picture, gathered before it: decisions are pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from intake.records import FormCode, Kind, Meter, PastReading


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
    """

    code: FormCode | None = None
    acceptance: Mapping[Kind, Acceptance] = field(default_factory=dict)
    has_registry: bool = False
    account: str | None = None
    meters: tuple[Meter, ...] = ()
    history: Mapping[tuple[str, str], tuple[PastReading, ...]] = field(default_factory=dict)
    period: str | None = None

    @property
    def is_specimen(self) -> bool:
        """Whether the form belongs to nobody."""
        return self.code is not None and self.code.is_specimen

    @property
    def applies_registry(self) -> bool:
        """Whether numbers on the form are held against the registry."""
        return self.has_registry and not self.is_specimen
