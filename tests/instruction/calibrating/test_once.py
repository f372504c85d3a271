"""A lesson is rated once, released once, and counted once, whoever writes what at the same time."""

from datetime import timedelta

import pytest

from alignment_dash import schoolyear
from alignment_dash.access.reach import all_rows
from alignment_dash.access.roles import Role
from instruction.calibrating import actions
from instruction.calibrating.actions import Details, Given
from instruction.calibrating.refusals import Refused
from instruction.completion.reading import standings
from instruction.models import CalibrationInvitation, CalibrationRating, CalibrationVideo, Observation
from tests import factories
from tests.instruction.observing.conftest import Writer
from tests.waiting import two_at_once

YESTERDAY = factories.late_day() - timedelta(days=1)


def opened(district, **about):
    """An exercise that the first two principals have handed in."""
    lead, people = district.users[Role.CALIBRATION_LEAD], district.principals[:2]
    about = about or {"video": CalibrationVideo.objects.create(title="Fractions", url="https://v.example/1")}
    due = schoolyear.today() + timedelta(days=3)
    exercise = actions.make_exercise(
        details=Details(title="Fractions", version=district.version, due_on=due, **about), by=lead
    )
    actions.invite(exercise=exercise, people=[one.pk for one in people], by=lead)
    actions.open_exercise(exercise=exercise, by=lead)
    for person in people:
        given = [Given(one.pk, 2, "seen") for one in district.version.elements.all()]
        actions.save_ratings(exercise=exercise, person=person, given=given, by=lead)
        actions.submit_ratings(exercise=exercise, person=person, by=lead)
    return exercise


def lesson(district):
    """What the two principals saw together: the lesson that `Writer` is about to write up."""
    school = district.schools[0]
    return {"school": school, "observed": district.teachers[school.pk][1], "seen_on": YESTERDAY}


def observers_of(observed):
    with all_rows(why="a test looks"):
        return sorted(Observation.objects.filter(observed=observed).values_list("observer_id", "kind"))


@pytest.mark.django_db(transaction=True)
def test_of_two_releases_at_once_one_is_refused_and_nothing_is_doubled(district):
    exercise, lead = opened(district), district.users[Role.CALIBRATION_LEAD]

    def release():
        try:
            return actions.release_exercise(exercise=exercise, by=lead)
        except Refused as refused:
            return str(refused)

    assert two_at_once(release) == (2, "The exercise has been released; its levels are final.")
    with all_rows(why="a test looks"):
        assert Observation.objects.filter(video=exercise.video).count() == 2


@pytest.mark.django_db
@pytest.mark.usefixtures("february")
def test_what_an_observer_writes_of_a_lesson_is_held_back_while_it_is_rated_blind_and_counts_once(
    district, sign_in
):
    """The first principal wrote it up too: after the release theirs stands, and the release's gives way."""
    lead, about = district.users[Role.CALIBRATION_LEAD], lesson(district)
    before = observers_of(about["observed"])
    exercise, writer = opened(district, **about), Writer(sign_in(Role.PRINCIPAL), district)
    uid = writer.begin(observed_on=str(YESTERDAY))
    refused = writer.post(uid, "share")
    assert refused.status_code == 400
    assert "blind" in str(refused.json())
    actions.release_exercise(exercise=exercise, by=lead)
    both = [(one.pk, "informal") for one in district.principals[:2]]
    assert observers_of(about["observed"]) == sorted([*before, *both])
    # Two observers, one lesson.
    with all_rows(why="a test counts"):
        found = standings(
            year=schoolyear.current_year(), day=schoolyear.today(), schools=[about["school"].pk],
            framework=district.version.framework_id,
        )  # fmt: skip
    (seen,) = (one.person for one in found if one.person.person_id == about["observed"].pk)
    assert seen.lessons["informal", "formative"] == 1
    assert writer.post(uid, "share").status_code == 200
    assert observers_of(about["observed"]) == sorted([*before, *both])
    made = CalibrationInvitation.objects.filter(exercise=exercise, observation=None)
    assert [one.person_id for one in made] == [district.principals[0].pk]
    with all_rows(why="a test looks"):
        assert CalibrationRating.objects.filter(exercise=exercise).count() == 6


@pytest.mark.django_db
@pytest.mark.usefixtures("february")
def test_release_makes_no_second_observation_of_who_has_shared_one(district, sign_in):
    about = lesson(district)
    before = observers_of(about["observed"])
    Writer(sign_in(Role.PRINCIPAL), district).shared(kind="formal", observed_on=str(YESTERDAY))
    exercise = opened(district, **about)
    assert actions.release_exercise(exercise=exercise, by=district.users[Role.CALIBRATION_LEAD]) == 2
    first, second = (one.pk for one in district.principals[:2])
    assert observers_of(about["observed"]) == sorted([*before, (first, "formal"), (second, "informal")])
