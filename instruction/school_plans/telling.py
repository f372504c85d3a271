"""Which of a plan's figures may be told together, and how two of them differ; pure.

Between any two figures of a school that are told, the ratings of at least five teachers are new, or nothing has changed
(docs/numbers/small-groups.md). The job of each run has decided which earlier runs may stand beside it; here the
figures are taken from the newest back, and one that may not stand beside a newer one is left out.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from instruction.queries.cells import HALF_WIDTH

RISEN, FALLEN, UNCLEAR = "risen", "fallen", "unclear"


class Figure(NamedTuple):
    """A level as a run's snapshot told it. measure: what made it; figures of two measures are not compared."""

    run_id: int
    estimate: float
    se: float
    measure: str = ""


class Difference(NamedTuple):
    """By how much a later figure differs from an earlier one, in levels, with its 90 % interval."""

    by: float
    low: float
    high: float

    @property
    def call(self) -> str:
        """What can be said: risen or fallen where the interval leaves zero out, else unclear."""
        if self.low > 0:
            return RISEN
        return FALLEN if self.high < 0 else UNCLEAR


def difference(earlier: Figure | None, later: Figure | None) -> Difference | None:
    """Return how two figures of the same measure differ; None where there are not two.

    The errors are taken as independent: half = z * sqrt(se1^2 + se2^2). They share ratings and observers, so in truth
    they err together and their difference by less; the interval is too wide rather than too narrow. By hand: 2.30 and
    2.60 with standard errors of 0.08 and 0.06 give 0.30 and, with sqrt(0.0064 + 0.0036) = 0.1, plus or minus 0.16.
    """
    if earlier is None or later is None or earlier.measure != later.measure:
        return None
    by = round(later.estimate - earlier.estimate, 2)
    if earlier.run_id == later.run_id:
        return None
    half = HALF_WIDTH * (earlier.se**2 + later.se**2) ** 0.5
    return Difference(by, by - half, by + half)


def told_together(runs: Sequence[int], beside: Mapping[int, Collection[int]]) -> set[int]:
    """Return which of `runs`, the newest first, may be told together. beside: run -> runs that may stand beside it.

    The newest always stays. A run is told where every newer one that is told allows it.
    """
    kept: list[int] = []
    for run in runs:
        if all(run == newer or run in beside.get(newer, ()) for newer in kept):
            kept.append(run)
    return set(kept)
