"""What can end a command, and the exit code that says so.

A file or page that cannot be read is data (a `Refusal`); these exceptions are for a run that
cannot go on. Every message says what is wrong, where, and what to do next.

    IntakeError
    ├── UsageError      2
    ├── InputError      3
    ├── TemplateError   4
    ├── MissingProgram  5
    └── StoreError      6
        ├── StaleDecision
        └── ChangedMeanwhile, which stays between `evidence` and who keeps a scan in it
"""

from __future__ import annotations

from typing import ClassVar


class IntakeError(Exception):
    """A run that cannot go on.

    Attributes:
        sentence: the message, with the names of `parts` in braces where they are filled in: faces
            that speak other languages translate it.
        parts: what is filled in, by name.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, sentence: str, **parts: object) -> None:
        super().__init__(sentence.format(**parts) if parts else sentence)
        self.sentence = sentence
        self.parts = parts


class UsageError(IntakeError):
    """The command was called in a way that makes no sense."""

    exit_code = 2


class InputError(IntakeError):
    """Settings, registry or truth files that cannot be used."""

    exit_code = 3


class TemplateError(IntakeError):
    """A template that is broken or missing."""

    exit_code = 4


class MissingProgram(IntakeError):  # noqa: N818 - the field's word, as users see it
    """A program or library that the command needs is not installed."""

    exit_code = 5


class StoreError(IntakeError):
    """The intake database cannot be opened, read or written."""

    exit_code = 6


class StaleDecision(StoreError):  # noqa: N818 - says what happened, not that it is an error
    """Somebody else decided the item in the meantime; nothing was overwritten."""
