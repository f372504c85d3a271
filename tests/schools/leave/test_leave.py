"""Leave: kept, ended, removed and taken in by HR; nobody else knows of it."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.urls import reverse

from alignment_dash.access.models import AuditEvent
from alignment_dash.access.reach import all_rows, rows_of
from alignment_dash.access.roles import Role
from schools.models import ExternalId, Kind, Leave, SourceSystem
from tests import factories
from tests.instruction.test_views import text

pytestmark = pytest.mark.django_db
LIST = "schools:leave-list"


@pytest.fixture
def teachers(district):
    """Three teachers with ids in the roster, and HR's own name for one of them."""
    system = SourceSystem.objects.create(code="sis", name="SIS")
    found = district.teachers[district.schools[0].pk][:3]
    for number, one in enumerate(found):
        ExternalId.objects.create(system=system, kind=Kind.PERSON, external_id=f"T-{number}", row_id=one.pk)
    return found


def kept():
    with all_rows(why="a test looks at leave"):
        return [
            (one.person_id, one.during.lower, one.during.upper) for one in Leave.objects.order_by("during")
        ]


def upload(client, *lines):
    content = "\r\n".join(["person,first_day,last_day,reason", *lines]).encode("utf-8-sig")
    return client.post(reverse(LIST), {"act": "import", "file": SimpleUploadedFile("leave.csv", content)})


def test_leave_is_added_ended_and_removed_by_hr(sign_in, teachers):
    client, url = sign_in(Role.HR), reverse(LIST)
    answer = client.post(url, {"person": "T-0", "first_day": "2026-09-01", "last_day": ""})
    assert (answer.status_code, kept()) == (302, [(teachers[0].pk, date(2026, 9, 1), None)])
    with all_rows(why="a test looks at leave"):
        one = Leave.objects.get()
    change = reverse("schools:leave-change", args=[one.uid])
    days = {"first_day": "2026-09-01", "last_day": "2026-10-30", "seen": "2026-09-01/None"}
    assert client.post(change, days).status_code == 302
    assert kept() == [(teachers[0].pk, date(2026, 9, 1), date(2026, 10, 31))]
    assert client.post(change, days).status_code == 409  # it is not what was seen any more
    page = text(client.get(url))
    assert "Teacher00" in page
    assert client.get(url)["Cache-Control"] == "no-store"
    assert {str(one.detail["people"]) for one in AuditEvent.objects.filter(act="view.leave")} == {
        str([teachers[0].pk])
    }
    assert client.post(change, {"act": "remove", "seen": "2026-09-01/2026-10-31"}).status_code == 302
    assert kept() == []
    told = AuditEvent.objects.filter(act__startswith="leave.").values_list("detail", flat=True)
    assert list(told) == [{}] * 3


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        pytest.param({"person": "nobody"}, "Nobody on the roster is called that", id="unknown"),
        pytest.param(
            {"last_day": "2026-08-01"}, "The last day is before the first", id="ends before it begins"
        ),
        pytest.param({"first_day": "1026-09-01"}, "too long ago", id="mistyped"),
        pytest.param({"first_day": "2026-10-15"}, "overlaps another one", id="overlapping"),
        pytest.param({"person": "T\0"}, "Null characters", id="control character"),
    ],
)
def test_leave_that_makes_no_sense_is_refused_with_its_reason(sign_in, teachers, changed, words):
    client, url = sign_in(Role.HR), reverse(LIST)
    client.post(url, {"person": "Terry Teacher00", "first_day": "2026-10-01", "last_day": "2026-10-20"})
    before = kept()
    assert len(before) == 1
    answer = client.post(url, {"person": "T-0", "first_day": "2026-09-01", "last_day": ""} | changed)
    assert answer.status_code == 400
    assert words in text(answer)
    assert kept() == before


def test_file_of_leaves_is_taken_in_whole_or_refused_by_row_and_column(sign_in, teachers):
    client = sign_in(Role.HR)
    answer = upload(client, "T-0,2026-09-01,,surgery", "T-9,2026-09-01,2026-09-30,", "T-1,soon,2026-13-01,")
    shown = text(answer)
    assert (answer.status_code, kept()) == (400, [])
    assert "Row 3, column person: nobody on the roster has the id T-9." in shown
    assert "Row 4, column first_day: soon is no day" in shown
    assert "Row 4, column last_day: 2026-13-01 is no day" in shown
    assert "surgery" not in shown
    answer = upload(client, "T-0,2026-09-01,2026-09-30,", "T-0,2026-09-15,2026-10-30,")
    assert (answer.status_code, kept()) == (400, [])
    assert "Row 3: This leave overlaps another one of the same person." in text(answer)
    assert upload(client, "T-0,2026-09-01,,", "T-1,2026-09-01,2026-09-30,").status_code == 302
    assert upload(client, "T-0,2026-09-01,2026-12-01,", "T-1,2026-09-01,2026-09-30,").status_code == 302
    assert {end for _person, _first, end in kept()} == {date(2026, 12, 2), date(2026, 10, 1)}
    assert AuditEvent.objects.filter(act="leave.import").count() == 3
    out = client.get(reverse("schools:leave-export")).content.decode("utf-8-sig").split()
    assert sorted(out) == [
        "T-0,2026-09-01,2026-12-01",
        "T-1,2026-09-01,2026-09-30",
        "person,first_day,last_day",
    ]


def test_rest_adds_changes_and_removes(sign_in, teachers):
    client, url = sign_in(Role.HR), reverse("api-leave-list")
    body = {"person": str(teachers[0].uid), "first_day": "2026-09-01"}
    made = client.post(url, body, content_type="application/json")
    assert (made.status_code, made.json()["last_day"]) == (201, None)
    assert client.post(url, body, content_type="application/json").status_code == 400
    one = reverse("api-leave-detail", args=[made.json()["uid"]])
    days = {"first_day": "2026-09-01", "last_day": "2026-09-30"}
    assert client.put(one, days, content_type="application/json").json() == made.json() | days | {
        "version": "2026-09-01/2026-10-01"
    }
    wrong = client.put(
        one, {"first_day": "2026-09-01", "last_day": "2026-08-30"}, content_type="application/json"
    )
    assert (wrong.status_code, "first_day" in wrong.json()) == (400, True)
    assert client.get(url).json()["count"] == 1
    for role in (Role.PRINCIPAL, Role.CABINET, Role.DATA_ADMINISTRATOR, Role.TEACHER):
        assert sign_in(role).get(one).status_code == 404
    assert sign_in(Role.HR).delete(one).status_code == 204


def test_leave_is_closed_to_queries_that_open_nothing(district, teachers):
    with connection.cursor() as cursor, pytest.raises(Exception, match="row-level security"):
        cursor.execute(
            "INSERT INTO schools_leave (uid, person_id, during) VALUES (gen_random_uuid(), %s, '[2026-01-01,)')",
            [teachers[0].pk],
        )


def test_leave_of_who_is_assigned_nowhere_is_hrs_to_see_and_to_no_school(sign_in, district):
    person = factories.person(family="Nowhere")
    with all_rows(why="a test lays out"):
        Leave.objects.create(person=person, during=DateRange(date(2026, 9, 1), None))
    assert "Nowhere" in text(sign_in(Role.HR).get(reverse(LIST)))
    for opened, seen in (
        ({"schools": [one.pk for one in district.schools]}, 0),
        ({"person": person.pk}, 1),
        ({"person": district.principals[0].pk}, 0),
    ):
        with rows_of(**opened):
            assert Leave.objects.count() == seen


def test_two_who_change_one_leave_over_rest_do_not_write_over_each_other(sign_in, teachers):
    client = sign_in(Role.HR)
    made = client.post(
        reverse("api-leave-list"), {"person": str(teachers[0].uid), "first_day": "2026-09-01"}
    ).json()
    url = reverse("api-leave-detail", args=[made["uid"]])

    def put(day):
        sent = {"first_day": "2026-09-01", "last_day": day, "version": made["version"]}
        return client.put(url, sent, content_type="application/json").status_code

    assert (put("2026-10-30"), put("2026-12-18")) == (200, 409)
    assert client.get(url).json()["last_day"] == "2026-10-30"
