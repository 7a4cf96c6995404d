"""`export`: readings that are due, handed over once; resent or recalled where that is needed."""

from __future__ import annotations

import os
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from intake.cli.console import SOME_REFUSED, narrator, print_json, print_table, safe
from intake.cli.paths import Existing
from intake.cli.people import person
from intake.cli.reporting import batch_entry
from intake.cli.workspaces import Workspace, workspace_of
from intake.deliver import HTTP, SQL, Delivery, deliver, deliver_http, deliver_rows, recall, resend
from intake.errors import InputError, UsageError
from intake.export import FORMATS
from intake.export.tables import columns_named

if TYPE_CHECKING:
    from intake.deliver import Sender
    from intake.store import Held, OpenDelivery, RefusedReading, Store

TOKEN_VARIABLE = "INTAKE_TOKEN"  # noqa: S105 - the variable's name, not a token
SHOWN = 10


@click.command()
@click.option(
    "--format",
    "form",
    type=click.Choice([*sorted(FORMATS), HTTP, SQL]),
    default="csv",
    show_default=True,
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="New file, or folder for numbered ones; the workspace's `export` if left out.",
)
@click.option(
    "--to",
    help="With --format sql: address of a PostgreSQL database, or a SQLite file, whose table "
    "`readings` is filled. With --format http: address that readings are posted to.",
)
@click.option("--columns", help="With --format csv: which columns, separated by commas.")
@click.option(
    "--token-file",
    type=Existing(folders=False),
    help=f"With --format http: file that holds the token; {TOKEN_VARIABLE} if left out.",
)
@click.option(
    "--resend",
    "number",
    type=int,
    help="Hand delivery number N over again; with --to or --out, there instead.",
)
@click.option("--recall", "reading", help="Take back the reading with this id, with --why.")
@click.option("--why", default="", help="Why a reading is taken back; goes out with it.")
@click.option("--totals", is_flag=True, help="Print control totals; hand nothing over.")
@click.option("--batch", type=int, help="With --totals: of one batch alone.")
@click.option("--json", "as_json", is_flag=True, help="With --totals: as one JSON value.")
@click.option(
    "--refused", is_flag=True, help="Print what receivers refused and why, one JSON value a line."
)
@click.pass_context
def export(
    context: click.Context,
    form: str,
    out: Path | None,
    to: str | None,
    columns: str | None,
    token_file: Path | None,
    number: int | None,
    reading: str | None,
    why: str,
    totals: bool,
    batch: int | None,
    as_json: bool,
    refused: bool,
) -> int:
    """Hand the readings that are due to the reading engine, each exactly once.

    The path of each file written goes to stdout.
    """
    if number is None:
        _check(form, out, to, columns)
    workspace = workspace_of(context)
    with workspace.store() as store:
        if totals or refused:
            _print_refused(store) if refused else _print_totals(store, workspace, batch, as_json)
            return 0
        if reading is not None:
            recall(store, person(store, workspace.settings.review), reading, why)
        sender = _sender(token_file)
        if number is not None:
            delivery = resend(store, number, sender, out or (_database(to) if to else None))
        elif to is not None:
            delivery = _deliver_to(store, form, to, sender)
        else:
            chosen = f"csv:{columns}" if columns else form
            delivery = deliver(store, out or _export_folder(workspace), chosen)
        _tell(store, delivery)
    return SOME_REFUSED if delivery.refused or delivery.earlier.waiting else 0


def _deliver_to(store: Store, form: str, to: str, sender: Sender | None) -> Delivery:
    if form == HTTP:
        return deliver_http(store, to, _needed(sender))
    return deliver_rows(store, _database(to))


def _print_refused(store: Store) -> None:
    for one in store.outgoing.refused():
        print_json(asdict(one))


def _check(form: str, out: Path | None, to: str | None, columns: str | None) -> None:
    if (form in {SQL, HTTP}) != (to is not None) or (to is not None and out is not None):
        raise UsageError("`--format sql` and `--format http` go with --to, the others with --out.")
    if columns is not None and form != "csv":
        raise UsageError("--columns goes with `--format csv`.")
    if columns is not None:
        columns_named(columns)


def _sender(token_file: Path | None) -> Sender | None:
    """What opens a sender with the token that was named; None where none was."""
    from intake.export.http import HttpSender  # noqa: PLC0415 - heavy, for --format http alone

    text = token_file.read_text(encoding="utf-8") if token_file else os.environ.get(TOKEN_VARIABLE)
    token = (text or "").strip()
    if not token:
        return None
    if not (token.isascii() and token.isprintable()):
        raise InputError(f"{token_file or TOKEN_VARIABLE}: holds no token. It is one line of text.")
    return partial(HttpSender, token=token, waiting=_say)


def _say(sentence: str) -> None:
    narrator().print(safe(sentence), markup=False, soft_wrap=True)


def _needed(sender: Sender | None) -> Sender:
    if sender is None:
        raise UsageError(
            f"`--format http` needs a token: put it into a file and name it with --token-file, "
            f"or into the variable {TOKEN_VARIABLE}."
        )
    return sender


def _database(to: str) -> Path | str:
    """What `--to` names: an address, or the file of a database."""
    return to if "://" in to else Path(to)


def _tell(store: Store, delivery: Delivery) -> None:
    held = store.outgoing.held_back() if delivery.held else []
    earlier = delivery.earlier
    for path in (*earlier.files, *([delivery.path] if delivery.path else [])):
        click.echo(path)
    left_over = f" ({earlier.records:,} of them left over)" if earlier.records else ""
    handed = delivery.records + earlier.records
    _say(f"{handed:,} readings handed over{left_over}, {delivery.held:,} held back.")
    for waiting in earlier.waiting:
        _say(_waits(waiting, len(store.outgoing.unanswered(waiting.id))))
    _say_first([_refused(one) for one in delivery.refused], "`export --refused` lists them all")
    _say_first([f"held: {_held(one)}" for one in held], "`export --totals` counts them")


def _say_first(sentences: list[str], where_all: str) -> None:
    for sentence in sentences[:SHOWN]:
        _say(sentence)
    if len(sentences) > SHOWN:
        _say(f"and {len(sentences) - SHOWN:,} more; {where_all}.")


def _waits(delivery: OpenDelivery, readings: int) -> str:
    """What to do about a delivery that was cut short."""
    return (
        f"Delivery {delivery.id} to {delivery.target} was cut short; {readings:,} of its readings "
        f"wait. It goes on with `--format http --to {delivery.target}`. Was that the wrong "
        f"address? `--resend {delivery.id} --to ADDRESS` hands all of it over there instead."
    )


def _refused(one: RefusedReading) -> str:
    where = f"account {one.account}, meter {one.meter}, {one.period}"
    return f"refused: {one.id} version {one.version} ({where}): {one.answer}"


def _held(held: Held) -> str:
    """Which form lacks what, and what to type."""
    place = f"{held.file}, page {held.page}, form {held.form}"
    return f"{place}: {', '.join(held.lacking)} not known. {' '.join(_remedies(held))}"


def _remedies(held: Held) -> list[str]:
    known = [held.items[name] for name in ("account", "meter") if _can_type(held, name)]
    found = [f"Type it with `queue correct {item} NUMBER`." for item in known]
    if "meter" in held.lacking and "meter" not in held.items:
        found.append("Import the account's meters with `registry import`; place and account count.")
    if "month" in held.lacking and "code" in held.items:
        code = f"{held.template}/{held.account or 'ACCOUNT'}/YYYY-MM"
        found.append(f"Type the code with `queue correct {held.items['code']} {code}`.")
    if "month" in held.lacking and "code" not in held.items:
        found.append("Name the month as `period` in intake.toml, then `run --reread` its file.")
    if "account" in held.lacking and "account" not in held.items and "code" not in held.items:
        found.append("Its template has no place for an account: mend it, then `run --reread`.")
    return found


def _can_type(held: Held, name: str) -> bool:
    return name in held.lacking and name in held.items


def _print_totals(store: Store, workspace: Workspace, batch: int | None, as_json: bool) -> None:
    if batch is not None:
        batch_entry(store, batch)
    window = workspace.settings.engine.billing_of(workspace.settings.organisation).window
    counted = store.outgoing.totals(batch, window[1])
    if as_json:
        print_json(counted)
        return
    title = "Control totals" if batch is None else f"Control totals of batch {batch}"
    rows = {name.replace("_", " "): count for name, count in counted.items()}
    rows["sums hold"] = bool(rows["sums hold"])
    print_table(title, ("what", "count"), rows.items())


def _export_folder(workspace: Workspace) -> Path:
    folder = workspace.folder / "export"
    folder.mkdir(exist_ok=True)
    return folder
