"""One simulated district, estimated in every way and held against its truth."""

from bench.accuracy.cases import Case
from bench.accuracy.methods import METHODS, Question, ours
from bench.accuracy.plans import planned
from bench.accuracy.runs import District
from bench.accuracy.scores import score
from instruction.capacity.simulate import simulate


def score_district(case: Case, seed: int) -> District:
    """Scores by method; with a plan also those of our estimate after its visits, and after random ones."""
    district = simulate(case.design(seed), seed)
    target = Question.of(district).target
    figures = {name: method(district, district.ratings) for name, method in METHODS.items()}
    if case.planned:
        added = planned(district)
        figures |= {name: ours(district, ratings) for name, ratings in added.items()}
        figures |= {f"plan {name}": METHODS[name](district, added["plan"]) for name in ("naive", "bound")}
    return {
        name: score(made, district.capacity, target, on_scale=name != "tiers")
        for name, made in figures.items()
    }
