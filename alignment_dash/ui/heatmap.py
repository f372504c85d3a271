"""The table of schools by elements: typed rows in, HTML out, fast enough for 2,028 cells in a request.

Django's template engine takes some 30 ms for such a table; joining strings takes about 3. Everything a person wrote
is escaped here, once, on its way in; the static strings around it are the only markup.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape as escape_html
from itertools import chain
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alignment_dash.ui.numbers import half_up

Text = str | Promise

# What the classes of heatmap.css mean, in the order a legend shows them.
LEGEND: list[tuple[str, Text]] = [
    ("b3", gettext_lazy("far below target")),
    ("b2", gettext_lazy("below")),
    ("b1", gettext_lazy("a little below")),
    ("at", gettext_lazy("at target")),
    ("a1", gettext_lazy("above")),
    ("a2", gettext_lazy("well above")),
    ("b1 weak", gettext_lazy("weak evidence")),
    ("ne", gettext_lazy("not enough evidence")),
    ("sup", gettext_lazy("hidden: group too small")),
]
NO_EVIDENCE = "ne"
SUPPRESSED = "sup"
# Upper edges of the classes from far below to above, in levels of the framework.
_EDGES = ((-0.6, "b3"), (-0.35, "b2"), (-0.12, "b1"), (0.12, "at"), (0.35, "a1"))


_needs_escape = re.compile("[&<>\"']").search


def escape(text: str) -> str:
    """Return `text` safe in HTML; most texts need nothing, and finding that out is a third of the work."""
    return escape_html(text) if _needs_escape(text) else text


@dataclass(frozen=True, slots=True)
class Column:
    """An element: its label, the page it leads to, its sort state ("", "ascending", "descending")."""

    label: str
    href: str = ""
    sort: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """A dimension and its elements, in order."""

    label: str
    columns: Sequence[Column]
    href: str = ""

    @property
    def folded(self) -> bool:
        """Say whether the dimension stands for its elements."""
        return len(self.columns) == 1 and not self.columns[0].label


class Cell(NamedTuple):
    """One school and element. A tuple, because a page makes two thousand and a dataclass takes four times as long.

    text: what is shown ("-0.4", "n/e"); fill: a class of LEGEND or s1 to s4; weak: drawn dashed and italic;
    spoken: words that the text does not say ("weak evidence"), read aloud after it; title: the tooltip.
    """

    text: str
    fill: str = "at"
    weak: bool = False
    spoken: str = ""
    title: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A school: the row's header, the cells between header and elements (network, teachers), the elements."""

    label: str
    cells: Sequence[Cell]
    href: str = ""
    extra: Sequence[str] = ()


def fill_of(gap: float) -> str:
    """Return the fill of an estimate minus its target, in levels (negative is below)."""
    for edge, name in _EDGES:
        if gap < edge:
            return name
    return "a2"


def signed(gap: float) -> str:
    """Return the gap with one decimal, a sign and a true minus: "−0.4", "+0.1", "0.0"."""
    rounded = half_up(gap)
    if not rounded:
        return "0.0"
    return f"{rounded:+.1f}".replace("-", "\N{MINUS SIGN}")


def not_enough(*, title: str = "", href: str = "") -> Cell:
    """Return the cell that says there is not enough evidence."""
    return Cell(_("n/e"), NO_EVIDENCE, spoken=_("not enough evidence"), title=title, href=href)


def suppressed() -> Cell:
    """Return the cell of a group too small to show."""
    return Cell(_("hidden"), SUPPRESSED, title=_("The group is too small to show without naming a person."))


def heatmap(
    *,
    caption: str,
    row_heading: str | Column,
    extra_headings: Sequence[str | Column],
    groups: Sequence[Group],
    rows: Iterable[Row],
) -> SafeString:
    """Return the whole table. Put it inside `{% sheet tall=True pin=True %}`.

    A heading that sorts is a Column with a link. A group folded to its dimension has one column without a label.
    Every row has as many cells as `groups` have columns and as many `extra` as there are headings;
    ValueError names the first row that has not.
    """
    firsts = _first_of_groups(groups)
    parts = [
        f'<table class="heat"><caption>{escape(caption)}</caption>',
        _head(row_heading, extra_headings, groups),
        "<tbody>",
        *_body(rows, firsts, len(extra_headings)),
        "</tbody></table>",
    ]
    return mark_safe("".join(parts))  # noqa: S308 (all parts are escaped where they are made)


def _first_of_groups(groups: Sequence[Group]) -> list[bool]:
    """Say for each column whether it opens a dimension."""
    return list(chain.from_iterable([i == 0 for i in range(len(group.columns))] for group in groups))


def _link(label: str, href: str) -> str:
    return f'<a href="{escape(href)}">{escape(label)}</a>' if href else escape(label)


def _head(row_heading: str | Column, extra_headings: Sequence[str | Column], groups: Sequence[Group]) -> str:
    """Two rows: dimensions over elements. The corner spans both, so it can stay in place."""
    tops = [_heading(row_heading, 'scope="col" rowspan="2"')]
    tops += [_heading(heading, 'scope="col" rowspan="2" class="more"') for heading in extra_headings]
    lows = []
    for group in groups:
        if group.folded:
            folded = Column(group.label, group.href, group.columns[0].sort, group.columns[0].title)
            tops.append(_heading(folded, 'scope="col" rowspan="2" class="e new"'))
            continue
        label = _link(group.label, group.href)
        tops.append(f'<th scope="colgroup" colspan="{len(group.columns)}" class="dim">{label}</th>')
        lows += [
            _heading(column, f'scope="col" class="e{"" if place else " new"}"')
            for place, column in enumerate(group.columns)
        ]
    below = f"<tr>{''.join(lows)}</tr>" if lows else ""
    return f"<thead><tr>{''.join(tops)}</tr>{below}</thead>"


def _heading(column: str | Column, attributes: str) -> str:
    if isinstance(column, str):
        return f"<th {attributes}>{escape(column)}</th>"
    sort = f' aria-sort="{column.sort}"' if column.sort else ""
    title = f' title="{escape(column.title)}"' if column.title else ""
    return f"<th {attributes}{sort}{title}>{_link(column.label, column.href)}</th>"


def _body(rows: Iterable[Row], firsts: Sequence[bool], extras: int) -> Iterable[str]:
    # Texts, fills and words repeat from cell to cell: each is turned into markup once.
    opens = _Opening()
    inner = _Inner()
    for row in rows:
        if len(row.cells) != len(firsts) or len(row.extra) != extras:
            raise ValueError(f"row {row.label!r} has {len(row.cells)} cells and {len(row.extra)} extra")
        parts = [f'<tr><th scope="row">{_link(row.label, row.href)}</th>']
        parts += [f'<td class="more">{escape(text)}</td>' for text in row.extra]
        for (text, fill, weak, spoken, title, href), first in zip(_safe(row.cells), firsts, strict=True):
            said = f' title="{title}">' if title else ">"
            shown = inner[text, spoken, fill]
            if href:
                parts.append(f'{opens[fill, weak, first]}{said}<a href="{href}">{shown}</a></td>')
            else:
                parts.append(f"{opens[fill, weak, first]}{said}<span>{shown}</span></td>")
        parts.append("</tr>")
        yield "".join(parts)


def _safe(cells: Sequence[Cell]) -> Sequence[Cell]:
    """Return the cells with title and link escaped; one look at a row tells that nothing in it needs to be."""
    if not _needs_escape("".join([text for cell in cells for text in (cell.title, cell.href)])):
        return cells
    return [cell._replace(title=escape(cell.title), href=escape(cell.href)) for cell in cells]


class _Opening(dict[tuple[str, bool, bool], str]):
    """(fill, weak, opens a dimension) -> the start of the cell's tag."""

    def __missing__(self, key: tuple[str, bool, bool]) -> str:
        fill, weak, first = key
        names = f"c {escape(fill)}{' weak' if weak else ''}{' new' if first else ''}"
        self[key] = f'<td class="{names}"'
        return self[key]


class _Inner(dict[tuple[str, str, str], str]):
    """(text, spoken, fill) -> what stands in the cell."""

    def __missing__(self, key: tuple[str, str, str]) -> str:
        text, spoken, fill = key
        shown = f"<b>{escape(text)}</b>" if fill in (NO_EVIDENCE, SUPPRESSED) else escape(text)
        aloud = f'<span class="vh">, {escape(spoken)}</span>' if spoken else ""
        self[key] = shown + aloud
        return self[key]
