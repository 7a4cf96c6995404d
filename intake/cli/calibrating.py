"""`calibrate`: thresholds from fields whose truth people found out."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from intake.calibrate import calibrate_company, to_keep
from intake.cli.console import narrator, print_json, print_table
from intake.cli.paths import Existing
from intake.cli.reading import reading_beside
from intake.cli.workspaces import workspace_of
from intake.metrics import fields_needed
from intake.pipeline import engines
from intake.recognise.model import laboratory_thresholds
from intake.reports import load_truth

if TYPE_CHECKING:
    from intake.calibrate import Calibrated, Group
    from intake.cli.workspaces import Workspace
    from intake.records import LabelledField
    from intake.settings import Settings

COLUMNS = ("fields", "labelled", "accept from", "accepted", "wrong", "at most", "so")


@click.command()
@click.argument("scans", nargs=-1, type=Existing())
@click.option(
    "--truth",
    type=Existing(folders=False),
    help="What stands on SCANS, as for `evaluate`; beside what the workspace knows.",
)
@click.option("--max-error", type=click.FloatRange(0, 1, min_open=True, max_open=True),
              help="Look for this share instead of what the settings tolerate.")  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Only count what is labelled; nothing is certified.")
@click.option("--json", "as_json", is_flag=True, help="A JSON line per template and kind.")
@click.pass_context
def calibrate(
    context: click.Context,
    scans: tuple[Path, ...],
    truth: Path | None,
    max_error: float | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Choose and certify thresholds for max_error, from fields whose truth is known.

    Those are fields that people keyed blind for the audit or decided in review, and those of
    SCANS with their --truth. Thresholds are chosen on some writers and certified once on others;
    writers who have certified do not certify again for the same reader.
    """
    if bool(scans) != bool(truth):
        raise click.UsageError("SCANS and --truth belong together.")
    workspace = workspace_of(context)
    settings = workspace.settings
    if max_error is not None:
        settings = settings.asking(max_error)
    with workspace.store() as store:
        labels = store.trust.labelled(settings.organisation)
        earlier = store.trust.thresholds(settings.organisation)
    if truth is not None:
        labels += _labels_of(workspace, scans, truth)
    found = calibrate_company(labels, settings, earlier, engines(), laboratory_thresholds())
    if not dry_run:
        last = max((one.event for one in labels), default=0)
        with workspace.store() as store:
            kept = to_keep(found, earlier, last)
            store.trust.put_thresholds(settings.organisation, kept)
    _tell(found, settings, as_json=as_json, dry_run=dry_run)


def _labels_of(workspace: Workspace, scans: tuple[Path, ...], truth: Path) -> list[LabelledField]:
    known = {place: one.value for place, one in load_truth(truth).items()}
    with (
        tempfile.TemporaryDirectory(prefix="meter-intake-") as scratch,
        reading_beside(workspace, scans, Path(scratch)) as store,
    ):
        return store.trust.labelled_by(known)


def _tell(
    found: dict[Group, Calibrated], settings: Settings, *, as_json: bool, dry_run: bool
) -> None:
    if not found:
        needed = 2 * fields_needed(0, settings.max_error, settings.assurance)
        narrator().print(
            f"Nothing is labelled yet. {settings.max_error:.3%} takes at least {needed:,} fields "
            "that people verified: by `review`, by the audit, or scans with --truth."
        )
        return
    if as_json:
        for group, one in found.items():
            print_json(_as_json(group, one, dry_run=dry_run))
        return
    if dry_run:
        _tell_labelled(found)
        return
    print_table(
        f"Thresholds at {settings.assurance:.0%} assurance",
        COLUMNS,
        [_row(group, one) for group, one in found.items()],
    )
    for one in found.values():
        if not one.holds:
            narrator().print(one.sentence, markup=False, soft_wrap=True)


def _tell_labelled(found: dict[Group, Calibrated]) -> None:
    rows = [
        (group.name, one.fields, one.writers, 2 * fields_needed(0, one.max_error, one.assurance))
        for group, one in found.items()
    ]
    print_table("Labelled fields", ("fields", "labelled", "writers", "needed"), rows)
    narrator().print(
        "Counted only: nothing is certified. Needed are at least so many, half of them to choose "
        "a threshold and half to certify it, and more where any is wrong."
    )


def _row(group: Group, one: Calibrated) -> tuple[object, ...]:
    seen = one.certificate
    return (
        group.name,
        one.fields,
        f"{seen.threshold:.4f}" if seen.fields else "",
        f"{seen.fields:,} of {seen.seen:,}",
        seen.wrong,
        f"{seen.bound:.3%}",
        "in force" if one.holds else f"{one.more_needed:,} more",
    )


def _as_json(group: Group, one: Calibrated, *, dry_run: bool) -> dict[str, object]:
    about = {
        "template": group.template,
        "version": group.version,
        "kind": group.kind,
        "engine": group.engine,
        "with_history": group.confirmed,
        "labelled": one.fields,
        "writers": one.writers,
        "max_error": one.max_error,
        "assurance": one.assurance,
    }
    if dry_run:
        return about
    seen = one.certificate
    return about | {
        "threshold": round(seen.threshold, 6) if seen.fields else None,
        "seen": seen.seen,
        "accepted": seen.fields,
        "wrong": seen.wrong,
        "bound": seen.bound,
        "holds": one.holds,
        "certified_before": one.stands,
        "more_needed": one.more_needed,
    }
