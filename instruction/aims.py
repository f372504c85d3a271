"""The three kinds of target that a gap can be against, and what can be said of a cell against one of them."""

from math import erfc, sqrt
from typing import NamedTuple

from instruction.capacity.rules import DEFAULT_RULES

STRATEGIC, FRAMEWORK, SCHOOL = "strategic", "framework", "school"
KINDS = (STRATEGIC, SCHOOL, FRAMEWORK)
# Where a snapshot keeps each. The probability against the strategic plan's is the job's own.
COLUMNS = {STRATEGIC: "target", FRAMEWORK: "framework_target", SCHOOL: "plan_target"}
# The probability from which a page says "very likely": the whole interval lies on that side of the target, so
# that words, tables and charts never disagree.
VERY_LIKELY = DEFAULT_RULES.very_likely


class Aim(NamedTuple):
    """One kind of target of a cell: gap is target - estimate, p_below the probability of a shortfall."""

    kind: str
    target: float | None
    gap: float | None
    p_below: float | None

    @property
    def difference(self) -> float | None:
        """Estimate minus target: below zero is below target."""
        return None if self.gap is None else -self.gap

    @property
    def call(self) -> str:
        """What can be said: "below", "met" (very likely at or above target), or "unclear"."""
        return call_of(self.p_below)


def aim(kind: str, target: float | None, estimate: float | None, se: float | None) -> Aim:
    """Return what an estimate says against a target, both as they are told (in hundredths of a level)."""
    if target is None or estimate is None or se is None:
        return Aim(kind, target, None, None)
    gap = round(target - estimate, 6)
    return Aim(kind, target, gap, probability_below(gap, se))


def probability_below(gap: float, se: float) -> float:
    """Return the probability of a shortfall: that of a normal distribution around the gap, se wide, above zero.

    gap and se in levels, se above 0. By hand: a gap of 0.2 at a standard error of 0.1 is two of them: 0.977.
    """
    return 0.5 * erfc(-gap / (se * sqrt(2)))


def call_of(p_below: float | None) -> str:
    """Return "below" or "met" from the probability at which the whole 90 % interval is on that side."""
    if p_below is None:
        return "unclear"
    if p_below >= VERY_LIKELY:
        return "below"
    return "met" if p_below <= 1 - VERY_LIKELY else "unclear"
