"""The command line keeps its contracts: exit codes, data on stdout, words that help."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import ROOT
from intake.cli import COMMANDS, EPILOG
from workplaces import command

SAMPLES = ROOT / "samples"


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    folder = tmp_path / "workspace"
    assert command(folder, "init").code == 0
    return folder


def test_help_names_every_command_and_imports_none() -> None:
    script = (
        "import sys; from intake.cli import run_command; run_command(['--help']); "
        "print(*(name for name in ('cv2', 'textual', 'rich', 'numpy') if name in sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    *page, imported = done.stdout.splitlines()
    assert imported == ""
    listed = {line.split()[0] for line in page if line.startswith("  ") and line.split()}
    assert set(COMMANDS) <= listed


@pytest.mark.parametrize("group", ["queue", "engine", "registry", "template", "forms"])
def test_what_a_command_does_is_told_to_the_end_of_the_sentence(tmp_path: Path, group: str) -> None:
    listed = command(tmp_path, group, "--help").out.partition("Commands:")[2]
    assert listed
    assert "..." not in listed


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_has_help(tmp_path: Path, name: str) -> None:
    shown = command(tmp_path, name, "--help")
    assert shown.code == 0
    assert "Usage:" in shown.out


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["run"], 2, "Missing argument"),
        (["results"], 3, "no workspace here"),
        (["run", "nowhere"], 3, "no workspace here"),
        (["template", "check", str(ROOT / "pyproject.toml")], 4, "pyproject.toml"),
        (["forms", "print", "--template", "none", "--out", "x.pdf"], 4, "no template `none`"),
    ],
)
def test_failures_have_a_code_and_a_sentence(
    tmp_path: Path, arguments: list[str], code: int, words: str
) -> None:
    outcome = command(tmp_path / "missing", *arguments)
    assert outcome.code == code
    assert words in outcome.err
    assert outcome.out == ""
    assert "Traceback" not in outcome.err


def test_a_path_that_does_not_exist_is_an_input_error(workspace: Path, tmp_path: Path) -> None:
    outcome = command(workspace, "run", tmp_path / "nowhere")
    assert outcome.code == 3
    assert "nowhere" in outcome.err


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("registry", "import", "GONE"), 3),
        (("engine", "import", "GONE"), 3),
        (("read", "GONE", "--cells", "8"), 3),
        (("evaluate", "GONE", "--truth", "HERE"), 3),
        (("evaluate", "HERE", "--truth", "GONE"), 3),
        (("calibrate", "HERE", "--truth", "GONE"), 3),
        (("export", "x", "--format", "http", "--token-file", "GONE"), 3),
        (("template", "new", "GONE"), 3),
        (("template", "preview", "water-slip", "--scan", "GONE", "--out", "x.png"), 3),
        (("template", "check", "GONE"), 4),
    ],
)
def test_a_file_that_is_gone_ends_as_one_that_cannot_be_used(
    workspace: Path, tmp_path: Path, arguments: tuple[str, ...], code: int
) -> None:
    (tmp_path / "here").touch()
    named = {"GONE": tmp_path / "gone\x1b[31m", "HERE": tmp_path / "here"}
    outcome = command(workspace, *(named.get(one, one) for one in arguments))
    assert outcome.code == code
    assert "gone\\u001b[31m: no such file" in outcome.err


def test_a_folder_is_no_truth(workspace: Path, tmp_path: Path) -> None:
    outcome = command(workspace, "evaluate", tmp_path, "--truth", tmp_path)
    assert outcome.code == 3
    assert "is a folder" in outcome.err


def test_a_second_workspace_in_the_same_place_is_refused(workspace: Path) -> None:
    assert command(workspace, "init").code == 6


def test_a_damaged_database_is_a_store_error(workspace: Path) -> None:
    (workspace / "intake.sqlite").write_bytes(b"not a database at all, not even nearly" * 99)
    outcome = command(workspace, "status")
    assert outcome.code == 6
    assert "Traceback" not in outcome.err


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ('period = "2026-13"', "period"),
        ("max_eror = 0.01", "there is no key `max_eror`. Did you mean `max_error`?"),
        ("[review]\ncolors = 3", "review: there is no key `colors`. Did you mean `colours`?"),
        ('[review]\nlocale = "xx"', 'review, locale: expected en or lv, not "xx"'),
        (
            '[review.keys]\nundoo = "f2"',
            "review, keys: there is no key `undoo`. Did you mean `undo`?",
        ),
        ('[review.keys]\nredo = "f2"', "review, keys: there is no key `redo`"),
        ("[review.keys]\nundo = 2", "review, keys, undo: expected text in quotes, not 2"),
        (
            '[review.roles]\nanna = "keyer"\nberta = "boss"',
            'review, roles, berta: expected keyer, verifier or supervisor, not "boss"',
        ),
        (
            '[engine.organisations."east side"]\nflat_months = "3"',
            'engine, organisations, east side, flat_months: expected a whole number, not "3"',
        ),
        ("[limits]\nfile_mib = 0", "limits: file_mib: above 0"),
        ("[limits]\nseconds = -1.0", "limits: seconds: above 0"),
        ("[rules]\ndate_months = -1", "rules: date_months: 0 or more"),
        ("[[tolerance]]\nkinds = 1", "tolerance number 1: there is no key `kinds`"),
        ("max_error = 7", "max_error"),
        ('max_error = "1 %"', 'max_error: expected a number, not "1 %"'),
        ('thin_data = "ask"', 'thin_data: expected review or provisional, not "ask"'),
        ("max_error", "line 1"),
    ],
)
def test_broken_settings_name_their_key(tmp_path: Path, line: str, key: str) -> None:
    settings = tmp_path / "intake.toml"
    settings.write_text(line + "\n")
    outcome = command(tmp_path / "workspace", "init", "--settings", settings)
    assert outcome.code == 3
    assert key in outcome.err
    assert str(settings) in outcome.err


def test_settings_and_templates_are_read_as_windows_saves_them(tmp_path: Path) -> None:
    folder, settings = tmp_path / "workspace", tmp_path / "own.toml"
    settings.write_text('organisation = "north"\ntemplates = "forms"\n', encoding="utf-8-sig")
    assert command(folder, "init", "--settings", settings).code == 0
    (folder / "intake.toml").write_bytes(settings.read_bytes())
    (folder / "forms").mkdir()
    slip = (ROOT / "templates" / "water-slip.toml").read_text(encoding="utf-8")
    card = folder / "forms" / "water-slip.toml"
    card.write_text(slip.replace("blank = ", "# blank = "), encoding="utf-8-sig")
    listed = command(folder, "template", "list")
    assert (listed.code, "water-slip" in listed.out) == (0, True), listed.err


@pytest.mark.parametrize("line", [("run", "samples"), ("template", "list")])
def test_a_tolerance_for_a_template_that_is_not_there_is_told_before_work_begins(
    workspace: Path, line: tuple[str, ...]
) -> None:
    settings = workspace / "intake.toml"
    told = settings.read_text(encoding="utf-8")
    wrong = '\n[[tolerance]]\ntemplate = "water-slips"\nmax_error = 0.01\n'
    settings.write_text(told + wrong, encoding="utf-8")
    outcome = command(workspace, *line)
    assert outcome.code == 3
    assert f"{settings}: tolerance number 1: there is no template `water-slips`" in outcome.err
    assert "Name one of: electricity-slip, " in outcome.err


def test_a_broken_registry_row_is_refused_and_the_rest_goes_in(
    workspace: Path, tmp_path: Path
) -> None:
    accounts = tmp_path / "accounts.csv"
    accounts.write_text("account,address\n10000001,Brīvības 1\n=2+3,Brīvības 2\n")
    outcome = command(workspace, "registry", "import", accounts)
    assert outcome.code == 1
    assert "accounts.csv" in outcome.err
    assert "3" in outcome.err
    assert "1 accounts" in outcome.err


def test_a_missing_program_is_named_with_its_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    outcome = command(tmp_path, "doctor")
    assert outcome.code == 5
    assert "tesseract-ocr" in outcome.err


def test_the_doctor_finds_this_machine_well(workspace: Path) -> None:
    findings = command(workspace, "doctor", "--json").lines()
    assert {one["what"]: one["well"] for one in findings}["workspace"] is True
    assert all(one["well"] for one in findings), findings


def test_names_from_outside_do_not_steer_the_terminal(workspace: Path, tmp_path: Path) -> None:
    hostile = tmp_path / "a\x1b]0;owned\x07\u202eb.pdf"
    hostile.write_bytes(b"no scan")
    outcome = command(workspace, "run", "--workers", "1", hostile)
    assert outcome.code == 1
    assert "owned" in outcome.err
    assert not re.search("\x1b\\]|\x07|\u202e", outcome.err + outcome.out)


def test_a_specimen_is_printed_without_a_workspace(tmp_path: Path) -> None:
    out = tmp_path / "specimen.pdf"
    outcome = command(tmp_path / "none", "forms", "print", "--template", "water-slip", "--out", out)
    assert outcome.code == 0
    assert out.read_bytes().startswith(b"%PDF")


def test_printing_over_a_file_is_told(tmp_path: Path) -> None:
    out = tmp_path / "specimen.pdf"
    wanted = ("forms", "print", "--template", "water-slip", "--out", out)
    assert "replaced" not in command(tmp_path / "none", *wanted).err
    again = command(tmp_path / "none", *wanted)
    assert (again.code, "has been replaced" in again.err) == (0, True)


def test_a_month_that_is_none_prints_nothing(workspace: Path, tmp_path: Path) -> None:
    registry = sorted((SAMPLES / "registry").glob("*.csv"))
    command(workspace, "registry", "import", *registry)
    out = tmp_path / "slips.pdf"
    wanted = ("forms", "print", "--template", "water-slip", "--out", out)
    assert command(workspace, *wanted, "--period", "november").code == 2
    assert not out.exists()


def test_what_waits_is_asked_for_by_the_reasons_that_are_shown(workspace: Path) -> None:
    assert command(workspace, "queue", "list", "--reason", "low_confidence").code == 0


def test_exit_codes_are_the_ones_in_the_manual() -> None:
    documented = (ROOT / "README.md").read_text(encoding="utf-8")
    for code in re.findall(r"\b(\d+) ", EPILOG):
        assert f"| {code} |" in documented


@pytest.mark.parametrize(
    "line",
    [
        ("results", "--period", "2026"),
        ("results", "--period", "2026-13"),
        ("forms", "print", "water-slip", "out.pdf", "--period", "November"),
        ("erase", "--before", "2026-11-01"),
        ("engine", "report", "--period", "11/2026"),
    ],
)
def test_a_month_that_is_none_is_told_as_such(workspace: Path, line: tuple[str, ...]) -> None:
    done = command(workspace, *line)
    assert done.code == 2
    assert "a month is YYYY-MM, such as 2026-11." in done.err
