"""From the draft to the locked record: ratings, who reads, corrections, unlocking, replies."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from alignment_dash import schoolyear
from alignment_dash.access.models import AuditEvent, Change
from alignment_dash.access.reach import all_rows
from alignment_dash.access.roles import Role
from alignment_dash.runs.models import Run
from instruction.models import (
    FrameworkKind,
    Observation,
    ObservationRecord,
    Purpose,
    Rating,
    RecordReply,
    UnlockRequest,
)
from instruction.observing.actions import lock_old
from instruction.snapshots import Basis
from instruction.snapshots.rated import read_ratings
from schools.models import StaffRole
from tests import factories
from tests.instruction.observing.conftest import WALK, Writer

pytestmark = pytest.mark.django_db


def ratings_of(uid):
    with all_rows(why="a test looks"):
        found = Rating.objects.filter(observation__record__uid=uid).order_by("element_version__place")
        return [(one.element_version.place, one.level, one.evidence) for one in found]


def page(client, uid, act=""):
    return f"/observations/{uid}/{act}/" if act else f"/observations/{uid}/"


def test_sharing_makes_ratings_of_levels_and_none_of_what_was_not_seen(writer, stored):
    lines = writer.line("Pairs explain", 0), writer.line("Four of nine write", 0, 2), writer.line("untagged")
    uid = writer.shared(writer.content(*lines, e1=(3, "most of them"), e2=None, e3=2))
    assert ratings_of(uid) == [
        (1, 3, "Pairs explain\nFour of nine write\nmost of them"),
        (3, 2, "Four of nine write"),
    ]
    made = stored(uid).observation
    assert (made.role, made.is_cross_school, made.purpose, made.kind) == (
        StaffRole.TEACHER, False, Purpose.FORMATIVE, "informal",
    )  # fmt: skip
    assert Run.objects.filter(kind="capacity").exists()
    answer = writer.put(uid, base=1)
    assert (answer.status_code, answer.json()["state"]) == (409, "shared")
    assert len(answer.json()["content"]["lines"]) == 3
    assert writer.post(uid, "share").status_code == 409


def test_empty_record_and_walk_without_names_make_no_ratings(writer, stored, district):
    empty = writer.begin(writer.content(writer.line("   ")))
    assert writer.post(empty, "share").status_code == 400
    stale = writer.begin()
    assert list(writer.post(stale, "share", base=0).json()) == ["detail", "base"]
    with all_rows(why="a test counts"):
        before = Observation.objects.count()
    walk = writer.shared(kind="walkthrough", **WALK)
    with all_rows(why="a test counts"):
        assert (stored(walk).observation, Observation.objects.count()) == (None, before)


def test_correction_changes_the_ratings_when_it_is_shared_again_and_keeps_what_stood(
    writer, client, district
):
    uid = writer.shared(writer.content(writer.line("first words", 0), e1=3, e2=2))
    assert writer.post(uid, "open").json()["is_open"]
    changed = writer.content(writer.line("second words", 0), e1=4)
    assert writer.put(uid, changed, base=1).status_code == 200
    assert writer.put(uid, changed, base=2, subject="Art").status_code == 400
    teacher = Writer(_as(client, district.teachers[district.schools[0].pk][1]), district)
    told = teacher.get(uid).json()
    assert [one["level"] for one in told["content"]["levels"].values()] == [3, 2]
    assert "second words" not in str(told)
    client.force_login(district.users[Role.PRINCIPAL])
    assert writer.post(uid, "share").status_code == 200
    assert ratings_of(uid) == [(1, 4, "second words")]
    with all_rows(why="a test looks"):
        earlier = Change.objects.filter(table_name="instruction_observationrecord")
        assert any("first words" in str(one.before) for one in earlier)


def test_locked_record_changes_by_no_door_until_someone_else_unlocks_it(writer, client, district, stored):
    uid = writer.shared()
    assert writer.post(uid, "lock").json()["state"] == "locked"
    content = stored(uid).content
    for answer in (
        writer.put(uid, writer.content(writer.line("later")), base=1), writer.post(uid, "open"),
        writer.post(uid, "share"), client.delete(f"/api/v1/observation-records/{uid}/"),
        client.post(page(client, uid, "open")), client.post(page(client, uid, "discard")),
    ):  # fmt: skip
        assert answer.status_code == 409
    assert stored(uid).content == content
    assert writer.post(uid, "unlock-request", why="A level is wrong").status_code == 201
    assert writer.post(uid, "unlock-request", why="again").status_code == 400
    with all_rows(why="a test looks"):
        request = UnlockRequest.objects.get()
    answer_url = f"/observations/unlock-requests/{request.uid}/"
    # The principal wrote it: they do not answer their own request, and their assistants do not either.
    for role in (Role.PRINCIPAL, Role.ASSISTANT_PRINCIPAL, Role.TEACHER):
        client.force_login(district.users[role])
        assert client.post(answer_url, {"choice": "grant"}).status_code == 404
    client.force_login(district.users[Role.SUPERVISOR])
    listed = client.get("/observations/unlock-requests/").content.decode()
    assert "A level is wrong" in listed
    assert "Students explain" not in listed
    assert client.post(answer_url, {"answer": "nothing chosen"}).status_code == 400
    assert client.post(answer_url, {"choice": "grant"}).status_code == 302
    assert client.post(answer_url, {"choice": "refuse"}).status_code == 409
    client.force_login(district.users[Role.PRINCIPAL])
    assert (stored(uid).state, writer.get(uid).json()["is_open"]) == ("shared", True)
    assert writer.put(uid, writer.content(writer.line("corrected", 0), e1=1), base=1).status_code == 200
    assert writer.post(uid, "share").status_code == 200
    assert ratings_of(uid) == [(1, 1, "corrected")]


def test_principal_answers_for_their_assistants_record_and_a_lead_for_any(district, sign_in, user_in, client):
    assistant = factories.person(user=user_in(Role.ASSISTANT_PRINCIPAL))
    factories.assignment(person=assistant, org=district.schools[0], role=StaffRole.ASSISTANT_PRINCIPAL)
    for role, status in ((Role.SUPERVISOR, 404), (Role.PRINCIPAL, 302), (Role.CALIBRATION_LEAD, 302)):
        writer = Writer(sign_in(Role.ASSISTANT_PRINCIPAL), district)
        uid = writer.shared()
        writer.post(uid, "lock")
        writer.post(uid, "unlock-request", why="please")
        with all_rows(why="a test looks"):
            request = UnlockRequest.objects.get(record__uid=uid)
        client.force_login(user_in(role))
        answer = client.post(f"/observations/unlock-requests/{request.uid}/", {"choice": "refuse"})
        assert answer.status_code == status


def test_old_shared_records_lock_overnight_and_those_being_corrected_do_not(writer, stored, settings):
    settings.OBSERVATION_LOCK_DAYS = 14
    old, opened, new = writer.shared(), writer.shared(), writer.shared()
    writer.post(opened, "open")
    with all_rows(why="a test ages records"):
        ObservationRecord.objects.filter(uid__in=[old, opened]).update(
            shared_at=timezone.now() - timedelta(days=15)
        )
    lock_old(None, None)
    assert [stored(uid).state for uid in (old, opened, new)] == ["locked", "shared", "shared"]


def test_observed_reads_acknowledges_once_and_replies_and_the_observer_sees_it(writer, client, district):
    uid = writer.begin()
    observed = _as(client, district.teachers[district.schools[0].pk][1])
    assert observed.get(page(client, uid)).status_code == 404
    client.force_login(district.users[Role.PRINCIPAL])
    writer.post(uid, "share")
    _as(client, district.teachers[district.schools[0].pk][1])
    assert str(uid) in client.get("/my-evidence/").content.decode()
    assert "Students explain" in client.get(page(client, uid)).content.decode()
    for _time in range(2):
        assert client.post(page(client, uid, "acknowledge")).status_code == 302
    reply = {"text": "שלום 🌱, the second group", "uid": str(uuid.uuid4())}
    for _time in range(2):
        assert Writer(client, district).post(uid, "reply", **reply).status_code == 201
    assert client.post(page(client, uid, "reply"), {"text": " "}).status_code == 400
    assert client.post(page(client, uid, "reply"), {"text": "nul \0"}).status_code == 400
    assert client.post(page(client, uid, "reply"), {"text": "x" * 20_001}).status_code == 400
    assert client.post(page(client, uid, "open")).status_code == 404
    with all_rows(why="a test counts"):
        assert RecordReply.objects.count() == 2
    client.force_login(district.users[Role.PRINCIPAL])
    shown = client.get(page(client, uid)).content.decode()
    assert "🌱" in shown
    assert client.post(page(client, uid, "reply"), {"text": "mine"}).status_code == 404
    listed = writer.client.get("/api/v1/observation-records/?state=shared").json()
    assert [(one["is_acknowledged"], one["n_replies"]) for one in listed] == [(True, 1)]
    assert client.get("/api/v1/observation-records/?state=nonsense").status_code == 400


def test_reply_stands_with_a_locked_record_and_never_under_the_id_of_another_persons(
    writer, client, district
):
    school = district.schools[0]
    first, second = writer.shared(), writer.shared(observed=str(district.teachers[school.pk][2].uid))
    for uid in (first, second):
        writer.post(uid, "lock")
    _as(client, district.teachers[school.pk][1])
    shown = client.get(page(client, first)).content.decode()
    assert page(client, first, "acknowledge") in shown
    assert page(client, first, "reply") in shown
    assert client.post(page(client, first, "acknowledge")).status_code == 302
    reply = {"text": "mine alone", "uid": str(uuid.uuid4())}
    assert Writer(client, district).post(first, "reply", **reply).status_code == 201
    _as(client, district.teachers[school.pk][2])
    answer = Writer(client, district).post(second, "reply", **reply | {"text": "another"})
    assert answer.status_code == 404
    assert "mine alone" not in client.get(page(client, second)).content.decode()


def test_record_of_a_leader_is_read_by_them_and_their_observer_alone(district, sign_in, client):
    writer = Writer(sign_in(Role.SUPERVISOR), district)
    leadership = factories.framework(kind=FrameworkKind.LEADERSHIP)
    element = str(leadership.elements.first().element.uid)
    content = {"lines": [], "levels": {element: {"level": 2, "not_seen": False, "why": "waits"}}}
    uid = writer.shared(
        content, framework_version=str(leadership.uid), observed=str(district.principals[0].uid)
    )
    for role in Role:
        client.force_login(district.users[role])
        expected = 200 if role in (Role.SUPERVISOR, Role.PRINCIPAL) else 404
        assert client.get(page(client, uid)).status_code == expected, role


def test_leaders_look_is_recorded_and_their_own_is_not(writer, client, district):
    uid = writer.shared()
    client.get(page(client, uid))
    assert not AuditEvent.objects.filter(act="view.record").exists()
    client.force_login(district.users[Role.ASSISTANT_PRINCIPAL])
    answer = client.get(page(client, uid))
    assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
    seen = AuditEvent.objects.get(act="view.record")
    assert seen.detail["people"] == [district.teachers[district.schools[0].pk][1].pk]


def test_formative_record_reaches_no_evaluative_run_and_nobody_in_personnel(writer, client, district):
    uid = writer.shared()
    today = schoolyear.today()
    with all_rows(why="a test looks at what a run reads"):
        made = Observation.objects.get(record__uid=uid)
        elements = list(district.version.elements.values_list("element_id", flat=True))
        read = {
            basis: read_ratings(
                version=district.version,
                elements=elements,
                year=schoolyear.current_year(),
                as_of=today,
                basis=basis,
            )
            for basis in Basis
        }
    assert {basis for basis, found in read.items() if made.pk in found[0].observation} == {Basis.ALL}
    client.force_login(district.users[Role.HR])
    for address in (page(client, uid), "/observations/", f"/api/v1/observation-records/{uid}/"):
        assert client.get(address).status_code == 404


def test_draft_is_deleted_by_its_observer_alone(writer, client, district):
    uid = writer.begin()
    client.force_login(district.users[Role.ASSISTANT_PRINCIPAL])
    assert client.post(page(client, uid, "discard")).status_code == 404
    client.force_login(district.users[Role.PRINCIPAL])
    assert client.post(page(client, uid, "discard")).status_code == 302
    assert writer.get(uid).status_code == 404


def _as(client, person):
    """Sign in as a teacher of the first school."""
    user = (
        factories.user(role=Role.TEACHER, org=person.assignments.get().org)
        if person.user is None
        else person.user
    )
    person.user = user
    person.save()
    client.force_login(user)
    return client
