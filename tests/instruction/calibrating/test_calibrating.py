"""What calibration refuses, keeps blind, and tells; and that a release moves raters' severities."""

import re
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from alignment_dash import schoolyear
from alignment_dash.access.actions import give_role
from alignment_dash.access.persondata.registry import Subject
from alignment_dash.access.reach import all_rows, rows_of
from alignment_dash.access.roles import Role
from alignment_dash.access.scope import scope_of
from instruction.calibrating import actions, queries
from instruction.calibrating.actions import Details, Given, Reference
from instruction.calibrating.comparing import Rated, agreement_of, compare
from instruction.calibrating.person_data import RATED
from instruction.calibrating.queries.observers import StatusCounts, told_counts
from instruction.calibrating.refusals import Moved, Refused
from instruction.calibrating.status import Status, status_of
from instruction.models import (
    CalibrationInvitation,
    CalibrationRating,
    CalibrationStandard,
    CalibrationVideo,
    Observation,
    RaterSeverity,
)
from schools.models import Identity
from tests import factories
from tests.instruction.calibrating.routes import person_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead(district):
    return district.users[Role.CALIBRATION_LEAD]


@pytest.fixture
def opened(district, lead):
    """Return a function that opens an exercise for people, on a video or on a lesson they saw together."""

    def made(people, **about):
        if not about:
            about = {"video": CalibrationVideo.objects.create(title="Fractions", url="https://v.example/1")}
        due = schoolyear.today() + timedelta(days=3)
        exercise = actions.make_exercise(
            details=Details(title="Fractions", version=district.version, due_on=due, **about), by=lead
        )
        actions.invite(exercise=exercise, people=[one.pk for one in people], by=lead)
        actions.open_exercise(exercise=exercise, by=lead)
        exercise.refresh_from_db()
        return exercise

    return made


def hand_in(district, exercise, person, levels, *, by):
    ids = [one.pk for one in district.version.elements.order_by("place")]
    given = [Given(pk, level, "seen") for pk, level in zip(ids, levels, strict=True)]
    actions.save_ratings(exercise=exercise, person=person, given=given, by=by)
    actions.submit_ratings(exercise=exercise, person=person, by=by)


def test_nobody_reads_anothers_levels_before_the_release_whatever_is_asked(district, opened, lead, client):
    first, second = district.principals[0], district.principals[1]
    exercise = opened([first, second, person_of(district, Role.CALIBRATION_LEAD)])
    hand_in(district, exercise, second, (1, 4, 1), by=lead)
    with rows_of(person=first.pk):
        assert not CalibrationRating.objects.exists()
    for role in (Role.PRINCIPAL, Role.CALIBRATION_LEAD):
        scope = scope_of(district.users[role])
        assert queries.results(scope, exercise) is None
        client.force_login(district.users[role])
        answer = client.get(reverse("api-calibration-detail", args=[exercise.uid])).json()
        assert {one["counts"] is None and one["own_level"] is None for one in answer["elements"]} == {True}
        assert (answer["n_submitted"], answer["n_invited"]) == (
            1,
            3 if role == Role.CALIBRATION_LEAD else None,
        )
    # A lead who is to rate blind gets the reference levels from no page either.
    with pytest.raises(Refused, match="blind"):
        actions.set_references(exercise=exercise, references={}, revision=exercise.revision, by=lead)
    page = client.get(reverse("instruction:calibration-prepare", args=[exercise.uid])).content.decode()
    assert "its reference levels are not shown to you" in page
    # Nor does a copy of what is held about someone tell whoever makes it.
    with all_rows(why="a copy is made"):
        copy = list(RATED.rows(Subject(second.uid, "", second.pk, None, second)))
    assert {(one["level"], one["written"]) for one in copy} == {
        ("held back until the exercise is released",) * 2
    }


def test_another_lead_who_can_read_the_reference_levels_is_not_invited(district, opened, lead):
    first, second = district.principals[0], district.principals[1]
    exercise = opened([first, second])
    give_role(
        user=district.users[Role.SUPERVISOR],
        role=Role.CALIBRATION_LEAD,
        org_id=None,
        by=district.users[Role.CABINET],
    )
    element = district.version.elements.first().pk
    actions.set_references(
        exercise=exercise, references={element: Reference(2)}, revision=exercise.revision, by=lead
    )
    with pytest.raises(Refused, match="cannot rate blind"):
        actions.invite(exercise=exercise, people=[person_of(district, Role.SUPERVISOR).pk], by=lead)


def test_day_of_handing_in_is_that_of_the_districts_clocks():
    at = datetime(2026, 11, 24, 3, 30, tzinfo=UTC)
    with timezone.override("America/Chicago"):
        assert CalibrationInvitation(submitted_at=at).handed_in_on == date(2026, 11, 23)


def test_what_does_not_fit_is_refused_and_changes_nothing(district, opened, lead):
    first, second, third = district.principals
    elements = [one.pk for one in district.version.elements.order_by("place")]
    other = factories.framework(elements=1).elements.get().pk
    exercise = opened([first, second])
    save = {"exercise": exercise, "person": first, "by": lead}
    for given, error in (
        (Given(elements[0], 5), ValidationError),
        (Given(elements[0], 0), ValidationError),
        (Given(other, 2), ValidationError),
    ):
        with pytest.raises(error), transaction.atomic():
            actions.save_ratings(given=[given], **save)
    with pytest.raises(Refused, match="not invited"):
        actions.save_ratings(exercise=exercise, person=third, given=[], by=lead)
    actions.save_ratings(given=[Given(elements[0], None, "a note", is_decided=False)], revision=0, **save)
    with pytest.raises(Moved):
        actions.save_ratings(given=[Given(elements[0], 2)], revision=0, **save)
    with pytest.raises(ValidationError, match="Element 1, Element 2, Element 3"):
        actions.submit_ratings(**save)
    actions.save_ratings(given=[Given(pk, None) for pk in elements], **save)
    with pytest.raises(ValidationError, match="at least one level"):
        actions.submit_ratings(**save)
    hand_in(district, exercise, first, (2, 2, 2), by=lead)
    with pytest.raises(Refused, match="final"):
        actions.submit_ratings(**save)
    with pytest.raises(Refused, match="At least two"):
        actions.release_exercise(exercise=exercise, by=lead)
    hand_in(district, exercise, second, (2, 3, 3), by=lead)
    actions.invite(exercise=exercise, people=[third.pk], by=lead)
    assert actions.release_exercise(exercise=exercise, by=lead) == 2
    for late in (
        lambda: actions.release_exercise(exercise=exercise, by=lead),
        lambda: actions.invite(exercise=exercise, people=[district.supervisor.pk], by=lead),
        lambda: actions.save_ratings(exercise=exercise, person=third, given=[], by=lead),
        lambda: actions.set_references(exercise=exercise, references={}, revision=exercise.revision, by=lead),
    ):
        with pytest.raises(Refused, match="released"):
            late()
    with all_rows(why="a test counts"):
        assert Observation.objects.filter(video=exercise.video).count() == 2


def test_lesson_seen_together_becomes_observations_of_the_person_and_two_are_told_how_often_they_agree(
    district, opened, lead, client
):
    school = district.schools[0]
    teacher = district.teachers[school.pk][2]
    first, second = district.principals[0], district.principals[1]
    about = {"school": school, "observed": teacher, "seen_on": schoolyear.today() - timedelta(days=1)}
    exercise = opened([first, second], **about)
    with pytest.raises(Refused, match="own lesson"):
        actions.invite(exercise=exercise, people=[teacher.pk], by=lead)
    with pytest.raises(ValidationError, match="do not work at this school"):
        opened([first, second], **about | {"school": district.schools[1]})
    hand_in(district, exercise, first, (2, 3, 3), by=lead)
    hand_in(district, exercise, second, (2, 2, None), by=lead)
    actions.release_exercise(exercise=exercise, by=lead)
    with all_rows(why="a test looks at what was written"):
        made = {one.observer_id: one for one in Observation.objects.filter(observed=teacher, kind="informal")}
        assert [made[one.pk].is_cross_school for one in (first, second)] == [False, True]
        assert {(one.purpose, one.role, one.school_id) for one in made.values()} == {
            ("formative", "teacher", school.pk)
        }
    client.force_login(district.users[Role.PRINCIPAL])
    page = client.get(reverse("instruction:calibration-results", args=[exercise.uid])).content.decode()
    assert "You and the other observer agreed on 1 of 2 elements." in page
    assert "0 of 2" not in page
    found = queries.results(scope_of(district.users[Role.PRINCIPAL]), _fresh(exercise))
    assert {line.counts for line in found.elements} == {None}
    assert (found.against, found.alike) == (None, None)
    assert "Pat Principal1" in str(
        [
            name
            for line in queries.results(scope_of(lead), _fresh(exercise)).elements
            for name, _ in line.named
        ]
    )


def _fresh(exercise):
    exercise.refresh_from_db()
    return exercise


def test_release_moves_the_severities_of_those_who_rated(district, opened, lead, compute):
    """Three principals gave their own teachers much the same; on one lesson, the second is far lower."""
    compute()
    before = _severities()
    for number in range(6):
        exercise = opened(
            district.principals,
            video=CalibrationVideo.objects.create(title=f"Lesson {number}", url="https://v.example/1"),
        )
        for person, levels in zip(district.principals, ((3, 3, 4), (1, 1, 2), (3, 3, 4)), strict=True):
            hand_in(district, exercise, person, levels, by=lead)
        actions.release_exercise(exercise=exercise, by=lead)
    compute()
    after = _severities()
    strict, mild = district.principals[1].pk, district.principals[0].pk
    assert after[strict] > before[strict] + 0.1
    assert after[strict] > after[mild] + 0.3
    mine = queries.my_standing(scope_of(district.users[Role.PRINCIPAL]))
    assert mine is None  # no reference levels, and only two others: no median
    page = queries.by_element(scope_of(district.users[Role.PRINCIPAL]))
    assert page == []


def _severities():
    with all_rows(why="a test looks at what was computed"):
        run = RaterSeverity.objects.order_by("-run").values_list("run", flat=True).first()
        rows = RaterSeverity.objects.filter(run=run, element__code="E1")
        return dict(rows.values_list("person_id", "severity"))


def test_observer_and_lead_see_a_status_and_others_see_none(district, opened, lead, client):
    first, second, third = district.principals
    CalibrationStandard.objects.create(pk=1, fewest_ratings=5)
    elements = [one.pk for one in district.version.elements.order_by("place")]
    for number, levels in enumerate(((1, 2, 3), (4, 2, 3))):
        video = CalibrationVideo.objects.create(title=f"Lesson {number}", url="https://v.example/1")
        exercise = opened(district.principals, video=video)
        references = {pk: Reference(level, "why") for pk, level in zip(elements, levels, strict=True)}
        actions.set_references(exercise=exercise, references=references, revision=exercise.revision, by=lead)
        for person, given in (
            (first, levels),
            (second, [4 if one == 1 else 1 for one in levels]),
            (third, levels),
        ):
            hand_in(district, exercise, person, given, by=lead)
        actions.release_exercise(exercise=exercise, by=lead)
    mine = queries.my_standing(scope_of(district.users[Role.PRINCIPAL]))
    assert (mine.status, mine.agreement.exact.value, mine.agreement.n_items) == (Status.CALIBRATED, 1.0, 6)
    assert queries.my_standing(scope_of(district.users[Role.SUPERVISOR])) is None
    assert queries.observers(scope_of(district.users[Role.PRINCIPAL])) is None
    client.force_login(lead)
    page = client.get(reverse("instruction:calibration-observers")).content.decode()
    assert "<b>2</b> calibrated, <b>1</b> keep practicing, <b>0</b> not enough exercises yet." in page
    assert page.count("Pat Principal") == 3
    assert "Element 1" in page
    # Stricter: nobody has rated enough.
    url = reverse("instruction:calibration-standard")
    sent = {
        "exact_at_least": "0.7", "adjacent_at_least": "0.98", "kappa_at_least": "0.6", "severity_within": "0.25",
        "fewest_ratings": "30", "years": "2", "revision": "0",
    }  # fmt: skip
    assert client.post(url, sent | {"exact_at_least": "1.5"}).status_code == 400
    assert client.post(url, sent).status_code == 302
    assert client.post(url, sent).status_code == 409
    assert queries.my_standing(scope_of(district.users[Role.PRINCIPAL])).status == Status.NOT_ENOUGH


def test_level_without_reference_is_held_against_the_median_of_at_least_three_others():
    def rows(*levels, reference=None):
        return [Rated(1, person, 7, level, reference, 4) for person, level in enumerate(levels)]

    assert compare(rows(1, 2, 3)) == []
    assert {one.person: one.other for one in compare(rows(1, 3, 3, 4))} == {0: 3, 1: 3, 2: 3, 3: 3}
    # Between two levels there is none to agree with.
    assert 0 not in {one.person for one in compare(rows(1, 2, 2, 3, 3))}
    assert {one.other for one in compare(rows(1, 2, reference=4))} == {4}


def test_status_needs_ratings_and_a_kappa_and_meets_the_standard_exactly():
    standard = CalibrationStandard(pk=1)

    def status(pairs):
        rated = [Rated(n // 5, 1, n, level, other, 4) for n, (level, other) in enumerate(pairs)]
        return status_of(agreement_of(compare(rated), with_interval=False), None, standard)

    alike = [(1, 1), (2, 2), (3, 3), (4, 4)]
    assert status(alike * 4) == Status.NOT_ENOUGH
    assert status([(3, 3)] * 30) == Status.NOT_ENOUGH
    assert status(alike * 3 + [(2, 3), (3, 2)] * 4) == Status.CALIBRATED  # 12 of 20 is 0.6
    assert status(alike * 4 + [(1, 4)] * 4) == Status.PRACTICING
    # One level throughout has no kappa, and is no way around the rest of the standard.
    assert status([(3, 1), (3, 2), (3, 3), (3, 4)] * 6) == Status.PRACTICING


@pytest.mark.parametrize(
    ("calibrated", "practicing", "few", "told"),
    [
        (4, 20, 20, None),
        (20, 2, 2, None),
        (20, 5, 6, StatusCounts(31, 20, 5, 6)),
        (20, 9, 2, StatusCounts(31, 20, None, None)),
        (30, 0, 0, None),
    ],
)
def test_counts_by_status_tell_of_no_small_group(calibrated, practicing, few, told):
    count = Counter({Status.CALIBRATED: calibrated, Status.PRACTICING: practicing, Status.NOT_ENOUGH: few})
    assert told_counts(count) == told


def test_certainty_page_tells_how_many_are_calibrated_of_no_small_group_and_links_to_calibration(
    computed, district, client
):
    """The run keeps what may be told: none of it here, for nobody has rated."""
    url = reverse("instruction:certainty")

    def page(role):
        client.force_login(district.users[role])
        return client.get(url).content.decode()

    assert computed.facts["calibrated"] is None
    assert "is told where at least 5 are" in page(Role.CABINET)
    told = {"total": 31, "calibrated": 20, "practicing": 5, "not_enough": 6}
    computed.facts |= {"calibrated": told}
    computed.save(update_fields=["facts"])
    shown = page(Role.CABINET)
    assert "20 of 31 observers in calibration exercises are calibrated" in shown
    assert "5 keep practicing; 6 have not rated enough yet." in shown
    own = page(Role.PRINCIPAL)
    assert f'href="{reverse("instruction:calibration")}"' in own
    assert "are calibrated" not in own


def test_two_leads_of_one_draft_lose_nothing_and_make_no_video_twice(district, lead, client):
    video = CalibrationVideo.objects.create(title="Fractions", url="https://v.example/1")
    due = schoolyear.today() + timedelta(days=3)
    details = Details(title="Fractions", version=district.version, due_on=due, video=video)
    exercise = actions.make_exercise(details=details, by=lead)
    actions.change_exercise(exercise=exercise, details=details, revision=0, by=lead)
    first = district.version.elements.order_by("place").first()
    sent = {
        "title": "Decimals", "due_on": due, "version": district.version.uid, "elements": [first.element.uid],
        "video_title": "Decimals", "video_url": "https://v.example/2", "revision": "0",
    }  # fmt: skip
    client.force_login(lead)
    answer = client.post(reverse("instruction:calibration-prepare", args=[exercise.uid]), sent)
    page = answer.content.decode()
    assert (answer.status_code, CalibrationVideo.objects.count()) == (409, 1)
    assert "What stands: Fractions, to hand in by" in page
    assert page.count('name="elements"') == 3
    assert len(re.findall(r'name="elements"[^>]* checked', page)) == 1


def test_api_rates_hands_in_and_releases(district, opened, lead, client):
    first, second = district.principals[0], district.supervisor
    exercise = opened([first, second])
    url = reverse("api-calibration-ratings", args=[exercise.uid])

    def put(sent):
        return client.put(url, sent, content_type="application/json")

    for number, role in enumerate((Role.PRINCIPAL, Role.SUPERVISOR)):
        client.force_login(district.users[role])
        rows = [{"element": "E1", "level": 2, "evidence": "“Why?” 😀"}, {"element": "E2", "level": 3}]
        answer = put({"revision": 0, "ratings": [*rows, {"element": "E3", "not_seen": True}]})
        assert answer.json()["ratings"][0] == {**rows[0], "not_seen": False}
        assert put({"revision": 0, "ratings": rows}).status_code == 409
        for bad in (
            {"element": "E1", "level": 9}, {"element": "E9", "level": 2}, {"element": "E1", "level": 2, "not_seen": True},
            {"element": "E1", "evidence": "a\0b"}, {"element": "E1", "level": "high"},
        ):  # fmt: skip
            assert put({"ratings": [bad]}).status_code == 400, bad
        hand = reverse("api-calibration-submission", args=[exercise.uid])
        assert client.post(hand).json()["submitted_at"]
        assert client.post(hand).status_code == 409
        assert client.post(reverse("api-calibration-release", args=[exercise.uid])).status_code == 404
        client.force_login(lead)
        release = client.post(reverse("api-calibration-release", args=[exercise.uid]))
        assert release.status_code == (200 if number else 409)
    client.force_login(district.users[Role.PRINCIPAL])
    told = client.get(reverse("api-calibration-detail", args=[exercise.uid])).json()
    assert (told["agreed"], told["elements"][0]["counts"], told["n_invited"]) == (2, None, None)
    assert client.get(reverse("api-calibration-list")).json()[0]["state"] == "released"


def test_what_an_erased_person_wrote_is_blanked_and_their_levels_stay(district, opened, lead):
    first, second = district.principals[0], district.principals[1]
    exercise = opened([first, second])
    hand_in(district, exercise, first, (2, 3, 4), by=lead)
    hand_in(district, exercise, second, (2, 3, 4), by=lead)
    actions.release_exercise(exercise=exercise, by=lead)
    about = Subject(first.uid, "", first.pk, None, first)
    Identity.objects.filter(person=first).update(blanked_at=exercise.made_at)
    with all_rows(why="a test erases"):
        assert RATED.count(about) == 3
        assert RATED.erase(about) == 3
        rows = CalibrationRating.objects.filter(exercise=exercise)
        assert set(rows.filter(person=first).values_list("level", "evidence")) == {(2, ""), (3, ""), (4, "")}
        assert set(rows.filter(person=second).values_list("evidence", flat=True)) == {"seen"}
        of = CalibrationInvitation.objects.get(person=first, exercise=exercise).observation
        assert set(of.ratings.values_list("evidence", flat=True)) == {""}


def test_pages_take_the_same_queries_however_many_rate(
    district, opened, lead, client, django_assert_max_num_queries
):
    people = [*district.principals, *(factories.person() for _ in range(20))]
    exercise = opened(people)
    for person in people:
        hand_in(district, exercise, person, (2, 3, 4), by=lead)
    client.force_login(lead)
    with django_assert_max_num_queries(24):
        client.get(reverse("instruction:calibration-prepare", args=[exercise.uid]))
    actions.release_exercise(exercise=exercise, by=lead)
    for name, args in (
        ("calibration", []),
        ("calibration-observers", []),
        ("calibration-results", [exercise.uid]),
    ):
        with django_assert_max_num_queries(24):
            assert client.get(reverse(f"instruction:{name}", args=args)).status_code == 200
