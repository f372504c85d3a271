"""How figures leave the job: on the scale, and in hundredths of a level, so that two runs cannot be told apart too well."""

from dataclasses import replace

import numpy as np
from scipy.special import ndtr

from instruction.capacity.data import (
    CapacityEstimate,
    Derivation,
    DistrictEstimate,
    FloatArray,
    Ranks,
    Targets,
    TeacherEstimates,
)
from instruction.capacity.rules import Evidence

_DIGITS = 2
_LEAST_SE = 10.0**-_DIGITS


def coarsened(result: CapacityEstimate, targets: Targets) -> CapacityEstimate:
    """Return the estimate with its figures about schools and groups in hundredths of a level, and on the scale.

    The model knows no ends of the scale: where a severe observer gives the highest level throughout, it finds more.
    Such a figure is told as the end of the scale, and as weak.
    The gap and the probability below target are worked out anew from the rounded estimate and standard error, so
    that they say nothing that these two do not, and agree with the interval. Expected numbers of teachers are in
    tenths. Figures about teachers and observers stay as they are: nothing is a sum of them that is told.
    """
    found = np.round(result.estimate, _DIGITS)
    estimate, se = _on_scale(found, targets), _error(result.se)
    gap = np.round(targets.target - estimate, 6)
    beyond = ~np.isnan(found) & (found != estimate)
    return replace(
        result,
        estimate=estimate,
        se=se,
        se_contrast=_error(result.se_contrast),
        gap=gap,
        p_below=ndtr(gap / se),
        expected_below=np.round(result.expected_below, 1),
        reliability=np.round(result.reliability, _DIGITS),
        evidence=np.where(beyond, np.minimum(result.evidence, Evidence.WEAK), result.evidence),
        derivation=_steps(result, targets),
        ranks=_ranks(result),
        district=[_group(one, targets) for one in result.district],
        groups=[[_group(one, targets) for one in row] for row in result.groups],
    )


def teachers_on_scale(teachers: TeacherEstimates, targets: Targets) -> TeacherEstimates:
    """Return the figures of teachers, none beyond the ends of the scale."""
    return replace(teachers, estimate=_on_scale(teachers.estimate, targets))


def _on_scale(values: FloatArray, targets: Targets) -> FloatArray:
    return np.clip(values, targets.scale_min, targets.scale_max)


def _steps(result: CapacityEstimate, targets: Targets) -> Derivation:
    """Return the steps of the figures that are told, and nothing of the others."""
    shown, steps = ~np.isnan(result.estimate), result.derivation
    values = (steps.ratings, steps.observers, steps.teachers)
    return Derivation(
        *[np.where(shown, _on_scale(np.round(one, _DIGITS), targets), np.nan) for one in values]
    )


def _ranks(result: CapacityEstimate) -> Ranks:
    shown, ranks = ~np.isnan(result.estimate), result.ranks
    values = (ranks.low, ranks.high, np.round(ranks.neediest, _DIGITS))
    return Ranks(*[np.where(shown, one, np.nan) for one in values])


def _error(se: FloatArray) -> FloatArray:
    return np.maximum(np.round(se, _DIGITS), _LEAST_SE)


def _group(one: DistrictEstimate, targets: Targets) -> DistrictEstimate:
    estimate = float(_on_scale(np.array(round(one.estimate, _DIGITS)), targets))
    return replace(one, estimate=estimate, se=max(round(one.se, _DIGITS), _LEAST_SE))
