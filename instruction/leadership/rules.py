"""When a figure about one principal may be shown, how firmly, and when a growth may be told."""

from dataclasses import dataclass

import numpy as np

from instruction.capacity.data import BoolArray, EvidenceArray, FloatArray, IntArray
from instruction.capacity.rules import Evidence


@dataclass(frozen=True, slots=True)
class LeadershipRules:
    """The written rule (docs/numbers/leadership.md). All limits are inclusive on the permissive side.

    min_observations: fewest observations of the element; one observation by one observer has a reliability of .27 to
        .45 (Ho & Kane 2013, p. 13, of teachers), so that a figure from one says more of the day than of the principal.
    min_raters: fewest observers of a figure shown as estimated; what one observer always sees differently in one
        person does not shrink with more visits (Ho & Kane 2013, Table 5).
    min_reliability: least share of the differences between principals that a figure shown as estimated tells.
    growth_observations, growth_days: no growth is told from fewer observations or a shorter time (MET, PMC7328239:
        reliability of growth .39 from at least 8 observations over 2 years).
    """

    min_observations: int = 2
    min_raters: int = 2
    min_reliability: float = 0.50
    growth_observations: int = 8
    growth_days: int = 2 * 365


RULES = LeadershipRules()


def reliability(se: FloatArray, prior: float) -> FloatArray:
    """Return 1 - se^2 / prior, between 0 and 1: what share of the variance `prior` of principals the figure tells."""
    with np.errstate(invalid="ignore"):
        return np.asarray(np.clip(1.0 - np.square(se) / prior, 0.0, 1.0))


def classify(
    n_observations: IntArray,
    n_raters: IntArray,
    reliability: FloatArray,
    comparable: BoolArray,
    rules: LeadershipRules = RULES,
) -> EvidenceArray:
    """Return an `Evidence` value for each principal and element, (P, E); `comparable` broadcasts to it.

    NOT_ENOUGH: fewer than `min_observations`, or no figure (reliability is nan). ESTIMATED: at least `min_raters`
    observers, a reliability of at least `min_reliability`, and observers whose severity can be told from the
    principals they rated. Else WEAK.
    """
    shown = (n_observations >= rules.min_observations) & ~np.isnan(reliability)
    firm = comparable & (n_raters >= rules.min_raters) & (reliability >= rules.min_reliability)
    return np.where(shown, np.where(firm, Evidence.ESTIMATED, Evidence.WEAK), Evidence.NOT_ENOUGH).astype(
        np.int8
    )


def may_tell_growth(n_observations: int, days: int, rules: LeadershipRules = RULES) -> bool:
    """Say whether growth may be told from so many observations that lie over so many days."""
    return n_observations >= rules.growth_observations and days >= rules.growth_days
