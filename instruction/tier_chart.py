"""Tiers beside capacity as a Plotly figure: a band for each tier, a thin interval for each school."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from alignment_dash.ui.figures import Figure
from instruction.queries.tiers_page import TierLine, TiersPage

_ROW = 9  # pixels per school
_GAP = 2  # rows between two tiers
_COLORS = {"below": "below", "unclear": "unclear", "met": "above"}


def strip(page: TiersPage) -> Figure:
    """Return the schools with a figure and a tier, in bands by tier, the lowest level on top of each."""
    placed, middles, last = _placed([line for line in page.lines if line.told and line.tier is not None])
    target = page.column.target
    line = {"color": "var(--accent)", "width": 2}
    return {
        "data": [trace for call in _COLORS if (trace := _schools(placed, call))["x"]],
        "layout": {
            "height": 70 + _ROW * max(last, 6),
            "xaxis": {"range": [0.95, len(page.standing.version.level_names) + 0.05], "dtick": 1, "zeroline": False},
            "yaxis": {
                "tickvals": [middle for _tier, middle in middles],
                "ticktext": [_("Tier {tier}").format(tier=tier) for tier, _middle in middles],
                "range": [last - 0.4, -0.6],
                "showgrid": False,
                "zeroline": False,
            },
            "shapes": []
            if target is None
            else [{"type": "line", "x0": target, "x1": target, "y0": 0, "y1": 1, "yref": "paper", "line": line}],
            "showlegend": False,
            "meta": {
                "legend": [
                    ("below", _("very likely below target")), ("unclear", _("cannot tell yet")),
                    ("above", _("very likely at target or above")), ("target", _("target")),
                ]
            },
        },
    }  # fmt: skip


Placed = list[tuple[int, TierLine]]


def _placed(lines: Sequence[TierLine]) -> tuple[Placed, list[tuple[int, float]], int]:
    """Return each line's row, each tier's middle row, and the number of rows."""
    rows: Placed = []
    middles = []
    row = 0
    for tier in sorted({line.tier or 0 for line in lines}):
        held = [line for line in lines if line.tier == tier]
        rows += [(row + place, line) for place, line in enumerate(held)]
        middles.append((tier, row + (len(held) - 1) / 2))
        row += len(held) + _GAP
    return rows, middles, max(row - _GAP, 0)


def _schools(placed: Placed, call: str) -> dict[str, Any]:
    color = _COLORS[call]
    held = [(row, line, line.cell) for row, line in placed if line.cell and line.cell.call == call]
    return {
        "type": "scatter",
        "mode": "markers",
        "name": call,
        "x": [round(cell.estimate or 0, 3) for _row, _line, cell in held],
        "y": [row for row, _line, _cell in held],
        "error_x": {
            "type": "data",
            "array": [round((cell.high or 0) - (cell.estimate or 0), 3) for _row, _line, cell in held],
            "color": f"var(--{color}-soft)",
            "thickness": 4,
            "width": 0,
        },
        "marker": {"color": f"var(--{color})", "size": 7},
        "text": [_words(line) for _row, line, _cell in held],
        "hoverinfo": "text",
    }


def _words(line: TierLine) -> str:
    """Return the hover text; Plotly reads some HTML, so what a person wrote may not hold any."""
    name = line.school.name.replace("&", "&amp;").replace("<", "&lt;")
    cell = line.cell
    return f"<b>{name}</b><br>{cell.estimate:.2f} ({cell.low:.2f} – {cell.high:.2f})" if cell else name
