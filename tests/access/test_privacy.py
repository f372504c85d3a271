"""Ways around the policy that someone might try: each must show nothing."""

from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.urls import reverse
from knox.models import AuthToken

from alignment_dash.access import reach
from alignment_dash.access.models import RoleGrant
from alignment_dash.access.roles import Role
from alignment_dash.runs import actions, tasks
from alignment_dash.schoolyear import today
from instruction.models import Observation
from supervision.models import CASELOAD_RUN
from tests import factories

pytestmark = pytest.mark.django_db
MAP = "/capacity/"
# Who works where, who may visit where and who is to rate which lesson is no evidence: these tables name persons and
# stay open to queries, which take a scope.
ROSTER_TABLES = {
    "instruction_calibrationexercise",
    "instruction_calibrationinvitation",
    "instruction_suggestedvisit",
    "instruction_visitingobserver",
    "schools_identity",
    "schools_staffassignment",
    "schools_teaching",
    "schools_waitingrole",
    "staffing_incumbency",
    "supervision_caseloadassignment",
    "supervision_caseloadschool",
    "supervision_caseloadsummary",
}
# How supervision is shared out and how its time goes: the cabinet reads sums of many supervisors, so queries that take
# a scope keep these, and none of them holds what is said about anyone. What is said is closed by the database.
SUPERVISION_TABLES = {
    "supervision_benchcandidate",
    "supervision_calendarfeed",
    "supervision_confirmedweek",
    "supervision_entryprincipal",
    "supervision_noncontactday",
    "supervision_proposedmove",
    "supervision_supervisorlimits",
    "supervision_supervisorsupport",
    "supervision_timeentry",
    "supervision_timegoal",
    "supervision_visit",
}


@pytest.fixture
def computed(district: factories.SmallDistrict) -> factories.SmallDistrict:
    """The district with a capacity snapshot and one of caseloads."""
    subject = str(district.version.framework.uid)
    tasks.perform(
        actions.request_run(kind="capacity", school_year=factories.year(), by=None, subject=subject).pk
    )
    tasks.perform(actions.request_run(kind=CASELOAD_RUN, school_year=factories.year(), by=None).pk)
    return district


def end_roles(user: Any) -> None:
    """End every role of a user yesterday."""
    RoleGrant.objects.filter(user=user).update(
        during=DateRange(today() - timedelta(days=30), today() - timedelta(days=1))
    )


def test_every_table_about_persons_or_students_has_row_security_or_is_a_roster():
    about = {
        model._meta.db_table
        for model in apps.get_models()
        for field in model._meta.fields
        if field.related_model is not None
        and field.related_model._meta.db_table
        in {"schools_person", "schools_student", "instruction_observation"}
    }
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relrowsecurity AND relforcerowsecurity"
        )
        closed = {row[0] for row in cursor.fetchall()}
    assert about - closed == ROSTER_TABLES | SUPERVISION_TABLES


def test_tag_of_a_page_is_no_key_for_another_person(computed, client, sign_in):
    first = sign_in(Role.CABINET).get(MAP)
    tag = first["ETag"]
    assert client.get(MAP, headers={"If-None-Match": tag}).status_code == 304
    for role in (Role.HR, Role.PRINCIPAL):
        assert sign_in(role).get(MAP, headers={"If-None-Match": tag}).status_code == 200


def test_kept_page_is_gone_once_the_role_has_ended(computed, client, sign_in, user_in):
    tag = sign_in(Role.PRINCIPAL).get(MAP)["ETag"]
    end_roles(user_in(Role.PRINCIPAL))
    assert client.get(MAP, headers={"If-None-Match": tag}).status_code == 404
    school = reverse("instruction:school", kwargs={"uid": computed.schools[0].uid})
    assert client.get(school).status_code == 404


def test_caseload_of_a_snapshot_is_closed_to_a_former_supervisor(computed, client, sign_in, user_in):
    url = reverse("supervision:caseload-detail", kwargs={"uid": computed.supervisor.uid})
    assert sign_in(Role.SUPERVISOR).get(url).status_code == 200
    end_roles(user_in(Role.SUPERVISOR))
    assert client.get(url).status_code == 404


def test_school_that_left_a_caseload_is_not_named_from_its_snapshot(computed, client, sign_in, user_in):
    user_in(Role.SUPERVISOR).grants.filter(school_id=computed.schools[1].pk).delete()
    url = reverse("supervision:caseload-detail", kwargs={"uid": computed.supervisor.uid})
    page = sign_in(Role.SUPERVISOR).get(url).content.decode()
    assert computed.schools[0].name in page
    assert computed.schools[1].name not in page
    assert "Principal1" not in page


@pytest.mark.parametrize("query", ["", "level=high", "network={south}", "element={element}", "page=1"])
def test_figures_of_a_school_of_three_teachers_are_nowhere(computed, client, sign_in, query):
    words = {
        "south": computed.networks[1].uid,
        "element": computed.version.elements.first().element.uid,
    }
    rows = sign_in(Role.CABINET).get(f"/api/v1/capacity/?{query.format(**words)}").json()["rows"]
    small = [row for row in rows if row["school"] == str(computed.schools[2].uid)]
    kept = {"school", "school_name", "network", "level", "element", "element_code", "evidence"}
    assert small or query == "page=3"
    assert {row["evidence"] for row in small} <= {"hidden"}
    assert not [row for row in small if any(row[name] is not None for name in row.keys() - kept)]


def test_totals_of_a_network_with_one_small_school_say_no_gap(computed, sign_in):
    page = sign_in(Role.CABINET).get(f"{MAP}?network={computed.networks[1].uid}").content.decode()
    assert "widest gap" not in page
    assert "not enough evidence" in page


def test_network_out_of_reach_answers_as_one_that_does_not_exist(computed, sign_in):
    client = sign_in(Role.PRINCIPAL)
    real = client.get(f"/api/v1/capacity/?network={computed.networks[1].uid}").json()
    false = client.get(f"/api/v1/capacity/?network={computed.supervisor.uid}").json()
    assert real == false


@pytest.mark.parametrize("change", ["inactive", "expired", "without a role"])
def test_token_ends_with_its_user_its_time_and_their_role(district, client, user_in, change):
    user = user_in(Role.DATA_ADMINISTRATOR)
    row, token = AuthToken.objects.create(user=user)
    ask = lambda: client.get("/api/v1/runs/", headers={"Authorization": f"Token {token}"})  # noqa: E731
    assert ask().status_code == 200
    if change == "inactive":
        user.is_active = False
        user.save()
    elif change == "expired":
        row.expiry = row.created - timedelta(days=1)
        row.save()
    else:
        end_roles(user)
    assert ask().status_code == (404 if change == "without a role" else 401)


def test_session_ends_with_its_user(district, client, sign_in, user_in):
    sign_in(Role.HR)
    user_in(Role.HR).__class__.objects.filter(pk=user_in(Role.HR).pk).update(is_active=False)
    assert client.get("/")["Location"].startswith(reverse("login"))


def test_sign_in_leads_to_no_other_host(district, client, user_in):
    user = user_in(Role.HR)
    user.set_password(factories.PASSWORD)
    user.save()
    for elsewhere in ("https://evil.example/", "//evil.example", "/\\evil.example"):
        sent = {"login": user.email, "password": factories.PASSWORD, "next": elsewhere}
        assert client.post(reverse("login"), sent)["Location"] == "/"
        client.logout()


@pytest.mark.parametrize(
    ("role", "counts"), [(Role.PRINCIPAL, 1), (Role.TEACHER, None), (Role.CABINET, None)]
)
def test_counts_of_a_group_of_one_are_for_its_leaders_and_no_estimate_for_anyone(
    district, sign_in, role, counts
):
    school = district.schools[0]
    with reach.all_rows(why="leave one observed teacher"):
        seen = Observation.objects.filter(school=school).order_by("pk")
        Observation.objects.filter(school=school).exclude(pk=seen[0].pk).delete()
    subject = str(district.version.framework.uid)
    tasks.perform(
        actions.request_run(kind="capacity", school_year=factories.year(), by=None, subject=subject).pk
    )
    rows = sign_in(role).get("/api/v1/capacity/").json()["rows"]
    here = [row for row in rows if row["school"] == str(school.uid)]
    assert {row["n_teachers"] for row in here} == {counts}
    assert {row["estimate"] for row in here} == {None}
