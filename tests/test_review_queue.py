"""The app on a real store: leases, late decisions, and undo after a restart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from clerk import pictured_workspace, played, real_station, seat_at
from intake.errors import UsageError
from intake.queue import PaperQueue, Queue
from intake.records import Correction, Decision
from intake.review import run_review, words

pytestmark = pytest.mark.slow

if TYPE_CHECKING:
    from pathlib import Path

    from intake.cli.workspaces import Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return pictured_workspace(tmp_path / "workspace")


def readings(workspace: Workspace) -> list[tuple[Decision, str | None]]:
    with workspace.store() as store:
        rows = [row for row in store.results() if row.field.endswith(".reading")]
    return [(row.verdict, row.value) for row in rows]


@played
async def test_what_one_clerk_took_another_one_does_not_see(workspace: Workspace) -> None:
    with workspace.store() as store:
        async with (
            seat_at(real_station(workspace, store, "anna")) as anna,
            seat_at(real_station(workspace, store, "berta")) as berta,
        ):
            assert "waiting: 2" in anna.text("heading")
            assert berta.text("picture") == words.QUIET


@played
async def test_a_decision_after_the_lease_ran_out_is_told(workspace: Workspace) -> None:
    with workspace.store() as store:
        async with seat_at(real_station(workspace, store, "anna")) as anna:
            quick = Queue(store, "berta")
            store.waiting.give_back("anna")
            item = quick.take(1)[0]
            quick.decide(Correction(item.id, item.version, "berta", Decision.REFUSED))
            await anna.press("enter")
            assert "in the meantime" in anna.text("message")
            assert "waiting: 1" in anna.text("heading")
    assert readings(workspace) == [(Decision.REFUSED, None), (Decision.REVIEW, None)]


@played
async def test_undo_reaches_back_before_a_restart(workspace: Workspace) -> None:
    with workspace.store() as store:
        async with seat_at(real_station(workspace, store, "anna")) as anna:
            await anna.press("enter", "slash")
    assert readings(workspace) == [(Decision.ACCEPTED, "00123456"), (Decision.REFUSED, None)]
    with workspace.store() as store:
        async with seat_at(real_station(workspace, store, "anna")) as anna:
            assert anna.text("picture") == words.QUIET
            await anna.press("minus", "minus")
            assert anna.text("message") == words.TAKEN_BACK
            await anna.type("00123457")
            await anna.press("enter", "enter")
    assert readings(workspace) == [(Decision.ACCEPTED, "00123457"), (Decision.ACCEPTED, "00123456")]


def test_without_a_terminal_there_is_a_sentence(workspace: Workspace) -> None:
    settings = workspace.settings
    with workspace.store() as store:
        desk = Queue(store, "anna")
        papers = PaperQueue(store, "anna")
        with pytest.raises(UsageError, match="needs a terminal"):
            run_review(desk, papers, workspace.evidence, workspace.templates, settings)


def test_who_leaves_holds_nothing(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    with workspace.store() as store:
        desk, papers = Queue(store, "anna"), PaperQueue(store, "anna")

        def sit(_app: object) -> None:
            assert len(desk.take(8)) == 2
            raise KeyboardInterrupt

        monkeypatch.setattr("intake.review.app.ReviewApp.run", sit)
        monkeypatch.setattr("intake.review._check_terminal", lambda: None)
        settings = workspace.settings
        with pytest.raises(KeyboardInterrupt):
            run_review(desk, papers, workspace.evidence, workspace.templates, settings)
        assert len(Queue(store, "berta").take(8)) == 2
