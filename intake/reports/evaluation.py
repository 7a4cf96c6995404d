"""Results held against a truth file, field by field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import msgspec

from intake.errors import InputError
from intake.metrics import Scored
from intake.records import Reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from intake.records import FieldRow

Place = tuple[str, int, int, str]
"""File, page, form and field."""

Kinds = Mapping[str, str]
"""Kind of field by its name."""


AS_IN_BOXES = (
    "the truth of a reading is its digits as they stand in the boxes, without a decimal mark, such "
    "as 00123456; of a box without cells, filled up with zeros to the field's `decimals`; null "
    "where it is empty. Mend that line."
)


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

    @property
    def can_be_read(self) -> bool:
        """Whether the value is one that a field holds: of a reading, digits and nothing else."""
        value = self.value
        return value is None or not self.field.endswith(".reading") or _is_digits(value)


def _is_digits(value: str) -> bool:
    return value.isascii() and value.isdigit()


@dataclass(frozen=True, slots=True)
class Judgement:
    """A field, where it stands, and what the program made of it."""

    place: Place
    scored: Scored


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
        if not one.can_be_read:
            raise InputError(f"{path}, line {number}: `{one.value}`: {AS_IN_BOXES}")
        truth[one.place] = one
    return truth


def judgements(
    results: Iterable[FieldRow], truth: Mapping[Place, Truth], kinds: Kinds
) -> Iterator[Judgement]:
    """Every field of the truth as it was read, and every field read that the truth lacks.

    A field that was not found counts as neither right nor accepted; one that was found where
    the truth has none counts as empty.
    """
    left = dict(truth)
    for row in results:
        place = (row.file, row.page, row.form, row.field)
        known = left.pop(place, None)
        yield Judgement(place, _found(row, known.value if known else None, kinds))
    for place, missing in left.items():
        yield Judgement(place, _missed(missing, kinds))


def _found(row: FieldRow, truth: str | None, kinds: Kinds) -> Scored:
    return Scored(
        truth=truth,
        best=row.candidates[0].value if row.candidates else None,
        confidence=row.confidence,
        decision=row.verdict,
        kind=kinds.get(row.field, ""),
        template=row.template,
        source=source_of(row.file),
        field=purpose_of(row.field),
        by_history=Reason.HISTORY_CONFIRMED in row.reasons,
    )


def _missed(missing: Truth, kinds: Kinds) -> Scored:
    return Scored(
        truth=missing.value,
        best=None,
        confidence=0.0,
        decision=None,
        kind=kinds.get(missing.field, ""),
        template="",
        source=source_of(missing.file),
        field=purpose_of(missing.field),
    )


def purpose_of(name: str) -> str:
    """The last part of a field's name, such as `reading`: what such fields are for."""
    return name.rpartition(".")[2]


def source_of(file: str) -> str:
    """Where a scan came from: its folder, and what kind of file it is."""
    path = PurePosixPath(file)
    return str(path.with_name(f"*{path.suffix.lower()}"))
