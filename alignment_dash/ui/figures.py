"""Plotly figures as plain dicts. Colors are names of our tokens, which charts.js resolves; the theme is there too.

The plotly library is imported by tests only, which check that each figure is one it would accept.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Any

from django.utils.translation import gettext as _

Figure = dict[str, Any]

ROW_HEIGHT = 34  # pixels per row of an interval figure
_LABEL_CHARACTERS = 26  # longer labels are broken into lines


@dataclass(frozen=True, slots=True)
class IntervalRow:
    """An estimate on the framework's scale with its 90 % interval and target, in levels.

    estimate, low and high are None together, when there is not enough evidence; n is what the evidence is
    ("64 teachers, 212 ratings"); weak says that the evidence is thin.
    """

    label: str
    estimate: float | None
    low: float | None
    high: float | None
    target: float | None
    n: str = ""
    weak: bool = False

    @property
    def side(self) -> str:
        """Return "below" or "above" when the whole interval is on that side of the target, else "unclear"."""
        if self.target is None or self.low is None or self.high is None:
            return "unclear"
        if self.high < self.target:
            return "below"
        return "above" if self.low > self.target else "unclear"


def interval_figure(rows: Sequence[IntervalRow], *, scale: tuple[float, float] = (1, 4)) -> Figure:
    """Return estimates with intervals against targets, the first row on top; `scale`: lowest and highest level."""
    data = [_estimates(rows, side) for side in ("below", "unclear", "above")]
    data += [_targets(rows), _missing(rows, scale)]
    return {
        "data": [trace for trace in data if trace["x"]],
        "layout": {
            "height": 40 + ROW_HEIGHT * len(rows),
            "xaxis": {"range": [scale[0] - 0.05, scale[1] + 0.05], "dtick": 1, "zeroline": False},
            "yaxis": {
                "type": "category",
                "categoryorder": "array",
                "categoryarray": [_lines(row.label) for row in reversed(rows)],
                "range": [-0.6, len(rows) - 0.4],
                "showgrid": True,
            },
            "showlegend": False,
            "meta": {"legend": _legend(rows)},
        },
    }


def _legend(rows: Sequence[IntervalRow]) -> list[tuple[str, str]]:
    """Return the (mark, words) pairs in use; the chart tag writes them as text beside the drawing."""
    words = (
        ("below", _("below target")),
        ("unclear", _("may be at target")),
        ("above", _("above target")),
        ("weak", _("weak evidence")),
        ("target", _("target")),
    )
    used = {row.side for row in rows if row.estimate is not None}
    used |= {"weak" for row in rows if row.weak} | {"target" for row in rows if row.target is not None}
    return [(mark, text) for mark, text in words if mark in used]


def _estimates(rows: Sequence[IntervalRow], side: str) -> Figure:
    shown = [row for row in rows if row.estimate is not None and row.side == side]
    color = f"var(--{side})"
    return {
        "type": "scatter",
        "mode": "markers",
        "name": side,
        "x": [row.estimate for row in shown],
        "y": [_lines(row.label) for row in shown],
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": [_distance(row.high, row.estimate) for row in shown],
            "arrayminus": [_distance(row.estimate, row.low) for row in shown],
            "color": f"var(--{side}-soft)",
            "thickness": 6,
            "width": 0,
        },
        # Weak evidence is an open mark, so that print and color-blind readers keep it.
        "marker": {
            "color": ["var(--card)" if row.weak else color for row in shown],
            "size": 11,
            "line": {"width": 2, "color": color},
        },
        "text": [_words(row) for row in shown],
        "hoverinfo": "text",
    }


def _targets(rows: Sequence[IntervalRow]) -> Figure:
    shown = [row for row in rows if row.target is not None]
    return {
        "type": "scatter",
        "mode": "markers",
        "name": "target",
        "x": [row.target for row in shown],
        "y": [_lines(row.label) for row in shown],
        "marker": {
            "symbol": "line-ns",
            "size": ROW_HEIGHT,
            "color": "var(--accent)",
            "line": {"width": 2.5, "color": "var(--accent)"},
        },
        "hoverinfo": "skip",
    }


def _missing(rows: Sequence[IntervalRow], scale: tuple[float, float]) -> Figure:
    shown = [row for row in rows if row.estimate is None]
    return {
        "type": "scatter",
        "mode": "text",
        "x": [scale[0]] * len(shown),
        "y": [_lines(row.label) for row in shown],
        "text": [_("not enough evidence")] * len(shown),
        "textposition": "middle right",
        "textfont": {"color": "var(--ink-2)", "style": "italic"},
        "hoverinfo": "skip",
    }


def _distance(upper: float | None, lower: float | None) -> float:
    return round(upper - lower, 4) if upper is not None and lower is not None else 0.0


def _lines(label: str) -> str:
    """Break a long label; Plotly reads some HTML in labels, so what a person wrote may not hold any."""
    plain = label.replace("&", "&amp;").replace("<", "&lt;")
    return "<br>".join(wrap(plain, _LABEL_CHARACTERS)) or plain


def _words(row: IntervalRow) -> str:
    said = [f"<b>{_lines(row.label)}</b>", f"{row.estimate:.2f} ({row.low:.2f} – {row.high:.2f})"]
    if row.target is not None:
        said.append(_("target %(target).1f") % {"target": row.target})
    if row.n:
        said.append(row.n)
    if row.weak:
        said.append(_("weak evidence"))
    return "<br>".join(said)
