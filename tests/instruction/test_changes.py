"""What changed since the snapshot before: told of five teachers or of none, never of one to four."""

from datetime import timedelta

import pytest
from django.urls import reverse

from alignment_dash import schoolyear
from alignment_dash.access import reach
from alignment_dash.access.roles import Role
from instruction.models import Observation, SchoolCapacity
from tests import factories
from tests.instruction.test_views import see, text

pytestmark = pytest.mark.django_db


def observe(district, school, teachers, level=4):
    for teacher in teachers:
        factories.observation(
            version=district.version, observer=district.principals[1], observed=teacher, school=school,
            levels=[level] * 3,
        )  # fmt: skip


def cell(run, school, code="E1"):
    return SchoolCapacity.objects.get(run=run, school=school, element__code=code)


def test_first_snapshot_tells_no_change(sign_in, district, computed):
    held = cell(computed, district.schools[0])
    assert (held.previous_estimate, held.n_new_teachers) == (None, 0)
    assert "Since" not in text(see(sign_in(Role.PRINCIPAL), "instruction:school", district.schools[0].uid))


def test_nothing_new_is_told_as_no_change(district, compute):
    first, second = compute(), compute()
    for school in district.schools[:2]:
        held = cell(second, school)
        assert held.n_new_teachers == 0
        assert held.previous_estimate == cell(first, school).estimate == held.estimate


def test_ratings_of_five_teachers_are_told_with_the_margin(sign_in, district, compute):
    school = district.schools[0]
    first = compute()
    observe(district, school, district.teachers[school.pk][:5])
    second = compute()
    held = cell(second, school)
    assert held.n_new_teachers == 5
    assert held.previous_estimate == cell(first, school).estimate
    assert held.estimate > held.previous_estimate
    shown = text(see(sign_in(Role.PRINCIPAL), "instruction:school", school.uid))
    assert "Since" in shown
    assert f"+{held.estimate - held.previous_estimate:.2f}" in shown


@pytest.mark.parametrize("n", [1, 4])
def test_ratings_of_few_teachers_are_not_told(sign_in, district, compute, n):
    school = district.schools[0]
    compute()
    observe(district, school, district.teachers[school.pk][:n])
    held = cell(compute(), school)
    assert (held.previous_estimate, held.n_new_teachers) == (None, n)
    rows = sign_in(Role.CABINET).get(reverse("api-capacity")).json()["rows"]
    for row in rows:
        if row["school_name"] == school.name:
            assert (row["change"], row["previous_estimate"], row["n_new_teachers"]) == (None, None, None)


def test_rating_made_long_ago_and_taken_in_now_is_new(district, compute):
    school = district.schools[0]
    compute()
    teacher = district.teachers[school.pk][0]
    factories.observation(
        version=district.version, observer=district.principals[1], observed=teacher, school=school, levels=[4],
        on=schoolyear.today() - timedelta(days=300),
    )  # fmt: skip
    assert cell(compute(), school).n_new_teachers == 1


def test_teacher_who_leaves_counts_as_one_whose_evidence_changed(district, compute):
    """Nobody's rating is new, but the figure moved because one teacher's no longer counts."""
    school = district.schools[0]
    compute()
    school.assignments.filter(person=district.teachers[school.pk][0]).delete()
    held = cell(compute(), school)
    assert (held.previous_estimate, held.n_new_teachers) == (None, 1)


def test_other_elements_of_the_school_are_not_told_either(district, compute):
    """All elements are estimated together: one teacher's rating on one of them moves the others."""
    school = district.schools[0]
    compute()
    factories.observation(
        version=district.version, observer=district.principals[1], observed=district.teachers[school.pk][0],
        school=school, levels=[4],
    )  # fmt: skip
    run = compute()
    for code in ("E1", "E2", "E3"):
        held = cell(run, school, code)
        assert (held.previous_estimate, held.n_new_teachers) == (None, 1)
    assert cell(run, district.schools[1]).previous_estimate is not None


def test_teacher_who_comes_with_as_many_ratings_as_another_leaves_with_is_a_change(district, compute):
    school = district.schools[0]
    before = cell(compute(), school)
    leaving, staying = district.teachers[school.pk][:2]
    with reach.all_rows(why="one observation takes the place of another"):
        levels = list(
            Observation.objects.get(observed=leaving, school=school).ratings.values_list("level", flat=True)
        )
        Observation.objects.filter(observed=leaving, school=school).delete()
    factories.observation(
        version=district.version,
        observer=district.principals[0],
        observed=staying,
        school=school,
        levels=levels,
    )
    held = cell(compute(), school)
    assert held.n_ratings == before.n_ratings
    assert (held.previous_estimate, held.n_new_teachers) == (None, 1)


def test_five_old_observations_do_not_hide_one_new_one(district, compute):
    """All were made the same day; what counts is what the last snapshot had not seen."""
    school = district.schools[0]
    observe(district, school, district.teachers[school.pk])
    compute()
    observe(district, school, district.teachers[school.pk][:1], level=3)
    held = cell(compute(), school)
    assert (held.previous_estimate, held.n_new_teachers) == (None, 1)


def test_change_of_the_method_is_not_told_as_one_of_teaching(district, compute):
    first = compute()
    type(first).objects.filter(pk=first.pk).update(method="means")
    second = compute()
    assert second.facts["compared_with"] is None
    assert cell(second, district.schools[0]).previous_estimate is None


def test_map_lists_what_moved_by_more_than_its_margin(sign_in, district, compute):
    compute()
    run = compute()
    client = sign_in(Role.CABINET)
    assert "No estimate shown here moved by more than its margin" in text(
        see(client, "instruction:capacity-map")
    )
    held = cell(run, district.schools[0])
    SchoolCapacity.objects.filter(pk=held.pk).update(estimate=3.0, se=0.1, previous_estimate=2.6)
    SchoolCapacity.objects.filter(pk=cell(run, district.schools[1]).pk).update(
        estimate=3.0, se=0.1, previous_estimate=2.9
    )
    shown = text(see(client, "instruction:capacity-map", x=1))
    assert "Alder Elementary: Element 1 up 0.40, from 2.60 to 3.00" in shown
    assert "Birch Middle: Element" not in shown
    teacher = text(see(sign_in(Role.SUPERVISOR), "instruction:capacity-map", x=1))
    assert "Alder Elementary: Element 1 up 0.40" in teacher


def test_visitors_ratings_are_counted(district, compute):
    school = district.schools[0]
    with reach.all_rows(why="observations are made those of a visitor"):
        Observation.objects.filter(school=school).update(is_cross_school=True)
    held = cell(compute(), school)
    assert held.n_external == held.n_ratings == 6
