"""`evaluate`: accuracy on labelled scans, read beside the workspace and not into it."""

from __future__ import annotations

import dataclasses
import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from intake.cli.console import print_table
from intake.cli.reading import read_beside
from intake.cli.workspaces import workspace_of
from intake.errors import InputError
from intake.metrics import score, scores_by
from intake.reports import load_truth, scored
from intake.scan import find_scans

if TYPE_CHECKING:
    from collections.abc import Sequence

    from intake.metrics import Score
    from intake.reports import Place, Truth
    from intake.settings import Limits

COLUMNS = ("field", "fields", "read right", "accepted", "unseen", "wrong", "at most")


@click.command()
@click.argument("scans", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@click.option(
    "--truth",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    required=True,
    help="JSON Lines with file, page, form, field and value.",
)
@click.option(
    "--json", "json_file", type=click.Path(path_type=Path), help="Write all figures into this file."
)
@click.pass_context
def evaluate(
    context: click.Context, scans: tuple[Path, ...], truth: Path, json_file: Path | None
) -> None:
    """How right, how sure and how much without a person, on scans whose truth is known.

    The workspace lends its settings, templates and registry; nothing is saved into it.
    """
    workspace = workspace_of(context)
    known = _truth_of(scans, load_truth(truth), workspace.settings.limits)
    with tempfile.TemporaryDirectory(prefix="meter-intake-") as scratch:
        fields = list(scored(read_beside(workspace, scans, Path(scratch)), known))
    assurance = workspace.settings.assurance
    by_kind = scores_by(fields, lambda field: field.kind, assurance)
    whole = score(fields, assurance)
    print_table(
        f"Against {truth.name} (unseen: asked nobody; at most: wrong share at {assurance:.0%})",
        COLUMNS,
        [_row(name, one) for name, one in (*by_kind.items(), ("all", whole))],
    )
    if json_file is not None:
        figures = {name: dataclasses.asdict(one) for name, one in by_kind.items()}
        figures["all"] = dataclasses.asdict(whole)
        json_file.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


def _truth_of(
    scans: Sequence[Path], truth: dict[Place, Truth], limits: Limits
) -> dict[Place, Truth]:
    """The truth of the files that were handed in; what it says of others does not count.

    Raises:
        InputError: it says nothing of any of them.
    """
    names = {found.scan.name for found in find_scans(scans, limits)}
    known = {place: one for place, one in truth.items() if one.file in names}
    if not known:
        raise InputError(
            "The truth says nothing of these scans. Its `file` is the name below the folder "
            "that was handed in, such as `morning/scan0001.pdf`."
        )
    return known


def _row(name: str, one: Score) -> tuple[object, ...]:
    return (
        name,
        one.fields,
        f"{one.exact_share:.1%}",
        one.accepted,
        f"{one.through_share:.1%}",
        one.wrong,
        f"{one.bound:.2%}",
    )
