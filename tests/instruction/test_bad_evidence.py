"""Odd evidence in the database: the capacity job counts it or leaves it out, says so, and never fails over it."""

import math
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.urls import reverse
from django.utils import timezone

from alignment_dash import schoolyear
from alignment_dash.access.reach import all_rows
from alignment_dash.access.roles import Role
from alignment_dash.runs.models import Run, State
from instruction.models import (
    CalibrationVideo,
    Dimension,
    DistrictCapacity,
    ElementVersion,
    EvidenceClass,
    FrameworkVersion,
    GroupCapacity,
    Observation,
    ObservationKind,
    Proximity,
    Purpose,
    RaterSeverity,
    Rating,
    SchoolCapacity,
    TeacherCapacity,
    VersionState,
)
from instruction.snapshots import KIND_OF_PERSONS
from schools.models import StaffRole
from tests import factories

pytestmark = pytest.mark.django_db
TODAY = schoolyear.today()


@pytest.fixture
def sound(compute) -> Callable[..., Run]:
    """Return a function that computes and checks that no row holds what is no number, or a figure of nobody."""

    def run_of(kind: str = "capacity") -> Run:
        run = compute(kind=kind)
        assert run.state == State.SUCCEEDED, run.message
        models = (SchoolCapacity, DistrictCapacity, GroupCapacity, TeacherCapacity, RaterSeverity)
        with all_rows(why="a test looks at every figure"):
            rows = [row for model in models for row in model.objects.filter(run=run).values()]
        assert all(math.isfinite(value) for row in rows for value in row.values() if isinstance(value, float))
        for cell in SchoolCapacity.objects.filter(run=run):
            told = cell.evidence != EvidenceClass.NOT_ENOUGH
            assert (cell.estimate is not None) == (cell.se is not None) == told
            assert cell.p_below is None or 0 <= cell.p_below <= 1
            assert not told or cell.n_teachers >= 5
        return run

    return run_of


def forget_evidence() -> None:
    with all_rows(why="a test begins without evidence"):
        Rating.objects.all().delete()
        Observation.objects.all().delete()


def observe(district, place=0, number=0, levels=(2, 3, 4), **fields) -> Observation:
    school = district.schools[place]
    values = {
        "version": district.version, "observer": district.principals[place],
        "observed": district.teachers[school.pk][number], "school": school, "levels": list(levels),
    } | fields  # fmt: skip
    return factories.observation(**values)


def rate_video(district, observer, levels=(2, 3, 4)) -> None:
    video, _ = CalibrationVideo.objects.get_or_create(title="A lesson")
    with all_rows(why="a test's evidence"):
        seen = Observation.objects.create(
            version=district.version, observer=observer, video=video, observed_on=TODAY,
            school_year=factories.year(), kind=ObservationKind.CALIBRATION, purpose=Purpose.FORMATIVE,
        )  # fmt: skip
        worded = district.version.elements.order_by("place")
        Rating.objects.bulk_create(
            Rating(observation=seen, element_version=one, level=level)
            for one, level in zip(worded, levels, strict=True)
        )


def cell_of(run, district, place=0, code="E1") -> SchoolCapacity:
    return SchoolCapacity.objects.get(run=run, school=district.schools[place], element__code=code)


def other_version(district, *, n_levels: int, codes: tuple[str, ...]) -> FrameworkVersion:
    """Another version of the district's framework, in force years ago, with some of the same elements."""
    made = FrameworkVersion.objects.create(
        framework=district.version.framework,
        label="0",
        first_school_year=1990,
        level_names=[f"Level {n}" for n in range(1, n_levels + 1)],
    )
    dimension = Dimension.objects.create(version=made, name="All", place=1)
    for element in district.version.framework.elements.filter(code__in=codes):
        ElementVersion.objects.create(
            element=element,
            version=made,
            dimension=dimension,
            name=element.code,
            place=int(element.code[1]),
            proximity=Proximity.STUDENTS_DO,
        )
    made.state, made.published_at = VersionState.PUBLISHED, timezone.now()
    made.save()
    return made


def test_nothing_odd_leaves_nothing_out(district, sound):
    assert sound().facts["left_out"] == {}


def test_level_above_the_scale_is_left_out_and_told(district, sound, sign_in):
    before = cell_of(sound(), district)
    for number in range(6):
        observe(district, number=number, levels=(7, 3, 2), on=TODAY - timedelta(days=1))
    run = sound()
    assert run.facts["left_out"] == {"off-scale": 6}
    assert cell_of(run, district).n_ratings == before.n_ratings
    assert cell_of(run, district, code="E2").n_ratings == 2 * before.n_ratings
    page = sign_in(Role.CABINET).get(reverse("instruction:how-computed")).content.decode()
    assert "6 off the framework’s scale" in page.replace("&#x27;", "’")


def test_fewer_than_five_ratings_left_out_are_told_as_that(district, sound, sign_in):
    observe(district, levels=(7, 9, 2), on=TODAY - timedelta(days=1))
    assert sound().facts["left_out"] == {"off-scale": 2}
    page = " ".join(sign_in(Role.CABINET).get(reverse("instruction:how-computed")).content.decode().split())
    assert "fewer than 5 off the framework" in page
    assert ">2 off the framework" not in page


@pytest.mark.parametrize(
    ("n_levels", "codes", "left_out", "n_ratings"),
    [
        pytest.param(4, ("E1", "E2", "E3"), {}, 2, id="same levels: counted"),
        pytest.param(5, ("E1", "E2", "E3"), {"other-scale": 18}, 1, id="another number of levels"),
    ],
)
def test_ratings_of_another_version_count_where_its_scale_is_the_same(
    district, sound, n_levels, codes, left_out, n_ratings
):
    before = cell_of(sound(), district).n_ratings
    version = other_version(district, n_levels=n_levels, codes=codes)
    for number in range(6):
        observe(district, number=number, version=version, on=TODAY - timedelta(days=1))
    run = sound()
    assert run.facts["left_out"] == left_out
    assert cell_of(run, district).n_ratings == n_ratings * before


def test_rating_of_another_versions_element_in_one_observation_is_left_out(district, sound):
    """The same element twice in one observation, through two versions: once is enough."""
    version = other_version(district, n_levels=4, codes=("E1",))
    before = cell_of(sound(), district).n_ratings
    seen = observe(district, on=TODAY - timedelta(days=1))
    with all_rows(why="a test's evidence"):
        Rating.objects.create(observation=seen, element_version=version.elements.get(), level=1)
    run = sound()
    assert run.facts["left_out"] == {"other-element": 1}
    assert cell_of(run, district).n_ratings == before + 1


def test_nobody_can_be_stored_as_observing_themselves(district):
    leader = district.principals[0]
    with pytest.raises((IntegrityError, ValidationError)), transaction.atomic():
        observe(district, observer=leader, observed=leader)


@pytest.mark.parametrize("kind", ["capacity", KIND_OF_PERSONS])
def test_observation_sent_twice_counts_once(district, sound, kind):
    before = sound(kind)
    for number in range(6):
        levels = [2 + number % 2, 3, 2]  # as in the small district
        for _ in range(2):
            observe(district, number=number, levels=levels)
    run = sound(kind)
    with all_rows(why="a test looks at every figure"):
        model = SchoolCapacity if kind == "capacity" else TeacherCapacity
        first, again = (
            list(model.objects.filter(run=one).order_by("pk").values_list("estimate", "se", "n_ratings"))
            for one in (before, run)
        )
    assert again == first
    if kind == "capacity":
        assert run.facts["left_out"] == {"repeated": 36}


def test_two_lessons_of_a_day_with_other_levels_both_count(district, sound):
    before = cell_of(sound(), district).n_ratings
    observe(district, levels=(4, 4, 4))
    run = sound()
    assert (cell_of(run, district).n_ratings, run.facts["left_out"]) == (before + 1, {})


def test_date_to_come_is_left_out_until_it_has_come(district, sound):
    before = cell_of(sound(), district).n_ratings
    observe(district, on=TODAY + timedelta(days=1))
    run = sound()
    assert cell_of(run, district).n_ratings == before
    assert cell_of(run, district).last_seen == TODAY
    if schoolyear.year_of(TODAY + timedelta(days=1)) == factories.year():
        assert run.facts["left_out"] == {"later": 3}


def test_teacher_who_is_placed_nowhere_counts_for_observers_alone(district, sound):
    before = cell_of(sound(), district).n_ratings
    observe(district, observed=factories.person(), levels=(1, 1, 1))
    run = sound()
    assert (cell_of(run, district).n_ratings, cell_of(run, district).roster_size) == (before, 6)
    with all_rows(why="a test looks at every figure"):
        severity = RaterSeverity.objects.get(run=run, person=district.principals[0], element__code="E1")
    assert severity.n_ratings == before + 1


def test_school_without_teachers_has_no_figure(district, sound):
    school = district.schools[0]
    school.assignments.filter(role=StaffRole.TEACHER).update(
        during=DateRange(factories.EVER.lower, TODAY - timedelta(days=1))
    )
    cell = cell_of(sound(), district)
    assert (cell.roster_size, cell.n_teachers, cell.evidence) == (0, 0, EvidenceClass.NOT_ENOUGH)


def test_observer_who_teaches_elsewhere_and_teacher_of_two_schools_are_counted(district, sound):
    first, second = district.schools[:2]
    factories.assignment(person=district.principals[0], org=second)
    shared = district.teachers[first.pk][0]
    factories.assignment(person=shared, org=second)
    observe(district, place=1, observed=district.principals[0], observer=district.principals[1])
    observe(district, place=1, observed=shared, observer=district.principals[1])
    run = sound()
    assert (cell_of(run, district).n_teachers, cell_of(run, district).roster_size) == (6, 6)
    assert (cell_of(run, district, 1).n_teachers, cell_of(run, district, 1).roster_size) == (8, 8)


def test_leader_seen_by_the_supervisor_is_no_teacher_of_the_school(district, sound):
    before = cell_of(sound(), district).n_ratings
    with all_rows(why="a test's evidence"):
        seen = observe(district, observer=district.supervisor, observed=district.principals[0])
        Observation.objects.filter(pk=seen.pk).update(role=StaffRole.PRINCIPAL)
    run = sound()
    assert (cell_of(run, district).n_ratings, run.facts["left_out"]) == (before, {"no-teacher": 3})


def test_no_ratings_and_only_videos_give_no_figure(district, sound):
    forget_evidence()
    run = sound()
    assert not SchoolCapacity.objects.filter(run=run).exclude(evidence=EvidenceClass.NOT_ENOUGH).exists()
    rate_video(district, district.principals[0])
    rate_video(district, district.principals[1], (1, 3, 4))
    run = sound()
    assert run.facts["n_video_ratings"] == 6
    assert not SchoolCapacity.objects.filter(run=run).exclude(evidence=EvidenceClass.NOT_ENOUGH).exists()
    assert not DistrictCapacity.objects.filter(run=run, estimate__isnull=False).exists()


def test_all_ratings_equal_and_one_of_an_element_give_no_sure_figure(district, sound):
    forget_evidence()
    for place in (0, 1):
        for number in range(6):
            observe(district, place, number, levels=(3, 3))
    observe(district, levels=(3, 3, 1), on=TODAY - timedelta(days=1))
    run = sound()
    equal = cell_of(run, district)
    assert (round(equal.estimate, 1), equal.evidence) == (3.0, EvidenceClass.WEAK)
    assert 0.05 < equal.p_below < 0.95
    assert cell_of(run, district, code="E3").evidence == EvidenceClass.NOT_ENOUGH


def test_one_school_alone_is_weak_evidence(district, sound):
    forget_evidence()
    for number in range(6):
        observe(district, number=number, levels=(2 + number % 2, 3, 4))
    cells = SchoolCapacity.objects.filter(run=sound(), estimate__isnull=False)
    assert {cell.evidence for cell in cells} == {EvidenceClass.WEAK}
    assert {cell.reliability for cell in cells} == {None}
