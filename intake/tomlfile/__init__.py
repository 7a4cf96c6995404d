"""TOML files as checked records: whatever is wrong, the message names file and line or key."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from intake.tomlfile.wording import in_words

if TYPE_CHECKING:
    from pathlib import Path

    from intake.errors import IntakeError

__all__ = ["in_words", "parse_toml", "read_toml"]

Record = TypeVar("Record", bound=msgspec.Struct)


def parse_toml(path: Path, error: type[IntakeError]) -> dict[str, Any]:
    """What stands in `path`, unchecked.

    Raises:
        IntakeError: of the kind `error`, with file or line, and what to change.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as fault:
        raise error(f"{path}: cannot be read ({fault.strerror}). Check name and rights.") from fault
    except UnicodeDecodeError as fault:
        raise error(f"{path}: is not text in UTF-8. Save it as such.") from fault
    except tomllib.TOMLDecodeError as fault:
        raise error(f"{path}: not valid TOML: {fault}. Mend that line.") from fault


def read_toml(path: Path, kind: type[Record], error: type[IntakeError]) -> Record:
    """Reads `path` as a record of `kind`.

    Raises:
        IntakeError: of the kind `error`, with file, line or key, and what to change.
    """
    toml = parse_toml(path, error)
    try:
        return msgspec.convert(toml, kind)
    except msgspec.ValidationError as fault:
        raise error(f"{path}: {in_words(str(fault), kind, toml)}") from fault
