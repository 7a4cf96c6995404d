"""Pages that need nothing but a browser: no script, no picture or style from elsewhere."""

from __future__ import annotations

import base64
from html import escape
from typing import TYPE_CHECKING

import cv2

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from intake.records import Grey

STYLE = """
:root { color-scheme: light; font: 15px/1.45 system-ui, sans-serif; color: #1d2530; }
body { max-width: 68rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; margin-bottom: .2rem; } h2 { font-size: 1.15rem; margin: 2.2rem 0 .6rem; }
section { overflow-x: auto; }
p.note { color: #56606e; margin: .3rem 0 .8rem; max-width: 46rem; }
p.alarm { background: #fdecea; border-left: 4px solid #b3261e; padding: .5rem .8rem; }
p.well { background: #eaf5ec; border-left: 4px solid #2b7a3d; padding: .5rem .8rem; }
table { border-collapse: collapse; margin: .4rem 0; }
th, td { padding: .28rem .8rem .28rem 0; text-align: left; border-bottom: 1px solid #e3e7ec; }
th { font-weight: 600; color: #56606e; } td.number, th.number { text-align: right; }
.facts { display: flex; flex-wrap: wrap; gap: .6rem; margin: 1rem 0; }
.fact { border: 1px solid #d8dde4; border-radius: 6px; padding: .6rem .9rem; min-width: 6rem; }
.fact b { display: block; font-size: 1.45rem; } .fact span { color: #56606e; font-size: .9rem; }
.charts { display: flex; flex-wrap: wrap; gap: 1.5rem; }
.beside { display: flex; flex-wrap: wrap; gap: 0 4rem; } svg { background: #fff; }
svg text { font: 11px system-ui, sans-serif; fill: #56606e; }
.pictures { display: grid; gap: 1rem; }
.pictures { grid-template-columns: repeat(auto-fill, minmax(19rem, 1fr)); }
figure { margin: 0; border: 1px solid #d8dde4; border-radius: 6px; padding: .5rem; }
figure img { max-width: 100%; display: block; }
figcaption { font-size: .85rem; margin-top: .4rem; }
.wrong { color: #b3261e; } code { font-size: .95em; }
"""


def page(title: str, about: str, *parts: str) -> str:
    """A whole page; `parts` are markup."""
    return (
        '<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head>\n"
        f"<body>\n<h1>{escape(title)}</h1>\n{note(about)}\n"
        + "\n".join(parts)
        + "\n</body></html>\n"
    )


def section(title: str, *parts: str) -> str:
    """A part of a page under its own heading."""
    return f"<section><h2>{escape(title)}</h2>\n" + "\n".join(parts) + "</section>"


def beside(*parts: str) -> str:
    """Parts that stand side by side where there is room."""
    return f'<div class="beside">{"".join(parts)}</div>'


def note(text: str, kind: str = "note") -> str:
    """A paragraph; `kind` is `note`, `alarm` or `well`."""
    return f'<p class="{kind}">{escape(text)}</p>'


def facts(pairs: Iterable[tuple[str, str]]) -> str:
    """Large figures, each with what it is."""
    boxes = (
        f'<div class="fact"><b>{escape(figure)}</b><span>{escape(what)}</span></div>'
        for what, figure in pairs
    )
    return f'<div class="facts">{"".join(boxes)}</div>'


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table whose numbers stand to the right."""
    listed = [list(row) for row in rows]
    numeric = [
        bool(listed) and all(_is_number(row[index]) for row in listed)
        for index in range(len(columns))
    ]
    head = "".join(_cell("th", name, right) for name, right in zip(columns, numeric, strict=True))
    body = "".join(
        "<tr>"
        + "".join(_cell("td", value, right) for value, right in zip(row, numeric, strict=True))
        + "</tr>\n"
        for row in listed
    )
    return f"<table><thead><tr>{head}</tr></thead>\n<tbody>{body}</tbody></table>"


def picture(image: Grey, caption: str) -> str:
    """An H×W grey picture within the page; `caption` is markup."""
    data = base64.b64encode(cv2.imencode(".png", image)[1].tobytes()).decode("ascii")
    source = f"data:image/png;base64,{data}"
    return f'<figure><img alt="" src="{source}"><figcaption>{caption}</figcaption></figure>'


def _cell(tag: str, value: object, right: bool) -> str:
    shown = "" if value is None else f"{value:,}" if isinstance(value, int) else str(value)
    side = ' class="number"' if right else ""
    return f"<{tag}{side}>{escape(shown)}</{tag}>"


def _is_number(value: object) -> bool:
    text = str(value).replace(" %", "").replace("%", "").replace(",", "").replace("°", "")
    try:
        float(text.strip() or "x")
    except ValueError:
        return value is None
    return True
