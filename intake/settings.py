"""`intake.toml`: the few things a company decides."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

import msgspec

from intake.errors import InputError
from intake.records import Role
from intake.tomlfile import read_toml

if TYPE_CHECKING:
    from pathlib import Path

FILE_NAME = "intake.toml"


Deciding = Literal["accept", "blank", "unreadable", "candidate", "undo", "erase", "aside", "drop"]
Looking = Literal["whole", "doubtful", "closer", "turn", "contrast", "shape"]
Moving = Literal["left", "right", "up", "down"]
Leading = Literal["only", "modes", "help", "quit", "reassign", "reopen"]
KeyName = Literal[Deciding, Looking, Moving, Leading]
"""What a key of the review app does."""


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

    @property
    def too_low(self) -> list[str]:
        """The keys whose value would refuse every file."""
        return [name for name, value in msgspec.structs.asdict(self).items() if value <= 0]


class Watching(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a folder is watched.

    Attributes:
        settle: seconds for which a file must not change before it is taken.
        look: seconds between two looks at a folder that tells nothing by itself, such as a share.
        tries: how often a file that may heal is read before it is given up.
        longest: seconds between two tries at most; they begin at `settle` and double.
    """

    settle: float = 5.0
    look: float = 10.0
    tries: int = 8
    longest: float = 300.0

    @property
    def makes_sense(self) -> bool:
        """Whether a folder can be watched like that."""
        return min(self.settle, self.look, self.longest) > 0 and self.tries >= 1


class Review(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the review app looks and listens.

    Attributes:
        locale: language of its texts, such as `lv`; None: as the environment says.
        drawing: characters that pictures are drawn with.
        colours: whether the terminal may be asked for colours.
        keys: other keys, by what they do, such as `undo = "f2"`.
        who: whose name stands at decisions: the operating system's user or the database's.
        roles: what people may do, by name; whoever is not named is a verifier. With nobody
            named, everybody may do everything.
    """

    locale: Literal["en", "lv"] | None = None
    drawing: Literal["half", "quadrant", "sextant", "braille"] = "quadrant"
    colours: bool = True
    keys: dict[KeyName, str] = {}
    who: Literal["system", "database"] = "system"
    roles: dict[str, Role] = {}

    def role_of(self, name: str) -> Role:
        """What somebody may do."""
        return self.roles.get(name, Role.VERIFIER) if self.roles else Role.SUPERVISOR


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


class Rules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How readings are held against what the company knows.

    Attributes:
        off: names of rules that are not applied.
        spreads: a month is unusual beyond that many spreads above the meter's usual one.
        few_water: m3 a month that are expected at most while too few months are known.
        few_electricity: kWh, the same.
        few_other: the same in any other unit.
        date_months: months by which the day of reading may be off the form's own.
    """

    off: frozenset[Literal["implausible", "copied", "swapped"]] = frozenset()
    spreads: float = 8.0
    few_water: int = 15
    few_electricity: int = 600
    few_other: int = 100
    date_months: int = 1

    def few(self, unit: str) -> int:
        """What is expected at most a month in `unit` while too few months are known."""
        return {"m3": self.few_water, "kWh": self.few_electricity}.get(unit, self.few_other)


class Billing(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the embedded reading engine makes of an organisation's readings.

    Attributes:
        channels: where readings come from; the first one that has a reading counts.
        window: first and last day of the month on which readings are due; 31 is the last one.
        flat_months: months whose average stands for a missing one in a flat.
        house_months: the same in a house.
        charged_missing: missing months in a row that an average stands for.
    """

    channels: tuple[str, ...] = ("portal", "sms", "terminal", "paper")
    window: tuple[int, int] = (25, 31)
    flat_months: int = 3
    house_months: int = 12
    charged_missing: int = 2


class EngineSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The embedded reading engine.

    Attributes:
        store: address of its PostgreSQL database, without a password; None: a file in the
            workspace.
        billing: of every organisation that has none of its own.
        organisations: by name, those that have.
    """

    store: str | None = None
    billing: Billing = Billing()
    organisations: dict[str, Billing] = {}

    def billing_of(self, organisation: str) -> Billing:
        """What holds for an organisation."""
        return self.organisations.get(organisation, self.billing)


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
        watch: how a folder is watched.
        review: the review app.
        rules: how readings are held against what the company knows.
        engine: the embedded reading engine.
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
    watch: Watching = Watching()
    review: Review = Review()
    rules: Rules = Rules()
    engine: EngineSettings = EngineSettings()

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
        "watch: seconds above 0, at least one try.": settings.watch.makes_sense,
        "organisation: give it a name.": bool(settings.organisation.strip()),
        "workers: 0 or more.": settings.workers >= 0,
        "rules: spreads and what is expected are above 0.": _are_positive(settings.rules),
        "rules: date_months: 0 or more.": settings.rules.date_months >= 0,
        "engine: a window is two days such as [25, 31], channels have different names, months to "
        "average over are 1 or more.": all(map(_is_billing, _billings(settings.engine))),
    }
    limits = [f"limits: {name}: above 0." for name in settings.limits.too_low]
    return [*limits, *(sentence for sentence, holds in checks.items() if not holds)]


def _are_positive(rules: Rules) -> bool:
    return min(rules.spreads, rules.few_water, rules.few_electricity, rules.few_other) > 0


def _billings(engine: EngineSettings) -> list[Billing]:
    return [engine.billing, *engine.organisations.values()]


def _is_billing(billing: Billing) -> bool:
    first, last = billing.window
    names = [name for name in billing.channels if name.strip()]
    fits = 1 <= first <= last <= 31 and min(billing.flat_months, billing.house_months) >= 1
    return fits and billing.charged_missing >= 0 and len(set(names)) == len(billing.channels) > 0
