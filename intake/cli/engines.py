"""`engine …`: the embedded reading engine."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from intake.cli.console import FullHelp, narrator, print_json, print_table
from intake.cli.dates import BillingMonth, Day
from intake.cli.importing import tell_import
from intake.cli.paths import Existing
from intake.cli.workspaces import workspace_of
from intake.engine import Scope, Token, Wanted
from intake.engine.files import LAYOUTS, import_files
from intake.engine.report import LISTS, SHAPES, Month, totals, write
from intake.errors import InputError
from intake.registry.rows import write_headers

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from intake.engine import Engine
    from intake.engine.report import Row
    from intake.settings import Settings

FOR_PROGRAMS = frozenset({"period", "unit", "missing", "reading", "version", "id", "received"})
"""Columns that a table for people leaves out."""
LOCAL = "127.0.0.1"


@click.group(cls=FullHelp)
def engine() -> None:
    """The embedded reading engine: readings of all channels, and what each month is charged."""


@contextmanager
def _opened(context: click.Context) -> Iterator[tuple[Engine, Settings]]:
    workspace = workspace_of(context)
    with workspace.engine() as opened:
        yield opened, workspace.settings


@engine.command("import")
@click.argument("files", nargs=-1, required=True, type=Existing())
@click.option("--channel", default="", help="Channel of readings in rows that name none.")
@click.option("--organisation", help="Whose they are; as the settings say if left out.")
@click.pass_context
def import_(
    context: click.Context, files: tuple[Path, ...], channel: str, organisation: str | None
) -> int:
    """Read CSV files of other channels: readings, accounts, meters, fittings.

    Their kind is known by their header. A bad row is refused with file, line and column, and
    the rest goes in; a rerun changes nothing.
    """
    with _opened(context) as (opened, settings):
        report = import_files(opened, organisation or settings.organisation, files, channel)
    return tell_import(report)


@engine.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default=Path())
def template(folder: Path) -> None:
    """Write empty CSV files with the right headers into FOLDER."""
    for path in write_headers(folder, LAYOUTS):
        click.echo(path)


@engine.command()
@click.option("--period", required=True, type=BillingMonth(), help="Billing month.")
@click.option("--list", "list_", type=click.Choice(list(LISTS)), default="months")
@click.option("--on", type=Day(), help="As of that day; today if left out.")
@click.option("--format", "shape", type=click.Choice(SHAPES), default="table", show_default=True)
@click.option("--organisation", help="Whose; as the settings say if left out.")
@click.pass_context
def report(
    context: click.Context,
    period: str,
    list_: str,
    on: str | None,
    shape: str,
    organisation: str | None,
) -> None:
    """What a month is charged with, or one of its lists; its totals go to stderr.

    `months` has a row per meter and register; `missing` those without a reading three months in
    a row; `contradictions`, `doubles`, `late` and `strangers` readings that do not count;
    `unverified` meters past their verification.
    """
    on = on or date.today().isoformat()
    with _opened(context) as (opened, settings):
        month = Month(organisation or settings.organisation, period, on)
        rows = list(LISTS[list_](opened, month))
        counted = totals(opened, month)
    if shape == "table":
        _print_list(f"{list_} of {period}", rows)
    else:
        write(rows, shape, sys.stdout)
    told = ", ".join(f"{name} {count:,}" for name, count in counted.items() if count)
    narrator().print(f"{period} as of {on}: {told or 'nothing is known'}.")


def _print_list(title: str, rows: Sequence[Row]) -> None:
    """A table of what people look for, without columns that say nothing."""
    if not rows:
        narrator().print(f"{title}: none.")
        return
    shown = [name for name in rows[0] if name not in FOR_PROGRAMS]
    columns = [name for name in shown if any(row[name] not in {None, ""} for row in rows)]
    print_table(title, columns, ([row[name] for name in columns] for row in rows))


@engine.command()
@click.option("--meter", help="Meter number.")
@click.option("--account", help="Account number.")
@click.option("--on", type=Day(), help="As of that day.")
@click.option("--organisation", help="Whose; as the settings say if left out.")
@click.pass_context
def history(
    context: click.Context,
    meter: str | None,
    account: str | None,
    on: str | None,
    organisation: str | None,
) -> None:
    """Every version of every reading of a meter or an account, a JSON line each.

    A number that no list and no reading names ends with exit code 3, and those near it are told.
    """
    if meter is None and account is None:
        raise click.UsageError("Name a meter or an account: --meter or --account.")
    with _opened(context) as (opened, settings):
        whose = organisation or settings.organisation
        for kind, number in (("meter", meter), ("account", account)):
            if number is not None:
                opened.must_know(whose, kind, number)
        is_empty = True
        for one in opened.versions(Wanted(whose, account=account, meter=meter, on=on)):
            is_empty = False
            names = ("period", "meter", "register", "value", "channel", "date", "version", "reason")
            row = {name: getattr(one.record, name) for name in names}
            print_json({"received": one.received, **row, "id": one.record.id})
    if is_empty:
        narrator().print("No reading of it has arrived.")


@engine.command()
@click.option("--host", default=LOCAL, show_default=True, help="Address to listen on.")
@click.option("--port", default=8080, show_default=True, type=click.IntRange(0, 65535))
@click.pass_context
def serve(context: click.Context, host: str, port: int) -> None:
    """Take readings in and answer for them over HTTP; `/` tells how.

    Callers need a token of `engine token add`. Logs name requests and never hold a value.
    """
    from intake.cli.serving import run  # noqa: PLC0415 - a web server, for this command alone

    with _opened(context) as (opened, _):
        run(opened, host, port)


@engine.group()
def token() -> None:
    """Who may talk to `engine serve`: add, list, revoke."""


@token.command()
@click.argument("name")
@click.option("--scope", type=click.Choice([str(one) for one in Scope]), required=True)
@click.option("--channel", help="Of the readings; needed to write.")
@click.option("--organisation", help="Whose readings; as the settings say if left out.")
@click.pass_context
def add(
    context: click.Context, name: str, scope: str, channel: str | None, organisation: str | None
) -> None:
    """Make a token for NAME. It goes to stdout, once: only its digest is kept."""
    with _opened(context) as (opened, settings):
        whose = organisation or settings.organisation
        known = opened.terms(whose).billing.channels
        if channel is not None and channel not in known:
            raise InputError(f"channel: one of {', '.join(known)}.")
        _, text = opened.add_token(Token(0, name, whose, channel, Scope(scope)))
    click.echo(text)


@token.command("list")
@click.pass_context
def list_(context: click.Context) -> None:
    """All tokens and what each is bound to; their texts are kept nowhere."""
    with _opened(context) as (opened, _):
        tokens = opened.tokens()
    columns = ("id", "name", "organisation", "channel", "scope", "revoked")
    print_table("Tokens", columns, ([getattr(one, name) for name in columns] for one in tokens))


@token.command()
@click.argument("id", type=int)
@click.pass_context
def revoke(context: click.Context, id: int) -> None:
    """Call token ID back: it does not hold any more."""
    with _opened(context) as (opened, _):
        opened.revoke_token(id)
