"""Who sits at the keyboard, and what they may do."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from intake.errors import UsageError
from intake.queue import PaperQueue, Queue

if TYPE_CHECKING:
    from intake.settings import Review
    from intake.store import Store


def person(store: Store, settings: Review) -> str:
    """The name that stands at this person's decisions.

    Raises:
        UsageError: the settings ask the database, and it does not know people.
    """
    if settings.who == "system":
        return system_user()
    name = store.user()
    if name is None:
        raise UsageError(
            'review.who is "database", and a SQLite file knows no people. Set it to "system".'
        )
    return name


def system_user() -> str:
    """The operating system's name of whoever runs this; no variable can change it."""
    try:
        import pwd  # noqa: PLC0415 - there is none on Windows
    except ModuleNotFoundError:
        return os.environ.get("USERNAME", "somebody")
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid{os.getuid()}"


def queue_of(store: Store, settings: Review) -> Queue:
    """The queue as this person works on it."""
    who = person(store, settings)
    return Queue(store, who, settings.role_of(who))


def papers_of(store: Store, settings: Review) -> PaperQueue:
    """The loose papers as this person works on them."""
    who = person(store, settings)
    return PaperQueue(store, who, settings.role_of(who))
