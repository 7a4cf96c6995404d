"""`review`: opens the review app."""

from __future__ import annotations

import click

from intake.cli.people import papers_of, queue_of
from intake.cli.workspaces import workspace_of
from intake.review import run_review


@click.command()
@click.pass_context
def review(context: click.Context) -> None:
    """The review app: what the machine was not sure of, one item and a keystroke or two."""
    workspace = workspace_of(context)
    settings = workspace.settings
    with workspace.store() as store:
        desk, papers = queue_of(store, settings.review), papers_of(store, settings.review)
        run_review(desk, papers, workspace.evidence, workspace.templates, settings)
