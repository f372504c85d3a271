"""Saving an observation from a device: ids made there, resends, other devices, and what is refused."""

import json
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from alignment_dash import schoolyear
from alignment_dash.access.models import AuditEvent
from alignment_dash.access.roles import Role
from instruction.models import FrameworkKind, FrameworkVersion, VisitingObserver
from schools.models import StaffRole
from tests import factories
from tests.instruction.observing.conftest import WALK, Writer

pytestmark = pytest.mark.django_db


def test_record_is_made_where_it_is_written_and_saved_on(writer, stored):
    uid, save = uuid.uuid4(), str(uuid.uuid4())
    content = writer.content(writer.line("שלום 👩‍🏫 in pairs", 0), e1=3)
    first = writer.put(uid, content, save=save)
    assert (first.status_code, first.json()["revision"], first.json()["state"]) == (201, 1, "draft")
    again = writer.put(uid, content, save=save)
    assert (again.status_code, again.json()["revision"], again.json()["merged"]) == (200, 1, False)
    assert again.json()["content"] == first.json()["content"]
    content["lines"].append(writer.line("Half of them write"))
    second = writer.put(uid, content, base=1)
    assert (second.status_code, second.json()["revision"], second.json()["merged"]) == (200, 2, False)
    assert [one["text"] for one in second.json()["content"]["lines"]] == [
        "שלום 👩‍🏫 in pairs",
        "Half of them write",
    ]
    assert stored(uid).observer == writer.district.principals[0]
    assert AuditEvent.objects.filter(act="record.started").count() == 1


def test_other_device_keeps_its_lines_and_an_old_save_sent_again_changes_nothing(writer):
    uid, save = writer.begin(writer.content(writer.line("one"))), str(uuid.uuid4())
    one = writer.get(uid).json()["content"]["lines"][0]
    tablet = writer.content(one, writer.line("tablet"))
    writer.put(uid, tablet, base=1, save=save)
    phone = writer.put(uid, writer.content({**one, "text": "one, more"}, writer.line("phone")), base=1).json()
    assert phone["merged"]
    assert {line["text"] for line in phone["content"]["lines"]} == {"one, more", "tablet", "phone"}
    late = writer.put(uid, tablet, base=1, save=save).json()
    assert (late["revision"], late["merged"], late["content"]) == (3, True, phone["content"])


def test_autosave_takes_few_queries(writer):
    uid = writer.begin()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert writer.put(uid, writer.content(writer.line("more")), base=1).status_code == 200
    wrote = [one["sql"] for one in queries if not one["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert len(wrote) <= 10, wrote
    assert sum(sql.startswith("UPDATE") for sql in wrote) == 1


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"observed_on": "2999-01-01"}, "observed_on"),
        ({"observed_on": "yesterday"}, "observed_on"),
        ({"kind": "calibration"}, "kind"),
        ({"purpose": "personnel"}, "purpose"),
        ({"school": str(uuid.UUID(int=0))}, "school"),
        ({"framework_version": str(uuid.UUID(int=0))}, "framework_version"),
        ({"observed": str(uuid.UUID(int=0))}, "observed"),
        ({"base": -1}, "base"),
        ({"base": 2**40}, "base"),
        ({"grade": "kindergarten"}, "grade"),
        ({"subject": "a\0b"}, "subject"),
        ({"content": {"lines": [{"id": "x"}]}}, "content"),
        ({"content": {"lines": [{"id": str(uuid.UUID(int=0)), "text": "\ud800"}]}}, "content"),
        ({"content": []}, "content"),
        ({**WALK, "purpose": "evaluative", "kind": "walkthrough"}, "purpose"),
    ],
)
def test_bad_save_is_refused_with_its_field(writer, changed, field):
    answer = writer.put(uuid.uuid4(), **changed)
    assert (answer.status_code, list(answer.json())) == (400, ["detail", field])


def test_tablet_ahead_of_the_district_is_let_save_and_its_clock_is_noted(writer, stored):
    ahead = timezone.now() + timedelta(hours=7)
    tomorrow = schoolyear.today() + timedelta(days=1)
    uid = writer.begin(at=ahead.isoformat(), observed_on=tomorrow.isoformat())
    assert abs(stored(uid).clock_skew - 7 * 3600) < 60
    refused = writer.post(uid, "share")
    assert (refused.status_code, "observed_on" in refused.json()) == (400, True)
    assert writer.put(uid, base=1, at="9999-12-31T00:00:00Z").status_code == 200
    assert writer.put(uid, base=2, at="1970-01-01T00:00:00Z").status_code == 200


def test_nobody_observes_themselves_or_who_is_not_theirs(writer, district, client):
    second = district.schools[1]
    principal, teacher = district.principals[0], district.teachers[second.pk][0]
    leadership = factories.framework(kind=FrameworkKind.LEADERSHIP)
    by_leadership = {"framework_version": str(leadership.uid), "content": {}}
    for changed in (
        {"observed": str(principal.uid)},
        {"observed": str(principal.uid), **by_leadership},
        {"observed": str(teacher.uid)},
        {"observed": str(teacher.uid), "school": str(second.uid)},
        {"observed": str(district.principals[1].uid), "school": str(second.uid), **by_leadership},
        {**WALK, "kind": "walkthrough", "school": str(second.uid)},
    ):
        assert writer.put(uuid.uuid4(), **changed).status_code == 400
    VisitingObserver.objects.create(person=principal, school_year=schoolyear.current_year(), lessons=1)
    visit = {"observed": str(teacher.uid), "school": str(second.uid)}
    assert writer.put(uuid.uuid4(), **visit).status_code == 201


def test_supervisor_observes_principals_and_goes_to_teachers_through_them(district, sign_in):
    writer = Writer(sign_in(Role.SUPERVISOR), district)
    leadership = factories.framework(kind=FrameworkKind.LEADERSHIP)
    assert writer.put(uuid.uuid4()).status_code == 400
    of_principal = {
        "observed": str(district.principals[0].uid), "framework_version": str(leadership.uid), "content": {},
    }  # fmt: skip
    assert writer.put(uuid.uuid4(), **of_principal).status_code == 201
    third = {"observed": str(district.principals[2].uid), "school": str(district.schools[2].uid)}
    assert writer.put(uuid.uuid4(), **of_principal | third).status_code == 400


def test_curriculum_staff_write_walks_without_names_only(district, sign_in, user_in):
    person = factories.person(user=user_in(Role.CI_STAFF))
    factories.assignment(person=person, org=district.root, role=StaffRole.CENTRAL_OFFICE)
    writer = Writer(sign_in(Role.CI_STAFF), district)
    assert writer.put(uuid.uuid4()).status_code == 400
    assert writer.put(uuid.uuid4(), kind="walkthrough", **WALK).status_code == 201


def test_who_is_not_on_the_roster_writes_nothing(district, sign_in):
    writer = Writer(sign_in(Role.CI_STAFF), district)
    assert writer.put(uuid.uuid4(), kind="walkthrough", **WALK).status_code == 400


def test_record_of_someone_else_is_not_there(writer, district, client):
    uid = writer.begin()
    client.force_login(district.users[Role.SUPERVISOR])
    other = Writer(client, district)
    assert other.get(uid).status_code == other.post(uid, "share").status_code == 404
    leadership = factories.framework(kind=FrameworkKind.LEADERSHIP)
    of_principal = {
        "observed": str(district.principals[0].uid), "framework_version": str(leadership.uid), "content": {},
    }  # fmt: skip
    assert other.put(uid, **of_principal).status_code == 404


def test_formative_never_becomes_evaluative_and_the_other_way_only_before_sharing(writer):
    uid = writer.begin(purpose="evaluative")
    assert writer.put(uid, base=1, purpose="formative").status_code == 200
    answer = writer.put(uid, base=2, purpose="evaluative")
    assert (answer.status_code, list(answer.json())) == (400, ["detail", "purpose"])


def test_head_that_may_not_be_is_refused_and_tells_nothing(writer, district):
    school = district.schools[0]
    gone, coming = factories.person(), factories.person()
    today = schoolyear.today()
    for person, start, end in ((gone, None, today), (coming, today + timedelta(days=1), None)):
        factories.assignment(person=person, org=school, during=DateRange(start, end))
    foreign = factories.framework()
    draft = FrameworkVersion.objects.create(
        framework=foreign.framework, label="2", first_school_year=2000, level_names=["a", "b", "c", "d"]
    )
    retired = factories.framework()
    before = timezone.now() - timedelta(days=2)
    FrameworkVersion.objects.filter(pk=retired.pk).update(state="retired", retired_at=before)
    for changed, field in (
        ({"observed": str(gone.uid)}, "observed"),
        ({"observed": str(coming.uid)}, "observed"),
        ({"framework_version": str(draft.uid)}, "framework_version"),
        ({"framework_version": str(retired.uid), "content": {}}, "framework_version"),
        ({"observed_on": "0001-01-01"}, "framework_version"),
        ({"observed_on": "9999-12-31"}, "observed_on"),
    ):
        answer = writer.put(uuid.uuid4(), **changed)
        assert (answer.status_code, list(answer.json())) == (400, ["detail", field])
    other = str(foreign.elements.first().element.uid)
    tagged = {**writer.line("x"), "elements": [other]}
    for content in (
        writer.content(tagged), writer.content(e1=5), writer.content(e1=0),
        {"lines": [], "levels": {other: {"level": 2}}},
        writer.content(*(writer.line("x" * 19_000) for _ in range(22))),
    ):  # fmt: skip
        assert writer.put(uuid.uuid4(), content).status_code == 400
    deep = b'{"content": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    path = f"/api/v1/observation-records/{uuid.uuid4()}/"
    assert writer.client.put(path, deep, content_type="application/json").status_code == 400
    for at in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"):
        assert writer.put(uuid.uuid4(), at=at).status_code in (201, 400)


def test_very_long_and_right_to_left_notes_are_kept_whole(writer):
    text = ("مرحبا 📈 " * 2_400)[:19_000]
    uid = writer.begin()
    body = writer.body(writer.content(*(writer.line(text) for _ in range(21))), base=1)
    path, sent = f"/api/v1/observation-records/{uid}/", json.dumps(body, ensure_ascii=False)
    assert writer.client.put(path, sent, content_type="application/json").status_code == 200
    assert [one["text"] for one in writer.get(uid).json()["content"]["lines"]] == [text] * 21
