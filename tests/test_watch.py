"""A folder read as it fills, by a clock that the test turns: real files, store and pages."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

import intake.watch
from conftest import ROOT
from intake.batch import Workplace, pool_of
from intake.records import Reason, Refusal
from intake.settings import Watching, load_settings
from intake.store import Store, create_store
from intake.watch import Watch
from intake.watch.ripening import Fate, Ripening, Sign

SCANS = ROOT / "samples" / "scans"
WATCHING = Watching(settle=5.0, look=10.0, tries=3, longest=60.0)
ONE, OTHER = (SCANS / "IMG_0411.jpg").read_bytes(), (SCANS / "IMG_0412.jpg").read_bytes()


def sign(size: int = 1) -> Sign:
    return Sign(size, 0, 0, 0, 0)


# ---- when a file is ready, by pure reckoning ------------------------------------------


@given(st.lists(st.tuples(st.floats(0.1, 9.0), st.booleans()), max_size=30))
def test_a_file_is_ready_only_after_it_has_rested(steps: list[tuple[float, bool]]) -> None:
    ripening, path = Ripening(WATCHING), Path("a")
    now = since = 0.0
    size = 1
    assert ripening.look({path: sign(size)}, now) == []
    for passed, changes in steps:
        now += passed
        if changes:
            size, since = size + 1, now
        ready = ripening.look({path: sign(size)}, now)
        assert ready == ([path] if now >= since + WATCHING.settle else [])


def test_what_may_heal_is_tried_with_growing_pauses_and_then_given_up() -> None:
    ripening, path = Ripening(WATCHING), Path("a")
    locked = Refusal(Reason.NO_PERMISSION, "Give the right to read it.")
    now, fates, pauses = 0.0, [], []
    ripening.look({path: sign()}, now)
    while (due := ripening.next_due()) < float("inf"):
        pauses.append(due - now)
        now = due
        assert ripening.look({path: sign()}, now) == [path]
        fates.append(ripening.end(path, locked, now))
    assert fates == [Fate.AGAIN, Fate.AGAIN, Fate.GIVEN_UP]
    assert pauses == [5.0, 10.0, 20.0]
    assert ripening.look({path: sign(2)}, now + 1) == []
    assert ripening.look({path: sign(2)}, now + 6) == [path]


def test_what_will_not_heal_waits_for_another_file() -> None:
    ripening, path = Ripening(WATCHING), Path("a")
    ripening.look({path: sign()}, 0.0)
    assert ripening.end(path, Refusal(Reason.CORRUPT, "Scan it again."), 9.0) is Fate.REFUSED
    assert ripening.look({path: sign()}, 999.0) == []


# ---- real files, a real store -----------------------------------------------------------


class Scene:
    """A watched folder, and the clock of its watch."""

    def __init__(self, folder: Path, store: Store, moves: bool) -> None:
        self.now = 0.0
        self.store, self.told = store, list[str]()
        self.inbox = folder / "inbox"
        self.inbox.mkdir()
        settings = msgspec.structs.replace(
            load_settings(ROOT / "samples" / "intake.toml"), watch=WATCHING
        )
        self.place = Workplace(
            settings, ROOT / "templates", folder / "intake.sqlite", folder / "evidence"
        )
        self.pool = pool_of(1)
        self.watch = Watch(
            self.inbox, store, self.place, self.pool.__enter__(), self.told.append, moves
        )

    def after(self, seconds: float) -> None:
        self.now += seconds
        self.watch.turn()

    def rest(self) -> None:
        """Time enough for whatever lies there to be looked at and read."""
        self.after(0.0)
        self.after(WATCHING.settle)

    def names(self) -> list[str]:
        files = (path for path in self.inbox.rglob("*") if not path.is_dir())
        return sorted(path.relative_to(self.inbox).as_posix() for path in files)

    def digests(self) -> list[str]:
        return [row.sha256 for row in self.store.results() if row.field == "account"]


@pytest.fixture
def scenes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Scene]]:
    made: list[Scene] = []

    def make(*, moves: bool = False) -> Scene:
        scene = Scene(tmp_path, create_store(tmp_path / "intake.sqlite"), moves)
        monkeypatch.setattr(intake.watch, "time", SimpleNamespace(monotonic=lambda: scene.now))
        made.append(scene)
        return scene

    yield make
    for scene in made:
        scene.pool.__exit__(None, None, None)
        scene.store.close()


def test_a_file_is_taken_when_it_has_stopped_changing(scenes: Callable[..., Scene]) -> None:
    scene = scenes()
    path = scene.inbox / "scan.jpg"
    for end in range(0, len(ONE), len(ONE) // 3):
        path.write_bytes(ONE[:end])
        scene.after(3.0)
    assert scene.store.totals().files == 0
    path.write_bytes(ONE)
    scene.rest()
    assert scene.told == ["scan.jpg: read"]
    assert (scene.store.totals().files, scene.store.totals().forms) == (1, 1)
    scene.after(1000.0)
    assert len(scene.told) == 1


def test_a_name_used_again_and_a_rewrite_in_place_are_read(scenes: Callable[..., Scene]) -> None:
    scene = scenes()
    path = scene.inbox / "scan.jpg"
    path.write_bytes(ONE)
    scene.rest()
    path.write_bytes(OTHER)
    scene.rest()
    path.rename(scene.inbox / "renamed.jpg")
    scene.rest()
    assert len(set(scene.digests())) == len(scene.digests()) == 2
    assert scene.store.totals().files == 2


def test_nothing_is_moved_before_the_store_has_it(
    scenes: Callable[..., Scene], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    scene = scenes(moves=True)
    (scene.inbox / "sub").mkdir()
    (scene.inbox / "sub" / "scan.jpg").write_bytes(ONE)
    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", full)
        scene.rest()
        scene.after(1.0)
    assert scene.names() == ["sub/scan.jpg"]
    assert "No space left" in scene.told[0]
    scene.after(100.0)
    assert scene.told[-2:] == ["sub/scan.jpg: read", "The store can be written again."]
    assert scene.names() == ["done/sub/scan.jpg"]
    assert scene.store.totals().forms == 1


def test_files_move_to_done_or_refused_and_none_is_overwritten(
    scenes: Callable[..., Scene],
) -> None:
    scene = scenes(moves=True)
    for content in (ONE, OTHER):
        (scene.inbox / "scan.jpg").write_bytes(content)
        (scene.inbox / "bad.jpg").write_bytes(content[:2000])
        scene.rest()
    moved = [path.read_bytes() for path in (scene.inbox / "done").iterdir()]
    assert sorted(moved) == sorted([ONE, OTHER])
    assert len(list((scene.inbox / "refused").iterdir())) == 2
    assert {name.partition("/")[0] for name in scene.names()} == {"done", "refused"}


def test_a_file_that_is_written_on_after_it_moved_is_read_again(
    scenes: Callable[..., Scene],
) -> None:
    scene = scenes(moves=True)
    with (scene.inbox / "slow.jpg").open("wb") as scanner:
        scanner.write(ONE[:5000])
        scanner.flush()
        scene.rest()
        assert scene.names() == ["refused/slow.jpg"]
        scanner.write(ONE[5000:])
    scene.rest()
    assert scene.names() == ["done/slow.jpg"]
    assert scene.store.totals().forms == 1


def test_odd_files_are_told_and_stay_where_they_are(scenes: Callable[..., Scene]) -> None:
    scene = scenes(moves=True)
    (scene.inbox / "scan.jpg.part").write_bytes(ONE)
    (scene.inbox / ".hidden.jpg").write_bytes(ONE)
    os.mkfifo(scene.inbox / "pipe.jpg")
    scene.rest()
    assert scene.names() == [".hidden.jpg", "pipe.jpg", "scan.jpg.part"]
    assert [line.partition(",")[0] for line in scene.told] == [
        ".hidden.jpg: refused",
        "pipe.jpg: refused",
        "scan.jpg.part: refused",
    ]
    (scene.inbox / "scan.jpg.part").rename(scene.inbox / "scan.jpg")
    scene.rest()
    assert scene.told[-1] == "scan.jpg: read"
    assert "done/scan.jpg" in scene.names()


def test_a_share_that_goes_away_is_waited_for_and_nothing_is_read_twice(
    scenes: Callable[..., Scene], tmp_path: Path
) -> None:
    scene = scenes()
    shutil.copy(SCANS / "IMG_0411.jpg", scene.inbox)
    scene.rest()
    scene.inbox.rename(tmp_path / "elsewhere")
    scene.after(10.0)
    scene.after(10.0)
    (tmp_path / "elsewhere").rename(scene.inbox)
    (scene.inbox / "new.jpg").write_bytes(OTHER)
    scene.rest()
    assert [line.rpartition(": ")[2] for line in scene.told] == [
        "read",
        "out of reach (No such file or directory). Waiting for it.",
        "is there again.",
        "read",
    ]
    assert scene.store.totals().files == 2


def test_a_file_that_vanishes_while_its_turn_comes_is_told(
    scenes: Callable[..., Scene], monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = scenes()
    path = scene.inbox / "scan.jpg"
    path.write_bytes(ONE)
    scene.after(0.0)
    look_at = intake.watch.look_at

    def too_late(*where: object) -> object:
        path.unlink(missing_ok=True)
        return look_at(*where)  # type: ignore[arg-type]

    monkeypatch.setattr(intake.watch, "look_at", too_late)
    scene.after(5.0)
    assert scene.told == [
        "scan.jpg: not yet, vanished. It was gone when its turn came: put it back, or leave it out."
        " Trying again."
    ]
    monkeypatch.setattr(intake.watch, "look_at", look_at)
    path.write_bytes(ONE)
    scene.rest()
    assert scene.told[-1] == "scan.jpg: read"
    assert scene.store.totals().files == 1
