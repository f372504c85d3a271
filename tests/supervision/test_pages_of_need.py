"""Our need index on pages, in files and over REST, and what the district's caseloads lack."""

import io
import zipfile
from datetime import timedelta

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from alignment_dash.access.models import AuditEvent
from alignment_dash.access.persondata import registry
from alignment_dash.access.roles import Role
from alignment_dash.access.scope import scope_of
from alignment_dash.runs.models import Run
from alignment_dash.schoolyear import current_year, today
from schools.models import StaffAssignment, StaffRole
from supervision.actions import assign_school, set_weights
from supervision.balance.index import Weights
from supervision.district import lacks
from supervision.models import (
    CASELOAD_RUN,
    CaseloadAssignment,
    CaseloadSchool,
    NeedWeights,
    SupervisorLimits,
)
from supervision.queries import caseload, needs_of
from tests import factories

pytestmark = pytest.mark.django_db
NEED, LIST, SET = "supervision:need", "supervision:caseload-list", "supervision:set-weights"
OWN = {"leadership": 1, "tenure": 0.5, "gaps": 1, "size": 0.5}


def one(name, row):
    return reverse(name if name.startswith("api-") else f"supervision:{name}", kwargs={"uid": row.uid})


def test_pages_tell_need_beside_the_span_and_call_it_ours(sign_in, district, compute, cell):
    cell(0, 0, 0.5, 0.9)
    compute()
    needs = needs_of(current_year(), [each.pk for each in district.principals])
    assert sum(need.index for need in needs.values()) == pytest.approx(2)
    first = needs[district.principals[0].pk]
    assert (first.gaps, first.leadership, first.tenure) == (0.9, None, 0)
    page = sign_in(Role.SUPERVISOR).get(reverse("supervision:my-caseload")).text
    assert "The need of 2.0 average principals" in page
    assert "by our need index, not the paper’s" in page
    assert page.count("not known") >= 2
    assert "1 Elementary, 1 Middle" in page
    event = AuditEvent.objects.get(act="view.caseload")
    assert event.detail["people"] == sorted(each.pk for each in district.principals[:2])
    page = sign_in(Role.CABINET).get(reverse(LIST)).text
    assert "Need (our index)" in page
    assert "North 2" in page


def test_need_rests_on_the_weights_and_setting_them_is_dated(sign_in, district, compute):
    client = sign_in(Role.CABINET)
    assert "nobody has set others" in client.get(reverse(NEED)).text
    assert client.post(reverse(SET), OWN | {"size": 11}).status_code == 400
    assert client.post(reverse(SET), OWN | {"seen": ""}).status_code == 302
    assert not NeedWeights.objects.exists()  # nothing else was asked for
    assert client.post(reverse(SET), OWN | {"tenure": 2}).status_code == 302
    assert Run.objects.open().filter(kind=CASELOAD_RUN).exists()
    moved = client.post(reverse(SET), OWN | {"tenure": 3})
    assert moved.status_code == 409
    assert "Someone else has set weights meanwhile" in moved.text
    assert 'value="3"' in moved.text
    seen = NeedWeights.objects.get().uid
    assert client.post(reverse(SET), OWN | {"tenure": 3, "seen": seen}).status_code == 302
    page = client.get(reverse(NEED)).text
    assert "Set by Superintendent" in page
    assert "Earlier weights" in page
    page = sign_in(Role.SUPERVISOR).get(reverse(NEED)).text
    assert "Set on" in page
    assert "Earlier weights" not in page
    assert "Set the weights" not in page
    assert compute().facts["need_weights"] == str(NeedWeights.objects.get(tenure=3).uid)


def test_need_of_an_earlier_capacity_snapshot_is_not_told(district, compute, cell, capacity, user_in):
    cell(0, 0, 0.5)
    compute()
    Run.objects.filter(pk=capacity.pk).update(subject="gone")
    capacity.refresh_from_db()
    from alignment_dash.runs.models import Publication

    Publication.objects.filter(run=capacity).delete()
    found = caseload(scope_of(user_in(Role.CABINET)), current_year(), district.supervisor.uid)
    assert found.summary.need is None
    assert {row.need for row in found.rows} == {None}


def test_vacancies_and_principals_of_two_caseloads_are_told(sign_in, district, compute):
    other = factories.person(given="Kim", family="Second")
    factories.caseload(supervisor=other, principal=district.principals[0], school=district.schools[2])
    CaseloadAssignment.objects.filter(school=district.schools[1]).update(principal=None)
    StaffAssignment.objects.filter(person=district.principals[1]).delete()
    StaffAssignment.objects.filter(person=district.principals[2]).delete()
    factories.assignment(person=district.principals[0], org=district.schools[2], role=StaffRole.PRINCIPAL)
    compute()
    page = sign_in(Role.SUPERVISOR).get(reverse("supervision:my-caseload")).text
    assert "1 principal, 1 vacant position" in page
    assert "also in another caseload" in page
    assert "counts as 1" in page


def test_district_names_what_its_caseloads_lack(sign_in, user_in, district, compute):
    idle = factories.person(given="Ida", family="Idle")
    gone = factories.person(given="Gus", family="Gone")
    factories.assignment(person=idle, org=district.root, role=StaffRole.PRINCIPAL_SUPERVISOR)
    factories.assignment(
        person=gone, org=district.root, role=StaffRole.PRINCIPAL_SUPERVISOR, during=DateRange(None, today())
    )
    assign_school(supervisor=gone, school=factories.org(name="Elm"), start=today(), by=None)
    SupervisorLimits.objects.create(supervisor=district.supervisor, leaves_on=today() + timedelta(days=9))
    compute()
    found = lacks(scope_of(user_in(Role.CABINET)), current_year())
    assert [each.name for each in found.now] == ["Cottonwood High"]
    assert [(each.name, each.since) for each in found.ahead] == [
        (name, today() + timedelta(days=9)) for name in ("Alder Elementary", "Birch Middle")
    ]
    assert [each.name for each in found.idle] == ["Ida Idle"]
    assert [(each.name, each.left_on) for each in found.gone] == [("Gus Gone", today())]
    page = sign_in(Role.CABINET).get(reverse(LIST)).text
    for words in (
        "Cottonwood High",
        "without one from",
        "Ida Idle · no principals",
        "not in the roster since",
    ):
        assert words in page
    assert lacks(scope_of(user_in(Role.SUPERVISOR)), current_year()).now == ()


def test_list_takes_as_many_queries_for_many_caseloads(sign_in, district, compute):
    client, counts = sign_in(Role.CABINET), []
    for more in (0, 6):
        for _ in range(more):
            factories.caseload(
                supervisor=factories.person(), principal=factories.person(), school=factories.org()
            )
        compute()
        client.get(reverse(LIST))
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse(LIST))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_files_carry_the_day_and_the_same_figures(sign_in, district, compute, cell):
    cell(0, 0, 0.5)
    compute()
    client = sign_in(Role.CABINET)
    text = client.get(reverse("supervision:caseload-list-csv")).content.decode("utf-8-sig")
    assert text.startswith("Principal supervisor,Principals,Vacant positions,Span,Need")
    assert "Sam Supervisor,2,0,below 8,2.0" in text
    assert today().isoformat() in text
    text = client.get(one("caseload-csv", district.supervisor)).content.decode("utf-8-sig")
    assert "Alder Elementary,North,Elementary,Pat Principal0,2000-01-01,6," in text
    for url in (reverse("supervision:caseload-list-workbook"), one("caseload-workbook", district.supervisor)):
        assert zipfile.ZipFile(io.BytesIO(client.get(url).content)).testzip() is None
    assert AuditEvent.objects.filter(act__startswith="export.caseload").count() == 4
    assert sign_in(Role.SUPERVISOR).get(one("caseload-csv", district.supervisor)).status_code == 200


def test_rest_reads_changes_and_refuses(sign_in, district, compute):
    compute()
    client = sign_in(Role.CABINET)
    found = client.get(reverse("api-caseload-list")).json()
    assert [each["n_principals"] for each in found["caseloads"]] == [2]
    assert [each["name"] for each in found["schools_without"]] == ["Cottonwood High"]
    detail = client.get(one("api-caseload-detail", district.supervisor)).json()
    assert detail["by_need"]["need"] == pytest.approx(2)
    assert {school["need"]["leadership"] for school in detail["schools"]} == {None}
    url = reverse("api-caseload-assignments")
    body = {
        "supervisor": str(district.supervisor.uid),
        "school": str(district.schools[2].uid),
        "start": today().isoformat(),
    }
    for field, wrong in (
        ("supervisor", str(district.schools[2].uid)),
        ("school", "x"),
        ("start", "0001-01-01"),
    ):
        refused = client.post(url, body | {field: wrong}, content_type="application/json")
        assert (refused.status_code, field in refused.json()) == (400, True)
    made = client.post(url, body, content_type="application/json")
    assert made.status_code == 201
    assert made.json()[0]["principal"] == str(district.principals[2].uid)
    again = client.post(url, body, content_type="application/json")
    assert again.json()["start"] == [
        "This principal is in the caseload for this school at that time already."
    ]
    assert len(client.get(url).json()) == 3
    end = one("api-caseload-assignment-end", CaseloadAssignment.objects.get(school=district.schools[0]))
    assert client.post(end, {"end": "1999-01-01"}, content_type="application/json").status_code == 400
    ended = client.post(end, {"end": today().isoformat()}, content_type="application/json")
    assert ended.json()["end"] == today().isoformat()
    weights = reverse("api-need-weights")
    assert client.get(weights).json()["uid"] is None
    put = client.put(weights, OWN | {"size": 1, "seen": None}, content_type="application/json")
    assert put.json()["size"] == 1
    conflict = client.put(weights, OWN | {"seen": None}, content_type="application/json")
    assert (conflict.status_code, conflict.json()["now"]["size"]) == (409, 1)
    supervisor = sign_in(Role.SUPERVISOR)
    assert len(supervisor.get(url).json()) == 2
    assert supervisor.post(url, body, content_type="application/json").status_code == 404
    assert supervisor.post(end, {"end": today().isoformat()}).status_code == 404


def test_weights_all_zero_make_everybody_count_the_same(district, compute):
    set_weights(weights=Weights(0, 0, 0, 0), seen=None, by=None)
    compute()
    needs = needs_of(current_year(), [each.pk for each in district.principals])
    assert [(need.index, need.low, need.high) for need in needs.values()] == [(1, 1, 1)] * 2


def test_need_of_a_principal_is_handed_out_with_their_own_data(district, compute):
    compute()
    [held] = [one for one in registry.holdings() if one.key == "caseloads"]
    subject = registry.people().of(district.principals[0].uid)
    rows = list(held.rows(subject))
    assert len(rows) == held.count(subject) == 2
    assert rows[1]["need index"] == pytest.approx(
        CaseloadSchool.objects.get(principal=district.principals[0]).need
    )
