"""Finds what the scanner left, touching nothing that could block, mislead or never end."""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from intake.errors import InputError
from intake.records import Reason, Refusal, ScanFile
from intake.scan.refusals import Refused, refusal_for, refused

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from io import BufferedReader

    from intake.settings import Limits

MIB = 1 << 20
PARTIAL = (".part", ".partial", ".tmp", ".temp", ".crdownload", ".filepart", "~")
HIDDEN_ADVICE = "Hidden files are not taken for scans: rename it without the leading point."
PARTIAL_ADVICE = "Its name says that it is still being written: wait until the scanner renames it."
LINK_ADVICE = "A link that leaves the folder or leads nowhere: put the file itself there."


@dataclass(frozen=True, slots=True)
class Found:
    """A file below the paths handed in.

    Attributes:
        scan: the file, known by its content where that could be read.
        refusal: why it need not be opened; None where it may be a scan.
    """

    scan: ScanFile
    refusal: Refusal | None = None


def find_scans(paths: Iterable[Path], limits: Limits) -> Iterator[Found]:
    """Every file among and below `paths`, folders walked in the order of names.

    Links to folders are not followed. Nothing but regular files is ever opened.

    Raises:
        InputError: a path does not exist.
    """
    tops = [Path(path) for path in paths]
    for top in tops:
        if not os.path.lexists(top):
            raise InputError(f"{printable(str(top))}: no such file or folder. Check the path.")
    return _found_among(tops, limits)


def look_at(path: Path, root: Path, limits: Limits) -> Found:
    """One file below a folder, as `find_scans` would find it there."""
    name = path.relative_to(root).as_posix()
    try:
        return _unless_odd(name, _judged(path, name, root.resolve(), limits))
    except OSError as fault:
        return _turned_away(path, name, refusal_for(_reason(fault)))


def open_regular(path: Path, limits: Limits) -> BufferedReader:
    """Opens `path` for reading if it is a regular file of a size worth reading.

    Raises:
        Refused: it is something else, gone, locked, empty or too large.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise refused(Reason.NOT_A_FILE)
        file = os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb")
    except OSError as fault:
        raise refused(_reason(fault)) from None
    try:
        _check_size(os.fstat(file.fileno()), limits)
    except Refused:
        file.close()
        raise
    return file


def printable(name: str) -> str:
    """`name` with everything that could steer a screen or mislead a reader spelled out."""
    plain = os.fsencode(name).decode("utf-8", "backslashreplace")
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode() for char in plain
    )


def _check_size(status: os.stat_result, limits: Limits) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise refused(Reason.NOT_A_FILE)
    if status.st_size == 0:
        raise refused(Reason.EMPTY_FILE)
    if status.st_size > limits.file_mib * MIB:
        raise refused(Reason.TOO_LARGE)


def _found_among(tops: list[Path], limits: Limits) -> Iterator[Found]:
    for top in tops:
        if top.is_dir():
            yield from _found_below(top, limits)
        else:
            yield _found(top, top.name, limits)


def _found_below(root: Path, limits: Limits) -> Iterator[Found]:
    """Depth first, in the order of names; however deep, one list holds what is still to come."""
    inside, waiting = root.resolve(), [root]
    while waiting:
        path = waiting.pop()
        name = root.name if path == root else path.relative_to(root).as_posix()
        try:
            if path == root or stat.S_ISDIR(path.lstat().st_mode):
                entries = sorted(path.iterdir(), key=lambda entry: os.fsencode(entry.name))
                waiting.extend(reversed(entries))
            elif not (path.is_symlink() and path.is_dir()):
                yield _unless_odd(name, _judged(path, name, inside, limits))
        except OSError as fault:
            yield _turned_away(path, name, refusal_for(_reason(fault)))


def _judged(path: Path, name: str, inside: Path, limits: Limits) -> Found:
    """A link is as good as its file, if that is among the files that were handed in."""
    if not path.is_symlink():
        return _found(path, name, limits)
    try:
        leads_away = not path.resolve(strict=True).is_relative_to(inside)
    except (OSError, RuntimeError):
        leads_away = True
    if leads_away:
        return _turned_away(path, name, Refusal(Reason.NOT_A_FILE, LINK_ADVICE))
    return _found(path, name, limits)


def _reason(fault: OSError) -> Reason:
    return Reason.NO_PERMISSION if isinstance(fault, PermissionError) else Reason.VANISHED


def _found(path: Path, name: str, limits: Limits) -> Found:
    try:
        with open_regular(path, limits) as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            size, modified = file.tell(), os.fstat(file.fileno()).st_mtime
    except Refused as fault:
        return _turned_away(path, name, fault.refusal)
    except OSError as fault:
        return _turned_away(path, name, refusal_for(_reason(fault)))
    return Found(ScanFile(printable(name), str(path.absolute()), digest, size, modified))


def _turned_away(path: Path, name: str, refusal: Refusal) -> Found:
    return Found(ScanFile(printable(name), str(path.absolute()), None, None), refusal)


def _unless_odd(name: str, found: Found) -> Found:
    """What a folder hides, or a scanner has not finished, nobody has handed in."""
    if found.refusal is not None:
        return found
    if any(part.startswith(".") for part in name.split("/")):
        return replace(found, refusal=Refusal(Reason.UNSUPPORTED, HIDDEN_ADVICE))
    if name.lower().endswith(PARTIAL):
        return replace(found, refusal=Refusal(Reason.TRUNCATED, PARTIAL_ADVICE))
    return found
