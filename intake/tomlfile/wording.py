"""What is wrong with the keys of a TOML file, in the words of the people who write it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from enum import Enum
from types import UnionType
from typing import TYPE_CHECKING, Any, Literal, TypeGuard, Union, get_args, get_origin

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator

Steps = Sequence[str | int]
"""The way to a value: keys of tables, and places in lists, from 0."""

UNKNOWN_FIELD, UNKNOWN_KEY = r"Object contains unknown field `(.+)`", r"Invalid enum value '(.+)'"

ANY_KEY = "..."
"""A step into a table whose keys people choose, as the checking library names it."""

KINDS = {
    "int": "a whole number",
    "float": "a number",
    "str": "text in quotes",
    "bool": "true or false",
    "array": "a list in [ ]",
    "object": "a table with keys",
}


def in_words(
    complaint: str, kind: type[msgspec.Struct], toml: Mapping[str, Any], steps: Steps = ()
) -> str:
    """A complaint of the checking library: which key, what was expected, what stands there.

    Args:
        complaint: about a part of the file.
        kind: what the whole file should be.
        toml: what stands in it.
        steps: the way to that part.
    """
    said, _, path = complaint.partition(" - at ")
    about_key, _, path = path.rpartition("`$")
    steps = _with_keys([*steps, *_steps(path.rstrip("`"))], kind, toml)
    where = _place(steps, toml)
    missing = re.fullmatch(r"Object missing required field `(.+)`", said)
    if missing:
        return f"{where}the key `{missing[1]}` is missing. Add it."
    unknown = re.fullmatch(UNKNOWN_KEY if about_key else UNKNOWN_FIELD, said)
    if unknown:
        return f"{where}there is no key `{unknown[1]}`. {_advice(unknown[1], kind, steps)}"
    found = _shown(_at(steps, toml))
    return f"{where}expected {_expected(said, kind, steps)}{found and f', not {found}'}."


def _advice(unknown: str, kind: type, steps: Steps) -> str:
    known = [key for one in _kinds_at(kind, steps) for key in _keys_of(one)]
    alike = get_close_matches(unknown, known, n=1)
    return f"Did you mean `{alike[0]}`?" if alike else "Check its spelling, or take it out."


def _keys_of(kind: object) -> tuple[str, ...]:
    """The keys that a table may have, where only some may."""
    if _is_record(kind):
        return tuple(field.encode_name for field in msgspec.structs.fields(kind))
    return _choices(get_args(kind)[0]) if get_origin(kind) is dict else ()


def _expected(said: str, kind: type, steps: Steps) -> str:
    choices = [choice for one in _kinds_at(kind, steps) for choice in _choices(one)]
    if choices:
        return " or ".join(filter(None, [", ".join(choices[:-1]), choices[-1]]))
    length = re.fullmatch(r"Expected `array` of length (\d+), got .*", said)
    if length:
        return f"a list of {length[1]} numbers"
    kinds = re.match(r"Expected `([^`]+)`", said)
    names = kinds[1].split(" | ") if kinds else []
    return " or ".join(KINDS.get(name, name) for name in names if name != "null") or said


def _kinds_at(kind: object, steps: Steps) -> list[object]:
    """What may stand where steps lead to in a file of `kind`."""
    kinds = list(_alternatives(kind))
    for step in steps:
        kinds = [
            one for outer in kinds for inner in _within(outer, step) for one in _alternatives(inner)
        ]
    return kinds


def _alternatives(kind: object) -> Iterator[object]:
    yield from get_args(kind) if get_origin(kind) in {Union, UnionType} else (kind,)


def _within(kind: object, step: str | int) -> Iterator[object]:
    """What may stand one step further."""
    if _is_record(kind):
        fields = msgspec.structs.fields(kind)
        yield from (field.type for field in fields if field.encode_name == step)
    elif get_origin(kind) in {tuple, list}:
        yield from (one for one in get_args(kind) if one is not ...)
    elif get_args(kind):
        yield get_args(kind)[-1]


def _is_record(kind: object) -> TypeGuard[type[msgspec.Struct]]:
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)


def _choices(kind: object) -> tuple[str, ...]:
    """The words that may stand there, where only some may."""
    if isinstance(kind, type) and issubclass(kind, Enum):
        return tuple(str(one.value) for one in kind)
    return tuple(map(str, get_args(kind))) if get_origin(kind) is Literal else ()


def _steps(path: str) -> Iterator[str | int]:
    for name, index in re.findall(r"\.(\w+)|\[(\d+|\.\.\.)\]", path):
        yield name or (index if index == ANY_KEY else int(index))


def _with_keys(steps: Steps, kind: type, toml: Mapping[str, Any]) -> Steps:
    """The same way, and into tables whose keys people choose by the key whose value is wrong."""
    named: list[str | int] = []
    for step in steps:
        named.append(_wrong_key(named, kind, toml) if step == ANY_KEY else step)
    return named


def _wrong_key(steps: Steps, kind: type, toml: Mapping[str, Any]) -> str:
    table = _at(steps, toml)
    wrong = (
        key
        for key, value in (table.items() if isinstance(table, Mapping) else ())
        if not any(_may_be(value, one) for one in _kinds_at(kind, [*steps, key]))
    )
    return next(wrong, ANY_KEY)


def _may_be(value: object, kind: object) -> bool:
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError:
        return False
    return True


def _place(steps: Steps, toml: Mapping[str, Any]) -> str:
    """Which value some steps lead to, ending in a colon."""
    words: list[str] = []
    for number, step in enumerate(steps):
        if isinstance(step, str):
            words.append(step)
        else:
            words[-1] = _numbered(words[-1], step, _at(steps[: number + 1], toml))
    return "".join(f"{word}: " if word is words[-1] else f"{word}, " for word in words)


def _numbered(table: str, index: int, value: object) -> str:
    """One of several tables by its name, anything else by its number."""
    name = value.get("name", value.get("text")) if isinstance(value, Mapping) else None
    return f"{table} `{name}`" if isinstance(name, str) else f"{table} number {index + 1}"


def _at(steps: Steps, toml: object) -> object:
    """The value that steps lead to; None where they do not lead on."""
    for step in steps:
        try:
            toml = toml[step]  # type: ignore[index]
        except (KeyError, IndexError, TypeError):
            return None
    return toml


def _shown(value: object) -> str:
    """A value as it stands in the file; nothing where it is too long to show."""
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float | list) else ""
