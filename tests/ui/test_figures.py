"""Interval figures: accepted by plotly, true to the rows, light on the wire."""

import json

import plotly.graph_objects as go  # noqa: TID251 - tests check what the product writes as plain dicts
import pytest

from alignment_dash.ui.figures import IntervalRow, interval_figure
from alignment_dash.ui.gallery import sample_intervals

ROWS = sample_intervals()


def _points(figure, name):
    return [trace for trace in figure["data"] if trace.get("name") == name]


def test_interval_figure_is_one_plotly_accepts():
    figure = interval_figure(ROWS)
    assert go.Figure(figure).to_dict()["layout"]["xaxis"]["range"] is not None
    with pytest.raises(ValueError, match="erorr_x"):
        go.Figure({"data": [{**figure["data"][0], "erorr_x": {}}]})


def test_interval_figure_draws_each_estimate_with_its_interval():
    figure = interval_figure([IntervalRow("Discourse", 2.6, 2.1, 3.2, 3.0, n="19 ratings", weak=True)])
    (trace,) = _points(figure, "unclear")
    assert trace["x"] == [2.6]
    assert trace["error_x"]["array"] == [pytest.approx(0.6)]
    assert trace["error_x"]["arrayminus"] == [pytest.approx(0.5)]
    assert trace["text"] == [
        "<b>Discourse</b><br>2.60 (2.10 – 3.20)<br>target 3.0<br>19 ratings<br>weak evidence"
    ]
    assert figure["layout"]["meta"]["legend"] == [
        ("unclear", "may be at target"),
        ("weak", "weak evidence"),
        ("target", "target"),
    ]


@pytest.mark.parametrize(
    ("low", "high", "side"),
    [(2.0, 2.9, "below"), (3.1, 3.4, "above"), (2.9, 3.0, "unclear"), (3.0, 3.2, "unclear")],
)
def test_interval_side_is_sure_only_when_the_whole_interval_is(low, high, side):
    assert IntervalRow("x", (low + high) / 2, low, high, 3.0).side == side


def test_interval_figure_without_evidence_says_so():
    figure = interval_figure([IntervalRow("Feedback", None, None, None, None)])
    (trace,) = figure["data"]
    assert (trace["mode"], trace["text"]) == ("text", ["not enough evidence"])


def test_interval_figure_of_nothing_is_empty():
    assert interval_figure([])["data"] == []


def test_interval_figure_shows_labels_as_text_not_markup():
    figure = interval_figure([IntervalRow("<i>A & B</i>", 2, 1.9, 2.1, 3)])
    assert figure["data"][0]["y"] == ["&lt;i>A &amp; B&lt;/i>"]


def test_interval_figure_is_small_and_colored_by_tokens():
    text = json.dumps(interval_figure(ROWS))
    assert len(text) < 600 * len(ROWS)
    assert "#" not in text
