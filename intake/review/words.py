"""What the app says, in English; catalogues hold the same in other languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from intake.records import Decision, Reason, Role

if TYPE_CHECKING:
    from collections.abc import Callable

    Say = Callable[[str], str]

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
    Reason.UNLIKELY_DATE: "a day far from the month of the form, or after its scan",
    Reason.NOT_IN_REGISTRY: "the company does not know this number",
    Reason.OTHER_ACCOUNT: "belongs to another account",
    Reason.BELOW_PREVIOUS: "below the last reading",
    Reason.IMPLAUSIBLE: "unusual use",
    Reason.DECIMAL_MARK: "decimal mark missing or not where the meter has it",
    Reason.DECIMAL_SLIP: "fits with its digits moved sideways",
    Reason.TRANSPOSED: "fits with two digits the other way round",
    Reason.COPIED: "the same as last month",
    Reason.SWAPPED: "fits another meter of this form",
    Reason.CHECK_DIGIT: "its check digit is wrong",
    Reason.MISSING_VALUE: "account or meter number missing",
    Reason.DUPLICATE_FORM: "the same form came before",
    Reason.CHANNEL_CONFLICT: "another value came before",
    Reason.UNREADABLE: "the machine could not read it",
    Reason.LIKE_AN_ERROR: "much like one that was found wrong",
    Reason.SENT_BACK: "sent back by a supervisor",
    Reason.UNKNOWN_FORM: "on a page that the machine did not know",
    Reason.BORDER_CROSSED: "ink across the line between boxes",
    Reason.FAINT_INK: "very faint ink",
    Reason.SATURATED: "too dark to tell the strokes apart",
    Reason.BOX_RESIDUE: "lines of the boxes in the way",
    Reason.COMMENT: "something written beside the boxes",
    Reason.HISTORY_CONFIRMED: "accepted because it fits the earlier readings",
    Reason.PROVISIONAL: "accepted provisionally",
}
CONTRADICTIONS = {
    "account": "code and print name different accounts",
    "meter": "this meter stands at another place of the account",
}
"""What contradicts what, by the last part of the field's name."""
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
WHOLE_ONLY = "Only whole numbers here: leave out the mark and what follows. Bksp erases."
MARK_ASTRAY = "No decimal mark can stand there. Bksp takes it away."
ONLY_A_NUMBER = "Only a number can be pasted here."
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
WHICH_MODE = "How do you want to go on?"
MODES = {
    "forms": "form by form",
    "kinds": "one kind of field at a time (f turns to the next)",
    "alike": "all doubtful 1s, all doubtful 7s: mark the odd ones out",
    "blind": "key blind",
    "conflicts": "duplicates and contradictions, side by side",
    "loose": "pages and forms not read, forms without a month",
    "oversight": "supervisor: queue, people, re-open",
}
GRID_QUESTION = "Which of these is no {digit}? Type its number."
GRID_DONE = "{accepted} accepted, {odd} left for a closer look."
GRID_EMPTY = "No field waits whose only doubt is this digit. * turns to the other one, m goes on."
GRID_GONE = "Boxes without a picture are left for a closer look, whatever is marked."
NO_LOOSE = "Every page and form was read, and each says its month. m shows what else waits."
UNKNOWN_PAGE = "A page that no template fits"
UNREAD_FORM = "A form that was found and could not be read"
NO_MONTH = "A form that says no month"
WHICH_FORM = "Which form is it?"
WHICH_ACCOUNT = "Account number?"
WHICH_MONTH = "Which month? Type month and year, such as 112026."
WHY_REFUSE = "Why is it refused?"
WHICH_FIELD = "Which field?"
PLACED = "Placed. Its fields wait to be keyed now."
DATED = "The month is kept."
PAGE_REFUSED = "It is refused."
FORM_REFUSED = "The whole form is refused."
ONLY_PAGES_ARE_REFUSED = "This form was read already: give its month, or refuse it among the items."
ANSWER_KEYS = "Enter: yes · Bksp: erase · -: not now"
CHOICE_KEYS = "Number or Enter: this one · arrows: move · -: none"
NO_ANSWER = "That cannot be meant. Type it again, or - for not now."
OVERSIGHT = "What waits, and who does what today"
WITHOUT_MONTH = "without a month"
LOOSE_COUNTS = "pages and forms not read: {pages} · forms without a month: {forms}"
CLERK_COLUMNS = ("who", "holds", "decided", "an hour", "tries", "late", "keyed", "right when blind")
NOBODY_HOLDS = "Nobody holds anything."
WHOSE_ITEMS = "Whose items?"
TO_WHOM = "To whom?"
BACK_TO_QUEUE = "back to the queue"
REASSIGNED = "{count} of {giver}'s items: {taker}."
NOTHING_DECIDED = "Nothing is decided on account {account}."
SENT_BACK = "{field} waits again."
OTHER = "the other one:"
DECIDED = {
    Decision.ACCEPTED: "accepted",
    Decision.REVIEW: "waits",
    Decision.BLANK: "blank",
    Decision.REFUSED: "refused",
}
FROM_REGISTRY = "the company's"
TYPE_IT = "Type what you see, or . for blank, / for unreadable"
WILL_ASK = "Enter asks for account and month"
ONLY_A_TICK = "A tick box takes 1 for ticked, or . for empty."
CODE_BY_ENTER = "Press Enter: account and month are asked for one after the other."
GUESS = "The machine only guesses. Compare every digit; Enter again accepts."
OBJECTIONS = {
    Reason.BELOW_PREVIOUS: (
        "Below the last reading. Compare; if the paper says so, press Enter again."
    ),
    Reason.IMPLAUSIBLE: "Unusually much. Compare; if the paper says so, press Enter again.",
}
QUIET_HERE = "Nothing of what you chose waits. m shows what else does."
NOT_HERE = "That key does nothing here."
ROLES = {Role.KEYER: "keyer", Role.VERIFIER: "verifier", Role.SUPERVISOR: "supervisor"}
TITLE = "Keys"
CLOSE = "Any key closes this page."
MOVE = "move"
MOVE_LONG = "Move about."
NUMBERS_LONG = "Type the digits as they stand in the boxes, leading zeros too."
