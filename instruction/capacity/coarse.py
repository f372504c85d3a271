"""How finely figures leave the job: in hundredths of a level, so that two runs cannot be told apart too well."""

from dataclasses import replace

import numpy as np
from scipy.special import ndtr

from instruction.capacity.data import CapacityEstimate, Derivation, DistrictEstimate, FloatArray, Ranks

_DIGITS = 2
_LEAST_SE = 10.0**-_DIGITS


def coarsened(result: CapacityEstimate, target: FloatArray) -> CapacityEstimate:
    """Return the estimate with its figures about schools and groups in hundredths of a level; `target` is (S, E).

    The gap and the probability below target are worked out anew from the rounded estimate and standard error, so
    that they say nothing that these two do not, and agree with the interval. Expected numbers of teachers are in
    tenths. Figures about teachers and observers stay as they are: nothing is a sum of them that is told.
    """
    estimate, se = np.round(result.estimate, _DIGITS), _error(result.se)
    gap = np.round(target - estimate, 6)
    return replace(
        result,
        estimate=estimate,
        se=se,
        se_contrast=_error(result.se_contrast),
        gap=gap,
        p_below=ndtr(gap / se),
        expected_below=np.round(result.expected_below, 1),
        reliability=np.round(result.reliability, _DIGITS),
        derivation=_steps(result),
        ranks=_ranks(result),
        district=[_group(one) for one in result.district],
        groups=[[_group(one) for one in row] for row in result.groups],
    )


def _steps(result: CapacityEstimate) -> Derivation:
    """Return the steps of the figures that are told, and nothing of the others."""
    shown, steps = ~np.isnan(result.estimate), result.derivation
    values = (steps.ratings, steps.observers, steps.teachers)
    return Derivation(*[np.where(shown, np.round(one, _DIGITS), np.nan) for one in values])


def _ranks(result: CapacityEstimate) -> Ranks:
    shown, ranks = ~np.isnan(result.estimate), result.ranks
    values = (ranks.low, ranks.high, np.round(ranks.neediest, _DIGITS))
    return Ranks(*[np.where(shown, one, np.nan) for one in values])


def _error(se: FloatArray) -> FloatArray:
    return np.maximum(np.round(se, _DIGITS), _LEAST_SE)


def _group(one: DistrictEstimate) -> DistrictEstimate:
    return replace(one, estimate=round(one.estimate, _DIGITS), se=max(round(one.se, _DIGITS), _LEAST_SE))
