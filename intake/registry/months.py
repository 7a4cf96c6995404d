"""Billing months, `YYYY-MM`: counted, and their days."""

from __future__ import annotations

from calendar import monthrange


def month_number(period: str) -> int:
    """Months since the year 0, so that months can be subtracted."""
    return int(period[:4]) * 12 + int(period[5:]) - 1


def month_named(number: int) -> str:
    """The month with that number."""
    return f"{number // 12:04}-{number % 12 + 1:02}"


def day_in(period: str, day: int) -> str:
    """A day of the month, `YYYY-MM-DD`; its last one where it has fewer."""
    last = monthrange(int(period[:4]), int(period[5:]))[1]
    return f"{period}-{min(day, last):02}"
