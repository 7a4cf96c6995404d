"""What the digits in a field say: dates, patterns, decimal numbers without floats."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from intake.records import Candidate

if TYPE_CHECKING:
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
