"""`run`: a live bar while scans are read, then a table of what became of them."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from intake import batch
from intake.cli.console import SOME_REFUSED, narrator, print_json, safe, table
from intake.cli.workspaces import Workspace, workspace_of
from intake.records import Decision, PageKind, Reason
from intake.scan import find_scans
from intake.store import create_store

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from contextlib import AbstractContextManager

    from rich.console import Console

    from intake.records import BatchSummary, Through
    from intake.store import Store, Target


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--workers", type=click.IntRange(min=0), help="Processes; 0: one per core.")
@click.option(
    "--cluster",
    metavar="ADDRESS",
    help="Read on a Dask cluster: `local`, tcp://127.0.0.1:PORT or tls://HOST:PORT.",
)
@click.option(
    "--debug-dir",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write each aligned form with its boxes, and every crop, into this folder.",
)
@click.option(
    "--reread",
    is_flag=True,
    help="Read known scans again, after a new model or template; what a person decided stays.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the summary as one JSON line.")
@click.pass_context
def run(
    context: click.Context,
    paths: tuple[Path, ...],
    workers: int | None,
    cluster: str | None,
    debug_dir: Path | None,
    reread: bool,
    as_json: bool,
) -> int:
    """Read scans: files, or folders with all below them.

    Files read before are known by their content and skipped; refused ones are tried again.
    """
    workspace = workspace_of(context)
    workplace = replace(workplace_of(workspace), debug=debug_dir)
    pool = batch.pool_at(workplace, batch.worker_count(workers, workspace.settings), cluster)
    with workspace.store() as store:
        summary = read_scans(store, workplace, paths, pool, reread=reread)
    if as_json:
        print_json(summary_as_json(summary))
    else:
        show_summary(summary, narrator())
    return SOME_REFUSED if summary.refused else 0


def read_scans(
    store: Store,
    workplace: batch.Workplace,
    paths: Sequence[Path],
    pool: AbstractContextManager[batch.Pool] | None = None,
    *,
    reread: bool = False,
) -> BatchSummary:
    """Reads every scan among and below `paths`, with a live progress bar on stderr.

    Args:
        store: where everything is kept.
        workplace: what the workers need.
        paths: files and folders.
        pool: who reads the pages; None: as many workers as the settings say.
        reread: read known scans again.

    Raises:
        InputError: a path does not exist.
    """
    found = find_scans(paths, workplace.settings.limits)
    usual = batch.pool_of(batch.worker_count(None, workplace.settings))
    with pool or usual as workers, _bar(narrator()) as bar:
        watcher = _watching(bar)
        return batch.Batch(store, workplace, found, watcher, reread=reread).read(workers)


def workplace_of(workspace: Workspace) -> batch.Workplace:
    """What workers need of a workspace.

    Raises:
        InputError: its settings are broken, or speak of a template that is not there.
        TemplateError: a template is broken.
    """
    workspace.templates  # noqa: B018 - whatever is wrong with them is said before work begins
    return batch.Workplace(
        settings=workspace.settings,
        templates=workspace.templates_folder.absolute(),
        database=_absolute(workspace.database),
        evidence=workspace.evidence_folder.absolute(),
    )


def _absolute(database: Target) -> Target:
    """As a worker with a working directory of its own finds it."""
    return database.absolute() if isinstance(database, Path) else database


@contextmanager
def reading_beside(workspace: Workspace, paths: Sequence[Path], scratch: Path) -> Iterator[Store]:
    """Reads `paths` as the workspace would, into a store in `scratch` that the block may use."""
    workplace = replace(workplace_of(workspace), evidence=scratch / "evidence")
    store = create_store(scratch / "beside.sqlite")
    try:
        read_scans(store, workplace, paths)
        yield store
    finally:
        store.close()


def _watching(bar: Progress) -> batch.Audience:
    """Who looks at the bar: it moves as pages are read, and alarms stand above it."""
    task = bar.add_task("reading", pages=0, forms=0, rate="")

    def watch(now: batch.Progress) -> None:
        seconds = bar.tasks[0].elapsed or 0.0
        rate = f"{now.pages / seconds:.1f} pages/s" if seconds > 1 else ""
        bar.update(
            task,
            total=max(now.bytes_total, 1),
            completed=now.bytes_done,
            pages=now.pages,
            forms=now.forms,
            rate=rate,
        )

    def alarm(sentence: str) -> None:
        bar.console.print(f"Look at the scanner: {safe(sentence)}", style="bold red")

    return batch.Audience(progress=watch, alarm=alarm)


def _bar(console: Console) -> Progress:
    return Progress(
        TextColumn("Reading"),
        BarColumn(),
        TextColumn("{task.fields[pages]} pages, {task.fields[forms]} forms"),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
        console=console,
    )


def show_summary(summary: BatchSummary, console: Console) -> None:
    """Prints the closing table: pages, forms, straight-through, what waits and why."""
    if not summary.files:
        console.print("Nothing to read: there is no file.")
        return
    if summary.known == summary.files:
        console.print(f"Nothing new. Files that had been read before: {summary.files:,}.")
        return
    console.print(table("This run", ("what", "count", "note"), _summary_rows(summary)))
    for name, refusal in summary.refused.items():
        console.print(
            f"refused: {safe(name)}: {refusal.reason}. {safe(refusal.advice)}",
            markup=False,
            soft_wrap=True,
        )
    if summary.pages.get(PageKind.UNKNOWN, 0):
        console.print("`queue pages` names the unknown pages; `review` shows them, under m.")
    waiting = summary.fields.decisions.get(Decision.REVIEW, 0)
    if waiting:
        console.print(f"Next: `review` for the {waiting:,} fields that wait, then `export`.")
    if Reason.THIN_DATA in summary.fields.reasons:
        console.print("thin_data: no evidence supports `max_error` yet; docs/risk.md tells more.")


def _summary_rows(summary: BatchSummary) -> list[tuple[str, int, str]]:
    pages, fields = summary.pages, summary.fields
    rows = [
        ("files", summary.files, _known(summary.known)),
        ("pages", sum(pages.values()), f"in {summary.seconds:.1f} s"),
        ("  with forms", pages.get(PageKind.FORMS, 0), ""),
        ("  blank", pages.get(PageKind.BLANK, 0), ""),
        ("  unknown", pages.get(PageKind.UNKNOWN, 0), ""),
        ("  refused", pages.get(PageKind.REFUSED, 0), ""),
        ("forms", summary.forms, ""),
        ("fields", sum(fields.decisions.values()), ""),
    ]
    for decision in Decision:
        count = fields.decisions.get(decision, 0)
        rows.append((f"  {decision}", count, _share(decision, fields.through)))
        if decision is Decision.REVIEW:
            waiting = sorted(fields.reasons.items(), key=lambda entry: -entry[1])
            rows += [(f"    {reason}", count, "") for reason, count in waiting]
    return [*rows, ("files, pages and forms refused", len(summary.refused), "")]


def _known(count: int) -> str:
    return f"{count} of them read before, or copies of others" if count else ""


def _share(decision: Decision, through: Through) -> str:
    """For accepted fields: how many of the handwritten readings needed nobody."""
    if decision is not Decision.ACCEPTED or not through.written:
        return ""
    return (
        f"{through.share:.1%} of {through.written} readings straight-through, "
        f"{through.by_picture_share:.1%} without the meters' history"
    )


def summary_as_json(summary: BatchSummary) -> dict[str, object]:
    """The summary as plain values."""
    through = summary.fields.through
    return {
        "batch": summary.batch,
        "files": summary.files,
        "known": summary.known,
        "refused": {
            name: {"reason": refusal.reason, "advice": refusal.advice}
            for name, refusal in summary.refused.items()
        },
        "pages": {kind: summary.pages.get(kind, 0) for kind in PageKind},
        "forms": summary.forms,
        "fields": dict(summary.fields.decisions),
        "readings": dict(summary.fields.readings),
        "straight_through": round(through.share, 6),
        "straight_through_without_history": round(through.by_picture_share, 6),
        "reasons": dict(summary.fields.reasons),
        "seconds": round(summary.seconds, 3),
    }
