"""File → pages, one at a time, with limits; a bad file is a refusal with a reason."""

from intake.scan.files import Found, find_scans, look_at, open_regular
from intake.scan.reader import Scan, open_scan
from intake.scan.refusals import Refused, refused

__all__ = [
    "Found",
    "Refused",
    "Scan",
    "find_scans",
    "look_at",
    "open_regular",
    "open_scan",
    "refused",
]
