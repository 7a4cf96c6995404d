"""A survey written down as a template that people go on with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from intake.records import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from intake.records import Box
    from intake.survey.found import Survey
    from intake.survey.places import Place

HEAD = """\
# {title}: a draft made from a picture of the blank form. Go through it once:
#   1. look at the overlay:   ocr_cli.py template preview {id} --out {id}-boxes.png
#   2. throw out every [[field]] that nobody shall read;
#   3. name the others. A meter's value ends in `.reading`, such as `kitchen.reading`;
#      say its unit and how many of its digits stand after the decimal mark;
#   4. try again:             ocr_cli.py template check {id}.toml
# All lengths are millimetres from the top left corner of the form.
id = "{id}"
version = 1                     # count up when boxes move
title = "{title}"
page = [{width:.1f}, {height:.1f}]           # width, height
{found_by}

# A number that is printed on each form, such as the account, is not on the blank one. Measure
# where it stands, with a millimetre or two around it, and take the # away:
# [[field]]
# name = "account"
# kind = "printed"
# box = [20.0, 20.0, 40.0, 7.0]  # left, top, width, height
# pattern = "[0-9]{{8}}"          # what every such number looks like
# lookup = "account"             # the registry knows it; "meter" for a meter's number
"""

BY_PRINT = 'blank = "{id}.png"          # the form is found by what is printed on it'
BY_MARKS = """
[marks]                         # the form is found by its corner marks
ids = {ids}              # top left, top right, bottom right, bottom left
size = {size}                      # millimetres
inset = {inset}                     # from the edges of the form"""
BY_LINES = """
[ruling]                        # the form is found by its grid of equal cells: scan it upright,
                                # for a bare grid looks the same upside down
box = [{box}]
columns = {columns}
rows = {rows}"""

COMB = """\
# decimals = 3                 # of its digits, how many stand after the decimal mark
# unit = "m3"                  # or "kWh", "MWh"
# format = "date"              # a date instead: 6 cells DDMMYY or 8 cells DDMMYYYY
"""


def draft_text(template: str, survey: Survey) -> str:
    """A draft as TOML, with comments for people.

    Args:
        template: its id; the picture of the blank form is a PNG file of that name.
        survey: what was found on the blank form.
    """
    width, height = survey.size
    head = HEAD.format(
        id=template,
        title=template.replace("-", " ").capitalize(),
        width=width,
        height=height,
        found_by=_found_by(template, survey),
    )
    return "\n".join([head, *_fields(survey.places)])


def _found_by(template: str, survey: Survey) -> str:
    """What the form is found by: its marks, else its print, else its lines."""
    if survey.marks is not None:
        marks = survey.marks
        return BY_MARKS.format(ids=list(marks.ids), size=marks.size, inset=marks.inset)
    if survey.grid is not None:
        grid = survey.grid
        return BY_LINES.format(box=_listed(grid.box), columns=grid.columns, rows=grid.rows)
    return BY_PRINT.format(id=template)


def _listed(box: Box) -> str:
    return ", ".join(f"{edge:.1f}" for edge in box)


def _fields(places: Sequence[Place]) -> Iterator[str]:
    for number, place in enumerate(places, start=1):
        what, name = _described(place)
        yield (
            f"# {what}\n[[field]]\n"
            f'name = "field_{number:02d}.{name}"\nkind = "{place.kind}"\n'
            f"box = [{_listed(place.box)}]\n"
            + (f"cells = {place.cells}\n" if place.cells else "")
            + (f"gap = {place.gap:.1f}\n" if place.gap else "")
            + (COMB if name == "reading" else "")
        )


def _described(place: Place) -> tuple[str, str]:
    """What it is, in words, and the last part of its name."""
    if place.kind is Kind.BARCODE:
        return 'A code. If it holds the account: name "account", lookup = "account".', "code"
    if place.kind is Kind.MARK:
        return "A tick box.", "mark"
    if place.cells:
        return (
            f"A comb: {place.cells} cells, each {place.box[2] / place.cells - place.gap:.1f} mm.",
            "reading",
        )
    return "A box without cells: as many digits as fit.", "reading"
