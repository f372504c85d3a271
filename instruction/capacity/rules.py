"""When a modeled figure may be shown, and how firmly."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from scipy.special import ndtri

from instruction.capacity.data import BoolArray, EvidenceArray, FloatArray, IntArray


class Evidence(IntEnum):
    """How well a school's capacity on one element is known."""

    NOT_ENOUGH = 0
    WEAK = 1
    ESTIMATED = 2


POINTS = 3.0
"""Length of the usual scale, 1 to 4, which `max_se` is meant for."""

PRINTED = 2
"""Decimals of a standard error on a page, which the rule must agree with."""


@dataclass(frozen=True, slots=True)
class EvidenceRules:
    """The written rule for what is shown. All limits are inclusive on the permissive side.

    min_teachers: fewest observed teachers. Five is a common smallest group for staff figures; below it one
        colleague's rating can be read out of the mean (NCES 2011-603 describes state minimums of 5 to 30).
    min_share: least share of the roster observed on the element. With less than a third seen, the school's
        figure says more about who was visited than about the school.
    min_students: fewest students behind a number: 10 is the most common smallest group of states (NCES 2011-603).
    min_schools: fewest schools behind a figure that is told without its schools. With two, who knows one of them
        knows the other.
    max_se: largest standard error, in hundredths of a level as printed, of a figure shown as estimated, on a scale of
        four levels; on others it grows with their length (`largest_se`). At 0.11 the
        90 % interval is about a third of a level wide. With a school's own raters only it is 0.14 or more, for how
        much higher they rate is not known: visits bring it down, more observations by the same raters do not.
        In every simulated design, figures within it are right as often as they say (docs/numbers/capacity.md).
    confidence: coverage of the intervals printed beside a figure.
    """

    min_teachers: int = 5
    min_students: int = 10
    min_schools: int = 3
    min_share: float = 0.33
    max_se: float = 0.11
    confidence: float = 0.90

    def largest_se(self, points: float) -> float:
        """`max_se` on a scale of `points` from end to end, in hundredths: 0.11 on 1 to 4, 0.15 on 1 to 5.

        What is printed as 0.11 is less than 0.115: that grows with the scale.
        """
        half = 0.5 * 10.0**-PRINTED
        return round((self.max_se + half) * points / POINTS - half, PRINTED)

    @property
    def z(self) -> float:
        """Half-width of the interval in standard errors: 1.645 at a confidence of 0.90."""
        return float(ndtri(self.very_likely))

    @property
    def very_likely(self) -> float:
        """The probability from which a page says "very likely": the whole interval lies on one side of the target."""
        return 0.5 + self.confidence / 2


DEFAULT_RULES = EvidenceRules()


def enough(n_teachers: IntArray, roster_size: IntArray, rules: EvidenceRules) -> BoolArray:
    """Which cells may carry a figure at all. `n_teachers` (S, E) or (S,), `roster_size` broadcasts to it."""
    share = n_teachers / np.maximum(roster_size, 1)
    return np.asarray((roster_size > 0) & (n_teachers >= rules.min_teachers) & (share >= rules.min_share))


def classify(
    n_teachers: IntArray,
    roster_size: IntArray,
    se: FloatArray,
    linked: BoolArray,
    rules: EvidenceRules,
    points: float = POINTS,
) -> EvidenceArray:
    """Return an `Evidence` value per cell; `points` is the length of the scale.

    NOT_ENOUGH: fewer than `min_teachers` observed, less than `min_share` of the roster observed, or no
    figure (`se` is nan). WEAK: `se`, rounded as it is printed, above `largest_se`, or the school's own raters share no
    teacher, school or video with raters of another school, so that its level cannot be told from their severity.
    Else ESTIMATED. Arguments broadcast to (S, E).
    """
    shown = enough(n_teachers, roster_size, rules) & ~np.isnan(se)
    firm = linked & (np.round(np.nan_to_num(se, nan=np.inf), PRINTED) <= rules.largest_se(points))
    return np.where(shown, np.where(firm, Evidence.ESTIMATED, Evidence.WEAK), Evidence.NOT_ENOUGH).astype(
        np.int8
    )
