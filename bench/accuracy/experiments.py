"""What was tried beyond the estimate, on paired districts: `python -m bench.accuracy.experiments [NAME...]`.

Each experiment changes the ratings that the product's estimate is given and compares on the same districts.
Development seeds, so that nothing is tuned on the districts of the benchmark. BENCH_SEEDS sets their number.
"""

import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import ndtri
from scipy.stats import norm

from bench.accuracy.cases import CASES, Case
from bench.accuracy.methods import Question, ours
from bench.accuracy.plans import VISITS_PER_SCHOOL, planned
from bench.accuracy.scores import Figures, Scores, score
from bench.accuracy.summary import Results, Summary
from instruction.capacity.data import NO_ID, FloatArray, Ratings
from instruction.capacity.simulate import ExtraVisits, SimulatedDistrict, Stress, observe, simulate

FIRST_SEED, SEEDS = 1_000_000, 40
SORTING = 0.5
_PLACED = 4  # the stream of visits placed here
_SHOWN = ("spearman", "need", "rmse", "cover", "calls_right")

Way = Callable[[SimulatedDistrict, Ratings], Figures]


@dataclass(frozen=True, slots=True)
class Experiment:
    """Ways compared with the estimate as it is, on some cases."""

    cases: tuple[Case, ...]
    ways: dict[str, Way]


def halves(district: SimulatedDistrict, ratings: Ratings) -> Figures:
    """Each rater is another one in each half of the year."""
    half = (ratings.age < district.design.years / 2).astype(np.int64)
    return ours(district, replace(ratings, rater=2 * ratings.rater + half))


def normal_scores(district: SimulatedDistrict, ratings: Ratings) -> Figures:
    """Each level is replaced by the mean of a normal between its cuts, at the ratings' mean and spread.

    The capacities are not points of the scale any more, so only their order means something.
    """
    places, counts = np.unique(ratings.level, return_counts=True)
    upper = np.cumsum(counts) / counts.sum()
    cuts = np.concatenate([[-np.inf], ndtri(upper[:-1]), [np.inf]])
    mean = (norm.pdf(cuts[:-1]) - norm.pdf(cuts[1:])) / (counts / counts.sum())
    spaced = ratings.level.mean() + ratings.level.std() * mean / np.sqrt(
        (counts * mean**2).sum() / counts.sum()
    )
    scaled = np.clip(spaced, 1.0, 4.0)[np.searchsorted(places, ratings.level)]
    return ours(district, replace(ratings, level=scaled))


def adjusted(district: SimulatedDistrict, ratings: Ratings, sorting: float = 0.0) -> Figures:
    """Ratings less what the class's earlier scores explain within schools and raters.

    With `sorting`, the classes of good teachers score higher; the adjustment cannot tell that from bias.
    """
    strength = district.teacher_level.mean(axis=1)
    x_of = district.class_score + sorting * (strength - strength.mean()) / strength.std()
    lesson = ratings.video < 0
    x = np.zeros(len(ratings.level))
    x[lesson] = x_of[np.searchsorted(district.design.teacher, ratings.teacher[lesson])]
    _, group = np.unique(
        np.stack([ratings.school, ratings.rater, ratings.element]), axis=1, return_inverse=True
    )
    left, right = (_within(group, values, lesson) for values in (x, ratings.level))
    slope = (left @ right) / (left @ left)
    return ours(district, replace(ratings, level=np.clip(ratings.level - slope * x, 1.0, 4.0)))


def adjusted_though_sorted(district: SimulatedDistrict, ratings: Ratings) -> Figures:
    """The adjustment where good teachers have been given high-scoring classes."""
    return adjusted(district, ratings, SORTING)


def even_visits(n_visitors: int = 0, together: bool = True, swap: bool = False) -> Way:
    """Three more visits to every school, the schools' own raters coming along in turn if `together`.

    By all raters, by the first `n_visitors` alone, or (`swap`) by those of one other school, mutually.
    """

    def way(district: SimulatedDistrict, ratings: Ratings) -> Figures:
        design, rng = district.design, np.random.default_rng([district.seed, _PLACED])
        school = np.repeat(district.schools, VISITS_PER_SCHOOL)
        who = design.rater[:n_visitors] if n_visitors else design.rater
        home = dict(zip(design.rater.tolist(), design.home_school_of_rater.tolist(), strict=True))
        rater, companion = np.full(len(school), NO_ID), np.full(len(school), NO_ID)
        for number, here in enumerate(school.tolist()):
            place = int(np.searchsorted(district.schools, here))
            partner = district.schools[min(place ^ 1, len(district.schools) - 1)]
            away = [one for one in who.tolist() if (home[one] == partner if swap else home[one] != here)]
            rater[number] = away[number % len(away)] if swap else rng.choice(away)
            own = [one for one in design.rater.tolist() if home[one] == here]
            companion[number] = own[number % len(own)] if together else NO_ID
        teacher = np.full(len(school), NO_ID)
        return ours(district, observe(district, ExtraVisits(rater, school, teacher, companion)))

    return way


def planned_visits(district: SimulatedDistrict, ratings: Ratings) -> Figures:
    """As many visits, where the evidence plan wants them."""
    return ours(district, planned(district)["plan"])


def _within(group: np.ndarray, values: FloatArray, kept: np.ndarray) -> FloatArray:
    total = np.bincount(group[kept], values[kept], minlength=group.max() + 1)
    count = np.bincount(group[kept], minlength=group.max() + 1)
    return np.asarray(values[kept] - (total / np.maximum(count, 1))[group[kept]])


def _case(name: str, **stress: float) -> Case:
    case = {case.name: case for case in CASES}[name]
    if not stress:
        return case
    words = ", ".join(f"{key} {value:g}" for key, value in stress.items())
    return replace(case, name=f"{name}, {words}", changes={**case.changes, "stress": Stress(**stress)})


EXPERIMENTS = {
    "half-years": Experiment(
        tuple(
            _case(name, **stress)
            for name in ("5 % visits", "10 % visits, 8 videos")
            for stress in ({}, {"drift": 0.2}, {"drift": 0.4})
        ),
        {"severity by half-year": halves},
    ),
    "normal-scores": Experiment(
        (_case("5 % visits"), _case("10 % visits, 8 videos"), _case("86 % threes")),
        {"normal scores": normal_scores},
    ),
    "visits": Experiment(
        (_case("5 % visits"), _case("10 % visits, 8 videos")),
        {
            "3 visits a school, alone": even_visits(together=False),
            "3 visits a school, own rater along": even_visits(),
            "the same by 8 visitors": even_visits(n_visitors=8),
            "the same by a partner school": even_visits(swap=True),
            "as many by the plan": planned_visits,
        },
    ),
    "classes": Experiment(
        (_case("5 % visits"), _case("5 % visits", class_bias=0.1), _case("5 % visits", class_bias=0.2)),
        {"adjusted": adjusted, "adjusted though sorted": adjusted_though_sorted},
    ),
}


def main(names: list[str]) -> None:
    """Run the named experiments, or all, and print a table of paired differences for each."""
    number = int(os.environ.get("BENCH_SEEDS", str(SEEDS)))
    for name in names or EXPERIMENTS:
        print(f"\n### {name} ({number} districts)\n\n| district | way | " + " | ".join(_SHOWN) + " |")
        print("| --- " * (len(_SHOWN) + 2) + "|")
        for line in _rows(EXPERIMENTS[name], range(FIRST_SEED, FIRST_SEED + number)):
            print(line, flush=True)


def _rows(experiment: Experiment, seeds: range) -> Iterator[str]:
    for case in experiment.cases:
        results: Results = {(case.name, seed): _scored(experiment, case, seed) for seed in seeds}
        summary = Summary(results)
        plain = [f"{summary.mean(case.name, 'as it is', figure).mean:.3f}" for figure in _SHOWN]
        yield f"| {case.name} | as it is | " + " | ".join(plain) + " |"
        for way in experiment.ways:
            cells = []
            for figure in _SHOWN[:-1]:
                difference = summary.difference(case.name, way, "as it is", figure)
                cells.append(f"{difference.mean:+.4f} ± {difference.half:.4f}")
            cells.append(f"{summary.mean(case.name, way, _SHOWN[-1]).mean:.3f}")
            yield f"| {case.name} | {way} | " + " | ".join(cells) + " |"


def _scored(experiment: Experiment, case: Case, seed: int) -> dict[str, Scores]:
    district = simulate(case.design(seed), seed)
    target = Question.of(district).target
    ways = {"as it is": ours, **experiment.ways}
    return {
        name: score(way(district, district.ratings), district.capacity, target) for name, way in ways.items()
    }


if __name__ == "__main__":
    main(sys.argv[1:])
