"""What a roster ends and brings back, and what it leaves alone."""

from datetime import timedelta
from typing import Any

import pytest

from alignment_dash import schoolyear
from alignment_dash.access.reach import all_rows
from schools.models import (
    Enrollment,
    ExternalId,
    HandEdit,
    Kind,
    Org,
    Person,
    StaffAssignment,
    Teaching,
    WaitingRole,
)
from schools.rosters.loader import Loaded, load_roster
from tests.schools.rosters.bundles import COURSES, ENROLLMENTS, ORGS, ROLES, STUDENT, TEACHER, bundle, delta
from tests.schools.rosters.districts import held, running

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("february")]

COLLEAGUE = {**TEACHER, "sourcedId": "t-2", "username": "una.fir", "givenName": "Una", "familyName": "Fir"}
HER_ROLE = {**ROLES[0], "sourcedId": "r-3", "userSourcedId": "t-2"}
HER_CLASS = {**ENROLLMENTS[0], "sourcedId": "e-3", "userSourcedId": "t-2", "primary": "false"}


def load(changes: dict[str, Any] | None = None, **options: Any) -> Loaded:
    loaded = load_roster(bundle({"academicSessions": running(), **(changes or {})}), **options)
    assert loaded.roster.accepted, loaded.roster.findings.kept
    return loaded


def with_colleague(**options: Any) -> Loaded:
    return load(
        {
            "users": [TEACHER, STUDENT, COLLEAGUE],
            "roles": [*ROLES, HER_ROLE],
            "enrollments": [*ENROLLMENTS, HER_CLASS],
        },
        **options,
    )


def types(loaded: Loaded, act: str) -> dict[str, int]:
    return {name: counts[act] for name, counts in loaded.plan["types"].items() if counts[act]}


def her_id() -> ExternalId:
    return ExternalId.objects.get(kind=Kind.PERSON, external_id="t-2")


def test_person_absent_from_a_bulk_file_ends_today_and_stays_a_row() -> None:
    with_colleague()
    loaded = load()
    today = schoolyear.today()
    assert types(loaded, "ended") == {"people": 1, "roles": 1, "teachings": 1}
    assert her_id().ended_on == today
    assert Person.objects.filter(pk=her_id().row_id).exists()
    assert StaffAssignment.objects.get(person=her_id().row_id).during.upper == today
    assert Teaching.objects.get(person=her_id().row_id).during.upper == today


def test_person_who_returns_is_the_same_person() -> None:
    with_colleague()
    before = held("schools_person", "schools_identity", "schools_staffassignment", "schools_teaching")
    load()
    loaded = with_colleague()
    assert types(loaded, "returned") == {"people": 1, "roles": 1, "teachings": 1}
    assert held("schools_person", "schools_identity", "schools_staffassignment", "schools_teaching") == before
    assert her_id().ended_on is None


def test_role_that_returns_after_days_away_is_a_new_spell() -> None:
    with_colleague()
    load()
    today = schoolyear.today()
    gone = StaffAssignment.objects.get(person=her_id().row_id)
    gone.during = type(gone.during)(gone.during.lower, today - timedelta(days=10))
    gone.save()
    with_colleague()
    spells = StaffAssignment.objects.filter(person=her_id().row_id).order_by("during")
    assert [spell.during.lower for spell in spells] == [gone.during.lower, today]
    assert [spell.during.upper for spell in spells] == [today - timedelta(days=10), None]


def test_delta_ends_only_what_it_says() -> None:
    with_colleague(source="sis")
    gone = {**HER_CLASS, "status": "tobedeleted"}
    loaded = load_roster(delta({"enrollments": [gone]}), source="sis")
    assert loaded.roster.accepted, loaded.roster.findings.kept
    assert types(loaded, "ended") == {"teachings": 1}
    assert StaffAssignment.objects.get(person=her_id().row_id).during.upper is None


def test_person_deleted_by_a_delta_loses_roles_and_classes_with_it() -> None:
    with_colleague(source="sis")
    loaded = load_roster(delta({"users": [{**COLLEAGUE, "status": "tobedeleted"}]}), source="sis")
    assert loaded.roster.accepted, loaded.roster.findings.kept
    assert types(loaded, "ended") == {"people": 1, "roles": 1, "teachings": 1}


def test_absent_file_says_nothing() -> None:
    with_colleague(source="sis")
    before = held()
    loaded = load_roster(delta({"courses": COURSES}), source="sis")
    assert types(loaded, "ended") == {}
    assert held() == before


def test_last_years_classes_and_enrollments_are_history() -> None:
    today = schoolyear.today()
    past = [
        {
            **session,
            "startDate": (today - timedelta(days=500)).isoformat(),
            "endDate": (today - timedelta(days=200)).isoformat(),
        }
        for session in running()
    ]
    load_roster(bundle({"academicSessions": past}))
    before = held("schools_section", "schools_teaching", "schools_enrollment")
    new = [{**session, "sourcedId": f"new-{session['sourcedId']}"} for session in running()]
    new[1]["parentSourcedId"] = "new-year"
    loaded = load_roster(bundle({"academicSessions": new, "classes": [], "enrollments": [], "courses": []}))
    assert loaded.roster.accepted, loaded.roster.findings.kept
    assert types(loaded, "ended") == {}
    assert held("schools_section", "schools_teaching", "schools_enrollment") == before


def test_school_that_disappears_ends_and_is_named() -> None:
    elm = {"sourcedId": "elm", "name": "Elm School", "type": "school", "parentSourcedId": "district"}
    load({"orgs": [*ORGS, elm]})
    loaded = load()
    assert loaded.plan["orgs_ended"] == [{"id": "elm", "label": "Elm School"}]
    assert Org.objects.get(name="Elm School").during.upper == schoolyear.today()
    assert types(load({"orgs": [*ORGS, elm]}), "returned") == {"orgs": 1}
    assert Org.objects.get(name="Elm School").during.upper is None


def test_rows_of_another_source_and_by_hand_are_left() -> None:
    with_colleague(source="other")
    by_hand = StaffAssignment.objects.create(
        person=Person.objects.create(), org=Org.objects.get(name="Oak School"), role="coach",
        during=StaffAssignment.objects.first().during,
    )  # fmt: skip
    before = {table: rows for table, rows in held().items() if table != "schools_externalid"}
    load(source="sis")
    after = held()
    for table, rows in before.items():
        kept = {row["id"]: row for row in after[table]}
        assert all(kept[row["id"]] == row for row in rows)
    by_hand.refresh_from_db()
    assert by_hand.during.upper is None


def test_person_whom_another_system_still_states_does_not_end() -> None:
    with_colleague(source="sis")
    person = her_id().row_id
    load(source="hr")
    hr = ExternalId.objects.filter(system__code="hr", kind=Kind.PERSON).get()
    ExternalId.objects.create(system=hr.system, kind=Kind.PERSON, external_id="u-9", row_id=person)
    loaded = load(source="sis")
    assert types(loaded, "ended").get("people") is None
    assert (
        ExternalId.objects.get(system__code="sis", kind=Kind.PERSON, external_id="t-2").ended_on is not None
    )


def test_enrollment_that_never_began_is_taken_away() -> None:
    later = (schoolyear.today() + timedelta(days=30)).isoformat()
    load({"enrollments": [ENROLLMENTS[0], {**ENROLLMENTS[1], "beginDate": later}]})
    loaded = load({"enrollments": ENROLLMENTS[:1]})
    assert types(loaded, "ended") == {"enrollments": 1}
    with all_rows(why="count"):
        assert not Enrollment.objects.exists()
    assert not ExternalId.objects.filter(kind=Kind.ENROLLMENT).exists()


def test_role_that_moves_to_another_school_ends_where_it_was() -> None:
    elm = {"sourcedId": "elm", "name": "Elm School", "type": "school", "parentSourcedId": "district"}
    load({"orgs": [*ORGS, elm]})
    load({"orgs": [*ORGS, elm], "roles": [{**ROLES[0], "orgSourcedId": "elm"}, ROLES[1]]})
    today = schoolyear.today()
    spells = {one.org.name: one.during for one in StaffAssignment.objects.select_related("org")}
    assert spells["Oak School"].upper == today
    assert (spells["Elm School"].lower, spells["Elm School"].upper) == (today, None)


def test_class_leaves_the_session_it_no_longer_names() -> None:
    load()
    two = load({"classes": [{**_class(), "termSourcedIds": "year"}]})
    assert types(two, "ended") == {}
    assert [row["session_id"] for row in held("schools_sectionsession")["schools_sectionsession"]] == [
        ExternalId.objects.get(kind=Kind.SESSION, external_id="year").row_id
    ]


def _class() -> dict[str, str]:
    from tests.schools.rosters.bundles import CLASSES

    return CLASSES[0]


def test_field_set_by_hand_stays_until_it_is_overridden() -> None:
    load()
    oak = Org.objects.get(name="Oak School")
    Org.objects.filter(pk=oak.pk).update(name="Oak Street School")
    HandEdit.objects.create(kind=Kind.ORG, row_id=oak.pk, field="name")
    person = ExternalId.objects.get(kind=Kind.PERSON, external_id="t-1").row_id
    Person.objects.get(pk=person).identity.__class__.objects.filter(person=person).update(family_name="Rayne")
    HandEdit.objects.create(kind=Kind.PERSON, row_id=person, field="family_name")
    loaded = load({"users": [{**TEACHER, "givenName": "Idabel"}, STUDENT]})
    oak.refresh_from_db()
    assert oak.name == "Oak Street School"
    assert str(Person.objects.get(pk=person).identity) == "Idabel Rayne"
    assert types(loaded, "updated") == {"people": 1}
    loaded = load(override_edits=True)
    oak.refresh_from_db()
    assert oak.name == "Oak School"
    assert types(loaded, "updated") == {"orgs": 1, "people": 1}
    assert not HandEdit.objects.exists()


def test_unmatched_role_waits_until_it_is_decided() -> None:
    role = {**HER_ROLE, "role": "siteAdministrator"}
    changes = {"users": [TEACHER, STUDENT, COLLEAGUE], "roles": [*ROLES, role]}
    load(changes)
    waiting = WaitingRole.objects.get()
    assert (waiting.word, waiting.org.name, waiting.role) == ("siteAdministrator", "Oak School", "")
    assert not StaffAssignment.objects.filter(person=waiting.person).exists()
    WaitingRole.objects.update(role="assistant-principal")
    assert types(load(changes), "created") == {"roles": 1}
    assert StaffAssignment.objects.get(person=waiting.person).role == "assistant-principal"
    assert types(load(changes), "created") == {}
    loaded = load({"users": [TEACHER, STUDENT, COLLEAGUE]})
    assert types(loaded, "ended") == {"roles": 1}


def test_sign_in_closes_with_the_person_and_opens_with_them(django_user_model: Any) -> None:
    with_colleague()
    user = django_user_model.objects.create_user(email="una@elm.example", name="Una Fir")
    Person.objects.filter(pk=her_id().row_id).update(user=user)
    assert load().plan["users_suspended"] == [user.pk]
    user.refresh_from_db()
    assert user.suspended_by_roster
    with_colleague()
    user.refresh_from_db()
    assert not user.suspended_by_roster
    changes = {
        "users": [TEACHER, STUDENT, {**COLLEAGUE, "enabledUser": "false"}],
        "roles": [*ROLES, HER_ROLE],
        "enrollments": [*ENROLLMENTS, HER_CLASS],
    }
    loaded = load(changes)
    user.refresh_from_db()
    assert user.suspended_by_roster
    assert types(loaded, "ended") == {}
    assert StaffAssignment.objects.get(person=her_id().row_id).during.upper is None


def load_delta(changes: dict[str, Any], version: str = "1.2") -> Loaded:
    loaded = load_roster(delta(changes, version=version), source="sis")
    assert loaded.roster.accepted, loaded.roster.findings.kept
    return loaded


OLD = {**TEACHER, "role": "teacher", "orgSourcedIds": "oak"}
PUPIL = {**STUDENT, "role": "student", "orgSourcedIds": "oak"}
ELM = {"sourcedId": "elm", "name": "Elm School", "type": "school", "parentSourcedId": "district"}


def open_roles() -> list[tuple[str, str]]:
    today = schoolyear.today()
    found = StaffAssignment.objects.filter(during__contains=today).select_related("org")
    return sorted((one.role, one.org.name) for one in found)


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"orgSourcedIds": "elm"}, [("teacher", "Elm School")]),
        ({"role": "aide"}, [("aide", "Oak School")]),
        ({"role": "student"}, []),
    ],
)
def test_row_of_a_person_in_a_1_1_delta_tells_all_roles(changed: Any, expected: Any) -> None:
    rows = {"academicSessions": running(), "orgs": [*ORGS, ELM], "users": [OLD, PUPIL], "enrollments": []}
    load_roster(bundle(rows, version="1.1"), source="sis")
    load_delta({"users": [{**OLD, **changed}]}, "1.1")
    assert open_roles() == expected
    staff = ExternalId.objects.get(kind=Kind.PERSON, external_id="t-1")
    assert (staff.ended_on is not None) == (changed.get("role") == "student")


def test_role_that_ends_and_starts_again_in_one_file_is_kept_whole() -> None:
    today = schoolyear.today()
    first = {**ROLES[0], "beginDate": (today - timedelta(days=50)).isoformat()}
    load({"roles": [first, ROLES[1]]})
    ends = {**first, "endDate": today.isoformat()}
    again = {**ROLES[0], "sourcedId": "r-1b", "beginDate": today.isoformat()}
    loaded = load({"roles": [ends, again, ROLES[1]]})
    assert types(loaded, "created") == {"roles": 1}
    assert open_roles() == [("teacher", "Oak School")]
    assert StaffAssignment.objects.count() == 2
    later = (today + timedelta(days=9)).isoformat()
    load({"roles": [{**ends, "endDate": later}, {**again, "beginDate": later}, ROLES[1]]})
    periods = sorted((one.during.lower, one.during.upper) for one in StaffAssignment.objects.all())
    assert [upper for _, upper in periods] == [today + timedelta(days=9), None]


def test_delta_of_one_of_two_ids_does_not_shorten_an_enrollment() -> None:
    today = schoolyear.today()
    early = {**ENROLLMENTS[1], "endDate": (today - timedelta(days=20)).isoformat()}
    load({"enrollments": [ENROLLMENTS[0], early, {**ENROLLMENTS[1], "sourcedId": "e-9"}]}, source="sis")
    load_delta({"enrollments": [{**early, "endDate": (today - timedelta(days=10)).isoformat()}]})
    with all_rows(why="an enrollment"):
        assert today in Enrollment.objects.get().during


def test_delta_of_classes_and_sessions_reaches_their_enrollments() -> None:
    load({"orgs": [*ORGS, ELM]}, source="sis")
    later = (schoolyear.today() + timedelta(days=90)).isoformat()
    longer = [{**running()[1], "endDate": later}]
    loaded = load_delta({"classes": [{**_class(), "schoolSourcedId": "elm"}], "academicSessions": longer})
    assert types(loaded, "updated")["enrollments"] == 1
    with all_rows(why="an enrollment"):
        enrollment = Enrollment.objects.select_related("school").get()
    assert enrollment.school.name == "Elm School"
    assert enrollment.during.upper.isoformat() == later
    assert Teaching.objects.get().during.upper.isoformat() == later


def test_person_who_returns_by_a_delta_brings_roles_and_classes_back() -> None:
    with_colleague(source="sis")
    before = held("schools_staffassignment", "schools_teaching")
    load_delta({"users": [{**COLLEAGUE, "status": "tobedeleted"}]})
    loaded = load_delta({"users": [COLLEAGUE]})
    assert types(loaded, "returned") == {"people": 1, "roles": 1, "teachings": 1}
    now = held("schools_staffassignment", "schools_teaching")
    assert [row["id"] for rows in now.values() for row in rows] == [
        row["id"] for rows in before.values() for row in rows
    ]
    assert open_roles() == [("teacher", "Oak School"), ("teacher", "Oak School")]


def test_school_deleted_by_a_delta_takes_what_happens_there_with_it() -> None:
    with_colleague(source="sis")
    loaded = load_delta({"orgs": [{**ORGS[1], "status": "tobedeleted"}]})
    assert types(loaded, "ended") == {"orgs": 1, "roles": 2, "sections": 1, "teachings": 2, "enrollments": 1}


def test_what_a_delta_ends_is_measured_by_what_still_holds() -> None:
    past = (schoolyear.today() - timedelta(days=20)).isoformat()
    load({"enrollments": [*ENROLLMENTS, {**HER_CLASS, "endDate": past}], "users": [TEACHER, STUDENT, COLLEAGUE],
          "roles": [*ROLES, HER_ROLE]}, source="sis")  # fmt: skip
    loaded = load_delta({"enrollments": [{**ENROLLMENTS[0], "status": "tobedeleted"}]})
    assert loaded.plan["types"]["teachings"]["held"] == 1
