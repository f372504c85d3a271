"""Tiers beside capacity as a Plotly figure: a band for each tier, a thin interval for each school."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from alignment_dash.ui.figures import Figure
from instruction.queries.tiers_page import TierLine, TiersPage
from instruction.strips import Strip, strips

_ROW = 9  # pixels per school
_GAP = 2  # rows between two tiers


def strip(page: TiersPage) -> Figure:
    """Return the schools with a figure and a tier, in bands by tier, the lowest level on top of each."""
    rows, middles = _placed([line for line in page.lines if line.told and line.tier is not None])
    axis = {
        "tickvals": [middle for _tier, middle in middles],
        "ticktext": [_("Tier {tier}").format(tier=tier) for tier, _middle in middles],
        "showgrid": False,
        "zeroline": False,
    }
    return strips(rows, len(page.standing.version.level_names), row_height=_ROW, y_axis=axis)


def _placed(lines: Sequence[TierLine]) -> tuple[list[Strip], list[tuple[int, float]]]:
    """Return each school at its row, and each tier's middle row."""
    rows: list[Strip] = []
    middles = []
    row = 0
    for tier in sorted({line.tier or 0 for line in lines}):
        held = [(line.school.name, line.cell) for line in lines if line.tier == tier]
        rows += [Strip(row + place, name, cell) for place, (name, cell) in enumerate(held) if cell]
        middles.append((tier, row + (len(held) - 1) / 2))
        row += len(held) + _GAP
    return rows, middles
