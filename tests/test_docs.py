"""What the documents say is so: commands, options, tests and files they name exist."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from conftest import ROOT
from intake.cli import cli
from intake.records import Reason

DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
GROUPS = ("registry", "queue", "template", "forms", "engine", "token")


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", text_of(document)):
        assert (document.parent / target).exists(), target


def test_promised_tests_exist() -> None:
    tests = "\n".join(text_of(path) for path in (ROOT / "tests").glob("*.py"))
    for name in re.findall(r"`(test_\w+)(?:\.py)?`", text_of(ROOT / "docs" / "promises.md")):
        assert f"def {name}(" in tests or (ROOT / "tests" / f"{name}.py").exists(), name


def command_named(words: list[str]) -> tuple[click.Command, list[str]]:
    """The command that a line calls, and the words that are left for it."""
    context, command = click.Context(cli), cli.get_command(click.Context(cli), words[0])
    while isinstance(command, click.Group):
        assert words[0] in GROUPS
        words = words[1:]
        command = command.get_command(context, words[0])
    assert command is not None, words
    return command, words[1:]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_command_lines_name_real_commands_and_options(document: Path) -> None:
    lines = re.findall(r"ocr_cli\.py ((?:-w \S+ )?[a-z][^\n`#]*)", text_of(document))
    for line in lines:
        words = re.sub(r"^-w \S+ ", "", line).split()
        command, rest = command_named(words)
        known = {name for one in command.params for name in one.opts} | {"--help"}
        used = {word for word in rest if word.startswith("--")}
        assert used <= known, line


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_training_lines_name_real_modules_and_options(document: Path) -> None:
    sources = [text_of(path) for path in sorted((ROOT / "training").glob("*.py"))]
    for module, words in re.findall(r"python -m (training[\w.]*)([^\n`#]*)", text_of(document)):
        path = ROOT / module.replace(".", "/")
        assert path.with_suffix(".py").is_file() or (path / "__main__.py").is_file(), module
        for option in re.findall(r"--[a-z-]+", words):
            assert any(f'"{option}"' in source for source in sources), option


def test_every_command_is_in_some_document() -> None:
    everything = "\n".join(map(text_of, DOCUMENTS))
    assert isinstance(cli, click.Group)
    for name in cli.list_commands(click.Context(cli)):
        assert f"`{name}" in everything or f"ocr_cli.py {name}" in everything, name


def test_every_reason_is_in_the_rules() -> None:
    rules = text_of(ROOT / "docs" / "rules.md").partition("## Every reason")[2]
    assert {reason for reason in Reason if f"`{reason}`" not in rules} == set()


def test_every_dependency_earns_its_line() -> None:
    wanted = re.search(r"^dependencies = \[(.*?)^\]", text_of(ROOT / "pyproject.toml"), re.M | re.S)
    assert wanted is not None
    listed = text_of(ROOT / "docs" / "dependencies.md")
    for name in re.findall(r'"([A-Za-z0-9-]+)', wanted.group(1)):
        assert f"| {name} |" in listed, name


def test_every_picture_that_is_kept_is_shown_somewhere() -> None:
    shown = {
        (document.parent / name).resolve()
        for document in DOCUMENTS
        for name in re.findall(r"!\[[^\]]+\]\(([^)]+)\)", text_of(document))
    }
    kept = {path for path in (ROOT / "docs" / "pictures").iterdir() if path.suffix != ".py"}
    assert {path for path in kept if path.is_file()} == shown


def test_all_that_falls_short_of_its_target_stands_among_the_limits() -> None:
    missed_row = r"^\| `(\w+)` \| ([^|]+?) \|[^|]*\|[^|]*\| ([^|]+?) \(missed\) \|$"
    pages = [page for page in DOCUMENTS if page.name != "limits.md"]
    missed = {row for page in pages for row in re.findall(missed_row, text_of(page), re.MULTILINE)}
    limits = text_of(ROOT / "docs" / "limits.md")
    told = set(re.findall(r"^\| `(\w+)` \| ([^|]+?) \| ([^|]+?) \|", limits, re.MULTILINE))
    assert missed == told
