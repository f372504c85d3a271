"""One simulated district, estimated in every way and held against its truth."""

from bench.accuracy.cases import Case
from bench.accuracy.methods import METHODS, Question
from bench.accuracy.runs import District
from bench.accuracy.scores import score
from instruction.capacity.simulate import simulate


def score_district(case: Case, seed: int) -> District:
    """Scores by method."""
    district = simulate(case.design(seed), seed)
    target = Question.of(district).target
    return {
        name: score(method(district, district.ratings), district.capacity, target, on_scale=name != "tiers")
        for name, method in METHODS.items()
    }
