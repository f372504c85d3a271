"""Schools on one element as thin intervals under each other, each against its own target."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from alignment_dash.ui.figures import Figure
from alignment_dash.ui.numbers import exact_level
from instruction.queries.cells import Cell

_COLORS = {"below": "below", "unclear": "unclear", "met": "above"}
_TARGET = "var(--accent)"


class Strip(NamedTuple):
    """A school's place from the top, its name and its cell; words: what is said after its level when pointed at."""

    place: int
    name: str
    cell: Cell
    words: str = ""


def strips(rows: Sequence[Strip], levels: int, *, row_height: int, y_axis: dict[str, Any]) -> Figure:
    """Return the figure of schools whose estimate is told, colored by what can be said against their own target.

    Where all have the same target it is one line; where targets differ, each school has a tick at its own.
    levels: how many the scale has; row_height in pixels.
    """
    last = max((one.place for one in rows), default=0)
    targets = {one.cell.target for one in rows}
    same = targets.pop() if len(targets) == 1 else None
    ticks = [] if same is not None else [_ticks(rows, row_height)]
    traces = [*[_schools(rows, call) for call in _COLORS], *ticks]
    return {
        "data": [trace for trace in traces if trace["x"]],
        "layout": {
            "height": 70 + max(row_height * (last + 1), 60),
            "xaxis": {"range": [0.95, levels + 0.05], "dtick": 1, "zeroline": False},
            "yaxis": {"range": [last + 0.6, -0.6]} | y_axis,
            "shapes": [] if same is None else [_line(same)],
            "showlegend": False,
            "meta": {"legend": _legend(rows, same)},
        },
    }


def _line(target: float) -> Figure:
    line = {"color": _TARGET, "width": 2}
    return {"type": "line", "x0": target, "x1": target, "y0": 0, "y1": 1, "yref": "paper", "line": line}


def _ticks(rows: Sequence[Strip], height: int) -> Figure:
    aimed = [one for one in rows if one.cell.target is not None]
    return {
        "type": "scatter",
        "mode": "markers",
        "name": "target",
        "x": [one.cell.target for one in aimed],
        "y": [one.place for one in aimed],
        "marker": {
            "symbol": "line-ns",
            "size": height,
            "color": _TARGET,
            "line": {"width": 2, "color": _TARGET},
        },
        "hoverinfo": "skip",
    }


def _legend(rows: Sequence[Strip], same: float | None) -> list[tuple[str, str]]:
    marks = [
        ("below", _("very likely below target")), ("unclear", _("cannot tell yet")),
        ("above", _("very likely at target or above")),
    ]  # fmt: skip
    if same is not None:
        marks.append(("target", _("target")))
    elif any(one.cell.target is not None for one in rows):
        marks.append(("target", _("the school's own target")))
    return marks


def _schools(rows: Sequence[Strip], call: str) -> Figure:
    color = _COLORS[call]
    held = [one for one in rows if one.cell.call == call]
    return {
        "type": "scatter",
        "mode": "markers",
        "name": call,
        "x": [round(one.cell.estimate or 0, 3) for one in held],
        "y": [one.place for one in held],
        "error_x": {
            "type": "data",
            "array": [round((one.cell.high or 0) - (one.cell.estimate or 0), 3) for one in held],
            "color": f"var(--{color}-soft)",
            "thickness": 4,
            "width": 0,
        },
        "marker": {"color": f"var(--{color})", "size": 7},
        "text": [_words(one) for one in held],
        "hoverinfo": "text",
    }


def _words(one: Strip) -> str:
    """Return the hover text; Plotly reads some HTML, so what a person wrote may not hold any."""
    name, cell = one.name.replace("&", "&amp;").replace("<", "&lt;"), one.cell
    said = [f"<b>{name}</b>", f"{cell.estimate:.2f} ({cell.low:.2f} – {cell.high:.2f})"]
    if cell.target is not None:
        said.append(_("target {target}").format(target=exact_level(cell.target)))
    return "<br>".join([*said, one.words] if one.words else said)
