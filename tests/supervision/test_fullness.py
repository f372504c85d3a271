"""How full a caseload would be over all the time of what is assigned: first day above, the most, and who is new."""

import re
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db.backends.postgresql.psycopg_any import DateRange
from django.urls import reverse

from alignment_dash.access.models import AuditEvent
from alignment_dash.access.roles import Role
from alignment_dash.access.trace.sentences import sentence
from alignment_dash.schoolyear import today
from schools.models import StaffRole
from supervision.actions import caseloads_from_roster
from supervision.fullness import all_fullness, fullness
from supervision.models import CaseloadAssignment, SupervisorLimits
from tests import factories

pytestmark = pytest.mark.django_db

ASSIGN, ROSTER = reverse("supervision:assign"), reverse("supervision:from-roster")


def day(n):
    return today() + timedelta(days=n)


def words(n):
    at = day(n)
    return f"{at:%b} {at.day}, {at.year}"


@pytest.fixture
def held(district):
    """Return a function that puts a principal into Sam's caseload for some days, the last left out."""

    def put(first, end, principal=None):
        return CaseloadAssignment.objects.create(
            supervisor=district.supervisor,
            principal=principal or factories.person(),
            school=factories.org(),
            during=DateRange(day(first), None if end is None else day(end)),
        )

    return put


@pytest.fixture
def full(district):
    """Return a function that says how full Sam's caseload of two, of at most three, would be with someone."""
    SupervisorLimits.objects.create(supervisor=district.supervisor, least=0, most=3)

    def found(coming, first=0, end=None):
        during = DateRange(day(first), None if end is None else day(end))
        one = fullness(district.supervisor, during, [coming.pk])
        return (one.is_above, one.day, one.before, one.n, one.peak_day, one.peak)

    return found


def test_another_assignment_that_begins_within_the_time_counts(full, held):
    new = factories.person()
    assert full(new) == (False, day(0), 2, 3, day(0), 3)
    held(10, 40)
    held(20, 30)
    # Three and one from the tenth day on, and one more for ten days of that.
    assert full(new) == (True, day(10), 3, 4, day(20), 5)


def test_what_begins_once_the_new_one_has_ended_does_not_count(full, held):
    held(10, None)
    assert full(factories.person(), end=10)[0] is False
    assert full(factories.person(), end=11)[:2] == (True, day(10))
    held(-5, 0)  # has ended before
    assert full(factories.person(), end=10)[0] is False


def test_principal_of_two_schools_is_new_from_the_day_on_which_the_first_ends(full, held):
    principal = factories.person()
    held(-5, 10, principal)
    held(-5, None)
    # Four of three already: another school of one of them makes it no fuller, until the first school ends.
    assert full(principal, end=10)[0] is False
    assert full(principal) == (True, day(10), 3, 4, day(10), 4)


def test_assigning_warns_of_a_later_day_and_records_it(sign_in, district, held):
    SupervisorLimits.objects.create(supervisor=district.supervisor, least=0, most=3)
    held(10, None)
    held(20, None)
    client = sign_in(Role.CABINET)
    body = {
        "supervisor": district.supervisor.uid,
        "school": district.schools[2].uid,
        "start": today().isoformat(),
    }
    warned = client.post(ASSIGN, body).text
    assert (
        f"Sam Supervisor would have 4 principals from {words(10)} on instead of 3, and the limit is 3."
        f" The most are 5, from {words(20)} on. Nothing is written yet." in warned
    )
    key = re.search(r'name="above" value="([^"]+)"', warned)[1]
    done = client.post(ASSIGN, body | {"above": key}, follow=True).text
    assert (
        f"Sam Supervisor has 4 principals from {words(10)} on, above the limit of 3."
        f" The most are 5, from {words(20)} on." in done
    )
    event = AuditEvent.objects.get(act="caseload.assign")
    assert (event.detail["principals"], event.detail["above_from"]) == (5, day(10).isoformat())
    assert sentence(event).endswith("(above the limit of 3)")


def test_rest_warns_of_a_later_day_within_the_assignment_alone(sign_in, district, held):
    SupervisorLimits.objects.create(supervisor=district.supervisor, least=0, most=3)
    held(10, None)
    client = sign_in(Role.CABINET)

    def warning(**more):
        body = {
            "supervisor": str(district.supervisor.uid),
            "school": str(district.schools[2].uid),
            "start": today().isoformat(),
        }
        url = reverse("api-caseload-assignments")
        answer = client.post(url, body | more, content_type="application/json")
        CaseloadAssignment.objects.filter(school=district.schools[2]).delete()
        return answer.status_code, answer.json()

    assert warning(end=day(10).isoformat())[1][0]["warning"] == ""
    assert f"has 4 principals from {words(10)} on" in warning()[1][0]["warning"]
    status, refused = warning(end=today().isoformat())
    assert (status, refused["start"]) == (
        400,
        ["The end is the first day after, so it comes later than the start."],
    )


def test_vacant_position_counts_and_many_supervisors_take_as_many_queries(
    district, held, django_assert_num_queries
):
    people = [district.supervisor, *(factories.person() for _ in range(9))]
    SupervisorLimits.objects.create(supervisor=district.supervisor, least=0, most=2)
    with django_assert_num_queries(3):
        found = all_fullness(
            people, DateRange(today(), None), {district.supervisor.pk: [-district.schools[2].pk]}
        )
    assert [(one.n, one.most, one.is_above) for one in found] == [(3, 2, True), *[(0, 12, False)] * 9]


@pytest.fixture
def crowded(district):
    """The small district before anybody has a caseload: Sam would have all three principals, of at most two."""
    CaseloadAssignment.objects.all().delete()
    SupervisorLimits.objects.create(supervisor=district.supervisor, least=0, most=2)
    return district


def test_caseloads_from_the_roster_above_a_limit_are_asked_once_more_and_recorded(sign_in, crowded):
    client = sign_in(Role.CABINET)
    page = client.post(ROSTER)
    assert page.status_code == 200
    assert "1 caseload would be above its limit. Nothing is written yet." in page.text
    assert (
        f"Sam Supervisor would have 3 principals from {words(0)} on instead of 0, and the limit is 2."
        in page.text
    )
    assert not CaseloadAssignment.objects.exists()
    key = re.search(r'name="above" value="([^"]+)"', page.text)[1]
    # What was seen counts: with another limit meanwhile it is asked again.
    SupervisorLimits.objects.update(most=1)
    assert "and the limit is 1." in client.post(ROSTER, {"above": key}).text
    SupervisorLimits.objects.update(most=2)
    done = client.post(ROSTER, {"above": key}, follow=True).text
    assert "3 schools were put into caseloads." in done
    assert f"Sam Supervisor has 3 principals from {words(0)} on, above the limit of 2." in done
    event = AuditEvent.objects.get(act="caseload.from_roster")
    assert event.detail["above"] == [
        {
            "supervisor": str(crowded.supervisor.uid),
            "principals": 3,
            "above_most": 2,
            "above_from": today().isoformat(),
        }
    ]
    assert sentence(event).endswith("(1 caseload above its limit)")


def test_caseloads_from_the_roster_count_who_is_there_already(crowded, held):
    SupervisorLimits.objects.update(most=4)
    for n in (5, 6):
        held(n, None)
    done = caseloads_from_roster(by=None, day=today())
    assert [(one.day, one.before, one.n, one.most) for one in done.above] == [(day(6), 2, 5, 4)]


def test_command_tells_of_caseloads_above_their_limits(crowded, capsys):
    other = factories.person(given="Kim", family="Other")
    factories.assignment(person=other, org=crowded.networks[0], role=StaffRole.PRINCIPAL_SUPERVISOR)
    SupervisorLimits.objects.create(supervisor=other, least=0, most=1)
    call_command("caseloads_from_roster")
    assert capsys.readouterr().out.splitlines() == [
        "3 schools assigned, 0 had a supervisor, 0 left out",
        f"- Kim Other has 2 principals from {words(0)} on, above the limit of 1.",
    ]
