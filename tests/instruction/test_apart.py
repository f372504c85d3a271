"""Points of a trend are both told only where the change between them is: of five teachers, or of nothing at all."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.urls import reverse

from alignment_dash import schoolyear
from alignment_dash.access.roles import Role
from alignment_dash.runs.models import Run
from instruction.models import RatingsBehind, SchoolCapacity
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def at(compute):
    """Compute, and make it the snapshot of some days ago."""

    def computed(days):
        run = compute()
        day = schoolyear.today() - timedelta(days=days)
        Run.objects.filter(pk=run.pk).update(roster_date=day, school_year=schoolyear.year_of(day))
        return run

    return computed


def observe(district, teachers, levels=(4, 4, 4), days=0):
    school = district.schools[0]
    for teacher in teachers:
        factories.observation(
            version=district.version, observer=district.principals[0], observed=teacher, school=school,
            levels=list(levels), on=schoolyear.today() - timedelta(days=days),
        )  # fmt: skip


def beside(run, district, number=0):
    cells = SchoolCapacity.objects.filter(run=run, school=district.schools[number])
    (told,) = {tuple(one or ()) for one in cells.values_list("told_beside", flat=True)}
    return list(told)


def teachers_of(district):
    return district.teachers[district.schools[0].pk]


def test_nothing_new_is_told_beside(district, compute, at):
    before = at(200)
    assert beside(compute(), district) == [before.pk]


def test_one_teachers_five_lessons_are_not_told_apart(district, compute, at, sign_in):
    """Five ratings net, of one teacher."""
    before = at(200)
    SchoolCapacity.objects.filter(run=before, estimate__isnull=False).update(estimate=1.37)
    for days in range(5):
        observe(district, teachers_of(district)[:1], days=days)
    now = compute()
    assert beside(now, district) == []
    assert beside(now, district, 1) == [before.pk], "nothing has changed at the other school"
    client = sign_in(Role.CABINET)
    element = district.version.elements.first().element
    for number, is_told in ((0, False), (1, True)):
        cache.clear()
        kwargs = {"school_uid": district.schools[number].uid, "element_uid": element.uid}
        page = client.get(reverse("instruction:derivation", kwargs=kwargs)).content.decode()
        assert ("1.37 (" in page) is is_told


@pytest.mark.parametrize("level", [2, 4])
def test_teacher_who_replaces_another_is_not_told_apart(district, compute, at, level):
    """All counts are as they were: of ratings, teachers observed and teachers on the roster."""
    before = at(200)
    school = district.schools[0]
    school.assignments.filter(person=teachers_of(district)[0]).delete()
    new = factories.person()
    factories.assignment(person=new, org=school)
    observe(district, [new], [level] * 3)
    now = compute()
    counts = [
        SchoolCapacity.objects.filter(run=run, school=school).values_list("n_ratings", "roster_size").first()
        for run in (before, now)
    ]
    assert counts[0] == counts[1]
    assert beside(now, district) == []


@pytest.mark.parametrize(("n", "is_told"), [(4, False), (5, True)])
def test_ratings_of_five_teachers_are_told_apart(district, compute, at, n, is_told):
    before = at(200)
    observe(district, teachers_of(district)[:n])
    assert beside(compute(), district) == ([before.pk] if is_told else [])


def test_oldest_that_is_near_to_the_newest_alone_is_left_out(district, compute, at):
    """In the middle all lessons were of five others, so both neighbors are far from it, and near to each other."""
    school, teachers = district.schools[0], teachers_of(district)
    oldest = at(300)
    others = [factories.person() for _ in range(6)]
    school.assignments.filter(person__in=[one.pk for one in teachers]).update(role="other")
    for one in others:
        factories.assignment(person=one, org=school)
    observe(district, others)
    middle = at(150)
    assert beside(middle, district) == [oldest.pk]
    school.assignments.filter(person__in=[one.pk for one in others]).delete()
    school.assignments.filter(person__in=[one.pk for one in teachers]).update(role="teacher")
    observe(district, teachers[:1])
    assert beside(compute(), district) == [middle.pk]


def test_snapshot_that_kept_no_ratings_is_not_told(district, compute, at):
    before = at(200)
    RatingsBehind.objects.filter(run=before).delete()
    assert beside(compute(), district) == []
