"""What a clerk sits down to: queue, papers, pictures, templates, language and keys."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from intake.records import Waiting
from intake.review.drawing import Shape
from intake.review.keys import KEYS
from intake.settings import Rules

if TYPE_CHECKING:
    from intake.queue import PaperQueue, Queue
    from intake.review.keys import Key
    from intake.review.sights import Pictures
    from intake.review.words import Say
    from intake.template import TemplateSet


@dataclass(frozen=True, slots=True)
class Station:
    """What a clerk works with.

    Attributes:
        desk: the queue.
        papers: the pages that no template fits, the forms that say no month.
        pictures: the evidence.
        templates: of the forms.
        say: translates what the app says.
        language: what `say` translates into.
        keys: what each key does.
        shape: characters that pictures are drawn with at first.
        colours: whether the terminal may be asked for colours.
        which: the items that the clerk works on at first.
        clerks: people whom the settings name.
        rules: by which readings are held against a meter's past.
        least_look: seconds that a picture must have been there before a bare Enter counts, so
            that a bouncing key accepts nothing unseen.
    """

    desk: Queue
    papers: PaperQueue
    pictures: Pictures
    templates: TemplateSet
    say: Say
    language: str = "en"
    keys: tuple[Key, ...] = KEYS
    shape: Shape = Shape.QUADRANT
    colours: bool = True
    which: Waiting = field(default_factory=Waiting)
    clerks: tuple[str, ...] = ()
    rules: Rules = field(default_factory=Rules)
    least_look: float = 0.25
