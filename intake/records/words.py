"""The closed vocabularies: kinds, decisions and reasons, each a stable code."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """How a field came onto the paper."""

    PRINTED = "printed"
    HANDWRITTEN = "handwritten"
    BARCODE = "barcode"
    MARK = "mark"


class Decision(StrEnum):
    """What became of a field."""

    ACCEPTED = "accepted"
    REVIEW = "review"
    BLANK = "blank"
    REFUSED = "refused"


class PageKind(StrEnum):
    """What a page turned out to be: each page of the ledger is exactly one of these."""

    FORMS = "forms"
    BLANK = "blank"
    UNKNOWN = "unknown"
    REFUSED = "refused"


class Reason(StrEnum):
    """Stable codes for why a field, page or file was not simply accepted."""

    LOW_CONFIDENCE = "low_confidence"
    THIN_DATA = "thin_data"
    STRUCK_OUT = "struck_out"
    NOT_A_DIGIT = "not_a_digit"
    OVERWRITTEN = "overwritten"
    SKIPPED_CELL = "skipped_cell"
    OUTSIDE_BOX = "outside_box"
    MISALIGNED = "misaligned"
    CONTRADICTION = "contradiction"
    BAD_FORMAT = "bad_format"
    UNLIKELY_DATE = "unlikely_date"
    NOT_IN_REGISTRY = "not_in_registry"
    OTHER_ACCOUNT = "other_account"
    BELOW_PREVIOUS = "below_previous"
    IMPLAUSIBLE = "implausible"
    DECIMAL_MARK = "decimal_mark"
    DECIMAL_SLIP = "decimal_slip"
    TRANSPOSED = "transposed"
    COPIED = "copied"
    SWAPPED = "swapped"
    CHECK_DIGIT = "check_digit"
    MISSING_VALUE = "missing_value"
    DUPLICATE_FORM = "duplicate_form"
    CHANNEL_CONFLICT = "channel_conflict"
    UNREADABLE = "unreadable"
    UNKNOWN_FORM = "unknown_form"
    MIRRORED = "mirrored"
    LIKE_AN_ERROR = "like_an_error"
    SENT_BACK = "sent_back"
    BORDER_CROSSED = "border_crossed"
    FAINT_INK = "faint_ink"
    SATURATED = "saturated"
    BOX_RESIDUE = "box_residue"
    COMMENT = "comment"
    PROVISIONAL = "provisional"
    HISTORY_CONFIRMED = "history_confirmed"
    EMPTY_FILE = "empty_file"
    UNSUPPORTED = "unsupported"
    ENCRYPTED = "encrypted"
    TRUNCATED = "truncated"
    CORRUPT = "corrupt"
    TOO_LARGE = "too_large"
    TOO_MANY_PAGES = "too_many_pages"
    TOO_SLOW = "too_slow"
    NO_PERMISSION = "no_permission"
    VANISHED = "vanished"
    NOT_A_FILE = "not_a_file"
    FAULT = "fault"
