"""`queue`: the review queue for scripts."""

from __future__ import annotations

import dataclasses
import getpass
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from intake.cli.console import print_json, print_table
from intake.cli.workspaces import workspace_of
from intake.queue import Queue
from intake.records import Correction, Decision, Reason, Waiting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from intake.records import QueueItem

COLUMNS = ("id", "file", "page", "form", "field", "account", "best guesses", "reasons")


@click.group()
def queue() -> None:
    """The review queue for scripts: list, show, correct, accept, blank, refuse, undo."""


@contextmanager
def _queue_of(context: click.Context) -> Iterator[Queue]:
    with workspace_of(context).store() as store:
        yield Queue(store, getpass.getuser())


@queue.command("list")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True)
@click.option("--field", help="Only fields of this name, or whose last part it is.")
@click.option(
    "--reason",
    type=click.Choice([reason.value for reason in Reason]),
    help="Only what waits for this reason.",
)
@click.option("--json", "as_json", is_flag=True, help="A JSON line each.")
@click.pass_context
def list_(
    context: click.Context, limit: int, field: str | None, reason: str | None, as_json: bool
) -> None:
    """What waits, oldest month first."""
    which = Waiting(field=field, reason=Reason(reason) if reason else None)
    with _queue_of(context) as waiting:
        items, count = waiting.items(limit, which), waiting.count(which)
    if as_json:
        for item in items:
            print_json(dataclasses.asdict(item))
        return
    print_table(f"{count:,} waiting", COLUMNS, (_row(item) for item in items))


def _row(item: QueueItem) -> tuple[object, ...]:
    guesses = (f"{one.value or 'blank'} {one.probability:.0%}" for one in item.candidates[:3])
    return (
        item.id,
        item.file,
        item.page,
        item.form,
        item.field,
        item.account,
        ", ".join(guesses),
        " ".join(item.reasons),
    )


@queue.command()
@click.argument("item", type=int)
@click.pass_context
def show(context: click.Context, item: int) -> None:
    """All that is known about one item, as a JSON line."""
    with _queue_of(context) as waiting:
        print_json(dataclasses.asdict(waiting.item(item)))


@queue.command()
@click.argument("item", type=int)
@click.argument("value")
@click.option("--why", default="", help="A remark for the record.")
@click.pass_context
def correct(context: click.Context, item: int, value: str, why: str) -> None:
    """Accept ITEM with VALUE: digits as written, a date as YYYY-MM-DD, 1 for a tick."""
    _decide(context, item, Decision.ACCEPTED, value, why)


@queue.command()
@click.argument("item", type=int)
@click.option("--candidate", type=click.IntRange(min=1), default=1, show_default=True)
@click.option("--why", default="", help="A remark for the record.")
@click.pass_context
def accept(context: click.Context, item: int, candidate: int, why: str) -> None:
    """Accept one of ITEM's candidates, the best one unless told otherwise."""
    with _queue_of(context) as waiting:
        candidates = waiting.item(item).candidates
    if candidate > len(candidates):
        raise click.UsageError(
            f"Item {item} has {len(candidates)} candidates. Use `queue correct {item} VALUE`."
        )
    value = candidates[candidate - 1].value
    _decide(context, item, Decision.ACCEPTED if value else Decision.BLANK, value, why)


@queue.command()
@click.argument("item", type=int)
@click.option("--why", default="", help="A remark for the record.")
@click.pass_context
def blank(context: click.Context, item: int, why: str) -> None:
    """Nothing was written in ITEM's place."""
    _decide(context, item, Decision.BLANK, None, why)


@queue.command()
@click.argument("item", type=int)
@click.option("--why", default="", help="A remark for the record.")
@click.pass_context
def refuse(context: click.Context, item: int, why: str) -> None:
    """Nobody can read ITEM: no value goes out."""
    _decide(context, item, Decision.REFUSED, None, why)


@queue.command()
@click.pass_context
def undo(context: click.Context) -> None:
    """Take back your last decision, unless it has gone out or somebody decided over it."""
    with _queue_of(context) as waiting:
        item = waiting.undo()
    if item is None:
        click.echo("There is nothing to take back.", err=True)
    else:
        _echo_standing(item, Decision.REVIEW, None)


def _decide(
    context: click.Context, item: int, decision: Decision, value: str | None, why: str
) -> None:
    with _queue_of(context) as waiting:
        before = waiting.item(item)
        after = waiting.decide(
            Correction(item, before.version, waiting.who, decision, value, why=why)
        )
    _echo_standing(after, decision, value)


def _echo_standing(item: QueueItem, decision: Decision, value: str | None) -> None:
    print_json(
        {
            "item": item.id,
            "field": item.field,
            "decision": decision,
            "value": value,
            "version": item.version,
        }
    )
