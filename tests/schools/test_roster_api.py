"""Rosters over REST: planned, held, approved, aborted, taken back, tried again."""

import io
from datetime import timedelta
from pathlib import Path
from threading import Thread
from typing import Any
from unittest import mock

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from alignment_dash.access.models import AuditEvent, RoleGrant, User
from alignment_dash.access.roles import Role
from alignment_dash.runs import actions as runs
from alignment_dash.runs import tasks
from alignment_dash.runs.models import Run, State
from schools.account_rules.actions import set_rule
from schools.imports import actions
from schools.imports import importing as roster_imports
from schools.models import (
    ExternalId,
    HoldLimits,
    Identity,
    Kind,
    Org,
    Person,
    RoleRule,
    RosterImport,
    StaffAssignment,
    WaitingRole,
)
from tests import factories
from tests.access.programs import bearer, program
from tests.schools.rosters.bundles import COURSES, ENROLLMENTS, ORGS, ROLES, STUDENT, TEACHER, bundle, delta
from tests.schools.rosters.districts import running

pytestmark = pytest.mark.django_db
LIST = "/api/v1/roster-imports/"


@pytest.fixture
def client(sign_in: Any) -> Any:
    return sign_in(Role.DATA_ADMINISTRATOR)


def school(students: int, **tables: Any) -> bytes:
    """A bundle of one school with a teacher and that many students."""
    numbers = range(1, students + 1)
    return bundle(
        {
            "academicSessions": running(),
            "users": [TEACHER, *({**STUDENT, "sourcedId": f"s-{n}", "username": f"s{n}"} for n in numbers)],
            "roles": [
                ROLES[0],
                *({**ROLES[1], "sourcedId": f"r-s-{n}", "userSourcedId": f"s-{n}"} for n in numbers),
            ],
            "enrollments": [
                ENROLLMENTS[0],
                *({**ENROLLMENTS[1], "sourcedId": f"e-s-{n}", "userSourcedId": f"s-{n}"} for n in numbers),
            ],
            "demographics": [{"sourcedId": "s-1"}],
            **tables,
        }
    ).getvalue()


def school_roles(students: int) -> list[dict[str, str]]:
    """The roles of that many students."""
    numbers = range(1, students + 1)
    return [{**ROLES[1], "sourcedId": f"r-s-{n}", "userSourcedId": f"s-{n}"} for n in numbers]


def send(client: Any, content: bytes, *, headers: dict[str, str] | None = None, **fields: Any) -> Any:
    sent = SimpleUploadedFile("roster.zip", content, content_type="application/zip")
    return client.post(LIST, {"file": sent, **fields}, headers=headers or {})


@pytest.fixture
def ask(client: Any) -> Any:
    """Send bundles and do their work; `ask.post(import, "approve", ...)` decides about one."""

    class Ask:
        def show(self, upload: Any) -> Any:
            return client.get(f"{LIST}{upload['uid']}/").json()

        def send(self, content: bytes, **fields: Any) -> Any:
            answer = send(client, content, **fields)
            assert answer.status_code == 202, answer.json()
            return answer.json()

        def work(self, upload: Any) -> Any:
            tasks.perform(RosterImport.objects.get(uid=upload["uid"]).run_id)
            return self.show(upload)

        def take(self, content: bytes, **fields: Any) -> Any:
            return self.work(self.send(content, **fields))

        def post(self, upload: Any, name: str, body: Any = None) -> Any:
            url = f"{LIST}{upload['uid']}/{name}/"
            return client.post(url, body or {}, content_type="application/json")

        def get(self, upload: Any, name: str) -> Any:
            return client.get(f"{LIST}{upload['uid']}/{name}")

    return Ask()


@pytest.fixture
def held(ask: Any) -> Any:
    """A roster that lacks 45 of 50 students, after one that had them."""
    assert ask.take(school(50))["state"] == "applied"
    upload = ask.take(school(5))
    assert upload["state"] == "held"
    return upload


def living_students() -> int:
    return ExternalId.objects.filter(kind=Kind.STUDENT, ended_on__isnull=True).count()


def test_dry_run_stops_at_its_plan_and_changes_nothing(ask: Any) -> None:
    upload = ask.take(school(3), dry_run="true")
    assert upload["state"] == "planned"
    assert upload["plan"]["students"]["created"] == 3
    assert not Org.objects.filter(name="Oak School").exists()
    plan = ask.get(upload, "plan/").json()
    assert plan["plan_hash"] == upload["plan_hash"]
    assert {one["id"] for one in plan["samples"]["students"]["created"]} == {"s-1", "s-2", "s-3"}
    assert plan["holds"] == []


def test_planned_roster_is_applied_when_its_plan_is_approved(ask: Any) -> None:
    upload = ask.take(school(3), dry_run="true")
    answer = ask.post(upload, "approve", {"plan_hash": upload["plan_hash"]})
    assert (answer.status_code, answer.json()["state"]) == (202, "received")
    assert ask.work(upload)["state"] == "applied"
    assert living_students() == 3


def test_roster_that_would_end_most_students_is_held_in_words_and_changes_nothing(
    ask: Any, held: Any
) -> None:
    codes = {(hold["code"], hold["type"]) for hold in held["holds"]}
    assert {("file.shrank", "people"), ("type.ended", "students")} <= codes
    said = next(hold["message"] for hold in held["holds"] if hold["type"] == "students")
    assert said.startswith("This roster ends 45 of 50 students (90%).")
    assert living_students() == 50
    assert set(held["links"]) == {"self", "findings", "findings_csv", "plan", "approve", "abort"}


def test_held_roster_is_applied_by_a_named_person_and_no_one_else(ask: Any, held: Any, user_in: Any) -> None:
    ask.post(held, "approve", {"plan_hash": held["plan_hash"]})
    done = ask.work(held)
    assert done["state"] == "applied"
    assert done["approved_by"] == RosterImport.objects.get(uid=held["uid"]).approved_by.name
    assert living_students() == 5
    acts = AuditEvent.objects.filter(target_id=held["uid"]).order_by("pk").values_list("act", flat=True)
    assert list(acts) == ["roster-import.receive", "roster-import.approve", "roster-import.apply"]
    assert bytes(RosterImport.objects.get(uid=held["uid"]).content) == b""


@pytest.mark.parametrize(("body", "status"), [({}, 400), ({"plan_hash": "0" * 64}, 409)])
def test_approval_of_another_plan_is_refused(ask: Any, held: Any, body: Any, status: int) -> None:
    answer = ask.post(held, "approve", body)
    assert answer.status_code == status
    if status == 409:
        assert answer.json()["detail"] == "The plan has changed since you looked: look again."
    assert ask.show(held)["state"] == "held"


def test_district_that_changed_between_approval_and_work_is_looked_at_again(ask: Any, held: Any) -> None:
    newer = ask.send(school(49))
    ask.post(held, "approve", {"plan_hash": held["plan_hash"]})
    assert ask.work(newer)["state"] == "applied"
    again = ask.work(held)
    assert again["state"] == "held"
    assert again["plan_hash"] != held["plan_hash"]
    assert "has changed since the plan was approved" in again["message"]
    assert again["approved_by"] is None
    assert living_students() == 49
    ask.post(held, "approve", {"plan_hash": again["plan_hash"]})
    assert ask.work(held)["state"] == "applied"
    assert living_students() == 5


def test_held_roster_says_when_a_newer_one_was_applied(ask: Any, held: Any) -> None:
    ask.take(school(51))
    assert "Another roster of this source was applied since" in ask.show(held)["message"]


def test_held_roster_stops_no_other(ask: Any, held: Any) -> None:
    assert ask.take(school(52))["state"] == "applied"


def test_bytes_of_a_held_roster_sent_again_are_the_same_import(ask: Any, client: Any) -> None:
    ask.take(school(50))
    content = school(5)
    first = send(client, content)
    ask.work(first.json())
    again = send(client, content)
    assert (again.status_code, again.json()["uid"], again.json()["state"]) == (
        200,
        first.json()["uid"],
        "held",
    )


def test_limits_of_the_district_decide(ask: Any) -> None:
    HoldLimits.objects.create(pk=1, end_percent=100, shrink_percent=100)
    ask.take(school(50))
    assert ask.take(school(5))["state"] == "applied"


def test_aborted_roster_changes_nothing_and_forgets_its_file(ask: Any, held: Any) -> None:
    answer = ask.post(held, "abort")
    assert (answer.status_code, answer.json()["state"]) == (200, "aborted")
    assert bytes(RosterImport.objects.get(uid=held["uid"]).content) == b""
    assert ask.post(held, "abort").status_code == 409
    assert ask.post(held, "approve", {"plan_hash": held["plan_hash"]}).status_code == 409
    assert living_students() == 50


def test_roster_aborted_before_its_work_is_left_alone_by_the_worker(ask: Any) -> None:
    upload = ask.send(school(3))
    assert ask.post(upload, "abort").status_code == 200
    assert ask.work(upload)["state"] == "aborted"
    assert living_students() == 0
    assert Run.objects.get(kind="roster-import").state == State.SUCCEEDED


@pytest.mark.django_db(transaction=True)
def test_roster_aborted_while_it_is_written_is_undone(
    ask: Any, user_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = ask.send(school(3))
    person, decide = user_in(Role.DATA_ADMINISTRATOR), roster_imports._Importing.decide

    def abort() -> None:
        try:
            actions.abort_roster(roster_import=RosterImport.objects.get(), by=person)
        finally:
            connection.close()

    def decide_late(importing: Any, loaded: Any) -> bool:
        """Let someone abort it, on another connection, when every row is written."""
        aborting = Thread(target=abort)
        aborting.start()
        aborting.join()
        return decide(importing, loaded)

    monkeypatch.setattr(roster_imports._Importing, "decide", decide_late)
    assert ask.work(upload)["state"] == "aborted"
    assert living_students() == 0
    assert not AuditEvent.objects.filter(act="roster-import.apply").exists()


def test_held_roster_expires(ask: Any, held: Any) -> None:
    runs.tidy(now=timezone.now() + timedelta(days=13))
    assert ask.show(held)["state"] == "held"
    runs.tidy(now=timezone.now() + timedelta(days=15))
    done = ask.show(held)
    assert done["state"] == "aborted"
    assert done["message"].startswith("Nobody approved it within 14 days.")
    assert bytes(RosterImport.objects.get(uid=held["uid"]).content) == b""


def test_role_that_opens_evidence_is_held_where_a_program_sent_the_roster(
    client: Any, ask: Any, user_in: Any
) -> None:
    second = {**TEACHER, "sourcedId": "t-2", "username": "kim", "email": "kim@elm.example"}
    users = [TEACHER, second, STUDENT]
    roles = [*ROLES, {**ROLES[0], "sourcedId": "r-3", "userSourcedId": "t-2"}]
    principal = {**ROLES[0], "sourcedId": "r-4", "role": "principal", "roleType": "secondary"}
    ask.take(bundle({"users": users, "roles": roles}).getvalue())
    for external_id in ("t-1", "t-2"):
        held_as = ExternalId.objects.get(kind=Kind.PERSON, external_id=external_id)
        Person.objects.filter(pk=held_as.row_id).update(user=factories.user(name=f"Account of {external_id}"))
    for role in (Role.PRINCIPAL, Role.TEACHER):
        set_rule(
            staff_role=role.value,
            role=role,
            is_on=True,
            makes_accounts=False,
            by=user_in(Role.DATA_ADMINISTRATOR),
        )
    sender, http = program(), Client()
    shown = bearer(http, sender)
    one = bundle({"users": users, "roles": [*roles, principal]}).getvalue()
    upload = ask.work(send(http, one, headers=shown).json())
    assert (upload["state"], [hold["code"] for hold in upload["holds"]]) == ("held", ["role.given"])
    assert "(principal) to 1 people, at Oak School" in upload["holds"][0]["message"]
    given = RoleGrant.objects.filter(role=Role.PRINCIPAL, user__name__startswith="Account of")
    assert not given.exists()
    assert (
        "Account of t-1"
        in client.get(reverse("schools:roster-import-detail", args=[upload["uid"]])).content.decode()
    )
    again = ask.work(ask.post(upload, "approve", {"plan_hash": upload["plan_hash"]}).json())
    assert again["state"].startswith("applied")
    assert [grant.user.name for grant in given] == ["Account of t-1"]
    both = [*roles, principal, {**principal, "sourcedId": "r-5", "userSourcedId": "t-2"}]
    assert ask.take(bundle({"users": users, "roles": both}).getvalue())["state"].startswith("applied")
    assert given.all().count() == 2, "what a person sends is not held for it"


def test_programs_decide_nothing_for_people_and_have_their_own(ask: Any, held: Any) -> None:
    http = Client()
    own, other = bearer(http, program()), bearer(http, program())
    sent = send(http, changed_courses("Math"), headers=own).json()
    one = f"{LIST}{sent['uid']}/"
    assert http.get(f"{LIST}{held['uid']}/", headers=own).status_code == 200
    for url in (
        f"{LIST}{held['uid']}/abort/",
        f"{LIST}{held['uid']}/retry/",
        f"{one}approve/",
        f"{one}revert/",
    ):
        assert http.post(url, headers=own).status_code == 404, url
    rules = reverse("api-role-rule-list")
    assert http.get(rules, headers=own).status_code == 200
    assert http.post(rules, {"word": "proctor", "role": "principal"}, headers=own).status_code == 404
    assert not RoleRule.objects.exists()
    assert http.post(f"{one}abort/", headers=other).status_code == 404
    assert http.post(f"{one}retry/", headers=own).status_code == 409
    assert http.post(f"{one}abort/", headers=own).json()["state"] == "aborted"


def test_newest_applied_roster_is_taken_back(ask: Any, held: Any) -> None:
    ask.post(held, "approve", {"plan_hash": held["plan_hash"]})
    ask.work(held)
    seen = ask.get(held, "revert/").json()
    assert (seen["is_newest"], seen["count"], seen["results"]) == (True, 0, [])
    assert seen["would"]["schools_externalid"]["restore"] >= 45
    answer = ask.post(held, "revert")
    assert answer.status_code == 202
    assert "revert" not in answer.json()["links"]
    done = ask.work(held)
    assert done["state"] == "reverted"
    assert done["reverted_by"]
    assert done["reverted"]["enrollments"]["restored"] == 45
    assert living_students() == 50
    assert AuditEvent.objects.filter(act="roster-import.revert", target_id=held["uid"]).count() == 1
    assert ask.post(held, "revert").status_code == 409


def test_reverted_roster_may_be_sent_again(ask: Any, client: Any) -> None:
    content = school(3)
    first = ask.take(content)
    ask.post(first, "revert")
    assert ask.work(first)["state"] == "reverted"
    assert living_students() == 0
    again = ask.take(content)
    assert (again["uid"] != first["uid"], again["state"]) == (True, "applied")
    assert living_students() == 3


def changed_courses(title: str, **tables: Any) -> bytes:
    return school(3, courses=[{**COURSES[0], "title": title}], **tables)


def test_same_bytes_while_a_revert_waits_are_a_new_import(ask: Any) -> None:
    content = school(3)
    first = ask.take(content)
    ask.post(first, "revert")
    again = ask.send(content)
    assert again["uid"] != first["uid"]
    assert (ask.work(first)["state"], ask.work(again)["state"]) == ("reverted", "applied")
    assert living_students() == 3


def test_same_bytes_after_an_older_roster_was_reverted_are_a_new_import(ask: Any) -> None:
    def living_staff() -> int:
        return ExternalId.objects.filter(kind=Kind.PERSON, ended_on=None, system__code="oneroster").count()

    two = staff(2)
    ask.take(bundle({**two, "users": two["users"][1:], "roles": two["roles"][1:]}).getvalue())
    older = ask.take(bundle(two).getvalue())
    content = delta({"courses": [{**COURSES[0], "title": "Maths"}]}).getvalue()
    newest = ask.take(content, source="oneroster")
    ask.post(older, "revert")
    assert (ask.work(older)["state"], living_staff()) == ("reverted", 1)
    assert ask.send(content, source="oneroster")["uid"] != newest["uid"]


def test_same_bytes_by_other_rules_or_limits_are_a_new_import(ask: Any) -> None:
    content = school(3, roles=[{**ROLES[0], "role": "ext:coach"}, *school_roles(3)])
    first = ask.take(content)
    mine = StaffAssignment.objects.filter(
        person__in=ExternalId.objects.filter(kind=Kind.PERSON, external_id="t-1").values("row_id")
    )
    assert not mine.exists()
    RoleRule.objects.create(word="ext:coach", role="coach", place=1)
    second = ask.take(content)
    assert (second["uid"] != first["uid"], mine.get().role) == (True, "coach")
    HoldLimits.objects.create(pk=1, end_percent=50)
    assert ask.send(content)["uid"] != second["uid"]


def test_name_of_a_possible_student_comes_only_after_the_decision(ask: Any, client: Any) -> None:
    roles = [ROLES[0], {**ROLES[1], "role": "ext:virtualStudent"}]

    def take(title: str) -> Any:
        users = [TEACHER, STUDENT]
        return ask.take(
            changed_courses(title, users=users, roles=roles, enrollments=ENROLLMENTS[:1], demographics=[])
        )

    for title in ("One", "Two"):  # held as staff from the first on
        take(title)
        assert not Identity.objects.filter(given_name="Bo").exists()
    page = client.get("/role-words/people/?word=ext:virtualStudent")
    assert page.status_code == 200
    assert "Pine" not in page.content.decode()
    waiting = WaitingRole.objects.get()
    client.post(f"/api/v1/roster-unmatched/{waiting.uid}/", {"role": "aide"}, content_type="application/json")
    take("Three")
    assert Identity.objects.filter(given_name="Bo").exists()


def test_student_whose_word_is_unknown_once_stays_a_student(ask: Any) -> None:
    ask.take(school(10))
    roles = school_roles(10)
    upload = ask.take(school(10, roles=[ROLES[0], {**roles[0], "role": "ext:pupil"}, *roles[1:]]))
    assert (living_students(), upload["plan"]["students"]["ended"]) == (10, 0)
    assert ExternalId.objects.filter(kind=Kind.PERSON).count() == 1
    assert not Identity.objects.filter(given_name="Bo").exists()
    assert upload["unmatched"] == {"ext:pupil": 1}


def staff(n: int, role: str = "teacher", principals: int = 0) -> dict[str, Any]:
    """Tables of `n` staff, the first of them principals, and one student."""
    numbers = range(n)
    users = [
        {**TEACHER, "sourcedId": f"t-{i}", "username": f"t{i}", "email": f"t{i}@elm.example"} for i in numbers
    ]
    roles = [
        {
            **ROLES[0],
            "sourcedId": f"r-t{i}",
            "userSourcedId": f"t-{i}",
            "role": "principal" if i < principals else role,
        }
        for i in numbers
    ]
    return {"users": [*users, STUDENT], "roles": [*roles, ROLES[1]], "enrollments": ENROLLMENTS[1:]}


def test_roster_that_closes_most_sign_ins_is_held(ask: Any) -> None:
    tables = staff(20)
    ask.take(bundle(tables).getvalue())
    for row in ExternalId.objects.filter(kind=Kind.PERSON, external_id__startswith="t-"):
        Person.objects.filter(pk=row.row_id).update(user=factories.user())
    closed = [{**user, "enabledUser": "false"} for user in tables["users"][:14]]
    upload = ask.take(delta({"users": closed}).getvalue(), source="oneroster")
    assert upload["state"] == "held"
    assert [(hold["code"], hold["count"], hold["total"]) for hold in upload["holds"]] == [
        ("account.many", 14, 20)
    ]
    assert not User.objects.filter(suspended_by_roster=True).exists()


def test_roster_that_leaves_no_principal_is_held(ask: Any) -> None:
    ask.take(bundle(staff(60, principals=5)).getvalue())
    upload = ask.take(bundle(staff(60)).getvalue())
    assert [(hold["code"], hold["count"]) for hold in upload["holds"]] == [("role.ended", 5)]
    renewed = staff(60, principals=5)
    renewed["roles"] = [{**role, "sourcedId": f"new-{role['sourcedId']}"} for role in renewed["roles"]]
    assert ask.take(bundle(renewed).getvalue())["holds"] == []


def test_roster_that_ends_all_of_a_small_staff_is_held(ask: Any) -> None:
    ask.take(bundle(staff(4)).getvalue())
    upload = ask.take(bundle(staff(0)).getvalue())
    assert ("type.ended", "people", 4) in {
        (hold["code"], hold["type"], hold["count"]) for hold in upload["holds"]
    }


def test_approval_does_not_cover_a_sign_in_that_was_not_shown(ask: Any) -> None:
    ask.take(bundle(staff(2)).getvalue())
    upload = ask.take(bundle(staff(1)).getvalue(), dry_run="true")
    gone = ExternalId.objects.get(kind=Kind.PERSON, external_id="t-1")
    user = factories.user()
    Person.objects.filter(pk=gone.row_id).update(user=user)
    ask.post(upload, "approve", {"plan_hash": upload["plan_hash"]})
    again = ask.work(upload)
    assert (again["state"], again["plan_hash"] != upload["plan_hash"]) == ("held", True)
    user.refresh_from_db()
    assert not user.suspended_by_roster


def test_key_of_a_delivery_that_was_there_already_is_remembered(ask: Any, client: Any) -> None:
    content, key = school(3), {"Idempotency-Key": "k1"}
    first = ask.take(content)
    assert send(client, content, headers=key).json()["uid"] == first["uid"]
    ask.take(changed_courses("Maths"))
    assert send(client, content, headers=key).json()["uid"] == first["uid"]
    assert send(client, school(4), headers=key).status_code == 422


def test_older_roster_whose_rows_changed_since_is_not_taken_back(ask: Any) -> None:
    first = ask.take(school(3))
    oak = {**ORGS[1], "name": "Great Oak School"}
    ask.take(school(3, orgs=[ORGS[0], oak]))
    seen = ask.get(first, "revert/").json()
    assert (seen["is_newest"], seen["count"] > 0) == (False, True)
    assert "Great Oak School" in {row["label"] for row in seen["results"]}
    answer = ask.post(first, "revert")
    assert answer.status_code == 409
    assert answer.json()["count"] == seen["count"]
    assert answer.json()["blocked_url"].endswith(f"{first['uid']}/revert/")
    assert Org.objects.get(name="Great Oak School")


def test_revert_taken_up_again_after_its_end_changes_nothing(ask: Any) -> None:
    upload = ask.take(school(3))
    ask.post(upload, "revert")
    done = ask.work(upload)
    Run.objects.filter(pk=RosterImport.objects.get().run_id).update(state=State.QUEUED)
    assert ask.work(upload) == done


@pytest.mark.parametrize("name", ["revert", "retry", "approve"])
def test_decision_that_does_not_fit_the_state_is_a_conflict(ask: Any, name: str) -> None:
    upload = ask.send(school(3))
    answer = ask.post(upload, name, {"plan_hash": "0" * 64})
    assert (answer.status_code, list(answer.json())) == (409, ["detail"])


def test_failed_roster_is_tried_again(ask: Any, monkeypatch: Any) -> None:
    upload = ask.send(school(3))
    with monkeypatch.context() as broken:
        broken.setattr(roster_imports, "load_roster", mock.Mock(side_effect=RuntimeError("secret")))
        failed = ask.work(upload)
    assert (failed["state"], set(failed["links"])) == (
        "failed",
        {"self", "findings", "findings_csv", "retry"},
    )
    assert "secret" not in failed["message"]
    assert ask.post(upload, "retry").status_code == 202
    assert ask.work(upload)["state"] == "applied"


def test_failed_roster_whose_file_is_gone_is_to_be_sent_again(ask: Any) -> None:
    upload = ask.send(school(3))
    RosterImport.objects.update(state="failed", content=b"")
    answer = ask.post(upload, "retry")
    assert (answer.status_code, answer.json()["detail"]) == (
        409,
        "Its file is not kept any more. Send it again.",
    )


def test_plan_is_not_found_before_there_is_one(ask: Any) -> None:
    assert ask.get(ask.send(school(3)), "plan/").status_code == 404


def test_key_names_one_delivery(client: Any) -> None:
    content, key = school(3), {"Idempotency-Key": "2026-11-22 nightly"}
    first, again = send(client, content, headers=key), send(client, content, headers=key)
    assert (first.status_code, again.status_code) == (202, 200)
    assert first.json()["uid"] == again.json()["uid"]
    for other in (send(client, school(4), headers=key), send(client, content, headers=key, dry_run="true")):
        assert other.status_code == 422
        assert "Idempotency-Key" in other.json()["detail"]


@pytest.mark.parametrize("key", ["", " ", "x" * 256, "a\tb"])
def test_key_that_is_no_name_is_refused(client: Any, key: str) -> None:
    assert send(client, school(3), headers={"Idempotency-Key": key}).status_code == 400


@pytest.mark.parametrize("fields", [{"dryrun": "true"}, {"dry_run": "maybe"}, {"override_edits": "0.5"}])
def test_misspelled_option_is_refused_rather_than_passed_over(client: Any, fields: Any) -> None:
    assert send(client, school(3), **fields).status_code == 400
    assert not RosterImport.objects.exists()


@pytest.mark.parametrize("query", ["?source=a&source=b", "?source=a"])
def test_option_given_twice_is_refused(client: Any, query: str) -> None:
    sent = SimpleUploadedFile("roster.zip", school(3), content_type="application/zip")
    fields = {"source": "c"} if query.count("source") == 1 else {}
    answer = client.post(LIST + query, {"file": sent, **fields})
    assert answer.status_code == 400
    assert answer.json()["source"] == ["Send this once."]


def test_two_files_are_refused(client: Any) -> None:
    sent = [SimpleUploadedFile(name, school(3)) for name in ("a.zip", "b.zip")]
    answer = client.post(LIST, {"file": sent})
    assert answer.status_code == 400
    assert answer.json()["file"] == ["Send this once."]
    assert not RosterImport.objects.exists()


def test_options_may_stand_in_the_query(client: Any) -> None:
    sent = SimpleUploadedFile("roster.zip", school(3), content_type="application/zip")
    answer = client.post(f"{LIST}?dry_run=true", {"file": sent})
    assert answer.json()["options"] == {
        "encoding": "utf-8",
        "source": "",
        "dry_run": True,
        "strict": False,
        "override_edits": False,
    }


def test_strict_roster_with_a_deviation_is_rejected(ask: Any) -> None:
    extra = bundle(replace={"notes.txt": b"hello"}).getvalue()
    assert ask.take(extra, strict="true")["state"] == "rejected"
    assert ask.take(extra)["state"] == "applied-with-messages"


def test_door_is_noted(ask: Any) -> None:
    assert ask.send(school(3))["uid"]
    assert RosterImport.objects.get().origin == "api"


def test_list_is_filtered(ask: Any, client: Any, held: Any) -> None:
    ask.send(school(6))

    def states(query: str) -> list[str]:
        return [one["state"] for one in client.get(f"{LIST}?{query}").json()["results"]]

    assert states("state=held") == ["held"]
    assert states("state=held&state=applied") == ["held", "applied"]
    assert states("source=oneroster") == ["held", "applied"]
    assert states("source=other") == []
    tomorrow = (timezone.now() + timedelta(days=1)).isoformat().replace("+", "%2B")
    assert states(f"created_since={tomorrow}") == []
    assert len(states(f"created_before={tomorrow}")) == 3
    for wrong in ("state=eaten", "created_since=yesterday"):
        assert client.get(f"{LIST}?{wrong}").status_code == 400


def test_list_asks_the_same_number_of_queries_for_few_and_many(ask: Any, client: Any) -> None:
    ask.send(school(3))
    with CaptureQueriesContext(connection) as few:
        client.get(LIST)
    for students in (4, 5, 6):
        ask.send(school(students))
    with CaptureQueriesContext(connection) as many:
        client.get(LIST)
    assert len(many) == len(few)


def take_shared(ask: Any, shared_data: Path, name: str) -> Any:
    return ask.take(io.BytesIO((shared_data / name).read_bytes()).getvalue())


def test_half_the_people_after_everyone_is_held(ask: Any, shared_data: Path) -> None:
    assert take_shared(ask, shared_data, "oneroster-defects/00-valid-bulk.zip")["state"] == "applied"
    held = take_shared(ask, shared_data, "oneroster-defects/26-half-the-people.zip")
    assert held["state"] == "held"
    assert "type.ended" in {hold["code"] for hold in held["holds"]}


def test_other_district_after_ours_is_held(ask: Any, shared_data: Path) -> None:
    take_shared(ask, shared_data, "oneroster-generated/district-medium-B.zip")
    held = take_shared(ask, shared_data, "oneroster-generated/school-small.zip")
    assert held["state"] == "held"
    assert held["holds"][0]["code"] in {"ids.unknown", "source.new"}
