"""The accuracy benchmark: its figures on examples worked by hand, and a run of tiny districts."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bench import __main__ as command
from bench.accuracy import truth
from bench.accuracy.cases import CASES, Case, Kind, chosen
from bench.accuracy.goals import goals
from bench.accuracy.means import centered_means, plain_means
from bench.accuracy.plans import LESSONS_PER_OBSERVER, random_visits
from bench.accuracy.report import report
from bench.accuracy.runs import run
from bench.accuracy.scores import Figures, need_captured, precision, score, spearman
from bench.accuracy.summary import Summary
from instruction.capacity.data import Ranks
from instruction.capacity.simulate import ExtraVisits, simulate
from tests.instruction.capacity.districts import ratings_of, targets_of

SEEDS = (1_000_000, 1_000_001)
TINY = (
    Case("tiny", Kind.DESIGN, {"share_external": 0.2}, n_schools=10, planned=True),
    Case("tiny and stressed", Kind.STRESS, {"share_external": 0.2, "videos_per_rater": 2}, n_schools=10),
)


def test_need_captured_is_one_for_the_best_choice_and_its_share_for_another() -> None:
    truth = np.array([2.0, 2.4, 2.5, 2.6, 3.0])  # mean 2.5; the neediest fifth is the first
    assert need_captured(truth, truth) == pytest.approx(1.0)
    assert need_captured(np.array([3.0, 1.0, 2.0, 2.0, 2.0]), truth) == pytest.approx(0.1 / 0.5)
    assert need_captured(-truth, truth) == pytest.approx(-1.0)


def test_order_and_precision_are_those_of_ranks() -> None:
    truth = np.arange(10.0)
    assert spearman(np.exp(truth), truth) == pytest.approx(1.0)
    assert precision(np.exp(truth), truth) == 1.0
    assert precision(np.where(truth == 1, 9.5, truth), truth) == 0.5


def test_scores_count_coverage_calls_and_ranks() -> None:
    level = np.array([[1.0], [2.0], [3.0], [4.0], [5.0]])
    figures = Figures(
        capacity=level + np.array([[0.3], [-0.3], [0.0], [0.0], [0.0]]),
        contrast=np.full((5, 1), 0.1),
        p_below=np.array([[0.99], [0.95], [0.5], [0.02], [0.95]]),
        ranks=Ranks(low=np.full((5, 1), 1.0), high=np.full((5, 1), 3.0), neediest=np.zeros((5, 1))),
    )
    made = score(figures, level, target=2.5)
    assert made["cover"] == pytest.approx(0.6)
    assert made["called"] == (4.0, 5.0)
    assert made["calls_right"] == (3.0, 4.0)
    assert made["rank_cover"] == pytest.approx(0.6)
    assert made["rank_width"] == pytest.approx(0.6)
    assert made["neediest_0_true"] == (1.0, 5.0)


def test_centered_means_take_out_what_a_rater_gives_to_all() -> None:
    rows = [
        (number, rater, 10 * school + teacher, school, -1, 7, float(level), 0.0, False)
        for number, (rater, school, teacher, level) in enumerate(
            [(1, 1, 1, 2), (1, 1, 2, 2), (1, 2, 1, 3), (2, 2, 2, 4), (2, 2, 3, 4), (2, 1, 3, 3)]
        )
    ]
    ratings, targets = ratings_of(rows), targets_of([1, 2], [7])
    assert plain_means(ratings, targets).capacity.ravel() == pytest.approx([7 / 3, 11 / 3])
    centered = centered_means(ratings, targets).capacity.ravel()
    assert centered == pytest.approx([3.0 + (-1 / 3 - 1 / 3 - 2 / 3) / 3, 3.0 + (2 / 3 + 1 / 3 + 1 / 3) / 3])


def test_true_components_are_those_of_the_ratings() -> None:
    design = replace(
        TINY[0].design(1_000_000), share_external=1.0, observations_max=400, observations_mean=400
    )
    district = simulate(design, 1_000_000)
    made = truth.components(design)
    parts = (made.school, made.teacher, made.rater, made.teacher_rater, made.noise)
    total = sum(part.total for part in parts) + made.culture.total
    assert np.var(district.ratings.level) == pytest.approx(total, rel=0.1)
    known = district.ratings.level + truth.severity(district, district.ratings)
    assert np.var(known) < np.var(district.ratings.level) - 0.6 * made.rater.total
    assert district.capacity.mean() == pytest.approx(truth.usual_level(design), abs=0.12)


def test_intervals_are_paired_by_district() -> None:
    results = {
        ("a", seed): {
            "ours": {"need": 0.5 + seed, "called": (1.0 + seed, 4.0)},
            "naive": {"need": 0.4 + seed},
        }
        for seed in range(5)
    }
    summary = Summary(results)
    difference = summary.difference("a", "ours", "naive", "need")
    assert (difference.mean, difference.half) == pytest.approx((0.1, 0.0))
    assert summary.mean("a", "ours", "need").half == pytest.approx(
        2.776 * np.std(range(5), ddof=1) / 5**0.5, rel=1e-3
    )
    assert summary.mean("a", "ours", "called").mean == pytest.approx(15 / 20)


def test_cases_can_be_chosen_by_words_and_have_names_of_their_own() -> None:
    assert len({case.name for case in CASES}) == len(CASES)
    assert [case.name for case in chosen("own raters only; 16 vid")] == ["own raters only", "16 videos"]
    assert chosen("") == CASES


def test_tiny_districts_are_scored_told_and_held_against_the_goals() -> None:
    summary = Summary(run(TINY, SEEDS, workers=0))
    measures = list(goals(summary, TINY))
    text = report(summary, measures, ["tiny"])
    assert "| tiny and stressed |" in text
    assert "nan" not in text.split("## Paired")[0]
    for method in ("naive", "single", "ours", "oracle", "bound", "plan", "random", "alone"):
        assert -1.0 <= summary.mean("tiny", method, "need").mean <= 1.0
    assert summary.mean("tiny", "bound", "spearman").mean > summary.mean("tiny", "tiers", "spearman").mean
    assert {measure.holds for measure in measures} <= {True, False}


@pytest.mark.slow
def test_run_that_broke_off_goes_on_and_gives_the_same(tmp_path: Path) -> None:
    kept = tmp_path / "kept.jsonl"
    first = run(TINY[:1], SEEDS[:1], workers=1, kept=kept)
    line = kept.read_text(encoding="utf-8")
    kept.write_text(line + line[:40], encoding="utf-8")
    both = run(TINY[:1], SEEDS, workers=1, kept=kept)
    assert [line[:15] for line in kept.read_text(encoding="utf-8").splitlines()].count(line[:15]) == 3
    assert json.dumps(both[TINY[0].name, SEEDS[0]]) == json.dumps(first[TINY[0].name, SEEDS[0]])


def test_command_runs_without_a_database(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    table = tmp_path / "table.md"
    monkeypatch.setattr("bench.capacity_accuracy.chosen", lambda names: TINY[:1])
    monkeypatch.setenv("BENCH_SEEDS", "1000000:1")
    monkeypatch.setenv("BENCH_WORKERS", "0")
    monkeypatch.setenv("BENCH_TABLE", str(table))
    monkeypatch.setattr(command.district, "create", lambda: pytest.fail("a database was made"))
    assert command.main(["capacity-accuracy"]) in (0, 1)
    assert "## Goals" in table.read_text(encoding="utf-8")


def test_random_visits_are_as_many_as_planned_and_spread_evenly() -> None:
    district = simulate(TINY[0].design(1_000_000), 1_000_000)
    n, own = 20, int(district.design.rater[0])
    like = ExtraVisits(*(np.full(n, value) for value in (own, 1, -1, own)))
    like = replace(like, beside=np.where(np.arange(n) < 5, own, -1))
    visits = random_visits(district, like)
    assert np.bincount(visits.school)[1:].tolist() == [2] * 10
    assert (visits.beside >= 0).sum() == 5
    home = dict(zip(district.design.rater, district.design.home_school_of_rater, strict=True))
    assert all(home[rater] != school for rater, school in zip(visits.rater, visits.school, strict=True))
    together = visits.beside >= 0
    assert [home[one] for one in visits.beside[together]] == visits.school[together].tolist()
    assert np.unique(visits.rater, return_counts=True)[1].max() <= LESSONS_PER_OBSERVER
    assert len(np.unique(visits.teacher)) == n
