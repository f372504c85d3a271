"""From the estimate to what is written of each principal: classes of evidence, chances, shortfalls, who can be compared."""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from instruction.capacity import CapacityEstimate
from instruction.capacity.coarse import teachers_on_scale
from instruction.capacity.data import EvidenceArray, FloatArray, IntArray
from instruction.capacity.islands import islands
from instruction.leadership.reading import LeadershipEvidence
from instruction.leadership.rules import classify, reliability


@dataclass(frozen=True, slots=True)
class PrincipalFigures:
    """Figures in the order of the evidence's principals and elements, all (P, E) but what is said otherwise.

    estimate, se, shortfall in levels, nan where the evidence is not enough, as `p_below` and `reliability` are.
    shortfall: E[max(target - theta, 0)]. last_day: days since 1970-01-01, -1 for never. `comparable` (P,): the
    observers of the network have rated elsewhere, or others have rated there; `n_group_raters` (P,): how many
    observers the network's principals have had.
    """

    evidence: EvidenceArray
    estimate: FloatArray
    se: FloatArray
    p_below: FloatArray
    shortfall: FloatArray
    reliability: FloatArray
    n_observations: IntArray
    n_raters: IntArray
    last_day: IntArray
    comparable: np.ndarray
    n_group_raters: IntArray


def principal_figures(evidence: LeadershipEvidence, result: CapacityEstimate) -> PrincipalFigures:
    """Return what is told of every principal of the day, whether seen or not."""
    n, raters, last = _counts(evidence)
    estimate, se = _in_order(evidence, result)
    spread = result.spread
    prior = spread.school.total + spread.teacher.total if spread else float("nan")
    told = reliability(se, prior)
    comparable, n_group_raters = _comparable(evidence)
    kinds = classify(n, raters, told, comparable[:, None])
    shown = np.where(kinds > 0, 1.0, np.nan)
    estimate, se = np.round(estimate * shown, 2), np.maximum(np.round(se * shown, 2), 0.01)
    below, shortfall = against(estimate, se, evidence.target)
    return PrincipalFigures(
        kinds,
        estimate,
        se,
        below,
        shortfall,
        np.round(told * shown, 2),
        n,
        raters,
        last,
        comparable,
        n_group_raters,
    )


def against(estimate: FloatArray, se: FloatArray, target: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the probability to be below target, and the expected shortfall in levels; nan without a target.

    With d = target - estimate and z = d / se: Phi(z), and d Phi(z) + se phi(z), the mean of a normal variable cut off
    at zero (Johnson, Kotz & Balakrishnan 1994, ch. 13.10). Hand example: on target with se 0.2 they are 0.5 and 0.0798.
    """
    d = target - estimate
    z = d / se
    below = ndtr(z)
    density = np.exp(-0.5 * np.square(z)) / np.sqrt(2 * np.pi)
    return below, np.asarray(np.maximum(d * below + se * density, 0.0))


def _in_order(evidence: LeadershipEvidence, result: CapacityEstimate) -> tuple[FloatArray, FloatArray]:
    teachers = teachers_on_scale(result.teachers, evidence.targets)
    at = {person: place for place, person in enumerate(teachers.teacher.tolist())}
    places = [at[person] for person in evidence.principals]
    return teachers.estimate[places], teachers.se[places]


def _counts(evidence: LeadershipEvidence) -> tuple[IntArray, IntArray, IntArray]:
    """Return numbers of observations and observers, and the last day, of each principal and element.

    An observation that rated two elements which a crosswalk carries into one counts once.
    """
    ratings, shape = evidence.ratings, evidence.target.shape
    row = {person: place for place, person in enumerate(evidence.principals)}
    column = {element: place for place, element in enumerate(evidence.targets.elements.tolist())}
    last = np.full(shape, -1, dtype=np.int64)
    raters: dict[tuple[int, int], set[int]] = {}
    observations: dict[tuple[int, int], set[int]] = {}
    for person, element, rater, day, observation in zip(
        ratings.teacher.tolist(),
        ratings.element.tolist(),
        ratings.rater.tolist(),
        ratings.day.tolist(),
        ratings.observation.tolist(),
        strict=True,
    ):
        if person in row and element in column:
            cell = row[person], column[element]
            observations.setdefault(cell, set()).add(observation)
            last[cell] = max(last[cell], day)
            raters.setdefault(cell, set()).add(rater)
    return _sizes(observations, shape), _sizes(raters, shape), last


def _sizes(held: dict[tuple[int, int], set[int]], shape: tuple[int, ...]) -> IntArray:
    sizes = np.zeros(shape, dtype=np.int64)
    for cell, ids in held.items():
        sizes[cell] = len(ids)
    return sizes


def _comparable(evidence: LeadershipEvidence) -> tuple[np.ndarray, IntArray]:
    """Return whether each principal's network hangs together with another by its observers, and how many those are.

    In a district of one network there is nothing to compare across: it is comparable as soon as two observers rated.
    """
    groups = evidence.targets.schools
    island = islands(evidence.ratings, groups)
    size = np.array([np.count_nonzero(island == one) if one >= 0 else 0 for one in island])
    raters: dict[int, set[int]] = {}
    for group, rater in zip(evidence.ratings.school.tolist(), evidence.ratings.rater.tolist(), strict=True):
        raters.setdefault(group, set()).add(rater)
    place = {group: at for at, group in enumerate(groups.tolist())}
    n = np.array([len(raters.get(group, ())) for group in evidence.groups], dtype=np.int64)
    alone = len(set(evidence.groups)) <= 1
    tied = np.array([size[place[group]] > 1 for group in evidence.groups], dtype=bool)
    return (n > 1) if alone else tied, n
