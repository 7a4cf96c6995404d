"""What the clerk's screen looks like, to the character."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from clerk import MemoryDesk, open_app, settled, waiting_item
from intake.records import Reason
from intake.review.drawing import Shape

pytestmark = pytest.mark.slow

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.pilot import Pilot

    from intake.review.app import ReviewApp

LATE = (Reason.LOW_CONFIDENCE, Reason.BELOW_PREVIOUS)


def keyed(*keys: str) -> Callable[[Pilot[None]], object]:
    async def press(pilot: Pilot[None]) -> None:
        await settled(pilot)
        for key in keys:
            await pilot.press(key)
            await settled(pilot)

    return press


def app(language: str = "en", **changes: object) -> ReviewApp:
    return open_app(MemoryDesk([waiting_item(reasons=LATE)]), language, **changes)


@pytest.mark.parametrize(
    ("language", "size", "keys", "changes"),
    [
        pytest.param("en", (80, 24), (), {}, id="field"),
        pytest.param("lv", (80, 24), ("0", "0", "1"), {}, id="typed"),
        pytest.param("en", (80, 24), ("d",), {"shape": Shape.SEXTANT}, id="doubtful"),
        pytest.param("lv", (80, 24), ("question_mark",), {"colours": False}, id="help"),
        pytest.param("en", (160, 50), ("asterisk", "z"), {}, id="form"),
    ],
)
def test_the_screen(
    snap_compare: Callable[..., bool],
    language: str,
    size: tuple[int, int],
    keys: tuple[str, ...],
    changes: dict[str, object],
) -> None:
    assert snap_compare(app(language, **changes), terminal_size=size, run_before=keyed(*keys))
