"""How a file or page is turned away: one reason, one sentence that names the next action."""

from __future__ import annotations

from intake.records import Reason, Refusal

ADVICE = {
    Reason.EMPTY_FILE: "The file is empty: scan the slips again.",
    Reason.UNSUPPORTED: "Not a picture we read: set the scanner to PDF, TIFF, JPEG or PNG.",
    Reason.ENCRYPTED: "The PDF is locked: save it without a password and hand it in again.",
    Reason.TRUNCATED: "The file breaks off: wait until the scanner has finished, or scan again.",
    Reason.CORRUPT: "The picture is damaged: scan the page again.",
    Reason.TOO_LARGE: "Beyond the size allowed: scan at 300 dpi, or raise [limits] in intake.toml.",
    Reason.TOO_MANY_PAGES: "Too many pages: scan in smaller batches, or raise limits.pages.",
    Reason.TOO_SLOW: "Decoding took too long: scan the page again, or raise limits.seconds.",
    Reason.NO_PERMISSION: "No right to read it: give this user read access and run again.",
    Reason.VANISHED: "It was gone when its turn came: put it back, or leave it out.",
    Reason.NOT_A_FILE: "Not a regular file in the folder: put the file itself there.",
}


class Refused(Exception):  # noqa: N818 - a refusal is an outcome, not a fault of the program
    """A file or page that cannot be read.

    Attributes:
        refusal: reason, advice, and the page where it concerns a single one.
    """

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal)
        self.refusal = refusal

    def __str__(self) -> str:
        """What people are told."""
        return self.refusal.advice


def refusal_for(reason: Reason) -> Refusal:
    """The refusal for `reason`, with its usual advice."""
    return Refusal(reason, ADVICE[reason])


def refused(reason: Reason, advice: str | None = None) -> Refused:
    """The exception for `reason`, with its usual advice unless another is given."""
    return Refused(Refusal(reason, advice) if advice else refusal_for(reason))
