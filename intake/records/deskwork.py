"""How people share the work of review: roles, papers that belong nowhere yet, rates."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from intake.records.words import Reason


class Role(StrEnum):
    """What somebody may do; each may do what those before it may."""

    KEYER = "keyer"
    VERIFIER = "verifier"
    SUPERVISOR = "supervisor"

    def covers(self, other: Role) -> bool:
        """Whether this role may do what `other` may."""
        ranks = list(Role)
        return ranks.index(self) >= ranks.index(other)


@dataclass(frozen=True, slots=True)
class LoosePaper:
    """A page that no template fits, a form that was found and not read, or one without a month.

    Attributes:
        id: `page:` or `form:` and a number; decisions name it.
        file: name of the scan.
        page: from 1.
        form: from 1 on its page; None for a page without a form.
        template: of the form; None for a page.
        account: of the form; None where unknown.
        picture: sha256 of the page's picture; None where there is none.
        to_page: 3×3 homography of the form, row by row; empty for a page.
        scan: sha256 of the file that it is in; None where unknown.
        refused: why the form was not read; None for the others.
    """

    id: str
    file: str
    page: int
    form: int | None = None
    template: str | None = None
    account: str | None = None
    picture: str | None = None
    to_page: tuple[float, ...] = ()
    scan: str | None = None
    refused: Reason | None = None

    @property
    def is_unread(self) -> bool:
        """Whether a person has to say what form it is, or that it is none."""
        return self.form is None or self.refused is not None


@dataclass(frozen=True, slots=True)
class Placing:
    """What a person says about a loose paper.

    Attributes:
        paper: id of the loose paper.
        who: name of the person.
        account: account number; None where it is not asked for, or unknown.
        period: billing month `YYYY-MM`.
        seconds: time the paper was on the screen; None from scripts.
    """

    paper: str
    who: str
    account: str | None
    period: str | None
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class ClerkTally:
    """What one person has done.

    Attributes:
        who: name.
        holds: items they hold at present.
        decided: decisions, without those taken back.
        seconds: of the median decision at the screen; None where all came from scripts.
        tries: values entered for each decision, on average.
        late: decisions that came too late.
        keyed: answers keyed blind.
        checked: of these, on fields of the audit whose truth is known.
        right: of those, answers that were the truth.
    """

    who: str
    holds: int = 0
    decided: int = 0
    seconds: float | None = None
    tries: float = 1.0
    late: int = 0
    keyed: int = 0
    checked: int = 0
    right: int = 0

    @property
    def per_hour(self) -> int | None:
        """Decisions in an hour at the pace of the median one."""
        return round(3600 / self.seconds) if self.seconds else None


@dataclass(frozen=True, slots=True)
class Load:
    """What waits.

    Attributes:
        months: waiting fields by billing month, oldest first, unknown (empty) last.
        reasons: waiting fields by their first reason, most frequent first.
        pages: pages that no template fits.
        forms: forms that say no month.
    """

    months: Mapping[str, int]
    reasons: Mapping[Reason, int]
    pages: int
    forms: int
