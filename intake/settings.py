"""`intake.toml`: the few things a company decides."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

import msgspec

from intake.errors import InputError
from intake.tomlfile import read_toml

if TYPE_CHECKING:
    from pathlib import Path

FILE_NAME = "intake.toml"


class Limits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Beyond these a file is refused.

    Attributes:
        file_mib: size of a file, MiB.
        pages: pages in a file.
        megapixels: pixels of a page, millions.
        seconds: time that decoding one page may take.
        memory_mib: memory that decoding one page may take, MiB.
    """

    file_mib: int = 512
    pages: int = 5000
    megapixels: int = 120
    seconds: float = 8.0
    memory_mib: int = 512


class Review(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the review app looks and listens.

    Attributes:
        locale: language of its texts, such as `lv`; None: as the environment says.
        drawing: characters that pictures are drawn with.
        colours: whether the terminal may be asked for colours.
        keys: other keys, by what they do, such as `undo = "f2"`.
    """

    locale: str | None = None
    drawing: Literal["half", "quadrant", "sextant", "braille"] = "quadrant"
    colours: bool = True
    keys: dict[str, str] = {}


class Tolerance(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Another `max_error` for some of the fields; None leaves a side open.

    Attributes:
        max_error: tolerated share of wrong values among those nobody looked at.
        organisation: whose forms.
        template: template id.
        kind: kind of field.
    """

    max_error: float
    organisation: str | None = None
    template: str | None = None
    kind: Literal["handwritten", "printed", "barcode", "mark"] | None = None

    def covers(self, organisation: str, template: str, kind: str) -> bool:
        """Whether it speaks of such fields."""
        sides = ((self.organisation, organisation), (self.template, template), (self.kind, kind))
        return all(mine is None or mine == theirs for mine, theirs in sides)

    @property
    def narrowness(self) -> int:
        """How many sides it does not leave open."""
        return sum(side is not None for side in (self.organisation, self.template, self.kind))


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a workspace is run with.

    Attributes:
        organisation: who bills; part of every reading's id.
        max_error: tolerated share of wrong values among those nobody looked at.
        assurance: probability with which the bound on that share holds.
        thin_data: what happens where the evidence supports less than `max_error` asks:
            `review` accepts nothing unseen, `provisional` accepts and marks it.
        tolerance: other values of `max_error` for some organisations, templates or kinds of
            field; of those that speak of a field the narrowest holds.
        audit: values accepted unseen in a month that people key blind, at least; all where there
            are fewer, none with 0.
        templates: folder of templates; None: the ones that come with the program.
        period: billing month `YYYY-MM` for forms whose code does not say; None: unknown.
        store: address of a PostgreSQL database that machines share, without a password; None:
            a file in the workspace.
        workers: processes that read pages; 0: one per core.
        limits: beyond which files are refused.
        review: the review app.
    """

    organisation: str = "default"
    max_error: float = 0.001
    assurance: float = 0.95
    thin_data: Literal["review", "provisional"] = "review"
    tolerance: tuple[Tolerance, ...] = ()
    audit: int = 3000
    templates: str | None = None
    period: str | None = None
    store: str | None = None
    workers: int = 0
    limits: Limits = Limits()
    review: Review = Review()

    def tolerated(self, template: str, kind: str) -> float:
        """The share of wrong values tolerated among fields of a template and kind."""
        fitting = [one for one in self.tolerance if one.covers(self.organisation, template, kind)]
        narrowest = max(fitting, key=lambda one: one.narrowness, default=None)
        return self.max_error if narrowest is None else narrowest.max_error

    def asking(self, max_error: float) -> Settings:
        """These settings with `max_error` for everything."""
        return msgspec.structs.replace(self, max_error=max_error, tolerance=())


def load_settings(path: Path) -> Settings:
    """Reads `intake.toml`.

    Raises:
        InputError: with file, line or key, and what to change.
    """
    settings = read_toml(path, Settings, InputError)
    for problem in _faults(settings):
        raise InputError(f"{path}: {problem}")
    return settings


def is_month(text: str) -> bool:
    """Whether `text` is a billing month, `YYYY-MM`."""
    return re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", text) is not None


def _faults(settings: Settings) -> list[str]:
    checks = {
        "max_error: a share above 0 and below 1.": 0 < settings.max_error < 1,
        "tolerance: each max_error is a share above 0 and below 1.": all(
            0 < one.max_error < 1 for one in settings.tolerance
        ),
        "audit: 0 or more.": settings.audit >= 0,
        "assurance: a probability above 0 and below 1.": 0 < settings.assurance < 1,
        "period: a month is YYYY-MM, such as 2026-11.": is_month(settings.period or "2000-01"),
        "organisation: give it a name.": bool(settings.organisation.strip()),
        "workers: 0 or more.": settings.workers >= 0,
    }
    return [sentence for sentence, holds in checks.items() if not holds]
