"""The written table: what each way reaches on each district, in Markdown."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

import numpy as np

from bench.accuracy.scores import BINS
from bench.accuracy.summary import Interval, Summary
from bench.measure import Measure
from instruction.capacity.rules import Evidence

METHOD_NAMES = {
    "tiers": "test-score tiers",
    "centered": "rater-centered means",
    "naive": "plain means",
    "single": "one element at a time",
    "ours": "ours",
    "oracle": "oracle: variances known",
    "bound": "bound: severities known",
}
_FIGURES = {
    "rmse": "RMSE", "spearman": "Spearman", "precision": "precision@20 %", "need": "need captured",
    "cover": "90 % cover, contrast", "within": "90 % cover, capacity", "half_width": "half-width", "called": "called", "calls_right": "calls right",
    "reliability": "reliability", "rank_cover": "rank cover", "rank_width": "rank width",
}  # fmt: skip


def report(summary: Summary, measures: Sequence[Measure], notes: Iterable[str]) -> str:
    """All tables. `notes` are lines said above them."""
    parts = [
        "# How near the capacity estimate comes to a known truth",
        "\n".join(f"- {note}" for note in notes),
        "## Goals",
        _table(["goal", "value", "limit", "holds"], map(_goal, measures)),
        *_by_method(summary, "need", "Need captured"),
        *_by_method(summary, "spearman", "Spearman correlation with the truth"),
        "## Paired differences in need captured, 95 % intervals",
        _table(["district", *(name for name, *_ in _PAIRS)], _differences(summary)),
        "## Ours in full",
        _table(["district", *_FIGURES.values()], _rows(summary, "ours", _FIGURES)),
        "## Plain means in full",
        _table(["district", *_FIGURES.values()], _rows(summary, "naive", _FIGURES)),
        "## Evidence classes: share of cells, 90 % cover of contrast and capacity, cells called, calls right",
        _table(["district", *(evidence.name.lower().replace("_", " ") for evidence in reversed(Evidence))],
               _classes(summary)),
        *_plans(summary),
        *_neediest(summary),
    ]  # fmt: skip
    return "\n\n".join(part for part in parts if part) + "\n"


_PAIRS = (
    ("ours - plain means", "ours", "naive"),
    ("ours - one element at a time", "ours", "single"),
    ("oracle - ours", "oracle", "ours"),
)


def _goal(measure: Measure) -> list[str]:
    limit = "" if measure.limit is None else f"{measure.limit:.3f}"
    return [
        measure.name,
        f"{measure.value:.4f}",
        limit,
        {True: "yes", False: "**no**", None: ""}[measure.holds],
    ]


def _by_method(summary: Summary, figure: str, title: str) -> Iterator[str]:
    methods = [
        name for name in METHOD_NAMES if any(summary.has(case, name, figure) for case in summary.cases)
    ]
    yield f"## {title}"
    yield _table(
        ["district", *(METHOD_NAMES[name] for name in methods)],
        ([case, *(_number(summary.mean(case, name, figure)) for name in methods)] for case in summary.cases),
    )


def _differences(summary: Summary) -> Iterator[list[str]]:
    for case in summary.cases:
        yield [
            case,
            *(
                _both(summary.difference(case, left, right, "need"))
                if summary.has(case, left, "need") and summary.has(case, right, "need")
                else ""
                for _, left, right in _PAIRS
            ),
        ]


def _rows(summary: Summary, method: str, figures: Iterable[str]) -> Iterator[list[str]]:
    for case in summary.cases:
        yield [
            case,
            *(
                _number(summary.mean(case, method, figure)) if summary.has(case, method, figure) else ""
                for figure in figures
            ),
        ]


def _classes(summary: Summary) -> Iterator[list[str]]:
    for case in summary.cases:
        cells = []
        for evidence in reversed(Evidence):
            name = evidence.name.lower()
            figures = [
                f"{name}_share",
                f"{name}_cover",
                f"{name}_within",
                f"{name}_called",
                f"{name}_calls_right",
            ]
            cells.append(" / ".join(_number(summary.mean(case, "ours", figure)) for figure in figures))
        yield [case, *cells]


def _plans(summary: Summary) -> Iterator[str]:
    cases = [case for case in summary.cases if summary.has(case, "plan", "need")]
    if not cases:
        return
    yield "## The evidence plan against as many random visits"
    names = ("ours", "alone", "random", "plan")
    yield _table(
        [
            "district",
            "before",
            "random visitors alone",
            "with own raters",
            "the plan",
            "plan - random with own raters",
        ],
        (
            [
                f"{case}: {figure}",
                *(_number(summary.mean(case, name, figure)) for name in names),
                _both(summary.difference(case, "plan", "random", figure)),
            ]
            for figure in ("need", "spearman")
            for case in cases
        ),
    )


def _neediest(summary: Summary) -> Iterator[str]:
    if not any(summary.has(case, "ours", "neediest_0_said") for case in summary.cases):
        return
    yield "## Probability of being among the neediest fifth: said / true"
    bins = [f"{low:.1f}-{high:.1f}" for low, high in pairwise(BINS)]
    yield _table(
        ["district", *bins],
        (
            [
                case,
                *(
                    " / ".join(
                        _number(summary.mean(case, "ours", f"neediest_{place}_{what}"))
                        for what in ("said", "true")
                    )
                    for place in range(len(bins))
                ),
            ]
            for case in summary.cases
        ),
    )


def _number(interval: Interval) -> str:
    return "-" if np.isnan(interval.mean) else f"{interval.mean:.3f}"


def _both(interval: Interval) -> str:
    return f"{interval.mean:+.4f} ± {interval.half:.4f}"


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
