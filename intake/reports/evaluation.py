"""Results held against a truth file, field by field."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from intake.errors import InputError
from intake.metrics import Scored

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from intake.records import FieldRow

Place = tuple[str, int, int, str]
"""File, page, form and field."""


class Truth(msgspec.Struct, frozen=True):
    """One line of a truth file; further keys are for people and are not read.

    Attributes:
        file: name of the scan, below the folder of scans.
        page: from 1.
        form: from 1 on its page.
        field: name of the field.
        value: what stands there; None: nothing that counts.
    """

    file: str
    page: int
    form: int
    field: str
    value: str | None

    @property
    def place(self) -> Place:
        """Where it stands."""
        return (self.file, self.page, self.form, self.field)


def load_truth(path: Path) -> dict[Place, Truth]:
    """Reads a truth file, JSON Lines.

    Raises:
        InputError: with the line that cannot be used, and why.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as fault:
        raise InputError(f"{path}: cannot be read ({fault}). Check name and rights.") from fault
    truth: dict[Place, Truth] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            one = msgspec.json.decode(line, type=Truth)
        except msgspec.DecodeError as fault:
            raise InputError(f"{path}, line {number}: {fault}. Mend that line.") from fault
        truth[one.place] = one
    return truth


def scored(results: Iterable[FieldRow], truth: dict[Place, Truth]) -> Iterator[Scored]:
    """Every field of the truth as it was read, and every field read that the truth lacks.

    A field that was not found counts as neither right nor accepted; one that was found where
    the truth has none counts as empty.
    """
    left = dict(truth)
    for row in results:
        known = left.pop((row.file, row.page, row.form, row.field), None)
        yield Scored(
            truth=known.value if known else None,
            best=row.candidates[0].value if row.candidates else None,
            confidence=row.confidence,
            decision=row.verdict,
            kind=kind_of_field(row.field),
            template=row.template,
            source=row.file,
        )
    for missing in left.values():
        yield Scored(
            truth=missing.value,
            best=None,
            confidence=0.0,
            decision=None,
            kind=kind_of_field(missing.field),
            template="",
            source=missing.file,
        )


def kind_of_field(name: str) -> str:
    """The last part of a field's name, such as `reading`: fields of one kind are alike."""
    return name.rpartition(".")[2]
