"""What the screens of the other ways of working look like, to the character."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from clerk import Seat, real_station, settled
from intake.queue import Queue
from intake.records import Correction, Decision
from intake.review.app import ReviewApp
from test_review_modes import ALIKE, BLIND, CONFLICTS, LOOSE, OVERSIGHT, keep, pictured, workspace

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.pilot import Pilot

    from intake.cli.workspaces import Workspace
    from intake.store import Store

__all__ = ["workspace"]

pytestmark = pytest.mark.slow

SHOWN = {
    ALIKE: "04",
    BLIND: "Type what you see",
    CONFLICTS: "first.pdf",
    LOOSE: "letter.pdf",
    OVERSIGHT: "berta",
}
"""What is on the screen once it is drawn, by mode."""


def fill(workspace: Workspace, store: Store) -> None:
    """Four doubtful 1s, a slip that came twice, a letter, and a decision of somebody else."""
    keep(workspace, store, "first.pdf", pictured(1))
    keep(workspace, store, "second.pdf", replace(pictured(1), digest="again"))
    for number in range(2, 5):
        keep(workspace, store, f"{number}.pdf", pictured(number, f"0012345{number}"))
    keep(workspace, store, "letter.pdf")
    keep(workspace, store, "done.pdf", pictured(9, "00120999"))
    berta = Queue(store, "berta")
    item = next(one for one in berta.items(99) if one.account == "10000009")
    berta.decide(Correction(item.id, 1, "berta", Decision.ACCEPTED, "00120999", 4.0))


def opened(mode: str, *keys: str) -> Callable[[Pilot[None]], object]:
    async def press(pilot: Pilot[None]) -> None:
        await settled(pilot)
        clerk = Seat(pilot)
        await clerk.press("m", mode)
        await clerk.until(lambda: SHOWN[mode] in "\n".join(clerk.lines))
        await clerk.press(*keys)

    return press


@pytest.mark.parametrize("size", [(80, 24), (160, 50)])
@pytest.mark.parametrize(
    ("mode", "keys"),
    [
        pytest.param(ALIKE, ("0", "2"), id="alike"),
        pytest.param(BLIND, ("0", "0"), id="blind"),
        pytest.param(CONFLICTS, ("plus",), id="conflicts"),
        pytest.param(LOOSE, ("enter",), id="loose"),
        pytest.param(OVERSIGHT, (), id="oversight"),
    ],
)
def test_the_screen_of_a_mode(
    snap_compare: Callable[..., bool],
    workspace: Workspace,
    mode: str,
    keys: tuple[str, ...],
    size: tuple[int, int],
) -> None:
    with workspace.store() as store:
        fill(workspace, store)
        app = ReviewApp(real_station(workspace, store, "boss"))
        run = opened(mode, *keys)
        assert snap_compare(app, terminal_size=size, run_before=run)
