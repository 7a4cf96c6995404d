"""`evaluate`: accuracy on labelled scans, read beside the workspace and not into it."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from intake.cli.console import print_table
from intake.cli.paths import Existing
from intake.cli.reading import reading_beside
from intake.cli.workspaces import workspace_of
from intake.errors import InputError
from intake.evidence import Evidence
from intake.reports import (
    COLUMNS,
    accuracy_page,
    as_json,
    evaluated,
    judgements,
    load_truth,
    row,
)
from intake.scan import find_scans

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from intake.cli.workspaces import Workspace
    from intake.records import Grey
    from intake.reports import Evaluation, Place, Truth
    from intake.settings import Limits
    from intake.store import Store


@click.command()
@click.argument("scans", nargs=-1, required=True, type=Existing())
@click.option(
    "--truth",
    type=Existing(folders=False),
    required=True,
    help="JSON Lines with file, page, form, field and value.",
)
@click.option(
    "--json", "json_file", type=click.Path(path_type=Path), help="Write all figures into this file."
)
@click.option(
    "--html",
    "html_file",
    type=click.Path(path_type=Path),
    help="Write a page with curves and the worst fifty pictures into this file.",
)
@click.pass_context
def evaluate(
    context: click.Context,
    scans: tuple[Path, ...],
    truth: Path,
    json_file: Path | None,
    html_file: Path | None,
) -> None:
    """How right, how sure and how much without a person, on scans whose truth is known.

    The workspace lends its settings, templates and registry; nothing is saved into it.
    """
    workspace = workspace_of(context)
    known = _truth_of(scans, load_truth(truth), workspace.settings.limits)
    with (
        tempfile.TemporaryDirectory(prefix="meter-intake-") as scratch,
        reading_beside(workspace, scans, Path(scratch)) as store,
    ):
        found = _evaluated(workspace, store, known)
        if html_file is not None:
            pictures = _pictures(store, Evidence(Path(scratch) / "evidence"))
            page = accuracy_page(found, f"How right: {truth.name}", pictures)
            html_file.write_text(page, encoding="utf-8")
    _print(found, truth)
    if json_file is not None:
        json_file.write_text(json.dumps(as_json(found), indent=1) + "\n", encoding="utf-8")


def _evaluated(workspace: Workspace, store: Store, known: dict[Place, Truth]) -> Evaluation:
    kinds = {field.name: str(field.kind) for one in workspace.templates for field in one.field}
    settings = workspace.settings
    judged = list(judgements(store.results(), known, kinds))
    return evaluated(judged, settings.max_error, settings.assurance)


def _pictures(store: Store, evidence: Evidence) -> Callable[[Place], Grey | None]:
    crops = store.crops()

    def picture(place: Place) -> Grey | None:
        digest = crops.get(place)
        return None if digest is None else evidence.picture(digest)

    return picture


def _print(found: Evaluation, truth: Path) -> None:
    told = f"unseen: asked nobody; at most: wrong share at {found.assurance:.0%}"
    fields = found.groups["by_field"].items()
    rows = [row(name, one) for name, one in (*fields, ("all", found.whole))]
    print_table(f"Against {truth.name} ({told})", ("field", *COLUMNS[1:]), rows)
    whole = found.whole
    click.echo(
        f"Area under the error curve {whole.area:.5f}, calibration off by "
        f"{whole.calibration_error:.4f}, blank accepted as a value {whole.blank_as_value}, "
        f"value taken for blank {whole.value_as_blank}."
    )


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
