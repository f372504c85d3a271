"""How the cabinet changes caseloads on the pages; the walk sees to it that no other role can."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from alignment_dash.access.models import AuditEvent
from alignment_dash.access.roles import Role
from alignment_dash.access.trace.sentences import sentence
from alignment_dash.schoolyear import current_year, today
from schools.models import StaffAssignment, StaffRole
from supervision.models import CaseloadAssignment, SupervisorLimits
from tests import factories

pytestmark = pytest.mark.django_db

LIST, ASSIGN, ROSTER = "supervision:caseload-list", "supervision:assign", "supervision:from-roster"
BUTTON = "Make caseloads from the roster"


def end_of(person):
    return reverse("supervision:end", kwargs={"uid": person.uid})


def page_of(person):
    return reverse("supervision:caseload-detail", kwargs={"uid": person.uid})


def page_of_school(school):
    return reverse("instruction:school", kwargs={"uid": school.uid})


def acts(act):
    return AuditEvent.objects.filter(act=act).count()


@pytest.fixture
def send(sign_in, district):
    """Return a function that sends the form for the third school, which has no supervisor yet."""

    def sent(**fields):
        body = {
            "supervisor": district.supervisor.uid,
            "school": district.schools[2].uid,
            "start": today().isoformat(),
            **fields,
        }
        return sign_in(Role.CABINET).post(reverse(ASSIGN), body)

    return sent


def test_assigning_says_who_was_put_where_and_asks_for_the_next(send, sign_in, district):
    answer = send()
    assert answer.status_code == 302
    page = sign_in(Role.CABINET).get(answer["Location"]).text
    assert "Pat Principal2 at Cottonwood High is in the caseload of Sam Supervisor from" in page
    assert f'<option value="{district.supervisor.uid}" selected>' in page
    made = CaseloadAssignment.objects.get(school=district.schools[2])
    assert (made.supervisor, made.principal) == (district.supervisor, district.principals[2])
    assert acts("caseload.assign") == 1


def test_assigning_above_the_limit_warns_before_and_after_and_is_recorded(send, sign_in, district):
    limits = SupervisorLimits.objects.create(supervisor=district.supervisor, least=0, most=2)
    warned = send()
    assert warned.status_code == 200
    would_be = "Sam Supervisor would have 3 principals from"
    assert would_be in warned.text
    assert "and the limit is 2. Nothing is written yet." in warned.text
    assert "Assign above the limit" in warned.text
    assert acts("caseload.assign") == 0
    key = re.search(r'name="above" value="([^"]+)"', warned.text)[1]
    # What was seen counts: with another limit meanwhile it is asked again.
    SupervisorLimits.objects.filter(pk=limits.pk).update(most=1)
    assert would_be in send(above=key).text
    SupervisorLimits.objects.filter(pk=limits.pk).update(most=2)
    done = send(above=key)
    assert done.status_code == 302
    page = sign_in(Role.CABINET).get(done["Location"]).text
    assert "Sam Supervisor has 3 principals from" in page
    assert "above the limit of 2." in page
    event = AuditEvent.objects.get(act="caseload.assign")
    assert (event.detail["principals"], event.detail["above_most"]) == (3, 2)
    assert sentence(event).endswith("(above the limit of 2)")


def test_assigning_within_the_limit_warns_of_nothing(send, sign_in, district):
    SupervisorLimits.objects.create(supervisor=district.supervisor, least=0, most=3)
    # Another school of a principal in the caseload is no principal more.
    school = factories.org(parent=district.networks[0])
    factories.assignment(person=district.principals[0], org=school, role=StaffRole.PRINCIPAL)
    assert send(school=school.uid).status_code == 302
    answer = send()
    assert answer.status_code == 302
    assert "above the limit" not in sign_in(Role.CABINET).get(answer["Location"]).text
    for event in AuditEvent.objects.filter(act="caseload.assign"):
        assert "above_most" not in event.detail


def test_limit_passed_over_rest_is_told_in_the_answer(sign_in, district):
    SupervisorLimits.objects.create(supervisor=district.supervisor, least=0, most=2)
    body = {
        "supervisor": str(district.supervisor.uid),
        "school": str(district.schools[2].uid),
        "start": today().isoformat(),
    }
    url = reverse("api-caseload-assignments")
    answer = sign_in(Role.CABINET).post(url, body, content_type="application/json")
    assert answer.status_code == 201
    assert "above the limit of 2." in answer.json()[0]["warning"]
    assert AuditEvent.objects.get(act="caseload.assign").detail["above_most"] == 2


def test_assigning_a_school_that_nobody_leads_holds_the_vacant_position(send, sign_in, district):
    StaffAssignment.objects.filter(person=district.principals[2]).delete()
    answer = send()
    page = sign_in(Role.CABINET).get(answer["Location"]).text
    assert "vacant position at Cottonwood High is in the caseload of Sam Supervisor from" in page
    assert CaseloadAssignment.objects.get(school=district.schools[2]).principal is None


def test_assigning_a_school_takes_in_all_who_share_it(send, district):
    other = factories.person()
    factories.assignment(person=other, org=district.schools[2], role=StaffRole.PRINCIPAL)
    send()
    held = CaseloadAssignment.objects.filter(school=district.schools[2], supervisor=district.supervisor)
    assert set(held.values_list("principal", flat=True)) == {district.principals[2].pk, other.pk}


def test_assigned_school_opens_to_its_supervisor(send, sign_in, district):
    send()
    assert sign_in(Role.SUPERVISOR).get(page_of_school(district.schools[2])).status_code == 200


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"start": "0001-01-01"}, "This day is too long ago."),
        ({"start": "9999-12-31"}, "This day is too far ahead."),
        ({"start": "tomorrow"}, "Enter a valid date."),
        ({"start": ""}, "This field is required."),
        ({"supervisor": "x"}, "is not a valid UUID"),
    ],
)
def test_assigning_what_cannot_be_is_refused_in_words(send, fields, words):
    answer = send(**fields)
    assert answer.status_code == 400
    assert words in answer.text
    assert acts("caseload.assign") == 0


def test_assigning_a_school_with_a_supervisor_is_refused_in_words(send, district):
    other = factories.person()
    factories.assignment(person=other, org=district.root, role=StaffRole.PRINCIPAL_SUPERVISOR)
    answer = send(school=district.schools[0].uid, supervisor=other.uid)
    assert answer.status_code == 400
    assert "This school already has a principal supervisor at that time." in answer.text


def test_assigning_somebody_to_themselves_is_refused_in_words(send, district):
    principal = district.principals[2]
    factories.assignment(person=principal, org=district.root, role=StaffRole.PRINCIPAL_SUPERVISOR)
    answer = send(supervisor=principal.uid)
    assert answer.status_code == 400
    assert "Nobody supervises themselves." in answer.text


def test_teacher_is_no_choice_for_a_supervisor(send, district):
    teacher = district.teachers[district.schools[0].pk][0]
    assert send(supervisor=teacher.uid).status_code == 400


def test_principal_is_who_leads_the_school_on_the_first_day(send, district):
    school, leaver, successor = district.schools[2], district.principals[2], factories.person()
    later = today() + timedelta(days=10)
    StaffAssignment.objects.filter(person=leaver).update(during=DateRange(factories.EVER.lower, later))
    factories.assignment(
        person=successor, org=school, role=StaffRole.PRINCIPAL, during=DateRange(later, None)
    )
    for start, principal in [(today(), leaver), (later, successor)]:
        send(start=start.isoformat())
        assert CaseloadAssignment.objects.get(school=school).principal == principal
        CaseloadAssignment.objects.filter(school=school).delete()


def test_schools_without_a_supervisor_are_offered_first(sign_in, district):
    page = sign_in(Role.CABINET).get(reverse(ASSIGN)).text
    first, last = page.split('<optgroup label="With a principal supervisor">')
    assert "Cottonwood High (South)" in first
    assert "Alder Elementary (North)" in last


def test_ending_takes_the_school_out_and_closes_it(sign_in, district, compute):
    compute()
    held = CaseloadAssignment.objects.get(school=district.schools[0])
    client = sign_in(Role.CABINET)
    choice = "Alder Elementary: Pat Principal0, since Jan 1, 2000"
    assert choice in client.get(page_of(district.supervisor)).text
    body = {"assignment": held.uid, "end": today().isoformat()}
    page = client.post(end_of(district.supervisor), body, follow=True).text
    assert "Pat Principal0 at Alder Elementary leaves the caseload of Sam Supervisor on" in page
    assert choice not in page
    assert acts("caseload.end") == 1
    assert sign_in(Role.SUPERVISOR).get(page_of_school(district.schools[0])).status_code == 404


def test_ending_before_the_start_is_refused_in_words(sign_in, district, compute):
    compute()
    held = CaseloadAssignment.objects.get(school=district.schools[0])
    body = {"assignment": held.uid, "end": "1999-12-31"}
    answer = sign_in(Role.CABINET).post(end_of(district.supervisor), body)
    assert answer.status_code == 400
    assert "it comes later than the start" in answer.text
    assert acts("caseload.end") == 0


def test_ending_an_assignment_of_another_caseload_is_no_choice(sign_in, district, compute):
    compute()
    other = factories.caseload(
        supervisor=factories.person(), principal=district.principals[2], school=district.schools[2]
    )
    body = {"assignment": other.uid, "end": today().isoformat()}
    assert sign_in(Role.CABINET).post(end_of(district.supervisor), body).status_code == 400
    assert CaseloadAssignment.objects.get(pk=other.pk).during.upper is None


def test_supervisor_reads_the_own_caseload_without_a_way_to_change_it(sign_in, district, compute):
    compute()
    assert "Change this caseload" not in sign_in(Role.SUPERVISOR).get(page_of(district.supervisor)).text
    assert "Change this caseload" in sign_in(Role.CABINET).get(page_of(district.supervisor)).text


def test_first_caseloads_are_made_with_one_button(sign_in, district):
    CaseloadAssignment.objects.all().delete()
    client = sign_in(Role.CABINET)
    assert BUTTON in client.get(reverse(LIST)).text
    assert BUTTON not in client.get(f"{reverse(LIST)}?year={current_year() - 1}").text
    page = client.post(reverse(ROSTER), follow=True).text
    assert "3 schools were put into caseloads." in page
    assert "3 schools are in caseloads. The page shows them in about a minute." in page
    assert BUTTON not in page


def test_button_says_what_could_not_be_placed(sign_in, district):
    StaffAssignment.objects.filter(person=district.supervisor).delete()
    page = sign_in(Role.CABINET).post(reverse(ROSTER), follow=True).text
    assert "0 schools were put into caseloads." in page
    assert "The roster has no principal supervisor above: Cottonwood High." in page


def test_pages_take_as_many_queries_for_many_schools(sign_in, district, compute):
    client, counts = sign_in(Role.CABINET), []
    for more in (0, 9):
        for _ in range(more):
            school, head = factories.org(), factories.person()
            factories.caseload(supervisor=district.supervisor, principal=head, school=school)
            factories.assignment(person=head, org=district.root, role=StaffRole.PRINCIPAL_SUPERVISOR)
        compute()
        for url in (reverse(ASSIGN), page_of(district.supervisor)):
            client.get(url)
            with CaptureQueriesContext(connection) as queries:
                client.get(url)
            counts.append(len(queries))
    assert counts[:2] == counts[2:]


def test_caseload_of_who_leaves_ends_as_a_whole(sign_in, district, compute):
    compute()
    client = sign_in(Role.CABINET)
    url = reverse("supervision:end-all", kwargs={"uid": district.supervisor.uid})
    assert client.post(url, {"end_all": "x"}).status_code == 400
    held = CaseloadAssignment.objects.filter(school=district.schools[0])
    held.update(during=DateRange(today() - timedelta(days=9), None))
    refused = client.post(url, {"end_all": (today() - timedelta(days=365)).isoformat()})
    assert refused.status_code == 400
    assert "so the caseload ends later than that." in refused.text
    assert CaseloadAssignment.objects.count() == 2
    leaves = today() + timedelta(days=30)
    page = client.post(url, {"end_all": leaves.isoformat()}, follow=True).text
    assert "2 assignments of Sam Supervisor end on" in page
    assert page.count("without one from") == 2
    assert {one.during.upper for one in CaseloadAssignment.objects.all()} == {leaves}
    assert acts("caseload.end_all") == 1
