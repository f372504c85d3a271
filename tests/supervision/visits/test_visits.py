"""Visits: the sheet that prepares one, planning and recording, time that is logged once, lists and files."""

from datetime import timedelta
from io import BytesIO
from types import SimpleNamespace

import openpyxl
import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.urls import reverse
from django.utils.formats import date_format

from alignment_dash.access.models import AuditEvent
from alignment_dash.access.reach import all_rows
from alignment_dash.access.roles import Role
from alignment_dash.access.scope import scope_of
from alignment_dash.schoolyear import today
from instruction.models import Observation
from schools.models import StaffAssignment
from supervision.models import CaseloadAssignment, TimeEntry, Visit, VisitState
from supervision.timelog.actions import add_entry
from supervision.visiting import Wait
from supervision.visits import actions, listing, queries, words, writing
from supervision.visits.gaps import widest
from supervision.visits.sheet import sheet
from tests import factories
from tests.instruction.test_views import text

pytestmark = pytest.mark.django_db


def place(district, n=0):
    return {"school_uid": district.schools[n].uid, "principal_uid": district.principals[n].uid}


def url(name, district, n=0):
    return reverse(f"supervision:{name}", kwargs=place(district, n))


def test_sheet_says_what_was_agreed_first_then_what_changed(
    sign_in, district, visit, commitment, cell, leadership
):
    cell(0, 0, 0.6)
    cell(0, 1, 0.3, p_below=0.8)
    new = factories.person(given="Nell", family="Newcomer")
    factories.assignment(person=new, org=district.schools[0], during=DateRange(today(), None))
    left = StaffAssignment.objects.get(person=district.teachers[district.schools[0].pk][2])
    left.during = DateRange(left.during.lower, today() - timedelta(days=1))
    left.save()
    page = sign_in(Role.SUPERVISOR).get(url("visit-sheet", district))
    said = text(page)
    assert "The last visit was 9 days ago" in said
    assert "1 commitment is open and overdue." in said
    assert "Visit four lessons" in said
    assert "overdue since" in said
    assert leadership.versions.first().name in said
    assert "Teachers on the roster: 1 came, 1 left." in said
    found = page.context["sheet"]
    assert [round(one.gap, 1) for _column, one in found.gaps.widest] == [0.6, 0.3]
    assert (
        "6 new observations of teachers." in said
    )  # the small district's, one of each teacher of the school
    assert f"Snapshot of {today():%b} {today().day}, {today().year}" in said
    order = [
        said.index(words)
        for words in ("Last commitments", "Element in focus", "Support and answers since", "Widest gaps")
    ]
    assert order == sorted(order)
    assert not AuditEvent.objects.filter(detail__icontains="four lessons").exists()


def test_few_new_observations_are_not_counted_out(district, visit):
    scope = scope_of(district.users[Role.SUPERVISOR])
    with all_rows(why="a test moves evidence"):
        early = Observation.objects.filter(school=district.schools[0]).values("pk")[:4]
        Observation.objects.filter(pk__in=list(early.values_list("pk", flat=True))).update(
            observed_on=visit.day - timedelta(days=1)
        )
    found = sheet(scope, district.schools[0].uid, district.principals[0].uid).since
    assert (found.n_observations, found.few_observations) == (None, True)
    # A visit entered as time alone is the last one from then on, for all that counts since; its time is told.
    took_part = [(district.principals[0].pk, district.schools[0].pk)]
    add_entry(
        scope=scope, by=district.users[Role.SUPERVISOR], day=visit.day + timedelta(days=1), minutes=45,
        purpose="one-on-one", principals=took_part,
    )  # fmt: skip
    told = sheet(scope, district.schools[0].uid, district.principals[0].uid)
    assert {told.last, told.since.day, told.unlisted} == {visit.day + timedelta(days=1)}
    assert told.since.minutes == [("One-on-one teaching of leadership", 45)]
    # Of who has left the caseload since, somebody else's visits are told of no more: not their day either.
    CaseloadAssignment.objects.filter(principal=district.principals[0]).update(
        during=DateRange(factories.EVER.lower, today())
    )
    other, (last, by) = factories.person(), (today() - timedelta(days=1), district.users[Role.CABINET])
    Visit.objects.create(
        supervisor=other, principal=district.principals[0], school=district.schools[0], day=last,
        state=VisitState.DONE, made_by=by,
    )  # fmt: skip
    gone = sheet(scope, district.schools[0].uid, district.principals[0].uid)
    assert (gone.leads, gone.last) == (False, visit.day + timedelta(days=1))


def test_sheet_costs_the_same_however_much_there_is(
    district, visit, commitment, django_assert_max_num_queries, django_assert_num_queries
):
    scope = scope_of(district.users[Role.SUPERVISOR])
    with django_assert_max_num_queries(50) as few:
        assert sheet(scope, district.schools[0].uid, district.principals[0].uid)
    for days in range(1, 4):
        planned = actions.plan_visit(
            supervisor=district.supervisor, principal=district.principals[0], school=district.schools[0],
            day=today() + timedelta(days=days), by=district.users[Role.SUPERVISOR],
        )  # fmt: skip
        writing.commit_to(
            principal=district.principals[0], school=district.schools[0], writer=district.supervisor, visit=planned,
            commitment_by="supervisor", text="Bring tasks", due=today(), by=district.users[Role.SUPERVISOR],
        )  # fmt: skip
    with django_assert_num_queries(len(few)):
        assert sheet(scope, district.schools[0].uid, district.principals[0].uid)


def test_expected_rhythm_follows_goal_and_need():
    said = words.wait_words(Wait(last=None, waited=8, every=7.0, goal=2.0, need=1.5))
    assert "about every 7 contact days" in said
    assert "1.5" in said
    assert words.wait_words(None) == words.wait_words(Wait(None, 8, None, 0.0, 1.5)) == ""


def test_visit_logs_its_time_once_however_often_it_is_sent(sign_in, district, leadership):
    client = sign_in(Role.SUPERVISOR)
    record = url("visit-record", district)
    given = {
        "uid": str(client.get(record).context["form"]["uid"].value()), "day": today().isoformat(),
        "minutes": "75", "purpose": "observing-together", "element": str(leadership.uid),
    }  # fmt: skip
    tomorrow = (today() + timedelta(days=1)).isoformat()
    assert client.post(record, given | {"day": tomorrow}).status_code == 400
    assert client.post(record, given | {"minutes": "0"}).status_code == 400
    assert "Work goes through the principal" in text(client.post(record, given | {"with_teachers": "on"}))
    assert client.post(record, given | {"element": "nonsense"}).status_code == 400
    assert not Visit.objects.exists()
    assert not TimeEntry.objects.exists()
    for _twice in range(2):
        assert client.post(record, given).status_code == 302
    visit, entry = Visit.objects.get(), TimeEntry.objects.get()
    assert (visit.state, visit.entry, entry.minutes, entry.source) == (VisitState.DONE, entry, 75, "visit")
    assert [one.principal_id for one in entry.principals.all()] == [district.principals[0].pk]
    said = text(client.get(url("visit-sheet", district)))
    assert "The last visit was today." in said
    assert "Observing together: 1 h 15 min" in said
    assert "“Since” counts from the last one; the time of that day is included." in said


def test_planned_visit_takes_place_is_changed_and_canceled(sign_in, district, leadership):
    client = sign_in(Role.SUPERVISOR)
    plan = url("visit-plan", district)
    far = (today() + timedelta(days=700)).isoformat()
    assert client.post(plan, {"day": far}).status_code == 400
    day = (today() + timedelta(days=5)).isoformat()
    assert client.post(plan, {"day": day, "element": str(leadership.uid)}).status_code == 302
    visit = Visit.objects.get()
    assert "planned" in text(client.get(url("visit-sheet", district)))
    ahead = f"1 is planned, for {date_format(today() + timedelta(days=5), 'M j')}."
    assert ahead in text(client.get(reverse("supervision:visits")))
    done = reverse("supervision:visit-done", kwargs={"uid": visit.uid})
    went = {"day": today().isoformat(), "purpose": "one-on-one", "minutes": "30", "with_teachers": "on",
            "why_teachers": "She was called away"}  # fmt: skip
    assert client.post(done, went | {"revision": 7}).status_code == 409
    assert client.post(done, went | {"revision": visit.revision, "day": day}).status_code == 400
    for _twice in range(2):
        assert client.post(done, went | {"revision": visit.revision}).status_code == 302
    assert TimeEntry.objects.count() == 1
    listed = text(client.get(reverse("supervision:visits")))
    for said in (listed, text(client.get(reverse("ui:home")))):
        assert (
            "You recorded 1 visit this school year. On 1 of them you worked with teachers directly." in said
        )
    visit.refresh_from_db()
    change = reverse("supervision:visit-change", kwargs={"uid": visit.uid})
    assert client.post(change, {"revision": visit.revision, "with_teachers": ""}).status_code == 302
    visit.refresh_from_db()
    assert (visit.with_teachers, visit.why_teachers) == (False, "")
    cancel = reverse("supervision:visit-cancel", kwargs={"uid": visit.uid})
    assert client.post(cancel, {"revision": 0}).status_code == 409
    assert client.post(cancel, {"revision": visit.revision}).status_code == 302
    assert TimeEntry.objects.count() == 1
    assert client.post(done, went | {"revision": visit.revision + 1}).status_code == 400
    restore = reverse("supervision:visit-restore", kwargs={"uid": visit.uid})
    for _twice, status in ((1, 302), (2, 409)):
        assert client.post(restore, {"revision": visit.revision + 1}).status_code == status
    visit.refresh_from_db()
    assert (visit.state, visit.entry) == (VisitState.DONE, TimeEntry.objects.get())


def test_vacant_position_two_schools_and_co_principals_each_have_a_sheet(sign_in, district, visit):
    second = district.schools[1]
    vacant = reverse("supervision:visit-sheet-of-school", kwargs={"school_uid": second.uid})
    client = sign_in(Role.SUPERVISOR)
    assert "Principal1" in text(client.get(vacant))
    # The first school's principal leads the second one too, beside its own.
    CaseloadAssignment.objects.create(
        supervisor=district.supervisor, principal=district.principals[0], school=second, during=factories.EVER
    )
    both = text(client.get(url("visit-sheet", district)))
    assert "Also leads: Birch Middle" in both
    elsewhere = {"school_uid": second.uid, "principal_uid": district.principals[0].uid}
    said = text(client.get(reverse("supervision:visit-sheet", kwargs=elsewhere)))
    assert "Also leads this school:" in said
    # A visit to a principal is one, at whichever of their schools; the list is this school's, and says where that was.
    assert "No visit yet." not in said
    assert f"Visits {visit.day:%b} {visit.day.day}, {visit.day.year} at another school, or time you" in said
    CaseloadAssignment.objects.filter(school=second).delete()
    CaseloadAssignment.objects.create(
        supervisor=district.supervisor, principal=None, school=second, during=factories.EVER
    )
    said = text(client.get(vacant))
    assert "vacant" in said
    assert "Record a visit" not in said
    assert client.get(url("visit-sheet", district, 2)).status_code == 404
    assert client.get(url("visit-record", district, 1)).status_code == 404
    assert "vacant" in text(client.get(reverse("supervision:visits")))


def test_last_visits_and_open_commitments_stay_within_the_caseload(district, visit, commitment):
    key = (district.schools[0].pk, district.principals[0].pk)
    ids = [school.pk for school in district.schools]
    mine = scope_of(district.users[Role.SUPERVISOR])
    last = {row.school_uid: row.last for row in listing.principals(mine)}
    assert last == {district.schools[0].uid: visit.day, district.schools[1].uid: None}
    assert queries.open_commitments(mine, ids) == {key: (1, 1)}
    assert queries.visit_counts(mine, ids, visit.day, today()) == {key: 1}
    for role in (Role.CABINET, Role.HR, Role.TEACHER, Role.CI_STAFF):
        scope = scope_of(district.users[role])
        assert not listing.principals(scope), role
        assert not queries.open_commitments(scope, ids), role


def test_files_hold_visits_and_commitments_and_no_note(sign_in, district, visit, note, commitment):
    client = sign_in(Role.SUPERVISOR)
    csv = client.get(reverse("supervision:visits-csv")).content.decode("utf-8-sig")
    assert "Alder Elementary" in csv
    held = client.get(reverse("supervision:commitments-csv")).content.decode("utf-8-sig")
    assert "Visit four lessons" in held
    assert "rehearsed" not in csv + held
    assert client.get(reverse("supervision:visits-workbook")).status_code == 200
    # People read whether teachers were worked with, not a program's word for it.
    assert csv.splitlines()[1].endswith(",no")
    answer = client.get(reverse("supervision:commitments-workbook"), {"state": "overdue"})
    sheet = openpyxl.load_workbook(BytesIO(answer.content))["Commitments"]
    assert [sheet["D1"].value, sheet["D2"].value, sheet.max_row] == ["What", "Visit four lessons", 2]
    assert reverse("supervision:commitments-workbook") in client.get(reverse("supervision:commitments")).text


def test_element_worked_on_last_is_filled_in_and_why_is_asked_as_needed(sign_in, district, visit, leadership):
    client = sign_in(Role.SUPERVISOR)
    for name in ("visit-record", "visit-plan"):
        page = client.get(url(name, district))
        assert page.context["form"]["element"].value() == str(leadership.uid)
        assert f'<option value="{leadership.uid}" selected>' in page.text
    assert "Why directly with teachers (optional)" not in text(client.get(url("visit-record", district)))
    other = {"school_uid": district.schools[1].uid, "principal_uid": district.principals[1].uid}
    page = client.get(reverse("supervision:visit-record", kwargs=other))
    assert not page.context["form"]["element"].value()


def test_principals_own_list_over_rest_keeps_to_the_state_that_was_asked_for(client, district, visit):
    client.force_login(district.users[Role.PRINCIPAL])
    Visit.objects.create(
        supervisor=district.supervisor, principal=district.principals[0], school=district.schools[0],
        day=today() + timedelta(days=3), made_by=district.users[Role.SUPERVISOR],
    )  # fmt: skip
    listed = reverse("api-visit-list")
    assert [one["state"] for one in client.get(listed).json()] == ["planned", "done"]
    assert [one["state"] for one in client.get(listed, {"state": "done"}).json()] == ["done"]


def test_gap_that_reads_as_nothing_is_none_of_the_widest():
    told = [
        (name, SimpleNamespace(gap=gap)) for name, gap in (("a", 0.04), ("b", 0.05), ("c", -0.3), ("d", 0.4))
    ]
    assert [name for name, _cell in widest(told)] == ["d", "b"]
