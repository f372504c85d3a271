"""What must hold of the estimate, each goal one measure."""

from collections.abc import Iterator, Sequence

import numpy as np

from bench.accuracy.cases import BASE, BEST, OWN_ONLY, Case, Kind
from bench.accuracy.summary import Summary
from bench.measure import Measure

REGRET, WORST_REGRET, GAIN_SHARE = 0.005, 0.010, 0.95
PLAN_GAIN, GAP_CLOSED = 0.03, 0.60
COVER, CALLS_RIGHT, FLOOR = (0.88, 0.92), 0.92, 0.80
FEW = 0.01  # designs with fewer estimated figures than this share tell nothing about them


def goals(summary: Summary, cases: Sequence[Case]) -> Iterator[Measure]:
    """Measures of the cases that ran; a goal whose cases did not run is left out."""
    kinds = {kind: [case.name for case in cases if case.kind == kind] for kind in Kind}
    family = kinds[Kind.DESIGN] + kinds[Kind.SENSITIVITY]
    judged = kinds[Kind.SENSITIVITY] + [name for name in (BASE, OWN_ONLY) if name in summary.cases]
    if judged:
        yield from _regret(summary, judged)
    if family:
        yield from _gain(summary, family + kinds[Kind.STRESS])
        yield from _honest(summary, family)
    if kinds[Kind.DESIGN]:
        yield from _classes(summary, kinds[Kind.DESIGN])
    if kinds[Kind.STRESS]:
        yield from _floor(summary, kinds[Kind.STRESS])
    yield from _plan(summary)


def _regret(summary: Summary, cases: Sequence[str]) -> Iterator[Measure]:
    each = {case: summary.difference(case, "oracle", "ours", "need").mean for case in cases}
    worst = max(each, key=lambda case: each[case])
    yield Measure.bounded(
        f"regret of need captured to the oracle, mean of {len(cases)} cases", float(np.mean(list(each.values()))),
        "", limit=REGRET,
    )  # fmt: skip
    yield Measure.bounded(f"the same, worst case ({worst})", each[worst], "", limit=WORST_REGRET)


def _gain(summary: Summary, cases: Sequence[str]) -> Iterator[Measure]:
    ours, oracle = (summary.differences(cases, name, "naive", "need").mean for name in ("ours", "oracle"))
    yield at_least("share of the oracle's gain in need captured over plain means", ours / oracle, GAIN_SHARE)
    each = {case: summary.difference(case, "ours", "naive", "need").mean for case in cases}
    least = min(each, key=lambda case: each[case])
    yield at_least(f"gain in need captured over plain means, least ({least})", each[least], 0.0)
    if BASE in each:
        yield at_least(f"the same with {BASE}", each[BASE], 0.07)


def _honest(summary: Summary, cases: Sequence[str]) -> Iterator[Measure]:
    low, high = COVER
    cover = {case: summary.mean(case, "ours", "cover").mean for case in cases}
    least, most = min(cover, key=lambda case: cover[case]), max(cover, key=lambda case: cover[case])
    yield at_least(f"coverage of 90 % intervals in family, least ({least})", cover[least], low)
    yield Measure.bounded(f"coverage of 90 % intervals in family, most ({most})", cover[most], "", limit=high)
    yield _calls(summary, cases, "in family", CALLS_RIGHT)


def _classes(summary: Summary, cases: Sequence[str]) -> Iterator[Measure]:
    """Figures shown as estimated must be right as often as they say in every design that has some."""
    some = [case for case in cases if summary.mean(case, "ours", "estimated_share").mean > FEW]
    if not some:
        return
    for figure, name, limit in (
        ("estimated_within", "90 % intervals of figures shown as estimated that hold the capacity", COVER[0]),
        ("estimated_calls_right", "calls of figures shown as estimated that are right", CALLS_RIGHT),
    ):
        share = {case: summary.mean(case, "ours", figure).mean for case in some}
        least = min(share, key=lambda case: share[case])
        yield at_least(f"{name}, least design ({least})", share[least], limit)


def _floor(summary: Summary, cases: Sequence[str]) -> Iterator[Measure]:
    cover = {case: summary.mean(case, "ours", "cover").mean for case in cases}
    least = min(cover, key=lambda case: cover[case])
    yield at_least(f"coverage of 90 % intervals under stress, least ({least})", cover[least], FLOOR)
    yield _calls(summary, cases, "under stress", FLOOR)


def _calls(summary: Summary, cases: Sequence[str], where: str, limit: float) -> Measure:
    right = {case: summary.mean(case, "ours", "calls_right").mean for case in cases}
    right = {case: share for case, share in right.items() if not np.isnan(share)}
    least = min(right, key=lambda case: right[case])
    return at_least(f"calls at P > .9 or < .1 that are right {where}, least ({least})", right[least], limit)


def _plan(summary: Summary) -> Iterator[Measure]:
    for case in (BASE, BEST):
        if case in summary.cases and summary.has(case, "plan", "need"):
            gain = summary.difference(case, "plan", "random", "need")
            yield at_least(f"need captured by the plan over random visits ({case})", gain.mean, PLAN_GAIN)
            yield at_least(f"the same, lower 95 % bound ({case})", gain.low, 0.0)
            alone = summary.difference(case, "plan", "alone", "need")
            yield Measure.reported(f"the same over random visits without own raters ({case})", alone.mean, "")
    if BEST in summary.cases and summary.has(BEST, "plan", "spearman"):
        naive, plan, known = (
            summary.mean(BEST, name, "spearman").mean for name in ("naive", "plan", "bound")
        )
        closed = (plan - naive) / (known - naive)
        yield at_least(f"Spearman gap to known severities that is closed ({BEST}, plan)", closed, GAP_CLOSED)
        naive, known = (summary.mean(BEST, name, "spearman").mean for name in ("plan naive", "plan bound"))
        closed = (plan - naive) / (known - naive)
        yield Measure.reported("the same, both ends with the plan's visits, too", closed, "")


def at_least(name: str, value: float, limit: float) -> Measure:
    """A figure that must reach its limit."""
    return Measure(f"{name} (at least)", value, "", limit=limit, holds=bool(value >= limit))
