"""The other ways of working, on a real store: grid, blind, side by side, loose, oversight."""

from __future__ import annotations

import shutil
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from clerk import (
    SLIP,
    TO_PAGE,
    Seat,
    comb_picture,
    page_picture,
    played,
    real_station,
    seat_at,
    waiting_item,
)
from intake.cli.workspaces import Workspace
from intake.queue import Queue
from intake.records import (
    Candidate,
    Correction,
    Decision,
    FormResult,
    PageKind,
    PageResult,
    Placing,
    Reason,
    Refusal,
    Role,
)
from intake.review import words
from intake.review.gridscreen import GridScreen
from intake.review.loose import LooseScreen
from intake.review.oversight import OversightScreen
from intake.review.screen import ReviewScreen
from intake.review.widgets import KeyBar
from results import scan, slip

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from intake.store import Store

pytestmark = pytest.mark.slow

FORMS, KINDS, ALIKE, BLIND, CONFLICTS, LOOSE, OVERSIGHT = "1234567"
SIZES = [(80, 24), (160, 50)]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    workspace = Workspace(tmp_path / "workspace")
    workspace.create(None)
    return workspace


def keep(workspace: Workspace, store: Store, name: str, *forms: FormResult) -> None:
    file = store.begin_file(store.begin_batch("test"), scan(name)).id
    picture = page_picture("00123456")
    kind = PageKind.FORMS if forms else PageKind.UNKNOWN
    refusal = None if forms else Refusal(Reason.UNKNOWN_FORM, "Look at it.")
    page = PageResult(1, kind, forms, refusal, picture=picture)
    result = workspace.evidence.keep(page)
    store.save_pages(file, [result], ends=1)


def pictured(number: int, value: str = "00123456", **changes: object) -> FormResult:
    """A slip whose reading waits with its second 1 in doubt, or as `changes` say."""
    form = slip(1, f"1000000{number}", meter=f"2000000{number}", digest=str(number), reading=value)
    return replace(
        form,
        to_page=TO_PAGE,
        template="slip",
        fields=tuple(
            replace(
                field,
                picture=comb_picture(value),
                evidence=None,
                box_px=waiting_item().box_px,
                reading=replace(
                    field.reading,
                    candidates=(Candidate(value, 0.9), Candidate(value.replace("1", "7"), 0.1)),
                    doubtful_cells=(2,),
                ),
                verdict=replace(
                    field.verdict,
                    decision=Decision.REVIEW,
                    value=None,
                    reasons=(Reason.LOW_CONFIDENCE,),
                ),
            )
            if field.is_reading
            else field
            for field in form.fields
        ),
        **changes,
    )


@asynccontextmanager
async def working(
    workspace: Workspace,
    store: Store,
    mode: str,
    *,
    who: str = "anna",
    role: Role = Role.SUPERVISOR,
    size: tuple[int, int] = (80, 24),
) -> AsyncIterator[Seat]:
    async with seat_at(real_station(workspace, store, who, role), size) as clerk:
        before = asked(clerk)
        await clerk.press("m", mode)
        await clerk.until(lambda: bool(clerk.app.screen.query(KeyBar)) and asked(clerk) != before)
        yield clerk


def asked(clerk: Seat) -> int:
    """Which screen is on top."""
    return id(clerk.app.screen)


@pytest.mark.parametrize("size", SIZES)
@played
async def test_the_odd_ones_are_marked_and_the_others_accepted(
    workspace: Workspace, size: tuple[int, int]
) -> None:
    with workspace.store() as store:
        for number in range(1, 5):
            keep(workspace, store, f"{number}.pdf", pictured(number))
        async with working(workspace, store, ALIKE, size=size) as clerk:
            assert isinstance(clerk.app.screen, GridScreen)
            assert "no 1" in clerk.text("heading")
            assert any("01" in line and "04" in line for line in clerk.lines)
            await clerk.type("02")
            await clerk.press("right", "plus", "plus")
            await clerk.press("enter")
            assert clerk.text("message").startswith("3 accepted, 1 left")
            assert Queue(store, "anna").count() == 1
            await clerk.press("minus")
            assert Queue(store, "anna").count() == 4
            await clerk.press("asterisk")
            assert "no 7" in clerk.text("heading")
            assert words.GRID_EMPTY in clerk.text("message")
        assert {event["why"] for event in store.history(4)} <= {"grid of 1s", ""}


@played
async def test_boxes_whose_pictures_are_gone_are_not_accepted(workspace: Workspace) -> None:
    with workspace.store() as store:
        keep(workspace, store, "a.pdf", pictured(1))
        shutil.rmtree(workspace.folder / "evidence" / "pictures")
        async with working(workspace, store, ALIKE) as clerk:
            assert clerk.text("message") == words.GRID_GONE
            await clerk.press("enter")
            assert clerk.text("message").startswith("0 accepted, 1 left")


@played
async def test_a_box_without_its_picture_is_not_accepted(workspace: Workspace) -> None:
    with workspace.store() as store:
        keep(workspace, store, "1.pdf", pictured(1))
        for file in filter(Path.is_file, workspace.evidence_folder.rglob("*")):
            file.unlink()
        async with working(workspace, store, ALIKE) as clerk:
            await clerk.press("enter")
            assert clerk.text("message").startswith("0 accepted, 1 left")
        assert Queue(store, "anna").count() == 1


@pytest.mark.parametrize("size", SIZES)
@played
async def test_two_key_blind_and_a_third_settles(
    workspace: Workspace, size: tuple[int, int]
) -> None:
    with workspace.store() as store:
        keep(workspace, store, "1.pdf", pictured(1))
        for who, value in (("anna", "00123456"), ("berta", "00723456"), ("zane", "00123456")):
            async with working(
                workspace, store, BLIND, who=who, role=Role.KEYER, size=size
            ) as clerk:
                assert clerk.text("choices") == clerk.text("picture-reasons") == ""
                assert clerk.text("digits").strip() == ""
                assert clerk.text("intent") == words.TYPE_IT
                await clerk.press("enter", "plus", "x")
                await clerk.type(value)
                await clerk.press("enter")
                assert words.QUIET in "\n".join(clerk.lines)
        item = Queue(store, "boss").form(1)[3]
        assert (item.decision, item.value) == (Decision.ACCEPTED, "00123456")


@played
async def test_an_answer_keyed_blind_is_taken_back(workspace: Workspace) -> None:
    with workspace.store() as store:
        keep(workspace, store, "1.pdf", pictured(1))
        async with working(workspace, store, BLIND) as clerk:
            await clerk.type("00000001")
            await clerk.press("enter", "minus")
            assert clerk.text("message") == words.TAKEN_BACK
            assert clerk.text("intent") == words.TYPE_IT


@pytest.mark.parametrize("size", SIZES)
@played
async def test_a_duplicate_stands_beside_the_first_and_is_refused_whole(
    workspace: Workspace, size: tuple[int, int]
) -> None:
    with workspace.store() as store:
        keep(workspace, store, "first.pdf", pictured(1))
        keep(workspace, store, "second.pdf", replace(pictured(1), digest="again"))
        async with working(workspace, store, CONFLICTS, size=size) as clerk:
            assert "first.pdf" in clerk.text("beside-told")
            assert "waits" not in clerk.text("beside-told")
            await clerk.press("plus")
            await clerk.press("x", "1")
            assert clerk.text("message") == words.FORM_REFUSED
            assert words.QUIET_HERE in "\n".join(clerk.lines)
        assert Queue(store, "anna").count() == 1
        assert Queue(store, "anna").undo() is not None


@pytest.mark.parametrize("size", SIZES)
@played
async def test_an_unknown_page_is_placed_and_taken_back(
    workspace: Workspace, size: tuple[int, int]
) -> None:
    with workspace.store() as store:
        keep(workspace, store, "letter.pdf")
        async with working(workspace, store, LOOSE, size=size) as clerk:
            assert isinstance(clerk.app.screen, LooseScreen)
            assert "letter.pdf" in clerk.text("heading")
            await clerk.press("z", "right", "t", "enter", "minus")
            await clerk.press("enter", "1")
            await clerk.type("10000001")
            await clerk.press("enter")
            await clerk.type("132026")
            await clerk.press("enter")
            assert clerk.text("answer-keys") == words.NO_ANSWER
            await clerk.press(*["backspace"] * 6)
            await clerk.type("112026")
            await clerk.press("enter")
            assert clerk.text("message") == words.PLACED
            assert Queue(store, "anna").items(1)[0].period == "2026-11"
            await clerk.press("minus")
            assert "letter.pdf" in clerk.text("heading")
            await clerk.press("slash", "2")
            assert clerk.text("message") == words.PAGE_REFUSED
        assert store.totals().pages_refused == 1


@played
async def test_a_paper_that_somebody_else_placed_is_told_and_left(workspace: Workspace) -> None:
    with workspace.store() as store:
        keep(workspace, store, "letter.pdf")
        async with working(workspace, store, LOOSE) as clerk:
            (paper,) = store.papers.waiting(9)
            store.papers.give_back("anna")
            store.papers.refuse(Placing(paper.id, "berta", None, None), Reason.UNSUPPORTED, "")
            await clerk.press("slash", "1")
            assert "may have been placed" in clerk.text("message")
            assert words.NO_LOOSE in "\n".join(clerk.lines)


@played
async def test_a_form_without_a_month_gets_it(workspace: Workspace) -> None:
    with workspace.store() as store:
        keep(workspace, store, "old.pdf", pictured(2))
        keep(workspace, store, "new.pdf", replace(pictured(1), period=None))
        async with working(workspace, store, LOOSE) as clerk:
            assert "10000001" in clerk.text("heading")
            await clerk.press("slash", "enter")
            assert "[11.2026]" in clerk.text("question")
            await clerk.press("enter")
            assert clerk.text("message") == words.DATED
        assert store.papers.counts() == (0, 0)


@played
async def test_a_code_is_asked_for_as_account_and_month(workspace: Workspace) -> None:
    with workspace.store() as store:
        form = pictured(1)
        unread = replace(form.fields[0], verdict=replace(form.fields[3].verdict, reasons=()))
        keep(
            workspace,
            store,
            "1.pdf",
            replace(form, account=None, period=None, fields=(unread, *form.fields[1:])),
        )
        async with seat_at(real_station(workspace, store, "anna")) as clerk:
            assert clerk.text("intent") == words.WILL_ASK
            await clerk.press("7")
            assert clerk.text("message") == words.CODE_BY_ENTER
            await clerk.press("enter")
            await clerk.type("10000001")
            await clerk.press("enter")
            await clerk.type("1126")
            await clerk.press("enter")
            assert "2026-11" in clerk.text("heading")
        assert store.papers.counts() == (0, 0)


@pytest.mark.parametrize("size", SIZES)
@played
async def test_the_supervisor_sees_passes_on_and_sends_back(
    workspace: Workspace, size: tuple[int, int]
) -> None:
    with workspace.store() as store:
        for number in (1, 2):
            keep(workspace, store, f"{number}.pdf", pictured(number))
        berta = Queue(store, "berta", Role.KEYER)
        item = berta.take(2)[0]
        berta.decide(Correction(item.id, 1, "berta", Decision.ACCEPTED, "00123456", 4.0))
        async with working(workspace, store, OVERSIGHT, who="boss", size=size) as clerk:
            assert isinstance(clerk.app.screen, OversightScreen)
            screen = "\n".join(clerk.lines)
            assert "2026-11: 1" in screen
            assert "berta" in screen
            assert "900" in screen
            await clerk.press("r", "1", "1")
            assert "berta" in clerk.text("message")
            await clerk.press("o")
            await clerk.type("10000001")
            await clerk.press("enter")
            options = clerk.text("options").splitlines()
            wanted = next(line for line in options if "cold.reading" in line)
            await clerk.press(wanted.split()[1 if wanted.startswith(">") else 0])
            assert clerk.text("message") == "cold.reading waits again."
            await clerk.press("r")
            assert clerk.text("message") == words.NOBODY_HOLDS
        assert len(Queue(store, "anna").take(9)) == 2


@played
async def test_modes_are_offered_by_role(workspace: Workspace) -> None:
    with workspace.store() as store:
        for role, count in ((Role.KEYER, 4), (Role.VERIFIER, 6), (Role.SUPERVISOR, 7)):
            station = real_station(workspace, store, "anna", role)
            async with seat_at(station) as clerk:
                await clerk.press("m")
                assert len(clerk.text("options").splitlines()) == count
                await clerk.press("9", "down", "down", "up", "escape")
                assert isinstance(clerk.app.screen, ReviewScreen)


@played
async def test_one_kind_at_a_time_and_form_by_form(workspace: Workspace) -> None:
    with workspace.store() as store:
        keep(workspace, store, "1.pdf", pictured(1))
        async with working(workspace, store, KINDS) as clerk:
            assert clerk.text("heading").endswith("waiting: 1")
            await clerk.press("f", "slash")
            await clerk.press("m", FORMS)
            assert words.QUIET in "\n".join(clerk.lines)


def test_the_templates_of_these_tests_are_those_of_the_forms() -> None:
    assert pictured(1).template == SLIP.id
