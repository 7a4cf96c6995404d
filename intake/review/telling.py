"""What the screen says about an item, in the clerk's language."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from intake.queue import with_mark
from intake.records import Kind, Reason, Role
from intake.review import words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from intake.errors import IntakeError
    from intake.records import Candidate, QueueItem
    from intake.review.entry import Entry
    from intake.review.words import Say
    from intake.template import Template, TemplateSet


def told(fault: IntakeError, say: Say) -> str:
    """What went wrong, in the clerk's language."""
    parts = {name: _said(part, say) for name, part in fault.parts.items()}
    return say(fault.sentence).format(**parts) if parts else say(fault.sentence)


def _said(part: object, say: Say) -> str:
    if isinstance(part, Role):
        return say(words.ROLES[part])
    return say(str(part)) if isinstance(part, StrEnum) else str(part)


def label(item: QueueItem, templates: TemplateSet, language: str, say: Say) -> str:
    """What the form prints beside the field, as far as its template tells."""
    place, _, name = item.field.rpartition(".")
    what = say(words.KINDS.get(name, name))
    if not place:
        return what
    texts = _texts(item.template, templates, language)
    return f"{texts.get(place, place.replace('_', ' '))} – {what}"


def title(template: Template, language: str) -> str:
    """What a form is called, in `language` where the form itself is printed in it."""
    return template.texts.get(language, {}).get("title", template.title)


def _texts(template: str, templates: TemplateSet, language: str) -> dict[str, str]:
    """What a template prints, in `language` or else its own."""
    if template not in templates:
        return {}
    texts = templates.get(template).texts
    return texts.get(language) or texts.get(templates.get(template).locale, {})


def amount(entry: Entry, say: Say) -> str:
    """The value that Enter decides on, as a number with its unit."""
    value, item = entry.value, entry.item
    if value is None:
        return say(words.BLANK)
    if item.kind is Kind.MARK:
        return say(words.TICKED)
    return f"{entry.number} {item.unit}" if entry.number else value


def offer(candidate: Candidate, item: QueueItem, say: Say) -> str:
    """One candidate with its probability; never rounded to certainty."""
    if not candidate.probability:
        return f"{candidate.value} ({say(words.FROM_REGISTRY)})"
    thousandths = min(int(candidate.probability * 1000), 999)
    share = f"{thousandths / 10:.1f} %" if thousandths else "< 0.1 %"
    value = with_mark(item, candidate.value) if candidate.value else say(words.BLANK)
    return f"{value} {share}"


def reasons(given: tuple[Reason, ...], item: QueueItem, say: Say) -> str:
    """Reasons of an item in words, in their order."""
    return " · ".join(_reason(reason, item, say) for reason in given)


def _reason(reason: Reason, item: QueueItem, say: Say) -> str:
    part = item.field.rpartition(".")[2]
    if reason is Reason.CONTRADICTION and part in words.CONTRADICTIONS:
        return say(words.CONTRADICTIONS[part])
    return say(words.REASONS.get(reason, reason.value))


def intent(entry: Entry, say: Say) -> str:
    """What Enter would do now."""
    if entry.is_code:
        return say(words.WILL_ASK)
    if entry.holds_back:
        return say(words.WILL_SHOW)
    if entry.typed and entry.value is None:
        return say(impossible(entry))
    if not entry.typed and entry.offered is None:
        return say(words.TYPE_IT if entry.item.blind else words.NO_OFFER)
    if entry.value is None:
        return say(words.WILL_BLANK)
    return say(words.WILL_ACCEPT).format(value=amount(entry, say))


def impossible(entry: Entry) -> str:
    """Why what was typed is no value."""
    if not entry.mark_astray:
        return words.NO_SUCH_DAY
    return words.MARK_ASTRAY if entry.item.decimals else words.WHOLE_ONLY


def other(item: QueueItem, say: Say, *, informed: bool) -> str:
    """What stands beside: where it is, and how it was decided once that may be told."""
    place = f"{say(words.OTHER)} {item.file} {item.page}/{item.form}"
    if not informed:
        return place
    return f"{place} · {say(words.DECIDED[item.decision])} {item.value or ''}".rstrip()


def history(entry: Entry, columns: int, say: Say) -> str:
    """What would have been used since the last reading, and past readings, newest first."""
    item = entry.item
    if not entry.informed or not item.previous:
        return ""
    used = entry.usage()
    told = [say(words.USED).format(amount=f"{used:+} {item.unit}")] if used is not None else []
    newest, *older = [f"{one.period} {one.value}" for one in item.previous]
    return fitting([*told, say(words.BEFORE).format(readings=newest), *older], columns)


def heading(name: str, item: QueueItem, waiting: int, columns: int, say: Say) -> str:
    """Who and what the item is about, as much as fits, and how many wait."""
    right = say(words.WAITING).format(count=waiting)
    parts = [
        name,
        item.period or "",
        say(words.ACCOUNT).format(number=item.account) if item.account else "",
        say(words.METER).format(number=item.meter) if item.meter else "",
        f"{item.file} {item.page}/{item.form}",
    ]
    left = fitting(filter(None, parts), columns - len(right) - 2)
    return left.ljust(columns - len(right)) + right


def fitting(parts: Iterable[str], room: int) -> str:
    """The first `parts` that fit into `room` characters, the very first one in any case."""
    line = ""
    for part in parts:
        longer = f"{line} · {part}" if line else part
        if line and len(longer) > room:
            break
        line = longer
    return line[: max(room, 0)]
