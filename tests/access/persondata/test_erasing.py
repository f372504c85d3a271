"""Who may erase whom, what ends, and what one erasure does to another."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db.backends.postgresql.psycopg_any import DateRange
from django.urls import reverse

from alignment_dash.access import audit
from alignment_dash.access.acting.actions import start
from alignment_dash.access.models import AuditEvent, User
from alignment_dash.access.persondata import actions, marks, queries
from alignment_dash.access.persondata.models import Erasure, RetentionRule
from alignment_dash.access.persondata.registry import EMAIL
from alignment_dash.access.persondata.tasks import remove_what_is_due
from alignment_dash.access.roles import Role
from alignment_dash.runs.models import UploadState
from alignment_dash.schoolyear import today
from instruction.models import ObservationImport, UnmatchedValue, ValueKind
from schools.models import Course, Identity, Person, RosterImport, Section, StaffAssignment, Teaching
from tests import factories
from tests.factories import SmallDistrict

pytestmark = pytest.mark.django_db


def days(first: int, end: int | None) -> DateRange:
    return DateRange(today() + timedelta(days=first), None if end is None else today() + timedelta(days=end))


def administrator() -> User:
    return factories.user(role=Role.DATA_ADMINISTRATOR)


def erase(person: Person, why: str = "request 9", by: User | None = None) -> Erasure:
    subject = queries.subject_of(person.uid)
    assert subject is not None
    return actions.ask(subject=subject, why=why, by=by or administrator())


def test_who_signs_in_with_a_role_is_erased_by_two_though_no_roster_says_they_work_here(db):
    school = factories.org()
    alone = factories.user(role=Role.CABINET)
    teacher = factories.user(role=Role.TEACHER, org=school)
    left = factories.person(family="Whorlton", user=teacher)
    factories.assignment(person=left, org=school, during=days(-90, -20))
    by = administrator()
    for uid in (alone.uid, left.uid):
        subject = queries.subject_of(uid)
        assert subject is not None
        assert actions.ask(subject=subject, why="request 1", by=by).done_at is None
    User.objects.filter(pk=teacher.pk).update(is_active=False)
    known = queries.subject_of(left.uid)
    assert known is not None
    assert not known.is_current


def test_address_of_an_account_without_a_person_is_known_again(db):
    user = factories.user(role=None, name="Olive Marchbanks")
    User.objects.filter(pk=user.pk).update(email="olive@district.example")
    subject = queries.subject_of(user.uid)
    assert subject is not None
    assert actions.ask(subject=subject, why="request 2", by=administrator()).done_at
    assert marks.known([(EMAIL, "olive@district.example")])


def test_night_erases_everyone_due_also_who_waits_for_a_second_administrator(db, monkeypatch):
    school = factories.org()
    gone = [factories.person(family=name) for name in ("Firstleft", "Secondleft", "Thirdleft")]
    for person in gone:
        factories.assignment(person=person, org=school, during=days(-900, None))
    waiting = erase(gone[0])
    assert waiting.done_at is None
    StaffAssignment.objects.all().update(during=days(-900, -800))
    RetentionRule.objects.create(kind="identities", days=365)
    erasing = actions.erase_gone

    def failing(*, subject):
        if subject.person_id == gone[1].pk:
            Erasure.objects.create(subject_uid=subject.uid, pk=waiting.pk)
        return erasing(subject=subject)

    monkeypatch.setattr(actions, "erase_gone", failing)
    remove_what_is_due()
    names = Identity.objects.filter(person__in=gone, blanked_at=None).values_list("family_name", flat=True)
    assert list(names) == ["Secondleft"]
    waiting.refresh_from_db()
    assert waiting.done_at


def test_what_has_not_begun_is_deleted_and_what_lasts_ends_before_today(db):
    school = factories.org()
    person = factories.person()
    for during in (days(-9, None), days(0, None), days(5, None)):
        factories.assignment(person=person, org=factories.org(), during=during)
    factories.assignment(person=person, org=school, during=days(-90, -80))
    actions.confirm(erasure=erase(person), by=administrator())
    left = StaffAssignment.objects.filter(person=person).order_by("during")
    assert [one.during for one in left] == [days(-90, -80), days(-9, 0)]


def test_what_was_done_cannot_be_withdrawn(db, client):
    person = factories.person()
    by = administrator()
    erasure = erase(person, by=by)
    assert erasure.done_at
    with pytest.raises(ValidationError, match="done, or withdrawn"):
        actions.withdraw(erasure=erasure, by=by)
    client.force_login(by)
    url = reverse("persondata:decide", args=[erasure.uid])
    page = client.post(url, {"act": "withdraw"}, follow=True).text
    assert "Nothing was erased" not in page
    assert "done, or withdrawn, before" in page


def test_texts_grow_no_longer_than_they_may_be_and_only_those_that_name_the_person_change(
    district: SmallDistrict,
):
    ann = factories.person(given="Ann", family="Lee")
    longest = "Ann Lee " + "x" * 247
    named = RosterImport.objects.create(
        filename=longest, sha256="0", size=1, content=b"", state=UploadState.APPLIED
    )
    other = RosterImport.objects.create(
        filename="Joann Leeds.zip", sha256="1", size=1, content=b"", state=UploadState.APPLIED
    )
    upload = ObservationImport.objects.create(filename="a.csv", sha256="0", size=1, content=b"")
    waits = [
        UnmatchedValue.objects.create(kind=ValueKind.TEACHER, upload=upload, text=text.lower(), written=text)
        for text in ("Joann Leeds", "Ann Lee")
    ]
    subject = queries.subject_of(ann.uid)
    assert subject is not None
    erasure = erase(ann, why=("Ann Lee " * 37).strip())
    assert len(erasure.why) <= 300
    for one in (named, other, *waits):
        one.refresh_from_db()
    assert named.filename.startswith("(removed) x")
    assert other.filename == "Joann Leeds.zip"
    assert [one.written for one in waits] == ["Joann Leeds", "(removed)"]


def test_name_leaves_audit_plans_findings_titles_and_sessions(db, client):
    school = factories.org()
    user = factories.user(role=None, name="Ada Byron-Quill")
    User.objects.filter(pk=user.pk).update(email="ada.quill@district.example")
    person = factories.person(given="Ada", family="Byron-Quill", user=user)
    day = factories.assignment(person=person, org=school, during=days(-90, -20)).during
    section = Section.objects.create(
        title="Algebra I, Byron-Quill, Ada", course=Course.objects.create(title="Algebra I", org=school), school=school,
        school_year=factories.year(),
    )  # fmt: skip
    Teaching.objects.create(section=section, person=person, during=day)
    shown = {"id": "x-9", "row": person.pk, "label": "Ada Byron"} | {
        "changes": [{"field": "email", "before": "old.quill@district.example", "after": "a@district.example"}]
    }
    held = RosterImport.objects.create(
        filename="Ada Byron-Quill.zip", sha256="0", size=1, content=b"", state=UploadState.HELD,
        plan={"samples": {"people": {"updated": [shown]}}},
        findings=[{"message": "Byron-Quill has no role"}, {"message": "Byron-Quillan has none"}],
    )  # fmt: skip
    by = administrator()
    audit.record(act="roster-import.receive", target=held, by=by)
    AuditEvent.objects.create(
        act="roster-import.receive", target_kind="schools.rosterimport", target_label="Ada Byron-Quill.zip"
    )
    AuditEvent.objects.create(
        act="act-as.start", target_kind="access.user", detail={"why": "BYRON-QUILL cannot print"}
    )
    client.force_login(user)
    session = client.session
    session["account_authentication_methods"] = [{"email": "ada.quill@district.example"}]
    session.save()
    subject = queries.subject_of(person.uid)
    assert subject is not None
    start(helped=user, why="Ms. Byron-Quill asked, (removed)", by=by)
    actions.note_export(subject=subject, why="asked by Byron-Quill", with_evidence=False, counts={}, by=by)
    assert not AuditEvent.objects.filter(detail__why__contains="Byron").exists()
    erase(person, by=by)
    events = AuditEvent.objects.exclude(target_kind="access.user", act="user.add")
    said = " ".join(f"{one.by_label} {one.target_label} {one.detail}" for one in events).lower()
    assert "quill" not in said
    assert "(removed) cannot print" in said
    section.refresh_from_db()
    held.refresh_from_db()
    assert section.title == "Algebra I, (removed)"
    assert [one["message"] for one in held.findings] == ["(removed) has no role", "Byron-Quillan has none"]
    assert "quill" not in f"{held.filename}{held.plan}".lower()
    assert not Session.objects.filter(pk=session.session_key).exists()
    assert cache.get(f"django.contrib.sessions.cached_db{session.session_key}") is None
