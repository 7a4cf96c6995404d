"""`template` and `forms`: what forms look like, and printing them."""

from __future__ import annotations

from pathlib import Path

import click

from intake.cli.console import FullHelp, print_table
from intake.cli.dates import BillingMonth
from intake.cli.drafting import new, preview, tell_warnings
from intake.cli.paths import Existing
from intake.cli.workspaces import Workspace, workspace_of
from intake.errors import TemplateError, UsageError
from intake.forms import SHEETS, Slip, print_forms, slips
from intake.template import Template, load_template


@click.group(cls=FullHelp)
def template() -> None:
    """List, check, draw and make templates."""


template.add_command(new)
template.add_command(preview)


@template.command("list")
@click.pass_context
def list_(context: click.Context) -> None:
    """The templates in force."""
    rows = (
        (one.id, one.version, one.title, f"{one.page[0]:g} × {one.page[1]:g} mm", len(one.field))
        for one in workspace_of(context).templates
    )
    print_table("Templates", ("id", "version", "title", "size", "fields"), rows)


@template.command()
@click.argument("files", nargs=-1, required=True, type=Existing(TemplateError))
def check(files: tuple[Path, ...]) -> None:
    """Refuse what cannot work, with file and key (exit code 4); warn of what reads badly."""
    refused = [fault for path in files if (fault := _fault_of(path)) is not None]
    if refused:
        raise TemplateError("\n".join(map(str, refused)))


def _fault_of(path: Path) -> TemplateError | None:
    """Tells how a template fares; returns what it is refused for."""
    try:
        found = load_template(path)
    except TemplateError as fault:
        return fault
    click.echo(f"{path}: {found.id} version {found.version}, {len(found.field)} fields, sound")
    tell_warnings(path, found)
    return None


@click.group(cls=FullHelp)
def forms() -> None:
    """Print forms from templates and registry."""


@forms.command("print")
@click.option("--template", "template_id", required=True, help="Which form.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True)
@click.option("--locale", help="Language of the texts, such as lv or en.")
@click.option("--sheet", type=click.Choice(sorted(SHEETS)), help="Fill sheets of this size.")
@click.option("--period", type=BillingMonth(), help="Billing month; needed with a registry.")
@click.pass_context
def print_(
    context: click.Context,
    template_id: str,
    out: Path,
    locale: str | None,
    sheet: str | None,
    period: str | None,
) -> None:
    """A PDF with one form per account of the registry; without a registry, one specimen."""
    workspace = workspace_of(context)
    template = workspace.templates.get(template_id)
    owners = _owners(workspace, template, period) if workspace.exists else []
    was_there = out.exists()
    count = print_forms(template, owners, out, locale=locale, sheet=sheet)
    if was_there:
        click.echo(f"{out}: the file of that name that was there has been replaced", err=True)
    click.echo(f"{out}: {count:,} form{'s' if count != 1 else ''}")


def _owners(workspace: Workspace, template: Template, period: str | None) -> list[Slip]:
    """Everybody who gets a form; nobody, so a specimen, where no account is known."""
    with workspace.store() as store:
        registry = store.registry(workspace.settings.organisation)
        if registry.is_empty:
            return []
        month = period or workspace.settings.period
        if month is None:
            raise UsageError("Which month? Name it with --period YYYY-MM, such as 2026-11.")
        return list(slips(template, registry, month))
