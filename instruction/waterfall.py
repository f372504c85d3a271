"""The steps from the ratings to an estimate as a figure: each a bar from what was to what is."""

from decimal import Decimal
from textwrap import wrap

from django.utils.translation import gettext as _

from alignment_dash.ui.figures import Figure
from instruction.derivation_words import StepLine
from instruction.queries.derivation_steps import Steps

_ROW = 38  # pixels
_MARGIN = 0.15
_LABEL_CHARACTERS = 26


def waterfall(
    steps: Steps, lines: list[StepLine], *, target: float | None, low: float, high: float
) -> Figure | None:
    """Return the figure; None where no steps are told. low, high: the estimate's interval."""
    if steps.start is None:
        return None
    labels = ["<br>".join(wrap(line.label, _LABEL_CHARACTERS)) for line in lines]
    values = [steps.start, *[step.to for step in steps.steps], steps.estimate]
    ends = [float(one) for one in values] + [low, high] + ([] if target is None else [target])
    shapes = []
    if target is not None:
        line = {"color": "var(--accent)", "width": 2}
        shapes = [
            {"type": "line", "x0": target, "x1": target, "y0": 0, "y1": 1, "yref": "paper", "line": line}
        ]
    return {
        "data": [_changes(steps, labels), _ends(steps, labels, low, high)],
        "layout": {
            "height": 60 + _ROW * len(labels),
            "xaxis": {
                "range": [min(ends) - _MARGIN, max(ends) + _MARGIN],
                "zeroline": False,
                "dtick": 0.5 if max(ends) - min(ends) > 1 else 0.2,
            },
            "yaxis": {
                "type": "category",
                "categoryorder": "array",
                "categoryarray": labels[::-1],
                "range": [-0.6, len(labels) - 0.4],
                "showgrid": True,
            },
            "shapes": shapes,
            "showlegend": False,
            "bargap": 0.5,
            "meta": {
                "legend": [
                    ("below", _("lowers the figure")),
                    ("above", _("raises it")),
                    *([("target", _("target"))] if target is not None else []),
                ]
            },
        },
    }


def _changes(steps: Steps, labels: list[str]) -> Figure:
    before = [steps.start or Decimal(0), *[step.to for step in steps.steps[:-1]]]
    return {
        "type": "bar",
        "orientation": "h",
        "name": "steps",
        "y": labels[1 : 1 + len(steps.steps)],
        "base": [float(one) for one in before],
        "x": [float(step.by) for step in steps.steps],
        "marker": {"color": ["var(--below)" if step.by < 0 else "var(--above)" for step in steps.steps]},
        "text": [f"{step.by:+.2f}" for step in steps.steps],
        "textposition": "outside",
        "hoverinfo": "text",
        "hovertext": [f"{step.by:+.2f} → {step.to:.2f}" for step in steps.steps],
    }


def _ends(steps: Steps, labels: list[str], low: float, high: float) -> Figure:
    estimate = float(steps.estimate)
    start = float(steps.start or 0)
    return {
        "type": "scatter",
        "mode": "markers+text",
        "name": "ends",
        "x": [start, estimate],
        "y": [labels[0], labels[-1]],
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": [0, round(high - estimate, 3)],
            "arrayminus": [0, round(estimate - low, 3)],
            "color": "var(--unclear-soft)",
            "thickness": 6,
            "width": 0,
        },
        "marker": {"color": "var(--ink)", "size": 11},
        "text": [f"{start:.2f}", f"{estimate:.2f}"],
        "textposition": "top center",
        "hoverinfo": "skip",
    }
