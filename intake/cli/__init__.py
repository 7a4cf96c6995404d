"""Click commands: parse, call, print, exit code. Nothing here knows how the work is done.

Commands are imported when called, so that `--help` answers at once.
"""

from __future__ import annotations

import importlib
import logging
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from intake import __version__
from intake.errors import IntakeError

if TYPE_CHECKING:
    from collections.abc import Sequence

INTERRUPTED = 130

COMMANDS = {
    "demo": ("demo", "The whole journey on samples/, in a scratch workspace."),
    "init": ("workspaces", "Make a workspace: settings, database, evidence."),
    "registry": ("registries", "Accounts, meters and past readings."),
    "run": ("reading", "Read scans: files, or folders with all below them."),
    "watch": ("watching", "The same, as a folder fills."),
    "review": ("reviewing", "The review app."),
    "queue": ("queueing", "The review queue for scripts."),
    "results": ("archive", "Every field read, as table, CSV or JSON Lines."),
    "read": ("archive", "Cut-out pictures of fields straight through the recogniser."),
    "export": ("exporting", "Hand readings to the reading engine."),
    "engine": ("engines", "The embedded reading engine."),
    "evaluate": ("evaluating", "Accuracy on scans whose truth is known."),
    "calibrate": ("calibrating", "Choose and certify thresholds for max_error."),
    "report": ("reporting", "A page on a batch: volumes, reasons, scanners, what waits."),
    "status": ("archive", "Control totals: is anything lost?"),
    "doctor": ("doctoring", "Is everything installed? Is everything still there?"),
    "backup": ("keeping", "Save the workspace, while work goes on in it."),
    "erase": ("keeping", "Erase an account, or months long past."),
    "template": ("templating", "List, check and draw templates."),
    "forms": ("templating", "Print forms from templates and registry."),
}
"""By name: the module in this room, and the line that `--help` shows."""

EPILOG = """\
Exit codes: 0 done; 1 done, and some files were refused; 2 usage; 3 input; 4 template;
5 a needed program is missing; 6 store; 130 interrupted.
"""


class LazyGroup(click.Group):
    """Commands by name, each imported when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """In the order in which a newcomer meets them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Imports the command called `cmd_name`; None where there is none."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"intake.cli.{COMMANDS[cmd_name][0]}")
        command = getattr(module, cmd_name)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Lists the commands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.group(cls=LazyGroup, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "-w",
    "--workspace",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("workspace"),
    show_default=True,
    help="Folder with settings, database and evidence.",
)
@click.option("-v", "--verbose", is_flag=True, help="Log what is done, to stderr.")
@click.version_option(__version__, prog_name="ocr_cli.py")
@click.pass_context
def cli(context: click.Context, workspace: Path, verbose: bool) -> None:
    """Paper meter-reading forms in, verified readings out."""
    logging.basicConfig(level=logging.CRITICAL)
    logging.getLogger("intake").setLevel(logging.DEBUG if verbose else logging.CRITICAL)
    context.obj = workspace


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs a command line and ends the process with its exit code."""
    sys.exit(run_command(arguments))


def run_command(arguments: Sequence[str] | None = None) -> int:
    """Runs a command line and returns its exit code; failures are told on stderr."""
    try:
        outcome = cli.main(
            None if arguments is None else list(arguments),
            prog_name="ocr_cli.py",
            standalone_mode=False,
        )
    except click.ClickException as fault:
        fault.show()
        if isinstance(fault, click.NoSuchOption) and fault.option_name in {"-w", "--workspace"}:
            click.echo("The workspace comes first: `ocr_cli.py -w DIR COMMAND`.", err=True)
        return fault.exit_code
    except IntakeError as fault:
        click.echo(f"Error: {fault}", err=True)
        return fault.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("Interrupted. What was finished is kept; the same command goes on.", err=True)
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return outcome if isinstance(outcome, int) else 0
