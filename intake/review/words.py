"""What the app says, in English; catalogues hold the same in other languages."""

from __future__ import annotations

from intake.records import Reason

REASONS = {
    Reason.LOW_CONFIDENCE: "not read with certainty",
    Reason.THIN_DATA: "too little evidence yet to accept it unseen",
    Reason.STRUCK_OUT: "struck out",
    Reason.NOT_A_DIGIT: "something that is no digit",
    Reason.OVERWRITTEN: "written over",
    Reason.SKIPPED_CELL: "an empty box in between",
    Reason.OUTSIDE_BOX: "written outside the boxes",
    Reason.MISALIGNED: "the boxes were not found exactly",
    Reason.CONTRADICTION: "the form contradicts itself",
    Reason.BAD_FORMAT: "not what belongs here",
    Reason.NOT_IN_REGISTRY: "the company does not know this number",
    Reason.OTHER_ACCOUNT: "belongs to another account",
    Reason.BELOW_PREVIOUS: "below the last reading",
    Reason.IMPLAUSIBLE: "unusual use",
    Reason.MISSING_VALUE: "account or meter number missing",
    Reason.DUPLICATE_FORM: "the same form came before",
    Reason.CHANNEL_CONFLICT: "another value came before",
    Reason.UNREADABLE: "the machine could not read it",
    Reason.LIKE_AN_ERROR: "much like one that was found wrong",
    Reason.BORDER_CROSSED: "ink across the line between boxes",
    Reason.FAINT_INK: "very faint ink",
    Reason.SATURATED: "too dark to tell the strokes apart",
    Reason.BOX_RESIDUE: "lines of the boxes in the way",
    Reason.COMMENT: "something written beside the boxes",
    Reason.HISTORY_CONFIRMED: "accepted because it fits the earlier readings",
    Reason.PROVISIONAL: "accepted provisionally",
}
KINDS = {
    "reading": "reading",
    "meter": "meter number",
    "replaced": "meter replaced?",
    "account": "account number",
    "date": "date of reading",
    "code": "code",
}

QUIET = "Nothing waits for you. New items appear here by themselves."
FETCHING = "The picture is on its way."
NO_PICTURE = "There is no picture of this field."
LOOK_FIRST = "No picture to compare with. Type the value from the paper, or / for unreadable."
NOT_YET = "The picture has only just appeared. Look at it, then press Enter again."
NO_OFFER = "The machine offers nothing. Type the digits, or . for blank, / for unreadable."
FEW_DIGITS = "Fewer digits than expected. If the paper has no more, press Enter again."
NO_SUCH_DAY = "There is no such day. Type day, month and year as they stand in the boxes."
NO_MORE_ROOM = "No more digits fit here."
NO_MARK_NEEDED = "No decimal mark belongs here: type the digits as they stand in the boxes."
NO_OTHER = "There is no other candidate."
NO_DOUBT = "No single box is in doubt."
NO_FORM = "The picture of the whole page is gone."
ONLY = "Only this kind of field: {kind}"
ALL_KINDS = "All kinds of fields."
NOTHING_TO_UNDO = "There is nothing of yours left to take back."
TAKEN_BACK = "Taken back. Decide again."
PUT_ASIDE = "Put aside; it comes back when the others are done."
ONLY_ONE = "Nothing else waits."
NOW_KNOWN = "Now look at what the company knows. Enter again decides."

WILL_ACCEPT = "Enter accepts {value}"
WILL_BLANK = "Enter takes it for blank"
WILL_SHOW = "Enter first shows what the company knows"
WAITING = "waiting: {count}"
ACCOUNT = "account {number}"
METER = "meter {number}"
BLANK = "blank"
TICKED = "ticked"
BEFORE = "before: {readings}"
USED = "used {amount}"
TITLE = "Keys"
CLOSE = "Any key closes this page."
MOVE = "move"
NUMBERS_LONG = "Type the digits as they stand in the boxes, leading zeros too."
