"""What a clerk sits down to: queue, pictures, templates, language and keys."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from intake.records import Waiting
from intake.review.drawing import Shape
from intake.review.keys import KEYS

if TYPE_CHECKING:
    from collections.abc import Callable

    from intake.review.keys import Key
    from intake.review.line import Desk
    from intake.review.sights import Pictures
    from intake.template import TemplateSet


@dataclass(frozen=True, slots=True)
class Station:
    """What a clerk works with.

    Attributes:
        desk: the queue.
        pictures: the evidence.
        templates: of the forms.
        say: translates what the app says.
        language: what `say` translates into.
        keys: what each key does.
        shape: characters that pictures are drawn with at first.
        colours: whether the terminal may be asked for colours.
        which: the items that the clerk works on at first.
        least_look: seconds that a picture must have been there before a bare Enter counts, so
            that a bouncing key accepts nothing unseen.
    """

    desk: Desk
    pictures: Pictures
    templates: TemplateSet
    say: Callable[[str], str]
    language: str = "en"
    keys: tuple[Key, ...] = KEYS
    shape: Shape = Shape.QUADRANT
    colours: bool = True
    which: Waiting = field(default_factory=Waiting)
    least_look: float = 0.25
