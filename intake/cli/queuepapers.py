"""`queue pages` and its kin: pages and forms that were not read, or that say no month."""

from __future__ import annotations

import dataclasses
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from intake.cli.console import print_json, print_table
from intake.cli.people import papers_of
from intake.cli.workspaces import workspace_of
from intake.records import Placing, Reason

if TYPE_CHECKING:
    from collections.abc import Iterator

    from intake.queue import PaperQueue

COLUMNS = ("id", "file", "page", "form", "account", "why")
REASONS = (Reason.UNSUPPORTED, Reason.UNREADABLE, Reason.DUPLICATE_FORM)


@contextmanager
def _papers_of(context: click.Context) -> Iterator[PaperQueue]:
    workspace = workspace_of(context)
    with workspace.store() as store:
        yield papers_of(store, workspace.settings.review)


@click.command()
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="A JSON line each.")
@click.pass_context
def pages(context: click.Context, limit: int, as_json: bool) -> None:
    """Pages that no template fits, forms that were not read, then forms that say no month."""
    with _papers_of(context) as papers:
        found, (unknown, undated) = papers.waiting(limit), papers.counts()
    if as_json:
        for paper in found:
            print_json(dataclasses.asdict(paper))
        return
    title = f"{unknown:,} pages and forms not read, {undated:,} forms without a month"
    rows = ((one.id, one.file, one.page, one.form, one.account, one.refused) for one in found)
    print_table(title, COLUMNS, rows)


@click.command()
@click.argument("page")
@click.option("--template", required=True, help="Which form it is.")
@click.option("--account", help="Whose it is; left out: its account field waits to be keyed.")
@click.option("--period", required=True, help="Billing month, YYYY-MM.")
@click.pass_context
def name(
    context: click.Context, page: str, template: str, account: str | None, period: str
) -> None:
    """Say which form PAGE is, such as page:7 or form:7; its fields then wait to be keyed."""
    form = workspace_of(context).templates.get(template)
    with _papers_of(context) as papers:
        first = papers.name(Placing(page, papers.who, account, period), form)
    print_json({"page": page, "template": form.id, "first_item": first})


@click.command()
@click.argument("form")
@click.argument("period")
@click.pass_context
def date(context: click.Context, form: str, period: str) -> None:
    """Say which month FORM, such as form:7, is for: PERIOD, YYYY-MM."""
    with _papers_of(context) as papers:
        papers.date(Placing(form, papers.who, None, period))
    print_json({"form": form, "period": period})


@click.command("refuse-page")
@click.argument("page")
@click.option(
    "--reason",
    type=click.Choice([one.value for one in REASONS]),
    default=Reason.UNSUPPORTED.value,
    show_default=True,
)
@click.option("--why", default="", help="A remark for the record.")
@click.pass_context
def refuse_page(context: click.Context, page: str, reason: str, why: str) -> None:
    """Refuse PAGE, such as page:7, for good."""
    with _papers_of(context) as papers:
        papers.refuse(Placing(page, papers.who, None, None), Reason(reason), why)
    print_json({"page": page, "reason": reason})
