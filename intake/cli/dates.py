"""Months and days that a command line names."""

from __future__ import annotations

from datetime import date

import click

from intake.settings import is_month


class BillingMonth(click.ParamType[str]):
    """A billing month, as it was typed."""

    name = "YYYY-MM"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The month that was typed."""
        if not is_month(value):
            self.fail("a month is YYYY-MM, such as 2026-11.", param, ctx)
        return value


class Day(click.ParamType[str]):
    """A day."""

    name = "YYYY-MM-DD"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The day that was typed, as YYYY-MM-DD."""
        try:
            return date.fromisoformat(value).isoformat()
        except ValueError:
            self.fail("a day is YYYY-MM-DD, such as 2026-11-28.", param, ctx)
