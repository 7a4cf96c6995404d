"""`demo`: the whole journey on samples/, in a scratch workspace that can be looked at."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from intake.cli.console import narrator, table
from intake.cli.reading import read_scans, show_summary, workplace_of
from intake.cli.reporting import write_page
from intake.cli.workspaces import HOME, Workspace
from intake.deliver import deliver
from intake.errors import InputError
from intake.records import Decision
from intake.registry.importing import import_registry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

    from intake.records import FieldRow

SAMPLES = HOME / "samples"


@click.command()
def demo() -> None:
    """The whole journey on samples/: registry in, scans read, readings out, totals checked."""
    if not SAMPLES.is_dir():
        raise InputError(f"{SAMPLES}: no samples here. Run the demo in a checkout of the project.")
    console = narrator()
    workspace = Workspace(Path(tempfile.mkdtemp(prefix="meter-intake-demo-")) / "workspace")
    workspace.create(SAMPLES / "intake.toml")
    registry = sorted((SAMPLES / "registry").glob("*.csv"))
    with workspace.store() as store:
        report = import_registry(store, workspace.settings.organisation, registry)
        counted = ", ".join(f"{count} {kind}" for kind, count in report.accepted.items())
        console.print(f"The company's registry: {counted}.")
        summary = read_scans(store, workplace_of(workspace), [SAMPLES / "scans"])
    show_summary(summary, console)
    accepted = _show_accuracy(workspace, console)
    _hand_over(workspace, accepted, console)


def _show_accuracy(workspace: Workspace, console: Console) -> int:
    """Holds what was accepted against the truth that comes with the samples.

    Returns:
        How many readings were accepted.
    """
    with workspace.store() as store:
        counts = Counter(_outcomes(store.results()))
    rows = [
        (part, counts[part, "accepted"], counts[part, "wrong"], counts[part, "review"])
        for part in ("reading", "date", "meter", "account", "code", "replaced")
    ]
    columns = ("field", "accepted by itself", "of them wrong", "to a person")
    console.print(table("Against the truth of the samples", columns, rows))
    return counts["reading", "accepted"]


def _outcomes(results: Iterator[FieldRow]) -> Iterator[tuple[str, str]]:
    truth = sample_truth()
    for row in results:
        part = row.field.rpartition(".")[2]
        if row.verdict is Decision.REVIEW:
            yield part, "review"
        if row.verdict is Decision.ACCEPTED:
            yield part, "accepted"
            if row.value != truth[row.file, row.page, row.form, row.field]:
                yield part, "wrong"


def sample_truth() -> dict[tuple[str, int, int, str], str | None]:
    """What was written on the samples, by file, page, form and field."""
    lines = (SAMPLES / "truth.jsonl").read_text(encoding="utf-8").splitlines()
    entries = map(json.loads, lines)
    return {(one["file"], one["page"], one["form"], one["field"]): one["value"] for one in entries}


def _hand_over(workspace: Workspace, accepted: int, console: Console) -> None:
    target = workspace.folder / "export"
    target.mkdir()
    with workspace.store() as store:
        delivery = deliver(store, target, "csv")
        waiting, totals = store.waiting.count(), store.totals()
    console.print(f"{delivery.records} readings handed over, {delivery.held} held back.")
    console.print(
        f"{accepted - delivery.records} more stand on a specimen, which belongs to no account."
    )
    console.print("The sums hold." if totals.balanced else "THE SUMS DO NOT HOLD.")
    _tell_where_to_look(workspace, waiting, delivery.path, console)


def _tell_where_to_look(
    workspace: Workspace, waiting: int, readings: Path | None, console: Console
) -> None:
    """Each place on a line of its own, so that it can be copied from a narrow terminal."""
    page, _alarms = write_page(workspace)
    command = f"./ocr_cli.py -w {workspace.folder}"
    console.print("\nWhere to look next:")
    for what, where in (
        ("the report page, in a browser", page),
        (f"the review app: {waiting} fields wait for you", f"{command} review"),
        ("the readings as they were exported", readings),
        ("every field, and whether the sums hold", f"{command} results"),
        ("", f"{command} status"),
    ):
        if what:
            console.print(f"  {what}", markup=False)
        console.print(f"    {where}", soft_wrap=True, markup=False)
    console.print(f"It stays there until you remove {workspace.folder.parent}.", soft_wrap=True)
