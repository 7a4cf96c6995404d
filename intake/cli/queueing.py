"""`queue`: the review queue for scripts."""

from __future__ import annotations

import dataclasses
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from intake.cli.console import FullHelp, print_json, print_table
from intake.cli.people import queue_of
from intake.cli.queuepapers import date, name, pages, refuse_page
from intake.cli.workspaces import workspace_of
from intake.queue import LEAST_BELIEVED, offers
from intake.records import Correction, Decision, Reason, Waiting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from intake.queue import Queue
    from intake.records import ClerkTally, QueueItem

COLUMNS = ("id", "account", "field", "best guess", "reasons")
CLERK_COLUMNS = ("who", "holds", "decided", "an hour", "tries", "late", "keyed", "right")


@click.group(cls=FullHelp)
def queue() -> None:
    """The review queue for scripts: all that the app does, one command each."""


for command in (pages, name, date, refuse_page):
    queue.add_command(command)


@contextmanager
def _queue_of(context: click.Context) -> Iterator[Queue]:
    workspace = workspace_of(context)
    with workspace.store() as store:
        yield queue_of(store, workspace.settings.review)


@queue.command("list")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True)
@click.option("--field", help="Only fields of this name, or whose last part it is.")
@click.option(
    "--reason",
    type=click.Choice([reason.value for reason in Reason]),
    metavar="REASON",
    help="Only what waits for this reason, such as struck_out.",
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
    if count > len(items):
        click.echo(f"The first {len(items)} are shown; --limit shows more.", err=True)


def _row(item: QueueItem) -> tuple[object, ...]:
    best = item.candidates[0] if item.candidates else None
    guess = f"{best.value or 'blank'} {best.probability:.0%}" if best else ""
    return (item.id, item.account, item.field, guess, " ".join(item.reasons))


@queue.command()
@click.argument("item", type=int)
@click.pass_context
def show(context: click.Context, item: int) -> None:
    """All that is known about one item, as a JSON line."""
    with _queue_of(context) as waiting:
        print_json(dataclasses.asdict(waiting.item(item)))


@queue.command()
@click.argument("item", type=int)
@click.pass_context
def beside(context: click.Context, item: int) -> None:
    """What ITEM is in conflict with, a JSON line each."""
    with _queue_of(context) as waiting:
        for other in waiting.beside(item):
            print_json(dataclasses.asdict(other))


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
@click.option("--candidate", type=click.IntRange(min=1), help="Which; left out: the best.")
@click.option("--why", default="", help="A remark for the record.")
@click.pass_context
def accept(context: click.Context, item: int, candidate: int | None, why: str) -> None:
    """Accept one of ITEM's candidates; a guess of the machine's only where it is named."""
    with _queue_of(context) as waiting:
        candidates = offers(waiting.item(item))
    number = candidate or 1
    if number > len(candidates):
        raise click.UsageError(
            f"Item {item} has {len(candidates)} candidates. Use `queue correct {item} VALUE`."
        )
    chosen = candidates[number - 1]
    if candidate is None and chosen.probability < LEAST_BELIEVED:
        raise click.UsageError(
            f"The best candidate of item {item} is a guess ({chosen.probability:.0%}). Look at "
            f"its picture; then use `--candidate 1`, or `queue correct {item} VALUE`."
        )
    _decide(context, item, Decision.ACCEPTED if chosen.value else Decision.BLANK, chosen.value, why)


@queue.command()
@click.argument("item", type=int)
@click.option("--why", default="", help="A remark for the record.")
@click.pass_context
def blank(context: click.Context, item: int, why: str) -> None:
    """Nothing was written in ITEM's place."""
    _decide(context, item, Decision.BLANK, None, why)


@queue.command()
@click.argument("item", type=int)
@click.option("--form", "whole", is_flag=True, help="Refuse everything on the item's form.")
@click.option("--why", default="", help="A remark for the record.")
@click.pass_context
def refuse(context: click.Context, item: int, whole: bool, why: str) -> None:
    """Nobody can read ITEM: no value goes out."""
    if not whole:
        _decide(context, item, Decision.REFUSED, None, why)
        return
    with _queue_of(context) as waiting:
        before = waiting.item(item)
        waiting.refuse_form(
            Correction(item, before.version, waiting.who, Decision.REFUSED, why=why)
        )
        _echo_standing(waiting.item(item))


@queue.command()
@click.pass_context
def undo(context: click.Context) -> None:
    """Take back your last decision, unless it has gone out or somebody decided over it."""
    with _queue_of(context) as waiting:
        item = waiting.undo()
    if item is None:
        click.echo("There is nothing to take back.", err=True)
    else:
        _echo_standing(item)


@queue.command()
@click.option("--digit", type=click.Choice(["1", "7"]), required=True)
@click.option("--limit", type=click.IntRange(min=1), default=60, show_default=True)
@click.pass_context
def alike(context: click.Context, digit: str, limit: int) -> None:
    """Fields whose only doubt are boxes that seem to hold a 1, or a 7; a JSON line each."""
    with _queue_of(context) as waiting:
        for item in waiting.take_alike(limit, digit):
            print_json(dataclasses.asdict(item))
        waiting.give_back()


@queue.command()
@click.option("--limit", type=click.IntRange(min=1), default=1, show_default=True)
@click.pass_context
def blind(context: click.Context, limit: int) -> None:
    """Take fields to key blind, with nothing of what was read; a JSON line each."""
    with _queue_of(context) as waiting:
        for item in waiting.take_blind(limit):
            print_json(dataclasses.asdict(item))


@queue.command()
@click.argument("item", type=int)
@click.argument("value", required=False)
@click.option("--blank", "empty", is_flag=True, help="Nothing is written there.")
@click.pass_context
def key(context: click.Context, item: int, value: str | None, empty: bool) -> None:
    """Answer what stands in ITEM, taken with `queue blind`; without VALUE nobody can read it."""
    decision = Decision.ACCEPTED if value else Decision.BLANK if empty else Decision.REFUSED
    with _queue_of(context) as waiting:
        version = waiting.item(item).version
        waiting.key(Correction(item, version, waiting.who, decision, value))
    print_json({"item": item, "keyed": value})


@queue.command()
@click.option("--since", default="", help="Only what was done since this day, YYYY-MM-DD.")
@click.option("--json", "as_json", is_flag=True, help="A JSON line each.")
@click.pass_context
def clerks(context: click.Context, since: str, as_json: bool) -> None:
    """Who decides how much how well: items an hour, tries, right answers among audited ones."""
    with _queue_of(context) as waiting:
        tallies = waiting.clerks(since)
    if as_json:
        for tally in tallies:
            print_json(dataclasses.asdict(tally) | {"per_hour": tally.per_hour})
        return
    print_table("People", CLERK_COLUMNS, (_clerk_row(tally) for tally in tallies))


def _clerk_row(tally: ClerkTally) -> tuple[object, ...]:
    right = f"{tally.right} of {tally.checked}" if tally.checked else ""
    figures = (tally.holds, tally.decided, tally.per_hour, f"{tally.tries:.2f}", tally.late)
    return (tally.who, *figures, tally.keyed, right)


@queue.command()
@click.argument("giver")
@click.argument("taker", required=False)
@click.pass_context
def reassign(context: click.Context, giver: str, taker: str | None) -> None:
    """Hand what GIVER holds to TAKER, or back to the queue."""
    with _queue_of(context) as waiting:
        count = waiting.reassign(giver, taker)
    print_json({"giver": giver, "taker": taker, "items": count})


@queue.command()
@click.argument("item", type=int)
@click.pass_context
def reopen(context: click.Context, item: int) -> None:
    """Send a decided ITEM back to review."""
    with _queue_of(context) as waiting:
        _echo_standing(waiting.reopen(item))


def _decide(
    context: click.Context, item: int, decision: Decision, value: str | None, why: str
) -> None:
    with _queue_of(context) as waiting:
        before = waiting.item(item)
        after = waiting.decide(
            Correction(item, before.version, waiting.who, decision, value, why=why)
        )
    _echo_standing(after)


def _echo_standing(item: QueueItem) -> None:
    print_json(
        {
            "item": item.id,
            "field": item.field,
            "decision": item.decision,
            "value": item.value,
            "version": item.version,
        }
    )
