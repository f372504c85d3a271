"""Common videos as another way to spend observers' hours: who should rate them, and what it would tell."""

import numpy as np

from instruction.capacity.checks import check_ratings, check_targets
from instruction.capacity.data import Components, FloatArray, IntArray, Ratings, Roster, Targets
from instruction.capacity.planning.knowledge import (
    basis_of,
    contrasts,
    learn,
    prior_knowledge,
    spread_out,
    uncertainty,
)
from instruction.capacity.planning.opening import open_schools
from instruction.capacity.planning.plan import VideoSuggestion
from instruction.capacity.planning.rules import DEFAULT_PLAN_RULES, PlanRules
from instruction.capacity.planning.situation import Situation, situation_of


def suggest_videos(
    ratings: Ratings,
    roster: Roster,
    targets: Targets,
    *,
    raters: IntArray,
    n_raters: int,
    n_videos: int = 8,
    rules: PlanRules = DEFAULT_PLAN_RULES,
    components: Components | None = None,
    neediest: FloatArray | None = None,
) -> VideoSuggestion:
    """The `n_raters` of `raters` (ids) who should rate the same `n_videos` new videos, and the plan's gain of it.

    They are those whose severity matters most to the open schools; `gain` is exact for all of them together.
    Videos tell severities against each other, never the rating culture or the home-field shift. Nobody is asked
    where there is nothing to compare. Arguments and errors otherwise as of `plan_visits`.
    """
    check_targets(roster, targets)
    check_ratings(ratings, targets)
    nobody = VideoSuggestion(np.empty(0, dtype=np.int64), n_videos, 0.0, 0.0)
    situation = situation_of(ratings, roster, targets, components)
    if situation is None or n_videos < 1 or min(n_raters, len(raters)) < 2:
        return nobody
    schools, weight = open_schools(situation, targets, rules, neediest)
    if not len(schools):
        return nobody
    basis = basis_of(situation, schools, raters)
    covariance = prior_knowledge(situation, basis)
    total = uncertainty(covariance, weight)
    known = np.unique(raters)
    at = basis.first_level + basis.first_person + basis.person(known)
    noise = _noise(situation, n_videos)
    reach = contrasts(covariance[at], len(schools))
    alone = (reach * spread_out(reach, weight)).sum(axis=1) / (covariance[at, at] + noise)
    picked = np.sort(np.argsort(-alone, kind="stable")[:n_raters])
    contrast = _contrasts(len(picked))
    with_all = covariance[:, at[picked]] @ contrast.T
    among = contrast @ covariance[np.ix_(at[picked], at[picked])] @ contrast.T + noise * np.eye(len(contrast))
    learn(covariance, with_all, among)
    return VideoSuggestion(
        known[picked],
        n_videos,
        len(picked) * n_videos * rules.video_minutes / 60.0,
        1.0 - uncertainty(covariance, weight) / total,
    )


def _noise(situation: Situation, n_videos: int) -> float:
    """Variance of a rater's mean over the videos around leniency and the videos' own mean."""
    return (situation.parts.teacher_rater + situation.parts.noise) / n_videos


def _contrasts(n: int) -> FloatArray:
    """(n - 1, n) orthonormal contrasts (Helmert): what the raters' means tell when the videos' level is free."""
    rows = np.tril(np.ones((n - 1, n)))
    place = np.arange(1, n)
    rows[place - 1, place] = -place
    return np.asarray(rows / np.sqrt(place * (place + 1.0))[:, None])
