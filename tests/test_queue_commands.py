"""`queue` and `results` at a command line: all that the app does, readable on 80 columns."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from intake.cli.people import system_user
from intake.cli.workspaces import Workspace
from intake.records import Decision, FormResult, PageKind, PageResult, Reason, Refusal
from results import page, scan, slip
from workplaces import command

if TYPE_CHECKING:
    from workplaces import Outcome


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    monkeypatch.setenv("COLUMNS", "80")
    workspace = Workspace(tmp_path / "workspace")
    workspace.create(None)
    return workspace


def keep(workspace: Workspace, name: str, *forms: FormResult) -> None:
    with workspace.store() as store:
        file = store.begin_file(store.begin_batch("test"), scan(name)).id
        refusal = Refusal(Reason.UNKNOWN_FORM, "Look at it.")
        unknown = PageResult(1, PageKind.UNKNOWN, refusal=refusal)
        store.save_pages(file, [page(1, *forms) if forms else unknown], ends=1)


def waiting(number: int = 1, **changes: object) -> FormResult:
    return slip(
        account=f"1000000{number}",
        meter=f"2000000{number}",
        decision=Decision.REVIEW,
        reasons=(Reason.LOW_CONFIDENCE, Reason.STRUCK_OUT),
        digest=str(number),
        **changes,
    )


def call(workspace: Workspace, *words: str) -> Outcome:
    return command(workspace.folder, *words)


def said(outcome: Outcome) -> object:
    assert outcome.code == 0, outcome.err
    return json.loads(outcome.out)


def item_of(workspace: Workspace) -> str:
    return str(call(workspace, "queue", "list", "--json").lines()[0]["id"])


def test_what_waits_is_readable_on_80_columns(workspace: Workspace) -> None:
    keep(workspace, "a.pdf", waiting(1))
    keep(workspace, "b.pdf", waiting(2))
    shown = call(workspace, "queue", "list", "--limit", "1")
    assert "The first 1 are shown" in shown.err
    row = next(line for line in shown.out.splitlines() if "10000001" in line)
    assert "cold.reading" in row
    assert "00123456 99%" in row
    assert max(map(len, shown.out.splitlines())) <= 80


def test_results_show_numbers_with_their_unit(workspace: Workspace) -> None:
    keep(workspace, "a.pdf", slip())
    shown = call(workspace, "results").out
    assert "123.456 m3" in shown
    assert max(map(len, shown.splitlines())) <= 80
    assert "Nothing matches" in call(workspace, "results", "--account", "7").err


def test_a_form_is_refused_and_a_field_sent_back(workspace: Workspace) -> None:
    keep(workspace, "a.pdf", waiting())
    item = item_of(workspace)
    assert said(call(workspace, "queue", "refuse", item, "--form"))["decision"] == "refused"
    assert said(call(workspace, "queue", "reopen", item))["decision"] == "review"
    assert call(workspace, "queue", "reopen", item).code == 3


def test_blind_answers_are_kept(workspace: Workspace) -> None:
    keep(workspace, "a.pdf", waiting())
    (item,) = call(workspace, "queue", "blind").lines()
    assert (item["blind"], item["candidates"]) == (True, [])
    assert said(call(workspace, "queue", "key", str(item["id"]), "00123456")) == {
        "item": item["id"],
        "keyed": "00123456",
    }
    (tally,) = call(workspace, "queue", "clerks", "--json").lines()
    assert (tally["who"], tally["keyed"]) == (system_user(), 1)
    assert "People" in call(workspace, "queue", "clerks").out


def test_work_is_handed_on(workspace: Workspace) -> None:
    keep(workspace, "a.pdf", waiting())
    call(workspace, "queue", "blind")
    handed = said(call(workspace, "queue", "reassign", system_user(), "berta"))
    assert handed == {"giver": system_user(), "taker": "berta", "items": 1}
    assert call(workspace, "queue", "correct", item_of(workspace), "1").code == 6


@pytest.mark.parametrize(("share", "told"), [(0.12, "is a guess (12%)"), (0.001, "has 0 cand")])
def test_a_guess_is_accepted_only_where_it_is_named(
    workspace: Workspace, share: float, told: str
) -> None:
    keep(workspace, "a.pdf", waiting(share=share))
    item = item_of(workspace)
    best = call(workspace, "queue", "accept", item)
    assert (best.code, told in best.err, "00123456" in best.err) == (2, True, False)
    named = call(workspace, "queue", "accept", item, "--candidate", "1")
    assert (named.code == 0) == (share > 0.01)


def test_conflicts_and_doubtful_digits_are_listed(workspace: Workspace) -> None:
    keep(workspace, "a.pdf", slip())
    keep(workspace, "b.pdf", slip(digest="again"))
    waits = call(workspace, "queue", "list", "--json", "--field", "reading").lines()
    (other,) = call(workspace, "queue", "beside", str(waits[0]["id"])).lines()
    assert other["file"] == "a.pdf"
    assert call(workspace, "queue", "alike", "--digit", "1").out == ""


def test_loose_papers_are_placed_dated_and_refused(workspace: Workspace) -> None:
    for name in ("letter.pdf", "card.pdf"):
        keep(workspace, name)
    keep(workspace, "a.pdf", waiting(period=None))
    one, two, form = (paper["id"] for paper in call(workspace, "queue", "pages", "--json").lines())
    assert "2 pages and forms not read, 1 forms" in call(workspace, "queue", "pages").out
    placed = ("--template", "water-slip", "--period", "2026-11", "--account", "10000009")
    assert said(call(workspace, "queue", "name", one, *placed))["template"] == "water-slip"
    assert said(call(workspace, "queue", "date", form, "2026-11"))["period"] == "2026-11"
    assert said(call(workspace, "queue", "refuse-page", two))["reason"] == "unsupported"
    assert call(workspace, "queue", "pages", "--json").out == ""
    assert call(workspace, "queue", "date", form, "2026-11").code == 3


def test_roles_come_from_the_settings(workspace: Workspace) -> None:
    keep(workspace, "a.pdf", waiting())
    settings = workspace.folder / "intake.toml"
    text = settings.read_text(encoding="utf-8")
    roles = f'\n[review.roles]\n{system_user()} = "keyer"\n'
    settings.write_text(text + roles, encoding="utf-8")
    refused = call(workspace, "queue", "clerks")
    assert refused.code == 3
    assert "needs a supervisor; you are a keyer" in refused.err
    settings.write_text(text + '\n[review]\nwho = "database"\n', encoding="utf-8")
    assert call(workspace, "queue", "list").code == 2


def test_who_takes_a_reading_back_has_the_name_that_stands_at_their_decisions(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOGNAME", "somebody_else")
    keep(workspace, "a.pdf", slip())
    written = call(workspace, "export", "--format", "jsonl").out.strip()
    reading = json.loads(Path(written).read_text(encoding="utf-8").splitlines()[0])["id"]
    assert call(workspace, "export", "--recall", reading, "--why", "another meter").code == 0
    with workspace.store() as store:
        field, _ = store.outgoing.item_of(reading)
        assert store.history(field)[-1]["who"] == system_user()
