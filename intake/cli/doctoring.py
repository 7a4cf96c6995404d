"""`doctor`: is everything installed, and does the workspace stand?"""

from __future__ import annotations

import importlib
import shutil
from collections.abc import Callable
from dataclasses import dataclass

import click

from intake.cli.console import print_json, print_table
from intake.cli.workspaces import Workspace, workspace_of
from intake.errors import IntakeError, MissingProgram, StoreError
from intake.upkeep import recount

LIBRARIES = {
    "cv2": "opencv-python (and Debian's libgl1, libglib2.0-0)",
    "onnxruntime": "onnxruntime",
    "pypdfium2": "pypdfium2",
    "zxingcpp": "zxing-cpp",
    "textual": "textual",
}
PROGRAMS = {"tesseract": "tesseract-ocr", "pdftoppm": "poppler-utils"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        what: in a word or two.
        well: whether it is as it should be.
        note: what was found, or what to do.
    """

    what: str
    well: bool
    note: str


@click.command()
@click.option("--json", "as_json", is_flag=True, help="A JSON line per finding.")
@click.option("--verify", is_flag=True, help="Count the workspace again, from its evidence.")
@click.pass_context
def doctor(context: click.Context, as_json: bool, verify: bool) -> None:
    """Look at programs, libraries, model, templates and the workspace; exit code 5 if not well.

    With --verify every original is opened and every picture looked at, and the ledger is counted
    again from them; exit code 6 where something is not as it was counted.
    """
    workspace = workspace_of(context)
    findings = _verified(workspace) if verify else examine(workspace)
    if as_json:
        for one in findings:
            print_json({"what": one.what, "well": one.well, "note": one.note})
    else:
        rows = ((one.what, "well" if one.well else "NOT WELL", one.note) for one in findings)
        print_table("Doctor", ("what", "state", "note"), rows)
    ill = [one for one in findings if not one.well]
    if ill:
        fault = f"{ill[0].what}: {ill[0].note}"
        raise StoreError(fault) if verify else MissingProgram(fault)


def examine(workspace: Workspace) -> list[Finding]:
    """Looks at everything that reading needs."""
    findings = [_program(name, package) for name, package in PROGRAMS.items()]
    findings += [_library(name, package) for name, package in LIBRARIES.items()]
    findings.append(_attempt("digit model", _model))
    findings.append(_attempt("line model", _line_model))
    findings.append(_attempt("templates", lambda: f"{len(workspace.templates)} in force"))
    if workspace.exists:
        findings.append(_attempt("workspace", lambda: _ledger(workspace)))
    return findings


def _verified(workspace: Workspace) -> list[Finding]:
    """What was counted again, and everything about it that is not as it was."""
    with workspace.store() as store:
        counted = recount(store, workspace.evidence, workspace.settings.limits)
    found = f"{counted.files} files, {counted.pages} pages, {counted.forms} forms"
    findings = [
        Finding("ledger", True, f"{found} and {counted.pictures} pictures counted again"),
        *(Finding("begun, not finished", True, f"{name}: run it") for name in counted.unfinished),
        *(Finding("not as counted", False, fault) for fault in counted.faults),
    ]
    if counted.spare:
        note = f"{counted.spare} pictures or originals that nothing names; a killed run left them"
        findings.append(Finding("spare", True, note))
    return findings


def _program(name: str, package: str) -> Finding:
    path = shutil.which(name)
    advice = f"not found; install Debian's {package}: apt-get install {package}"
    return Finding(name, path is not None, path or advice)


def _library(name: str, package: str) -> Finding:
    try:
        module = importlib.import_module(name)
    except ImportError as fault:
        return Finding(name, False, f"cannot be loaded ({fault}); install {package}")
    return Finding(name, True, str(getattr(module, "__version__", "present")))


def _attempt(what: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(what, True, look())
    except IntakeError as fault:
        return Finding(what, False, str(fault))


def _model() -> str:
    """Which model reads, and from which confidence on its laboratory vouches for it."""
    model = importlib.import_module("intake.recognise.model")
    certified = (
        f"{one.kind} from {one.threshold:.3f} on: at most {one.bound:.2%} wrong"
        for one in model.laboratory_thresholds()
        if one.fields
    )
    return "; ".join(dict.fromkeys((str(model.shipped_model().card.engine), *certified)))


def _line_model() -> str:
    """Which model reads boxes without cells."""
    return str(
        importlib.import_module("intake.recognise.linemodel").shipped_line_model().card.engine
    )


def _ledger(workspace: Workspace) -> str:
    with workspace.store() as store:
        totals = store.totals()
    return "sums hold" if totals.balanced else "the sums of the ledger do not hold"
