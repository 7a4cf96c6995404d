"""The app's texts in other languages: gettext catalogues, read as they are written."""

from __future__ import annotations

import ast
import gettext
import os
import re
from importlib import resources
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ENGLISH = "en"


class Catalogue(gettext.NullTranslations):
    """Texts of one language by their English original; the original where one is missing.

    Attributes:
        language: such as `lv`.
        texts: by their original.
    """

    def __init__(self, language: str, texts: dict[str, str]) -> None:
        super().__init__()
        self.language = language
        self.texts = texts

    def gettext(self, message: str) -> str:
        """`message` in this language."""
        return self.texts.get(message) or message


def languages() -> tuple[str, ...]:
    """Languages that the app speaks."""
    folder = resources.files("intake.review") / "locale"
    others = (entry.name.removesuffix(".po") for entry in folder.iterdir())
    return (ENGLISH, *sorted(others))


def catalogue(language: str | None) -> Catalogue:
    """The texts in `language`.

    Args:
        language: such as `lv`; None: as the environment says, English where it says nothing
            that the app speaks.
    """
    wanted = language or _environment()
    if wanted == ENGLISH or wanted not in languages():
        return Catalogue(ENGLISH, {})
    file = resources.files("intake.review") / "locale" / f"{wanted}.po"
    return Catalogue(wanted, dict(read_po(file.read_text(encoding="utf-8"))))


def _environment() -> str:
    """The language the terminal asks for, by the variables that gettext goes by."""
    names = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
    asked = next(filter(None, (os.environ.get(name) for name in names)), ENGLISH)
    return re.split("[_.@:]", asked)[0]


def read_po(text: str) -> Iterator[tuple[str, str]]:
    """The pairs of original and translation in a `.po` file, its header left out."""
    parts: dict[str, str] = {}
    key = ""
    for line in [*text.splitlines(), 'msgid ""']:
        word, _, quoted = line.partition(" ")
        if line.startswith('"'):
            parts[key] += ast.literal_eval(line)
        elif word == "msgid":
            if parts.get("msgid"):
                yield parts["msgid"], parts.get("msgstr", "")
            key, parts = "msgid", {"msgid": ast.literal_eval(quoted)}
        elif word == "msgstr":
            key, parts["msgstr"] = "msgstr", ast.literal_eval(quoted)
