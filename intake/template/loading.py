"""Templates from `*.toml` files, each checked."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from intake.errors import TemplateError
from intake.template.faults import faults
from intake.template.parts import Template
from intake.template.rows import with_rows
from intake.template.wording import complaints
from intake.tomlfile import parse_toml

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping


class TemplateSet:
    """The templates of a folder, by id."""

    def __init__(self, templates: Iterable[Template]) -> None:
        self._by_id = {template.id: template for template in templates}

    def __iter__(self) -> Iterator[Template]:
        """In the order of their ids."""
        return iter(self._by_id[key] for key in sorted(self._by_id))

    def __len__(self) -> int:
        """How many there are."""
        return len(self._by_id)

    def __contains__(self, template: str) -> bool:
        """Whether there is a template with that id."""
        return template in self._by_id

    def get(self, template: str) -> Template:
        """The template with that id.

        Raises:
            TemplateError: there is none.
        """
        try:
            return self._by_id[template]
        except KeyError:
            known = ", ".join(sorted(self._by_id)) or "none"
            raise TemplateError(
                f"There is no template `{template}`. Known: {known}. Put `{template}.toml` into "
                "the templates folder or name one of these."
            ) from None

    @cached_property
    def by_mark(self) -> Mapping[int, Template]:
        """Templates with corner marks, by each id of their marks."""
        return {mark: template for template in self for mark in template.mark_boxes}


def load_template(path: Path) -> Template:
    """Reads and checks one template.

    Raises:
        TemplateError: with all that is wrong, a line each: file, line or key, what to change.
    """
    toml = parse_toml(path, TemplateError)
    _refuse(path, complaints(toml))
    template = with_rows(msgspec.convert(toml, Template))
    _refuse(path, faults(template))
    if template.blank is None:
        return template
    return msgspec.structs.replace(template, blank=str(_beside(path, template.blank)))


def _refuse(path: Path, problems: Iterable[str]) -> None:
    lines = [f"{path}: {problem}" for problem in problems]
    if lines:
        raise TemplateError("\n".join(lines))


def _beside(path: Path, name: str) -> Path:
    """The file called `name` in the folder of `path`, and nowhere else."""
    place = path.parent / name
    if Path(name).name != name or not place.is_file():
        raise TemplateError(f"{path}: blank: there is no file `{name}` beside the template.")
    return place.resolve()


def load_templates(folder: Path) -> TemplateSet:
    """Reads every `*.toml` below `folder`.

    Raises:
        TemplateError: the folder holds none, one is broken, or two share an id.
    """
    paths = sorted(folder.glob("*.toml"))
    if not paths:
        raise TemplateError(f"{folder}: no templates here. Put at least one `*.toml` into it.")
    seen: dict[str, Path] = {}
    templates = []
    for path in paths:
        template = load_template(path)
        if template.id in seen:
            raise TemplateError(
                f"{path}: id `{template.id}` is also used by {seen[template.id].name}. "
                "Give one of them another id."
            )
        seen[template.id] = path
        templates.append(template)
    _refuse_shared_marks(folder, templates)
    return TemplateSet(templates)


def _refuse_shared_marks(folder: Path, templates: Iterable[Template]) -> None:
    owner: dict[int, str] = {}
    for template in templates:
        for mark in template.mark_boxes:
            if mark in owner:
                raise TemplateError(
                    f"{folder}: templates `{owner[mark]}` and `{template.id}` both use corner "
                    f"mark {mark}. Give one of them other marks.ids, from 0 to 49."
                )
            owner[mark] = template.id
