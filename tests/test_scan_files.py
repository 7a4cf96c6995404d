"""What is found below the paths handed in, and what is turned away without being opened."""

from __future__ import annotations

import hashlib
import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hostile import pictures as pic
from intake.errors import InputError
from intake.records import Reason
from intake.scan import Found, find_scans
from intake.settings import Limits

if TYPE_CHECKING:
    from collections.abc import Iterator

LIMITS = Limits(file_mib=1)


def found(*paths: Path) -> list[Found]:
    return list(find_scans(paths, LIMITS))


def names(*paths: Path) -> list[str]:
    return [item.scan.name for item in found(*paths)]


def reasons(path: Path) -> dict[str, Reason | None]:
    return {item.scan.name: item.refusal.reason if item.refusal else None for item in found(path)}


def test_folders_are_walked_in_the_order_of_names(tmp_path: Path) -> None:
    for name in ("b/2.jpg", "b/1.jpg", "a.jpg", "c.jpg", "b/deep/er.jpg", "B.jpg"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"x")

    assert names(tmp_path) == ["B.jpg", "a.jpg", "b/1.jpg", "b/2.jpg", "b/deep/er.jpg", "c.jpg"]


@pytest.fixture
def deep(tmp_path: Path) -> Iterator[Path]:
    """A folder with a file 1,200 folders down; cleared by a program that can go so deep."""
    home = Path.cwd()
    try:
        os.chdir(tmp_path)
        for _ in range(1200):
            Path("d").mkdir()
            os.chdir("d")
        Path("deep.jpg").write_bytes(b"x")
        yield tmp_path
    finally:
        os.chdir(home)
        subprocess.run(["rm", "-rf", tmp_path / "d"], check=True)


def test_folders_within_folders_may_go_as_deep_as_they_like(deep: Path) -> None:
    assert [name.rpartition("/")[2] for name in names(deep)] == ["deep.jpg"]


def test_a_file_handed_in_goes_by_its_bare_name(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "scan.jpg").write_bytes(b"x")

    assert names(tmp_path / "a" / "scan.jpg") == ["scan.jpg"]


def test_content_is_the_identity(tmp_path: Path) -> None:
    data = pic.jpeg()
    for name in ("one.jpg", "same.jpg"):
        (tmp_path / name).write_bytes(data)

    one, same = found(tmp_path)

    assert one.scan.sha256 == same.scan.sha256 == hashlib.sha256(data).hexdigest()
    assert one.scan.size == len(data)


def test_every_file_counts_hidden_and_half_written_ones_as_refused(tmp_path: Path) -> None:
    (tmp_path / ".cache").mkdir()
    for name in (".hidden.jpg", ".cache/x.jpg", "a.pdf.part", "b.tmp", "c~", "good.jpg"):
        (tmp_path / name).write_bytes(b"x")

    assert reasons(tmp_path) == {
        ".cache/x.jpg": Reason.UNSUPPORTED,
        ".hidden.jpg": Reason.UNSUPPORTED,
        "a.pdf.part": Reason.TRUNCATED,
        "b.tmp": Reason.TRUNCATED,
        "c~": Reason.TRUNCATED,
        "good.jpg": None,
    }


def test_whoever_hands_in_a_hidden_file_by_name_means_it(tmp_path: Path) -> None:
    (tmp_path / ".hidden.jpg").write_bytes(b"x")

    assert reasons(tmp_path / ".hidden.jpg") == {".hidden.jpg": None}


def test_links_to_folders_are_not_followed_and_links_out_of_the_folder_are_refused(
    tmp_path: Path,
) -> None:
    inbox, outside = tmp_path / "inbox", tmp_path / "outside"
    for folder in (inbox, outside):
        folder.mkdir()
        (folder / "real.jpg").write_bytes(b"x")
    (inbox / "folder").symlink_to(outside)
    (inbox / "up").symlink_to(inbox)
    (inbox / "inside.jpg").symlink_to("real.jpg")
    (inbox / "outside.jpg").symlink_to(outside / "real.jpg")
    (inbox / "nowhere.jpg").symlink_to("nothing")

    assert reasons(inbox) == {
        "inside.jpg": None,
        "nowhere.jpg": Reason.NOT_A_FILE,
        "outside.jpg": Reason.NOT_A_FILE,
        "real.jpg": None,
    }


def test_a_pipe_nobody_writes_to_blocks_nothing(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")

    assert reasons(tmp_path) == {"pipe.jpg": Reason.NOT_A_FILE}
    assert reasons(tmp_path / "pipe.jpg") == {"pipe.jpg": Reason.NOT_A_FILE}


def test_a_file_beyond_the_limit_is_not_even_read(tmp_path: Path) -> None:
    with (tmp_path / "huge.tif").open("wb") as file:
        file.truncate((1 << 20) + 1)

    (item,) = found(tmp_path)

    assert item.refusal is not None
    assert item.refusal.reason is Reason.TOO_LARGE
    assert item.scan.sha256 is None


def test_a_path_that_does_not_exist_ends_the_run_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        find_scans([tmp_path, tmp_path / "missing"], LIMITS)


def test_a_file_that_goes_while_the_folder_is_walked_is_refused_as_vanished(tmp_path: Path) -> None:
    for name in ("a.jpg", "b.jpg"):
        (tmp_path / name).write_bytes(b"x")
    walk = find_scans([tmp_path], LIMITS)
    next(walk)
    (tmp_path / "b.jpg").unlink()

    gone = next(walk)

    assert gone.refusal is not None
    assert gone.refusal.reason is Reason.VANISHED


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_what_may_not_be_read_is_refused_by_that_name(tmp_path: Path) -> None:
    (tmp_path / "file.jpg").write_bytes(b"x")
    (tmp_path / "file.jpg").chmod(0)
    (tmp_path / "folder").mkdir(mode=0)

    assert reasons(tmp_path) == {
        "file.jpg": Reason.NO_PERMISSION,
        "folder": Reason.NO_PERMISSION,
    }


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        (b"plain \xc4\x93.jpg", "plain ē.jpg"),
        (b"esc\x1b[2J.jpg", r"esc\x1b[2J.jpg"),
        (b"line\n.jpg", r"line\n.jpg"),
        ("\u202egpj.exe".encode(), r"\u202egpj.exe"),
        (b"latin\xe9.jpg", r"latin\xe9.jpg"),
    ],
)
def test_names_cannot_steer_a_screen_and_still_open(tmp_path: Path, raw: bytes, name: str) -> None:
    path = os.path.join(os.fsencode(tmp_path), raw)  # noqa: PTH118 - a name that is no text
    with open(path, "wb") as file:  # noqa: PTH123
        file.write(b"x")

    (item,) = found(tmp_path)

    assert item.scan.name == name
    assert item.scan.sha256 is not None
    assert os.path.exists(item.scan.path)  # noqa: PTH110
