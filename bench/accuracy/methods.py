"""The ways that are compared, each from one district's ratings to its figures."""

from dataclasses import dataclass, replace

import numpy as np

from bench.accuracy import means, truth
from bench.accuracy.scores import Figures
from instruction.capacity.data import (
    CapacityEstimate,
    Kindness,
    Ratings,
    Roster,
    Targets,
)
from instruction.capacity.estimator import Known, estimate
from instruction.capacity.rules import DEFAULT_RULES, EvidenceRules, classify
from instruction.capacity.simulate import SimulatedDistrict

# Order, error and need are judged on all schools, also those whose figure would not be shown.
ALL_SHOWN = EvidenceRules(min_teachers=0, min_share=0.0)


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


def single(district: SimulatedDistrict, ratings: Ratings) -> Figures:
    """The same model of each element by itself."""
    question, parts = Question.of(district), []
    for place, element in enumerate(question.targets.elements):
        alone = replace(
            question.targets,
            elements=question.targets.elements[place : place + 1],
            target=question.targets.target[:, place : place + 1],
        )
        parts.append(estimate(_of_element(ratings, element), question.roster, alone, ALL_SHOWN))
    capacity, contrast, p_below, reliability = (
        np.concatenate([getattr(part, name) for part in parts], axis=1)
        for name in ("estimate", "se_contrast", "p_below", "reliability")
    )
    return Figures(capacity, contrast, p_below=p_below, reliability=reliability)


def ours(district: SimulatedDistrict, ratings: Ratings) -> Figures:
    """The product's estimate."""
    question = Question.of(district)
    return figures_of(estimate(ratings, question.roster, question.targets, ALL_SHOWN))


def oracle(district: SimulatedDistrict, ratings: Ratings) -> Figures:
    """The same model that knows the variance components."""
    return _known(district, ratings, Known(truth.components(district.design)))


def bound(district: SimulatedDistrict, ratings: Ratings) -> Figures:
    """The oracle that knows every severity, too: of raters, of schools' own raters together, and of them all."""
    known = replace(truth.components(district.design), kindness=Kindness())
    return _known(district, ratings, Known(known, truth.severity(district, ratings)))


def _known(district: SimulatedDistrict, ratings: Ratings, known: Known) -> Figures:
    question = Question.of(district)
    return figures_of(estimate(ratings, question.roster, question.targets, ALL_SHOWN, known=known))


def _of_element(ratings: Ratings, element: int) -> Ratings:
    kept = ratings.element == element
    return Ratings(*(getattr(ratings, name)[kept] for name in Ratings.__slots__))


def figures_of(result: CapacityEstimate) -> Figures:
    """Figures of an estimate; the classes are those by the rules that the product goes by."""
    evidence = classify(
        result.n_teachers, result.roster_size[:, None], result.se, result.linked[:, None], DEFAULT_RULES
    )
    return Figures(
        result.estimate,
        result.se_contrast,
        result.se,
        result.p_below,
        result.reliability,
        result.ranks,
        evidence,
    )


METHODS = {
    "tiers": tiers,
    "centered": centered_means,
    "naive": plain_means,
    "single": single,
    "ours": ours,
    "oracle": oracle,
    "bound": bound,
}
