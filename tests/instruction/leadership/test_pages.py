"""Pages of principals' leadership: who sees what, and that nothing is claimed that the evidence does not bear."""

import csv
import io
from datetime import timedelta

import pytest
from django.urls import reverse

from alignment_dash import schoolyear
from alignment_dash.access import reach
from alignment_dash.access.models import AuditEvent
from alignment_dash.access.roles import Role
from alignment_dash.access.scope import scope_of
from instruction.leadership import KIND_OF_TERMS, lines, pages
from instruction.leadership.growth import growth
from instruction.leadership.lines import Support, SupportLines
from instruction.leadership.queries import estimates, reached
from instruction.leadership.tasks import subjects_of_terms
from instruction.models import PrincipalCapacity
from instruction.snapshots import Basis
from instruction.trends import TrendLine
from tests import factories
from tests.instruction.leadership.places import observed, run_job, seen

pytestmark = pytest.mark.django_db


@pytest.fixture
def computed(district):
    version = observed(district)
    run_job(version)
    return version


def page_of(person):
    return reverse("instruction:leadership-of", kwargs={"uid": person.uid})


def test_supervisor_sees_her_principals_and_nobody_elses(district, computed, sign_in):
    client = sign_in(Role.SUPERVISOR)
    shown = client.get(reverse("instruction:leadership"))
    text = shown.content.decode()
    assert shown["Cache-Control"] == "no-store"
    assert "Pat Principal0" in text
    assert "Principal2" not in text
    assert "Of 2 principals" in text
    one = client.get(page_of(district.principals[0])).content.decode()
    assert "5</td>" in one  # observations
    assert "Not enough observations to tell growth" in one
    assert client.get(page_of(district.principals[2])).status_code == 404
    looks = AuditEvent.objects.filter(act="view.leadership")
    assert sorted(looks.last().detail["people"]) == [district.principals[0].pk]


def test_principal_sees_their_own_alone_and_no_other_role_any(district, computed, sign_in):
    client = sign_in(Role.PRINCIPAL)
    assert "How do I lead learning?" in client.get(reverse("instruction:leadership")).content.decode()
    assert client.get(page_of(district.principals[1])).status_code == 404
    for role in (
        Role.CABINET,
        Role.HR,
        Role.CI_ADMINISTRATOR,
        Role.CI_STAFF,
        Role.TEACHER,
        Role.DATA_ADMINISTRATOR,
    ):
        assert sign_in(role).get(page_of(district.principals[0])).status_code == 404, role


def test_estimates_are_of_whom_the_caller_reaches(district, computed):
    supervisor = scope_of(district.users[Role.SUPERVISOR])
    everyone = [person.pk for person in district.principals]
    found = estimates(supervisor, everyone, factories.year(), Basis.ALL)
    assert set(found) == {person.pk for person in district.principals[:2]}
    assert len(found[everyone[0]]) == 3
    assert estimates(supervisor, None, factories.year(), Basis.EVALUATIVE) == {}  # not computed yet
    assert estimates(scope_of(district.users[Role.HR]), everyone, factories.year()) == {}
    assert not PrincipalCapacity.objects.exists()  # closed to who opened no rows


def test_principal_of_two_schools_is_seen_by_the_supervisor_of_either(district, computed):
    third = district.principals[2]
    factories.assignment(person=third, org=district.schools[1], role="principal")
    run_job(computed)
    scope = scope_of(district.users[Role.SUPERVISOR])
    assert [len(one.schools) for one in reached(scope).values() if one.person_id == third.pk] == [2]
    assert len(estimates(scope, [third.pk], factories.year())[third.pk]) == 3


@pytest.mark.usefixtures("february")
def test_growth_is_told_from_eight_observations_over_two_years(district, computed):
    from alignment_dash.runs import actions, tasks

    principal, school = district.principals[0], district.schools[0]
    scope = scope_of(district.users[Role.SUPERVISOR])
    before = growth(scope, principal.pk, factories.year())
    assert {len(one.seen) for one in before.values()} == {5}
    assert not any(one.may_be_told for one in before.values())
    for number in range(4):
        on = schoolyear.today() - timedelta(days=735 - 10 * number)
        seen(computed, district.supervisor, principal, school, [1, 1, 1], on=on)
    for subject in subjects_of_terms(factories.year()):
        tasks.perform(
            actions.request_run(kind=KIND_OF_TERMS, school_year=factories.year(), by=None, subject=subject).pk
        )
    run_job(computed)
    after = growth(scope, principal.pk, factories.year())
    counted = [one for one in after.values() if len(one.seen) >= 8 and one.days >= 730]
    assert all(one.may_be_told for one in counted)
    assert len(counted) == len(after)
    assert all(point.day <= schoolyear.today() for one in after.values() for point in one.points)
    assert growth(scope, district.principals[2].pk, factories.year()) == {}


def test_support_given_stands_beside_growth(district, computed, sign_in, monkeypatch):
    monkeypatch.setattr(lines, "_registered", {})
    given = Support(schoolyear.today() - timedelta(days=1), "Coaching visit")
    lines.register("visits", SupportLines("Visits", lambda scope, person, since, until: [given]))
    shown = sign_in(Role.SUPERVISOR).get(page_of(district.principals[0])).content.decode()
    assert "Coaching visit" in shown
    assert "does not show that it was because of it" in shown


def test_one_observer_alone_is_said(district, sign_in):
    version = factories.framework(kind="leadership")
    for principal, school in list(zip(district.principals, district.schools, strict=True))[:2]:
        for ago in range(2):
            on = schoolyear.today() - timedelta(days=ago)
            seen(version, district.supervisor, principal, school, [3, 3, 3], on=on)
    other = factories.person()
    seen(version, other, district.principals[2], district.schools[2], [3, 3, 3])
    run_job(version)
    shown = sign_in(Role.SUPERVISOR).get(page_of(district.principals[0])).content.decode()
    assert "observed by one person alone" in shown
    assert "weak evidence" in shown


def test_files_carry_the_day_and_need_the_right_to_export(district, computed, sign_in):
    answer = sign_in(Role.SUPERVISOR).get(reverse("instruction:leadership-csv"))
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(rows) == 2 * 3
    assert {row["Snapshot of"] for row in rows} == {str(schoolyear.today())}
    assert AuditEvent.objects.filter(act="export.leadership").exists()
    assert sign_in(Role.SUPERVISOR).get(reverse("instruction:leadership-workbook")).content[:2] == b"PK"


def test_list_takes_as_many_queries_however_many_principals(
    district, computed, sign_in, django_assert_max_num_queries
):
    client = sign_in(Role.SUPERVISOR)
    client.get(reverse("instruction:leadership"))
    with django_assert_max_num_queries(22):
        client.get(reverse("instruction:leadership"))
    with django_assert_max_num_queries(32):
        client.get(page_of(district.principals[0]))


def test_year_without_a_framework_says_so(district, sign_in):
    client = sign_in(Role.SUPERVISOR)
    assert "No framework of leadership" in client.get(reverse("instruction:leadership")).content.decode()
    assert "No framework of leadership" in client.get(page_of(district.principals[0])).content.decode()
    with reach.rows_of():
        assert estimates(scope_of(district.users[Role.SUPERVISOR]), None, factories.year()) == {}


def test_rest_tells_the_same(district, computed, sign_in):
    client = sign_in(Role.SUPERVISOR)
    rows = client.get(reverse("api-leadership-list")).json()
    assert [row["name"] for row in rows] == ["Pat Principal0", "Pat Principal1"]
    assert rows[0]["figures"][0]["n_observations"] == 5
    one = client.get(reverse("api-leadership-detail", kwargs={"uid": district.principals[0].uid})).json()
    assert one["growth"][0]["growth_may_be_told"] is False
    assert one["network_confounded"] is False


def test_growth_that_can_be_told_is_told_in_the_sentence():
    held = [TrendLine("", [], "", status) for status in ("above", "above", "at", "none")]
    assert (
        "told of 3 of 4 elements: <b>2</b> have risen, <b>0</b> fallen; of 1 we cannot tell yet."
        in pages._growth_sentence(held, 3)
    )
