"""The reliability map: schools by elements, by what each figure rests on."""

from itertools import groupby

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from alignment_dash.ui import heatmap
from instruction.queries.capacity_map import SchoolLine
from instruction.queries.cells import Cell
from instruction.queries.certainty_page import CertaintyPage
from instruction.queries.elements import Column

_STEPS = ((0.7, "s4"), (0.5, "s3"), (0.0, "s2"))


def legend() -> list[tuple[str, str]]:
    """Return what the fills mean; the number is the reliability, weak evidence is dashed and italic."""
    return [
        ("s4", _("estimated, reliability .70 or more")),
        ("s3", _("estimated, .50 to .69")),
        ("s2", _("estimated, below .50")),
        ("s1 weak", _("weak evidence")),
        ("ne", _("not enough evidence")),
        ("sup", _("hidden: group too small")),
    ]


def table(page: CertaintyPage) -> SafeString:
    """Return the whole table; each figure leads to how it came about."""
    found = page.found
    groups = [
        heatmap.Group(dimension, [heatmap.Column(one.name, title=one.description) for one in held])
        for dimension, held in groupby(found.columns, lambda one: one.dimension)
    ]
    rows = [
        heatmap.Row(
            line.name,
            [_cell(page, line, column) for column in found.columns],
            reverse("instruction:school", kwargs={"uid": line.uid}, query={"year": found.standing.year}),
            (line.network or "–",),
        )
        for line in found.schools
    ]
    return heatmap.heatmap(
        caption=_(
            "Reliability of each figure: the share of its differences between schools that is not chance."
        ),
        row_heading=_("School"),
        extra_headings=[_("Network")],
        groups=groups,
        rows=rows,
    )


def _cell(page: CertaintyPage, line: SchoolLine, column: Column) -> heatmap.Cell:
    cell = page.found.cells.get((line.school_id, column.element_id))
    if line.hidden:
        return heatmap.suppressed()
    if cell is None:
        return heatmap.Cell("–", "none")
    href = reverse("instruction:derivation", args=[line.uid, column.uid])
    if cell.estimate is None:
        return heatmap.not_enough(title=_seen(cell), href=href)
    value = page.reliability.get((line.school_id, column.element_id))
    spoken = _("weak evidence") if cell.is_weak else _("estimated")
    return heatmap.Cell(_text(value), _fill(cell, value), cell.is_weak, spoken, _seen(cell), href)


def _text(value: float | None) -> str:
    return _("n/a") if value is None else f"{value:.2f}".lstrip("0") if value < 1 else "1.0"


def _fill(cell: Cell, value: float | None) -> str:
    if cell.is_weak:
        return "s1"
    return next((name for least, name in _STEPS if (value or 0.0) >= least), "s2")


def _seen(cell: Cell) -> str:
    if cell.few or cell.n_ratings is None:
        return _("fewer than 5 teachers observed")
    return _("{n} of {size} teachers, {raters} observers").format(
        n=cell.n_teachers, size=cell.roster_size, raters=cell.n_raters
    )
