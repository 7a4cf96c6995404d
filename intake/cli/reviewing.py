"""`review`: opens the review app."""

from __future__ import annotations

import getpass

import click

from intake.cli.workspaces import workspace_of
from intake.queue import Queue
from intake.review import run_review


@click.command()
@click.pass_context
def review(context: click.Context) -> None:
    """The review app: what the machine was not sure of, one item and a keystroke or two."""
    workspace = workspace_of(context)
    with workspace.store() as store:
        queue = Queue(store, getpass.getuser())
        run_review(queue, workspace.evidence, workspace.templates, workspace.settings.review)
