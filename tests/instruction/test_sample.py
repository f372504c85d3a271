"""The sample district's evidence: what is simulated can be found again by the estimator."""

import itertools
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from instruction.capacity import Ratings, Roster, Targets, estimate
from instruction.frameworks.definition import FOLDER, read
from instruction.leadership.rules import may_tell_growth
from instruction.models import Competency, FrameworkKind, Proximity
from instruction.sample import levels, principals, visits
from instruction.sample.picture import PICTURE
from schools.models import Level
from schools.sample.plan_staff import OPEN
from schools.sample.profiles import Profile
from schools.sample.sample import Sample, plan

PROFILE = Profile("test", "Test District", 24, 900, 0, 0, 5.0, True)
TODAY = date(2026, 11, 22)
SHORT = """
kind: teaching
name: n
label: "1"
level_names: [a, b, c, d]
dimensions:
  - {name: d, elements: [{code: c, name: n, description: d, proximity: 1, levels: [one]}]}
"""


def sample() -> Sample:
    return plan(PROFILE, seed=5, today=TODAY)


def simulated(shift: list[float]) -> tuple[Sample, visits.Visits, levels.Effects, Ratings]:
    """Ratings of the test district on as many elements as there are shifts, without a database."""
    made = sample()
    planned = visits.plan_visits(made, made.rng("visits"))
    rng = made.rng("levels")
    effects = levels.draw_effects(made.places.strength, np.array(shift), len(made.staff.names), rng)
    given = levels.draw_levels(planned, effects, rng)
    everything = np.ones(len(shift))
    rated = levels.draw_rated(planned, everything * 0.95, everything > 0, everything > 0, rng)
    at, element = np.nonzero(rated)
    day = planned.day[at]
    ratings = Ratings(
        observation=at,
        rater=planned.rater[at],
        teacher=planned.teacher[at],
        school=planned.school[at],
        video=planned.video[at],
        element=element,
        level=given[at, element].astype(float),
        age=(TODAY.toordinal() - day) / 365.25,
        external=planned.cross_school[at].astype(bool),
        day=(day - date(1970, 1, 1).toordinal()).astype(np.int32),
    )
    return made, planned, effects, ratings


def roster_of(made: Sample) -> tuple[np.ndarray, np.ndarray]:
    spells = made.staff.spells
    now = [at for at in spells.where("teacher").tolist() if spells.end[at] == OPEN]
    return np.array(spells.person)[now], np.array(spells.org)[now] - made.places.first_school


@pytest.mark.slow
def test_sample_truth_is_found_by_the_estimator() -> None:
    made, _, effects, ratings = simulated([-0.2, 0.1])
    teacher, school = roster_of(made)
    level = effects.truth(teacher, school)
    truth = np.stack([np.bincount(school, column) / np.bincount(school) for column in level.T], axis=1)
    found = estimate(
        ratings,
        Roster(teacher, school),
        Targets(np.arange(2), np.arange(24), np.full((24, 2), 3.0)),
    )
    shown = ~np.isnan(found.estimate).any(axis=1)
    assert shown.sum() >= 22
    for element in range(2):
        assert np.corrcoef(found.estimate[shown, element], truth[shown, element])[0, 1] > 0.6
    off = np.abs(found.estimate - truth)[shown] / found.se[shown]
    assert (off < 2.5).mean() > 0.85
    assert np.flatnonzero(~found.linked).tolist() == [made.places.unlinked]


def test_sample_visits_are_one_in_ten_across_schools_and_videos_common() -> None:
    made = sample()
    planned = visits.plan_visits(made, made.rng("visits"))
    lesson = planned.video == visits.NONE
    assert planned.cross_school[lesson].mean() == pytest.approx(0.10, abs=0.015)
    assert lesson.sum() / PROFILE.teachers == pytest.approx(PROFILE.observations, rel=0.1)
    stayed = set(planned.rater[~lesson & (planned.video == 0)]) & set(
        planned.rater[~lesson & (planned.video == 7)]
    )
    count = np.bincount(planned.rater[~lesson])
    assert all(count[rater] == visits.VIDEOS_PER_RATER for rater in stayed)
    assert (planned.day <= TODAY.toordinal()).all()
    assert not (planned.rater == planned.teacher).any()


def test_sample_lonely_principal_rates_nothing_that_others_rate() -> None:
    made = sample()
    planned = visits.plan_visits(made, made.rng("visits"))
    lonely = made.staff.principal[made.places.unlinked]
    seen_there = planned.school == made.places.unlinked
    assert set(planned.rater[seen_there].tolist()) == {lonely}
    assert set(planned.school[planned.rater == lonely].tolist()) == {made.places.unlinked}


@pytest.mark.parametrize("day", [date(2026, 7, 1), date(2026, 8, 18), date(2028, 2, 29)], ids=str)
def test_sample_visits_fit_any_day_of_the_year(day: date) -> None:
    made = plan(PROFILE, seed=1, today=day)
    planned = visits.plan_visits(made, made.rng("visits"))
    assert len(planned.rater) > PROFILE.teachers
    assert planned.day.max() <= day.toordinal()
    of_principals = principals.plan_visits(made, made.rng("leadership"))
    assert of_principals.day.max() <= day.toordinal()
    assert set(of_principals.school.tolist()) == set(range(24))


def test_sample_principals_some_have_enough_observations_to_tell_growth_and_some_of_these_rise() -> None:
    made = sample()
    planned = principals.plan_visits(made, made.rng("leadership"))
    told = {
        school
        for school in range(24)
        if may_tell_growth(int((of := planned.school == school).sum()), int(np.ptp(planned.day[of])))
    }
    assert told == set(planned.long.tolist())
    assert 3 <= len(told) <= 20
    assert set(planned.rising.tolist()) < told
    below = principals.growth(made, planned, 6, made.rng("leadership growth"))
    early = planned.day < made.calendar.first_day(made.calendar.year - 1)
    rising = np.isin(planned.school, planned.rising)
    assert below[early & rising].mean() > 1
    assert abs(below[~rising]).max() < 0.5


@pytest.mark.parametrize("name", ["teaching", "leadership"])
def test_framework_file_is_complete_and_manageable(name: str) -> None:
    definition = read(FOLDER / f"sample-{name}.yaml")
    assert definition.kind in FrameworkKind.values
    assert len(definition.elements) <= 12, "a manageable number of elements (Honig & Rainey 2015, p. 8)"
    assert 3 <= sum(element.focus for element in definition.elements) <= 5
    for element in definition.elements:
        assert element.proximity in Proximity.values
        assert set(element.competencies) <= set(Competency.values)
        assert set(element.grade_levels) <= set(Level.values)
        assert len(set(element.levels)) == 4


def test_teaching_framework_speaks_of_every_deeper_learning_competency() -> None:
    definition = read(FOLDER / "sample-teaching.yaml")
    named = set(itertools.chain.from_iterable(element.competencies for element in definition.elements))
    assert named == set(Competency.values)
    assert {element.code for element in definition.elements} == set(PICTURE)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("kind: teaching", "is not a framework"),
        ("- 1", "is not a framework"),
        (SHORT, "one descriptor for each level"),
    ],
)
def test_framework_file_with_a_fault_names_file_and_fault(tmp_path: Path, text: str, fault: str) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text(text)
    with pytest.raises(ValueError, match=fault) as raised:
        read(file)
    assert "bad.yaml" in str(raised.value)
