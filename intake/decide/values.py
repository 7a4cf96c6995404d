"""What the digits in a field say: dates, patterns, decimal numbers without floats."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import replace
from datetime import date
from decimal import Decimal
from operator import itemgetter
from typing import TYPE_CHECKING

from intake.records import Candidate, Kind, Reason

if TYPE_CHECKING:
    from collections.abc import Callable

    from intake.records import Reading
    from intake.template import Field


def written_date(digits: str) -> str | None:
    """`DDMMYY` or `DDMMYYYY` as `YYYY-MM-DD`; None for what is no day of the calendar."""
    if not re.fullmatch(r"[0-9]{6}|[0-9]{8}", digits):
        return None
    year = int(digits[4:]) + (2000 if len(digits) == 6 else 0)
    try:
        return date(year, int(digits[2:4]), int(digits[:2])).isoformat()
    except ValueError:
        return None


MARK = "."


def in_places(field: Field, reading: Reading) -> Reading:
    """The reading of a handwritten box without cells, its values as digits without a mark.

    What stands behind the mark of a meter's value is filled up with zeros to the field's
    `decimals`, or cut there. A mark that is missing, or has more digits behind it than the meter,
    is a sign of trouble: nobody can know which number was meant. Where none was seen, the whole
    number and the one with its mark where the meter has it are equally likely.
    """
    if field.cells or field.kind is not Kind.HANDWRITTEN or reading.value is None:
        return reading
    if not field.is_reading:
        return replace(reading, candidates=_each(reading, lambda value: [value.replace(MARK, "")]))
    signs = reading.signs
    if not _has_places(reading.value, field.decimals) and Reason.DECIMAL_MARK not in signs:
        signs = (*signs, Reason.DECIMAL_MARK)
    candidates = _each(reading, lambda value: _meant(value, field.decimals))
    return replace(reading, candidates=candidates, signs=signs)


def _each(reading: Reading, meant: Callable[[str], list[str]]) -> tuple[Candidate, ...]:
    """Candidates with what their values may mean; those that become the same count together."""
    likely: dict[str | None, float] = defaultdict(float)
    for one in reading.candidates:
        values = [None] if one.value is None else meant(one.value)
        for value in values:
            likely[value] += one.probability / len(values)
    ranked = sorted(likely.items(), key=itemgetter(1), reverse=True)
    return tuple(Candidate(value, share) for value, share in ranked)


def _meant(value: str, decimals: int) -> list[str]:
    filled = _filled_up(value, decimals)
    unmarked = MARK not in value and 0 < decimals < len(value)
    return [filled, value] if unmarked else [filled]


def _has_places(value: str, decimals: int) -> bool:
    _, mark, fraction = value.partition(MARK)
    return bool(mark or not decimals) and MARK not in fraction and len(fraction) <= decimals


def _filled_up(value: str, decimals: int) -> str:
    whole, _, fraction = value.partition(MARK)
    return whole + fraction.replace(MARK, "")[:decimals].ljust(decimals, "0")


def with_dates(reading: Reading) -> Reading:
    """The reading of a date comb with its candidates as days; impossible ones are dropped."""
    days = (_as_day(candidate) for candidate in reading.candidates)
    return replace(reading, candidates=tuple(day for day in days if day is not None))


def _as_day(candidate: Candidate) -> Candidate | None:
    if candidate.value is None:
        return candidate
    day = written_date(candidate.value)
    return None if day is None else Candidate(day, candidate.probability)


def fits(field: Field, value: str) -> bool:
    """Whether a value has the form that its field's template asks for."""
    return field.pattern is None or re.fullmatch(field.pattern, value) is not None


def as_decimal(digits: str, decimals: int) -> Decimal:
    """The number that `digits` stand for, `decimals` of them after the decimal mark."""
    return Decimal(int(digits)).scaleb(-decimals)
