"""What is wrong with the keys of a template, in the words of the people who write it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from intake.template.parts import Field, MeterPlace, Print, Record, Rows, Template

if TYPE_CHECKING:
    from collections.abc import Iterator

PARTS: dict[str, type[Record]] = {
    "field": Field,
    "meter": MeterPlace,
    "print": Print,
    "rows": Rows,
}
KINDS = {
    "int": "a whole number",
    "float": "a number",
    "str": "text in quotes",
    "bool": "true or false",
    "array": "a list in [ ]",
    "object": "a table with keys",
}
CHOICES = {
    ("field", "kind"): "printed, handwritten, barcode or mark",
    ("meter", "kind"): "cold, hot, electricity, gas or heat",
    ("field", "lookup"): "account or meter",
    ("field", "format"): "date",
    ("print", "align"): "left, centre or right",
}
"""By table and key, what may stand there."""


def complaints(toml: Mapping[str, Any]) -> Iterator[str]:
    """All keys of a template's TOML that are missing, unknown or of the wrong kind."""
    for table, kind in PARTS.items():
        items = toml.get(table, [])
        for index, item in enumerate(items if isinstance(items, list) else []):
            said = _complaint(item, kind)
            if said is not None:
                yield _in_words(said, [table, index], toml)
    whole: dict[str, list[object]] = {
        table: [] for table in PARTS if isinstance(toml.get(table), list)
    }
    said = _complaint({**toml, **whole}, Template)
    if said is not None:
        yield _in_words(said, [], toml)


def _complaint(value: object, kind: type[Record]) -> str | None:
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError as fault:
        return str(fault)
    return None


def _in_words(complaint: str, steps: list[str | int], toml: Mapping[str, Any]) -> str:
    """A complaint of the checking library: which key, what was expected, what stands there."""
    said, _, path = complaint.partition(" - at `$")
    steps = [*steps, *_steps(path.rstrip("`"))]
    where = _place(steps, toml)
    missing = re.fullmatch(r"Object missing required field `(.+)`", said)
    if missing:
        return f"{where}the key `{missing[1]}` is missing. Add it."
    unknown = re.fullmatch(r"Object contains unknown field `(.+)`", said)
    if unknown:
        return f"{where}there is no key `{unknown[1]}`. Check its spelling, or take it out."
    found = _shown(_at(steps, toml))
    return f"{where}expected {_expected(said, steps)}{found and f', not {found}'}."


def _expected(said: str, steps: Sequence[str | int]) -> str:
    tables = [step for step in steps if isinstance(step, str)]
    choice = CHOICES.get((tables[-2], tables[-1])) if len(tables) > 1 else None
    if choice is not None:
        return choice
    length = re.fullmatch(r"Expected `array` of length (\d+), got .*", said)
    if length:
        return f"a list of {length[1]} numbers"
    kinds = re.match(r"Expected `([^`]+)`", said)
    names = kinds[1].split(" | ") if kinds else []
    return " or ".join(KINDS.get(name, name) for name in names if name != "null") or said


def _steps(path: str) -> Iterator[str | int]:
    for name, index in re.findall(r"\.(\w+)|\[(\d+)\]", path):
        yield name or int(index)


def _place(steps: Sequence[str | int], toml: Mapping[str, Any]) -> str:
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


def _at(steps: Sequence[str | int], toml: object) -> object:
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
