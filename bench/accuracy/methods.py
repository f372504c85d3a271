"""The ways that are compared, each from one district's ratings to its figures."""

from dataclasses import dataclass, replace

import numpy as np

from bench.accuracy import means, truth
from bench.accuracy.scores import Figures
from instruction.capacity.cells import split_by_element
from instruction.capacity.counts import count_evidence
from instruction.capacity.data import (
    CapacityEstimate,
    Components,
    Ratings,
    Roster,
    Spread,
    Targets,
    VarianceComponents,
)
from instruction.capacity.element import build_frame, solve_element
from instruction.capacity.estimator import estimate
from instruction.capacity.rules import DEFAULT_RULES, EvidenceRules, classify
from instruction.capacity.simulate import SimulatedDistrict

# Order, error and need are judged on all schools, also those whose figure would not be shown.
ALL_SHOWN = EvidenceRules(min_teachers=0, min_share=0.0)
NOTHING = 1e-6  # a variance that is known to be none


@dataclass(frozen=True, slots=True)
class Question:
    """A district as an estimator sees it."""

    roster: Roster
    targets: Targets
    target: float

    @classmethod
    def of(cls, district: SimulatedDistrict) -> "Question":
        """All schools and elements, against the level that a district like this has on average."""
        design, target = district.design, round(truth.usual_level(district.design), 2)
        shape = (len(district.schools), len(design.elements))
        roster = Roster(design.teacher, design.school_of_teacher)
        return cls(roster, Targets(design.elements, district.schools, np.full(shape, target)), target)


def plain_means(district: SimulatedDistrict, ratings: Ratings) -> Figures:
    """Means of the ratings."""
    return means.plain_means(ratings, Question.of(district).targets)


def centered_means(district: SimulatedDistrict, ratings: Ratings) -> Figures:
    """Means of the ratings less their rater's mean."""
    return means.centered_means(ratings, Question.of(district).targets)


def tiers(district: SimulatedDistrict, ratings: Ratings) -> Figures:
    """Schools in the order of their test scores, the same on every element."""
    scores = truth.school_scores(district)
    return Figures(np.repeat(scores[:, None], district.capacity.shape[1], axis=1))


def ours(district: SimulatedDistrict, ratings: Ratings) -> Figures:
    """The product's estimate."""
    question = Question.of(district)
    return figures_of(estimate(ratings, question.roster, question.targets, ALL_SHOWN))


def oracle(district: SimulatedDistrict, ratings: Ratings) -> Figures:
    """The same model that knows the variance components."""
    return _known(Question.of(district), ratings, truth.components(district.design))


def bound(district: SimulatedDistrict, ratings: Ratings) -> Figures:
    """The oracle that knows every severity, too: of raters, of schools' own raters together, and of them all."""
    known, none = truth.components(district.design), Spread(NOTHING, NOTHING)
    known = replace(known, rater=none, culture=none)
    level = truth.without_severity(district, ratings)
    return _known(Question.of(district), replace(ratings, level=level), known)


def _known(question: Question, ratings: Ratings, known: Components) -> Figures:
    table, by_element = split_by_element(ratings, question.targets.elements)
    frame = build_frame(table, question.roster, question.targets)
    c = known
    parts = VarianceComponents(
        c.school.total, c.teacher.total, c.rater.total, c.teacher_rater.total, c.culture.total, c.noise.total,
        np.nan, np.nan,
    )  # fmt: skip
    results = []
    for index, element in enumerate(by_element):
        count_evidence(table, element, frame.cells)
        results.append(solve_element(frame, element, parts, frame.target[:, index], frame.asked))
    rows = {
        name: np.stack([result.columns[name][frame.row] for result in results], axis=1)
        for name in ("estimate", "se_contrast", "p_below", "reliability")
    }
    return Figures(rows["estimate"], rows["se_contrast"], rows["p_below"], rows["reliability"])


def figures_of(result: CapacityEstimate) -> Figures:
    """Figures of an estimate; the classes are those by the rules that the product goes by."""
    evidence = classify(
        result.n_teachers, result.roster_size[:, None], result.se, result.linked[:, None], DEFAULT_RULES
    )
    return Figures(
        result.estimate, result.se_contrast, result.p_below, result.reliability, result.ranks, evidence
    )


METHODS = {
    "tiers": tiers,
    "centered": centered_means,
    "naive": plain_means,
    "ours": ours,
    "oracle": oracle,
    "bound": bound,
}
