"""What the company knows, as a small read protocol; `store` implements it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from intake.registry.importing import ImportReport, import_registry
from intake.registry.layouts import LAYOUTS
from intake.registry.rows import Problem, write_headers

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from intake.records import Account, Meter, PastReading


__all__ = [
    "EmptyRegistry",
    "ImportReport",
    "Problem",
    "Registry",
    "import_registry",
    "write_layouts",
]


def write_layouts(folder: Path) -> list[Path]:
    """Writes an empty file of each layout, header only, and returns their paths.

    Raises:
        InputError: one of them is there already, or cannot be written.
    """
    return write_headers(folder, LAYOUTS)


class Registry(Protocol):
    """Accounts, meters and past readings of one organisation."""

    def account(self, number: str) -> Account | None:
        """The account with that number; None where there is none."""
        ...

    def accounts(self) -> Iterator[Account]:
        """All accounts in the order of their numbers."""
        ...

    def meters(self, account: str) -> tuple[Meter, ...]:
        """The meters billed to an account, by place; empty where there are none."""
        ...

    def histories(self, account: str) -> Mapping[tuple[str, str], tuple[PastReading, ...]]:
        """Past readings of an account's meters by meter and register, newest first."""
        ...


class EmptyRegistry:
    """Knows nothing: the rules that need a registry are off and the image decides alone."""

    def account(self, number: str) -> Account | None:  # noqa: ARG002 - the protocol's name
        """Always None."""
        return None

    def accounts(self) -> Iterator[Account]:
        """Always nothing."""
        return iter(())

    def meters(self, account: str) -> tuple[Meter, ...]:  # noqa: ARG002
        """Always empty."""
        return ()

    def histories(
        self,
        account: str,  # noqa: ARG002
    ) -> Mapping[tuple[str, str], tuple[PastReading, ...]]:
        """Always empty."""
        return {}
