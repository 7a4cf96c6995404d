"""What a clerk has done on one item so far, without a screen."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from intake.decide.history import Past
from intake.decide.values import written_date
from intake.queue import LEAST_BELIEVED, MARK, digits_meant, offers, takes_mark
from intake.records import Correction, Decision, Kind, Meter, Reason
from intake.records.value import decimal_string
from intake.review import written
from intake.settings import Rules

if TYPE_CHECKING:
    from intake.records import Candidate, QueueItem

TOLD_AT_ONCE = frozenset(
    {
        Reason.LOW_CONFIDENCE,
        Reason.THIN_DATA,
        Reason.STRUCK_OUT,
        Reason.NOT_A_DIGIT,
        Reason.OVERWRITTEN,
        Reason.SKIPPED_CELL,
        Reason.OUTSIDE_BOX,
        Reason.DECIMAL_MARK,
        Reason.MISALIGNED,
        Reason.BORDER_CROSSED,
        Reason.FAINT_INK,
        Reason.SATURATED,
        Reason.BOX_RESIDUE,
        Reason.COMMENT,
        Reason.CONTRADICTION,
        Reason.BAD_FORMAT,
        Reason.UNLIKELY_DATE,
        Reason.MISSING_VALUE,
        Reason.DUPLICATE_FORM,
        Reason.UNREADABLE,
        Reason.UNKNOWN_FORM,
        Reason.LIKE_AN_ERROR,
        Reason.SENT_BACK,
    }
)
"""Reasons that say nothing of what the company expects. All others are told after the first key,
for whoever hears "implausible" first retypes until the complaint stops."""
LONGEST = 20


@dataclass(frozen=True, slots=True)
class Entry:
    """One item on the screen and what was keyed on it.

    Attributes:
        item: what is asked.
        typed: digits keyed so far, as they stand in the boxes.
        choice: which candidate is offered while nothing is typed, from 0.
        informed: whether what the company knows is shown.
        tried: values that were keyed and given up.
        erasing: whether the last key took a digit away.
        warned: whether the clerk was told to look again at what Enter would accept.
        picked: whether the candidate on offer was turned to by the clerk.
        rules: the company's.
    """

    item: QueueItem
    typed: str = ""
    choice: int = 0
    informed: bool = False
    tried: frozenset[str] = frozenset()
    erasing: bool = False
    warned: bool = False
    picked: bool = False
    rules: Rules = field(default_factory=Rules)

    @property
    def is_code(self) -> bool:
        """Whether account and month are asked for, as no code was read."""
        read = self.offered is not None and self.offered.value is not None
        return self.item.kind is Kind.BARCODE and not read

    @property
    def room(self) -> int:
        """How many digits the field takes."""
        return 1 if self.item.kind is Kind.MARK else self.item.cells or LONGEST

    @property
    def dated(self) -> bool:
        """Whether the field holds a day."""
        return self.item.format == "date"

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        """What the machine or, for printed numbers, the company holds for possible, best first."""
        return offers(self.item)

    @property
    def offered(self) -> Candidate | None:
        """The candidate that Enter accepts while nothing is typed; None where there is none."""
        return self.candidates[self.choice] if self.candidates else None

    @property
    def boxes(self) -> str:
        """What stands in the boxes as the machine offers it; empty for none."""
        value = self.offered.value if self.offered else None
        return written.in_boxes(value, self.item) if value else ""

    @property
    def value(self) -> str | None:
        """The value that Enter would decide on; None for an empty field or what cannot be one."""
        if not self.typed:
            return self.offered.value if self.offered else None
        if self.dated:
            return written_date(self.typed)
        return None if self.mark_astray else digits_meant(self.item, self.typed)

    @property
    def number(self) -> str | None:
        """The value as a decimal string; None where it measures nothing or holds no digits."""
        if self.item.unit is None or not self.value or not self.value.isdecimal():
            return None
        return decimal_string(self.value, self.item.decimals)

    @property
    def registry_reasons(self) -> tuple[Reason, ...]:
        """Reasons that are told after the first key."""
        return tuple(reason for reason in self.item.reasons if reason not in TOLD_AT_ONCE)

    @property
    def picture_reasons(self) -> tuple[Reason, ...]:
        """Reasons that are told at once."""
        return tuple(reason for reason in self.item.reasons if reason in TOLD_AT_ONCE)

    @property
    def holds_back(self) -> bool:
        """Whether Enter has to show something before it may decide."""
        return bool(self.registry_reasons) and not self.informed

    @property
    def seems_short(self) -> bool:
        """Whether fewer digits were typed than the machine saw, or than there are decimals.

        A digit typed too fast after Enter lands here, and would be a value all by itself.
        """
        expected = max(len(self.boxes.replace(MARK, "")), self.item.decimals + 1)
        return 0 < len(self.typed) < expected

    @property
    def is_guess(self) -> bool:
        """Whether Enter would accept what the machine itself hardly believes."""
        alone = not self.typed and not self.picked
        return alone and self.offered is not None and self.offered.probability < LEAST_BELIEVED

    @property
    def objection(self) -> Reason | None:
        """What the meter's past says against the value and has not been told; None: nothing."""
        found = self._objection()
        return None if found in self.item.reasons else found

    @property
    def is_full(self) -> bool:
        """Whether no further digit fits."""
        _, mark, fraction = self.typed.partition(MARK)
        no_more_decimals = bool(mark) and len(fraction) >= self.item.decimals
        return len(self.typed) >= self.room or no_more_decimals or self.mark_astray

    @property
    def mark_astray(self) -> bool:
        """Whether a decimal mark stands where none can be: it has to go before anything else.

        Left out instead, it would make another number of the digits around it.
        """
        return self.typed.count(MARK) > takes_mark(self.item)

    @property
    def mark_changes_nothing(self) -> bool:
        """Whether a decimal mark now says nothing new: in a day, or where the boxes have it."""
        item = self.item
        at_its_place = 0 < item.decimals == item.cells - len(self.typed)
        return self.dated or item.kind is Kind.MARK or at_its_place

    def told(self) -> Entry:
        """Shows what the company knows."""
        return replace(self, informed=True)

    def warn(self) -> Entry:
        """Remembers that the clerk was told to look again; what the company knows is shown."""
        return replace(self.told(), warned=True)

    def takes(self, digit: str) -> bool:
        """Whether a digit means anything here: a tick box takes a 1 alone."""
        if self.item.kind is Kind.BARCODE:
            return False
        return self.item.kind is not Kind.MARK or digit == "1"

    def press(self, digit: str) -> Entry:
        """Adds a digit, if it fits."""
        typed = self.typed if self.is_full else self.typed + digit
        return replace(self.told(), typed=typed, erasing=False, warned=False)

    def mark(self) -> Entry:
        """Adds a decimal mark behind the digits, astray or not, unless it changes nothing."""
        idle = not self.typed or self.mark_astray or self.mark_changes_nothing
        typed = self.typed if idle else self.typed + MARK
        return replace(self, typed=typed, erasing=False, warned=False)

    def erase(self) -> Entry:
        """Takes the last digit away; a value given up this way was a try."""
        tried = self.tried if self.erasing or not self.typed else self.tried | {self.typed}
        return replace(self, typed=self.typed[:-1], tried=tried, erasing=True, warned=False)

    def next_candidate(self) -> Entry:
        """Offers the next candidate, the first after the last; what was typed is given up."""
        tried = self.tried | {self.typed} if self.typed else self.tried
        count = max(len(self.candidates), 1)
        step = 0 if self.typed else 1
        choice = (self.choice + step) % count
        told = self.told()
        return replace(told, typed="", tried=tried, choice=choice, erasing=False, picked=True)

    def accepted(self, who: str, seconds: float) -> Correction:
        """The decision that what is typed, or else what is offered, is right."""
        decision = Decision.BLANK if self.value is None else Decision.ACCEPTED
        return self._correction(who, seconds, decision, self.value)

    def blank(self, who: str, seconds: float) -> Correction:
        """The decision that nothing is written there."""
        return self._correction(who, seconds, Decision.BLANK, None)

    def refused(self, who: str, seconds: float) -> Correction:
        """The decision that nobody can read it."""
        return self._correction(who, seconds, Decision.REFUSED, None)

    def usage(self) -> Decimal | None:
        """What would have been used since the last reading known; None where nothing tells."""
        if not self.item.previous or self.number is None:
            return None
        return Decimal(self.number) - Decimal(self.item.previous[0].value)

    def coded(self, who: str, seconds: float, text: str) -> Correction:
        """The decision that the form's code says `text`."""
        return self._correction(who, seconds, Decision.ACCEPTED, text)

    def _objection(self) -> Reason | None:
        item = self.item
        if self.number is None or not item.previous or item.unit is None:
            return None
        dial = Meter(item.meter or "", "", "", "", (), item.cells, item.decimals, item.unit)
        past = Past(dial, item.previous, item.period, self.rules)
        used = past.since(Decimal(self.number)) if past.months else Decimal(0)
        if used is None:
            return Reason.BELOW_PREVIOUS
        unusual = bool(past.months) and used > past.most and "implausible" not in self.rules.off
        return Reason.IMPLAUSIBLE if unusual else None

    def _correction(
        self, who: str, seconds: float, decision: Decision, value: str | None
    ) -> Correction:
        tries = len(self.tried | {self.typed}) if self.typed else len(self.tried) + 1
        return Correction(
            item=self.item.id,
            version=self.item.version,
            who=who,
            decision=decision,
            value=value,
            seconds=round(seconds, 1),
            tries=tries,
            why="",
        )
