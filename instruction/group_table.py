"""Networks, or levels of schools, by elements, as the table of a page."""

from collections.abc import Sequence
from itertools import groupby

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alignment_dash.ui import heatmap
from instruction.queries.district_page import GroupFigure, GroupLine
from instruction.queries.elements import Column


def table(heading: str, lines: Sequence[GroupLine], columns: Sequence[Column]) -> SafeString:
    """Return the table; `heading` is what its rows are."""
    dimensions = groupby(columns, lambda column: (column.dimension_place, column.dimension))
    return heatmap.heatmap(
        caption=_("Estimate minus target, in levels: below zero is below target."),
        row_heading=heading,
        extra_headings=[],
        groups=[
            heatmap.Group(name, [heatmap.Column(one.name, title=one.description) for one in held])
            for (_place, name), held in dimensions
        ],
        rows=[
            heatmap.Row(line.name, [_cell(*pair) for pair in zip(line.figures, line.targets, strict=True)])
            for line in lines
        ],
    )


def _cell(figure: GroupFigure | None, target: float | None) -> heatmap.Cell:
    if figure is None:
        return heatmap.Cell("–", "none")
    if figure.is_hidden:
        return heatmap.Cell(
            _("hidden"), heatmap.SUPPRESSED, title=_("Too few schools, or another group could be worked out")
        )
    if figure.estimate is None:
        return heatmap.not_enough()
    words = _("{estimate:.1f} (90 %: {low:.1f} to {high:.1f}); {schools}").format(
        estimate=figure.estimate, low=figure.low, high=figure.high, schools=_schools(figure)
    )
    if target is None:
        return heatmap.Cell("–", "", False, _("no one target holds for all of its schools"), words)
    gap = figure.estimate - target
    return heatmap.Cell(heatmap.signed(gap), heatmap.fill_of(gap), title=words)


def _schools(figure: GroupFigure) -> str:
    n = figure.n_schools or 0
    return ngettext("{n} school", "{n} schools", n).format(n=n)
