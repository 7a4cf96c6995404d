"""`template new` and `template preview`: from a blank form to a template, and a look at it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from intake import geometry
from intake.align import align_page
from intake.cli.paths import Existing
from intake.cli.workspaces import Workspace, workspace_of
from intake.errors import InputError, UsageError
from intake.forms import form_picture
from intake.overlays import template_overlay, write_png
from intake.records import Page
from intake.sampling import Levels
from intake.scan import Refused, open_scan
from intake.settings import Limits
from intake.survey import Survey, draft_text, survey_page
from intake.template import Template, TemplateSet, load_template, warnings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from intake.records import AlignedForm, Matrix

SPECIMEN_PX_PER_MM = 8.0
TRIAL_DEGREES = 2.5


@click.command()
@click.argument("blank", type=Existing(folders=False))
@click.option("--id", "template_id", help="Name of the template; else as the file.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder to write into; else that of the templates in force.",
)
@click.option("--width", type=float, help="Of the form, mm, where the file does not say.")
@click.pass_context
def new(
    context: click.Context,
    blank: Path,
    template_id: str | None,
    out: Path | None,
    width: float | None,
) -> None:
    """Find the boxes on a blank form; writes ID.toml and ID.png to go on with."""
    name = _checked_id(template_id) if template_id else _id_of(blank)
    target = (out or workspace_of(context).templates_folder) / f"{name}.toml"
    if target.exists():
        raise InputError(f"{target} is there already. Remove it, or name another with --id.")
    page = next(_pages(blank))
    template = _drafted(target, _survey(blank, page, width))
    click.echo(f"{target}: {len(template.field)} fields on {_size(template)}")
    tell_warnings(target, template)
    _tell_trial(target, _find_on(_askew(page), template))


def _survey(blank: Path, page: Page, width: float | None) -> Survey:
    try:
        return survey_page(page, width)
    except InputError as fault:
        raise InputError(f"{blank}: {fault}") from None


def _checked_id(template: str) -> str:
    if template != _slug(template):
        raise UsageError(f"--id {template}: small letters, digits and hyphens only.")
    return template


def _id_of(blank: Path) -> str:
    return _slug(blank.stem) or "form"


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def _size(template: Template) -> str:
    return f"{template.page[0]:g} × {template.page[1]:g} mm"


def tell_warnings(path: Path, template: Template) -> None:
    """Prints what may make the form read badly, to stderr."""
    for warning in warnings(template):
        click.echo(f"{path}: warning: {warning}", err=True)


def _drafted(target: Path, survey: Survey) -> Template:
    """Writes the template, and the picture of the blank form where it is found by that."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if survey.needs_picture:
            write_png(target.with_suffix(".png"), survey.picture)
        target.write_text(draft_text(target.stem, survey), encoding="utf-8")
    except OSError as fault:
        raise UsageError(
            f"{target}: cannot be written ({fault.strerror}). Name another folder with --out."
        ) from fault
    return load_template(target)


def _askew(page: Page) -> Page:
    """The page as a scanner might draw it in: a scan that lies just as the blank proves little."""
    height, width = page.image.shape
    whole = (0.0, 0.0, float(width), float(height))
    turned = Levels(page.image).cut(
        geometry.turned_about(geometry.centre(whole), TRIAL_DEGREES), whole, 1.0
    )
    return Page(page.number, turned, page.dpi)


def _tell_trial(target: Path, found: tuple[Levels, AlignedForm] | None) -> None:
    """Says whether the form was found on its own blank page."""
    if found is None:
        click.echo(
            "The form was not found on its own blank page, laid askew: too little is printed on "
            "it. Print corner marks on it; docs/your-own-form.md says which.",
            err=True,
        )
        return
    click.echo(
        f"Tried on the blank page, laid askew: found, {found[1].residual_mm:.2f} mm off on "
        "average. Look at it: "
        f"ocr_cli.py template preview {target} --out {target.stem}-boxes.png",
        err=True,
    )


@click.command()
@click.argument("template_id", metavar="ID|FILE.toml")
@click.option(
    "--scan",
    type=Existing(folders=False),
    help="A filled form; else the blank one is shown.",
)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True)
@click.pass_context
def preview(context: click.Context, template_id: str, scan: Path | None, out: Path) -> None:
    """Draw the boxes, cells and names of a template over its form, as PNG."""
    template = _template(workspace_of(context), template_id)
    if scan is None:
        levels, to_page = _blank(template)
        write_png(out, template_overlay(levels, template, to_page, {}))
    else:
        levels, form = _find(scan, template)
        write_png(out, template_overlay(levels, template, form.to_page, dict(form.places)))
    click.echo(f"{out}: {len(template.field)} fields on {_size(template)}")


def _template(workspace: Workspace, name: str) -> Template:
    """The template of that file, or the one in force with that id."""
    return load_template(Path(name)) if name.endswith(".toml") else workspace.templates.get(name)


def _blank(template: Template) -> tuple[Levels, Matrix]:
    """The blank form, and millimetres on it → its pixels."""
    if template.blank is not None and template.marks is None:
        picture = next(_pages(Path(template.blank))).image
    else:
        picture = form_picture(template, None, SPECIMEN_PX_PER_MM)
    scale = picture.shape[1] / template.page[0]
    return Levels(picture), geometry.similarity(scale, 0.0, (-0.5, -0.5))


def _find(scan: Path, template: Template) -> tuple[Levels, AlignedForm]:
    """The first form of that template in a scan, with the page that it is on.

    Raises:
        InputError: it is nowhere in the scan.
    """
    for page in _pages(scan):
        found = _find_on(page, template)
        if found is not None:
            return found
    raise InputError(
        f"{scan}: no form `{template.id}` on it. Is it that form, with its printed side scanned?"
    )


def _find_on(page: Page, template: Template) -> tuple[Levels, AlignedForm] | None:
    found = align_page(page, TemplateSet([template]))
    return next(((found.levels, form) for form in found.forms if form.refusal is None), None)


def _pages(scan: Path) -> Iterator[Page]:
    """The pages of a scan.

    Raises:
        InputError: it cannot be read.
    """
    try:
        with open_scan(scan, Limits()) as opened:
            for number in range(1, opened.page_count + 1):
                yield opened.page(number)
    except Refused as fault:
        raise InputError(f"{scan}: {fault.refusal.advice}") from None
