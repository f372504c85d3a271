"""What is held about a person: handed out whole, erased without falsifying a number, and not back unseen."""

import csv
import io
import json
import re
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import ProgrammingError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.urls import reverse
from knox.models import AuthToken

from alignment_dash.access import audit
from alignment_dash.access.models import AuditEvent, Change, RoleGrant, User
from alignment_dash.access.persondata import actions, queries, registry
from alignment_dash.access.persondata.account_data import REMOVED_NAME
from alignment_dash.access.persondata.models import ErasedMark, Erasure
from alignment_dash.access.reach import all_rows
from alignment_dash.access.roles import Role
from alignment_dash.access.trace.queries import looks_at
from alignment_dash.runs import tasks
from alignment_dash.runs.actions import request_run
from alignment_dash.schoolyear import today
from instruction.models import Alias, RaterSeverity, Rating, SchoolCapacity, ValueKind
from schools.models import ExternalId, HandEdit, Identity, Kind, Person, SourceSystem, StaffAssignment
from tests import factories
from tests.factories import SmallDistrict

pytestmark = pytest.mark.django_db
GONE = DateRange(today() - timedelta(days=900), today() - timedelta(days=20))


def leave(person: Person) -> None:
    StaffAssignment.objects.filter(person=person).update(during=GONE)
    RoleGrant.objects.filter(user=person.user).update(during=GONE)


def subject(person: Person) -> registry.Subject:
    found = queries.subject_of(person.uid)
    assert found is not None
    return found


def known_as(person: Person, code: str = "sis", external_id: str = "s-1") -> None:
    system, _made = SourceSystem.objects.get_or_create(code=code)
    ExternalId.objects.create(system=system, kind=Kind.PERSON, external_id=external_id, row_id=person.pk)


def everything() -> str:
    """Every row of every table as text, as the owner of the database could read it."""
    found = []
    with all_rows(why="a test looks for a name"), connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            found += [row[0] for row in cursor.fetchall()]
    return "\n".join(found)


@pytest.fixture
def administrators(district: SmallDistrict) -> tuple[User, User]:
    first = district.users[Role.DATA_ADMINISTRATOR]
    first.set_password("long enough to be proven")
    first.save()
    return first, factories.user(role=Role.DATA_ADMINISTRATOR, name="Second Administrator")


@pytest.fixture
def teacher(district: SmallDistrict) -> Person:
    """Ada Byron-Quill, who has left: with account, evidence in words, ids, an alias and traces in the audit."""
    school = district.schools[0]
    user = factories.user(role=Role.TEACHER, org=school, name="Ada Byron-Quill")
    RoleGrant.objects.filter(user=user).update(during=GONE)
    User.objects.filter(pk=user.pk).update(email="ada.quill@district.example")
    person = factories.person(given="Ada", family="Byron-Quill", user=user)
    Identity.objects.filter(person=person).update(email="ada.quill@district.example")
    factories.assignment(person=person, org=school, during=GONE)
    seen = factories.observation(
        version=district.version, observer=district.principals[0], observed=person, school=school, levels=[4, 4, 1]
    )  # fmt: skip
    with all_rows(why="a test's notes"):
        for rating in Rating.objects.filter(observation=seen):
            rating.evidence = "Ada Byron-Quill asked who had another way."
            rating.save()
            rating.evidence = "Ada Byron-Quill let others explain."
            rating.save()
    known_as(person, external_id="quill-77")
    Alias.objects.create(
        kind=ValueKind.TEACHER, source=SourceSystem.objects.get(), text="byron-quill, ada", row_id=person.pk
    )
    HandEdit.objects.create(kind=Kind.PERSON, row_id=person.pk, field="email")
    AuthToken.objects.create(user=User.objects.get(pk=user.pk))
    user.refresh_from_db()
    audit.record(act="sign-in", target=user, by=user)
    return person


# What a row says beside the snapshot before, and beside other schools.
BESIDE_OTHERS = {
    "previous_estimate", "n_new_teachers", "se_contrast", "reliability", "p_neediest", "rank_low", "rank_high",
    "n_ranked",
}  # fmt: skip


def computed(district: SmallDistrict) -> list[tuple[Any, ...]]:
    run = request_run(
        kind="capacity", school_year=factories.year(), by=None, subject=str(district.version.framework.uid)
    )
    tasks.perform(run.pk)
    names = [
        field.attname
        for field in SchoolCapacity._meta.concrete_fields
        if field.attname not in {"id", "run_id"} | BESIDE_OTHERS
    ]
    found = SchoolCapacity.objects.filter(run=run).order_by("school", "element").values_list(*names)
    assert found
    return list(found)


def test_every_table_that_refers_to_people_is_answered_for():
    answered = {table for one in registry.holdings() for table in one.tables}
    refers = {
        model._meta.db_table
        for model in apps.get_models()
        for field in model._meta.local_fields
        if field.related_model is Person
    }
    assert refers - answered == set()


def test_erasing_keeps_numbers_and_leaves_the_name_nowhere(district, teacher, administrators):
    principal = district.principals[0]
    Identity.objects.filter(person=principal).update(given_name="Zenobia", family_name="Marchbanks")
    leave(principal)
    before = computed(district)
    held = everything()
    assert "Quill" in held
    assert "Marchbanks" in held
    user = teacher.user
    actions.ask(subject=subject(teacher), why="request 7", by=administrators[0])
    actions.ask(subject=subject(principal), why="request 8", by=administrators[0])
    left = everything()
    for name in ("quill", "byron", "zenobia", "marchbanks"):
        assert name not in left.lower()
    assert computed(district) == before
    with all_rows(why="a test"):
        assert Rating.objects.filter(observation__observed=teacher, level=4).count() == 2
        # Estimates rest on levels that an erased observer gave.
        assert RaterSeverity.objects.filter(person=principal).exists()
        assert Change.objects.filter(table_name="instruction_rating", before__evidence="").exists()
    user = User.objects.get(pk=user.pk)
    assert (user.name, user.is_active, user.has_usable_password()) == (REMOVED_NAME, False, False)
    assert not AuthToken.objects.filter(user=user).exists()
    assert not RoleGrant.objects.filter(user=user).on(today()).exists()
    event = AuditEvent.objects.filter(act="person.erase").earliest("pk")
    assert event.detail["subject"] == str(teacher.uid)
    assert event.by_id == administrators[0].pk
    assert AuditEvent.objects.get(act="sign-in").by_label == REMOVED_NAME
    assert AuditEvent.objects.filter(act="audit.blank", by_id=administrators[0].pk).exists()
    with pytest.raises(ValidationError, match="removed before"):
        actions.ask(subject=subject(teacher), why="again", by=administrators[1])


def test_erasing_who_works_here_takes_them_out_of_this_years_numbers_and_the_page_says_so(
    district, administrators, client
):
    first, second = administrators
    before = computed(district)
    person = district.teachers[district.schools[0].pk][2]
    client.force_login(first)
    page = client.get(reverse("persondata:detail", args=[person.uid])).text
    assert "numbers of this school year follow the roster" in page
    actions.confirm(erasure=actions.ask(subject=subject(person), why="request 5", by=first), by=second)
    after = computed(district)
    changed = [(was, now) for was, now in zip(before, after, strict=True) if was != now]
    assert changed
    assert all(district.schools[0].pk in was for was, _now in changed)
    assert len(changed) < len(before)


def test_names_in_the_audit_are_blanked_for_a_done_erasure_and_nothing_else(district, administrators):
    erasure = Erasure.objects.create(
        user_id=administrators[1].pk, subject_uid=administrators[1].uid, why="not done"
    )
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE access_auditevent SET by_label = 'x'")
    for statement, asked in [
        ("SELECT persondata_blank_labels(%s)", erasure.pk),
        ("SELECT instruction_blank_notes(%s)", district.principals[0].pk),
    ]:
        refused = pytest.raises(Exception, match=r"and (for nothing|of nobody) else")
        with refused, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, [asked])


def test_who_works_here_is_erased_by_two_and_never_by_or_as_oneself(district, administrators):
    first, second = administrators
    person = district.teachers[district.schools[0].pk][0]
    erasure = actions.ask(subject=subject(person), why="a court's order", by=first)
    assert erasure.done_at is None
    assert not Identity.objects.get(person=person).blanked_at
    with pytest.raises(ValidationError, match="Someone else confirms"):
        actions.confirm(erasure=erasure, by=first)
    with pytest.raises(ValidationError, match="before"):
        actions.ask(subject=subject(person), why="again", by=second)
    actions.confirm(erasure=erasure, by=second)
    assert Identity.objects.get(person=person).blanked_at
    assert not StaffAssignment.objects.filter(person=person).on(today()).exists()
    with pytest.raises(ValidationError, match="before"):
        actions.confirm(erasure=erasure, by=second)
    own = queries.subject_of(first.uid)
    with pytest.raises(ValidationError, match="about you"):
        actions.ask(subject=own, why="mine", by=first)
    # The second has never signed in and has no password, so the first is the last who can.
    second.set_unusable_password()
    second.save()
    asked = actions.ask(subject=own, why="theirs", by=second)
    third = factories.user(role=Role.DATA_ADMINISTRATOR)
    third.set_unusable_password()
    third.save()
    with pytest.raises(ValidationError, match="data administrator"):
        actions.confirm(erasure=asked, by=third)
    assert User.objects.get(pk=first.pk).is_active


def test_export_holds_everything_once_and_evidence_only_when_asked_for(
    district, teacher, administrators, client
):
    client.force_login(administrators[0])
    url = reverse("persondata:export", args=[teacher.uid])
    looked = {"people": [teacher.pk, 0]}
    audit.record(act="view.teachers", target=district.schools[0], by=administrators[1], detail=looked)
    audit.record(
        act="role.give", target=RoleGrant.objects.get(user=teacher.user), by=administrators[1],
        detail={"user": str(teacher.user.uid)},
    )  # fmt: skip

    def unpacked(**fields: str) -> dict[str, str]:
        answer = client.post(url, {"why": "request 12", **fields})
        assert answer.status_code == 200
        file = zipfile.ZipFile(io.BytesIO(answer.content))
        return {name: file.read(name).decode("utf-8-sig") for name in file.namelist()}

    without = unpacked()
    assert "left out" in without["index.html"]
    assert "explain" not in "".join(without.values())
    assert "Byron-Quill" in without["names.csv"]
    assert "quill-77" in without["ids.csv"]
    said = {row["act"]: row for row in csv.DictReader(io.StringIO(without["audit.csv"]))}
    assert said["view.teachers"]["who"] == "District data administrator"
    assert json.loads(said["view.teachers"]["detail"]) == {"others": 1}
    assert said["role.give"]["who"] == "District data administrator"
    assert said["sign-in"]["who"] == "they themselves"
    assert "Second Administrator" not in "".join(without.values())
    whole = unpacked(with_evidence="on")
    assert "asked who had another way" in whole["earlier-notes.csv"]
    rows = list(csv.DictReader(io.StringIO(whole["observations-of-them.csv"])))
    assert [row["level"] for row in rows] == ["4", "4", "1"]
    assert rows[0]["written"] == "Ada Byron-Quill let others explain."
    assert set(json.loads(whole["everything.json"])) == {one.key for one in registry.holdings()}
    events = AuditEvent.objects.filter(act="export.person-data", target_id=str(teacher.uid)).order_by("pk")
    assert [one.detail["with_evidence"] for one in events] == [False, True]
    assert [one.act for one in looks_at(teacher.pk)] == ["export.person-data", "view.teachers"]
    assert client.post(url, {"why": ""}).status_code == 400


def test_page_tells_of_evidence_only_whether_any_is_held_and_leaves_a_trace(
    district, teacher, administrators, client
):
    client.force_login(administrators[0])
    url = reverse("persondata:detail", args=[teacher.uid])

    def told() -> dict[str, str]:
        cells = r'<th scope="row">([^<]+)</th><td class="num">([^<]+)<'
        return dict(re.findall(cells, client.get(url).text))

    seen = "Observations of them: levels, and what was written"
    before = told()
    assert (before[seen], before["Estimates computed for them"]) == ("some", "0")
    factories.observation(
        version=district.version, observer=district.principals[0], observed=teacher,
        school=district.schools[0], levels=[2, 2, 2],
    )  # fmt: skip
    assert told() == before
    event = AuditEvent.objects.get(act="view.person-data", target_id=str(teacher.uid))
    assert (event.by_id, event.detail) == (administrators[0].pk, {"people": [teacher.pk]})
    assert [one.pk for one in looks_at(teacher.pk)] == [event.pk]


def test_pages_find_ask_confirm_and_let_return(district, teacher, administrators, client):
    first, second = administrators
    client.force_login(first)
    search = reverse("persondata:search")
    assert "Ada Byron-Quill" in client.get(search, {"q": "quill"}).text
    page = client.get(reverse("persondata:detail", args=[teacher.uid])).text
    assert "no longer works here" in page
    assert "explain" not in page
    erase = reverse("persondata:erase", args=[teacher.uid])
    assert client.post(erase, {"why": "request", "sure": "yes"}).status_code == 400
    assert client.post(erase, {"why": "request of Ada Byron-Quill", "sure": "erase"}).status_code == 302
    assert Erasure.objects.get().why == "request of (removed)"
    ErasedMark.objects.update(seen_at=teacher.user.created_at)
    assert "Let them come back" in client.get(search).text
    decide = reverse("persondata:decide", args=[Erasure.objects.get().uid])
    assert client.post(decide, {"act": "return"}).status_code == 302
    assert not ErasedMark.objects.exists()
    working = district.teachers[district.schools[0].pk][2]
    client.post(reverse("persondata:erase", args=[working.uid]), {"why": "x", "sure": "ERASE"})
    assert "Remove the names" not in client.get(search).text
    client.force_login(second)
    assert "Remove the names" in client.get(search).text
    waiting = Erasure.objects.waiting().get()
    assert (
        client.post(reverse("persondata:decide", args=[waiting.uid]), {"act": "confirm"}).status_code == 302
    )
    assert Identity.objects.get(person=working).blanked_at
