"""Loading rosters: what is written, that the same again touches nothing, and that a fault changes nothing."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from alignment_dash.access.reach import all_rows
from schools.models import (
    District,
    Enrollment,
    ExternalId,
    HandEdit,
    Identity,
    Kind,
    Org,
    OrgType,
    Person,
    Section,
    Session,
    SourceSystem,
    StaffAssignment,
    StaffRole,
    Student,
    Teaching,
)
from schools.rosters import loader
from schools.rosters.loader import Loaded, load_roster
from schools.rosters.reader import Options
from tests.schools.rosters.bundles import (
    CLASSES,
    ENROLLMENTS,
    ORGS,
    ROLES,
    STUDENT,
    TEACHER,
    bundle,
    delta,
)
from tests.schools.rosters.districts import running

pytestmark = pytest.mark.django_db
TABLES = [
    "schools_org", "schools_session", "schools_course", "schools_section", "schools_sectionsession",
    "schools_person", "schools_identity", "schools_student", "schools_staffassignment", "schools_teaching",
    "schools_enrollment", "schools_externalid",
]  # fmt: skip


def versions() -> dict[str, list[tuple[int, int]]]:
    """(id, xmin) of every row: a row that was written again has another xmin."""
    found = {}
    with all_rows(why="compare every row"), connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"SELECT id, xmin::text::bigint FROM {table} ORDER BY id")
            found[table] = cursor.fetchall()
    return found


def row_of(kind: str, external_id: str) -> int:
    return ExternalId.objects.get(kind=kind, external_id=external_id).row_id


def load(file: Any, **options: Any) -> Loaded:
    loaded = load_roster(file, **options)
    assert loaded.roster.accepted, [group.message for group in loaded.roster.findings.groups()]
    return loaded


@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_roster_becomes_places_people_and_classes(version: str) -> None:
    loaded = load(bundle(version=version))
    school = Org.objects.get(name="Oak School")
    assert (school.type, school.parent.name, school.grades, school.level) == (
        OrgType.SCHOOL,
        "Elm County Schools",
        ["05"],
        "elementary",
    )
    assert District.objects.get().name == "Elm County Schools"
    assignment = StaffAssignment.objects.get()
    assert (assignment.person.identity.display_name, assignment.role, assignment.org) == (
        "Ida Ray",
        StaffRole.TEACHER,
        school,
    )
    assert (assignment.during.lower, assignment.during.upper) == (date(2026, 7, 1), None)
    section = Section.objects.get()
    assert (section.school, section.school_year, section.grades, section.subject) == (
        school,
        2027,
        ["05"],
        "Mathematics",
    )
    teaching = Teaching.objects.get()
    assert (teaching.person, teaching.is_primary) == (assignment.person, True)
    assert (teaching.during.lower, teaching.during.upper) == (date(2026, 8, 15), date(2026, 12, 20))
    with all_rows(why="read the student"):
        enrollment = Enrollment.objects.get()
        assert (enrollment.student.school, enrollment.student.grade) == (school, "05")
        assert (enrollment.section, enrollment.school) == (section, school)
    assert loaded.school_years == [2027]
    assert {name: count["created"] for name, count in loaded.counts.items()} == {
        "academicSessions": 2,
        "orgs": 2,
        "courses": 1,
        "users": 2,
        "roles": 1,
        "classes": 1,
        "enrollments": 2,
        "demographics": 0,
    }


def test_nothing_about_a_student_but_school_and_grade_is_kept() -> None:
    load(bundle())
    assert Identity.objects.count() == 1
    with all_rows(why="look through every row"), connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"SELECT string_agg(t::text, ' ') FROM {table} t")
            text = cursor.fetchone()[0]
            for secret in ("Pine", "bo.pine", "bo@elm", "2015-03-02", "letmein", "ida.ray"):
                assert secret not in text


def test_same_roster_again_is_unchanged_and_touches_no_row() -> None:
    load(bundle())
    before = versions()
    loaded = load(bundle())
    assert versions() == before
    assert loaded.school_years == []
    for name, count in loaded.counts.items():
        assert (count["created"], count["updated"]) == (0, 0), name
    assert loaded.counts["enrollments"]["unchanged"] == 2


def test_changed_cells_update_their_rows_only() -> None:
    load(bundle())
    before = versions()
    loaded = load(
        bundle(
            {
                "orgs": [ORGS[0], {**ORGS[1], "name": "Oak Grove School"}],
                "users": [{**TEACHER, "familyName": "Rey"}, {**STUDENT, "grades": "06"}],
                "classes": [{**CLASSES[0], "title": "Math 5 B"}],
            }
        )
    )
    assert Org.objects.filter(name="Oak Grove School").count() == 1
    assert Identity.objects.get().family_name == "Rey"
    assert {name: count["updated"] for name, count in loaded.counts.items() if count["updated"]} == {
        "orgs": 1,
        "users": 2,
        "classes": 1,
    }
    changed = {table for table, rows in versions().items() if rows != before[table]}
    assert changed == {"schools_org", "schools_identity", "schools_student", "schools_section"}


def test_what_the_roster_no_longer_holds_stays() -> None:
    load(bundle())
    load(bundle({"users": [TEACHER], "roles": ROLES[:1], "enrollments": ENROLLMENTS[:1], "demographics": []}))
    with all_rows(why="count students"):
        assert (Student.objects.count(), Enrollment.objects.count()) == (1, 1)


def test_rejected_roster_changes_nothing() -> None:
    loaded = load_roster(bundle({"users": [TEACHER]}))
    assert not loaded.roster.accepted
    assert (Org.objects.count(), Person.objects.count(), SourceSystem.objects.count()) == (0, 0, 0)
    assert loaded.counts["orgs"] == {
        "rows": 2, "created": 0, "updated": 0, "unchanged": 0, "returned": 0, "ignored": 0,
        "ended": 0,
    }  # fmt: skip


def test_failure_while_writing_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(cursor: Any) -> None:
        raise RuntimeError("the last step failed")

    monkeypatch.setattr(loader, "describe_schools", fail)
    with pytest.raises(RuntimeError):
        load_roster(bundle())
    assert Org.objects.count() == 0


def test_delta_adds_to_what_is_held() -> None:
    load(bundle({"academicSessions": running()}), source="sis")
    student = {**STUDENT, "sourcedId": "s-2"}
    role = {**ROLES[1], "sourcedId": "r-7", "userSourcedId": "s-2"}
    enrollment = {**ENROLLMENTS[1], "sourcedId": "e-7", "userSourcedId": "s-2"}
    ended = {**ENROLLMENTS[1], "status": "tobedeleted"}
    loaded = load(
        delta({"users": [student], "roles": [role], "enrollments": [enrollment, ended]}), source="sis"
    )
    assert loaded.counts["enrollments"]["created"] == 1
    assert loaded.counts["enrollments"]["ended"] == 1
    with all_rows(why="count students"):
        assert (Student.objects.count(), Enrollment.objects.count()) == (2, 2)


def test_delta_of_a_held_person_without_roles_keeps_the_name() -> None:
    load(bundle(), source="sis")
    load(delta({"users": [{**TEACHER, "givenName": "Ada"}]}), source="sis")
    assert Identity.objects.get().given_name == "Ada"


def test_two_sources_do_not_share_ids() -> None:
    load(bundle(), source="north")
    load(bundle(), source="south")
    assert Org.objects.schools().count() == 2


def test_blanked_identity_stays_blank() -> None:
    load(bundle())
    Identity.objects.update(given_name="", family_name="", email="", blanked_at="2026-09-01T00:00Z")
    loaded = load(bundle())
    assert Identity.objects.get().given_name == ""
    assert loaded.counts["users"]["updated"] == 0


def test_network_chosen_here_survives_an_import() -> None:
    load(bundle())
    network = Org.objects.create(
        type=OrgType.NETWORK,
        name="North",
        during=Org.objects.first().during,
        parent=Org.objects.get(type="district"),
    )
    oak = Org.objects.get(name="Oak School")
    Org.objects.filter(pk=oak.pk).update(parent=network)
    edit = HandEdit.objects.create(kind=Kind.ORG, row_id=oak.pk, field="parent_id")
    load(bundle())
    assert Org.objects.get(name="Oak School").parent == network
    edit.delete()
    load(bundle())
    assert Org.objects.get(name="Oak School").parent.name == "Elm County Schools"


def test_role_dates_are_kept_when_the_roster_names_none() -> None:
    dated = [{**ROLES[0], "beginDate": "2024-08-01", "endDate": "2027-06-30"}, ROLES[1]]
    load(bundle({"roles": dated}))
    load(bundle({"roles": [{**dated[0], "beginDate": ""}, ROLES[1]]}))
    during = StaffAssignment.objects.get().during
    assert (during.lower, during.upper) == (date(2024, 8, 1), date(2027, 6, 30))


def test_role_under_a_new_id_is_the_same_assignment() -> None:
    load(bundle())
    held = StaffAssignment.objects.get()
    load(bundle({"roles": [{**ROLES[0], "sourcedId": "r-100"}, ROLES[1]]}))
    assert StaffAssignment.objects.get() == held
    assert row_of(Kind.ASSIGNMENT, "r-100") == held.pk


def test_role_id_that_names_another_role_leaves_the_old_one() -> None:
    load(bundle())
    loaded = load(bundle({"roles": [{**ROLES[0], "role": "principal"}, ROLES[1]]}))
    assert set(StaffAssignment.objects.values_list("role", flat=True)) == {"teacher", "principal"}
    assert loaded.counts["roles"]["created"] == 1


def test_returning_role_does_not_overlap_an_older_one() -> None:
    first = {**ROLES[0], "sourcedId": "r-a", "beginDate": "2025-08-01", "endDate": "2026-06-30"}
    second = {**ROLES[0], "sourcedId": "r-b", "beginDate": "2026-08-01"}
    load(bundle({"roles": [first, second, ROLES[1]]}))
    assert StaffAssignment.objects.count() == 2
    load(delta({"roles": [{**first, "endDate": ""}]}))
    assert sorted(str(a.during.upper) for a in StaffAssignment.objects.all()) == ["2026-06-30", "None"]


def test_person_who_is_staff_and_student_is_both() -> None:
    role = {**ROLES[1], "sourcedId": "r-3", "userSourcedId": "t-1", "roleType": "secondary"}
    load(bundle({"roles": [*ROLES, role]}))
    with all_rows(why="count students"):
        assert (Person.objects.count(), Student.objects.count()) == (1, 2)


def test_unmatched_role_leaves_a_person_without_assignment() -> None:
    loaded = load(bundle({"roles": [{**ROLES[0], "role": "siteAdministrator"}, ROLES[1]]}))
    assert (Person.objects.count(), StaffAssignment.objects.count()) == (1, 0)
    assert loaded.roster.unmatched_words == {"siteAdministrator": 1}


def test_source_is_taken_from_the_manifest_when_none_is_named() -> None:
    assert load(bundle()).source == "oneroster"
    assert load(bundle(), source="sis").source == "sis"


COUNTS = {
    "oneroster-defects/00-valid-bulk.zip": {"orgs": 2, "users": 223, "classes": 84, "enrollments": 1_554},
    "oneroster-generated/district-medium-B.zip": {
        "orgs": 9,
        "users": 837,
        "classes": 364,
        "enrollments": 5_810,
    },
    "oneroster-generated/school-small.zip": {"orgs": 1, "users": 79, "classes": 42, "enrollments": 546},
    "oneroster-moodle/oneroster_test_data.zip": {"orgs": 1, "users": 1, "classes": 1, "enrollments": 1},
}


@pytest.mark.parametrize("name", COUNTS)
def test_third_party_roster_is_written_whole_and_again_unchanged(shared_data: Path, name: str) -> None:
    with (shared_data / name).open("rb") as file:
        first = load(file)
    assert {table: first.counts[table]["created"] for table in COUNTS[name]} == COUNTS[name]
    before = versions()
    with (shared_data / name).open("rb") as file:
        again = load(file)
    assert {table: again.counts[table]["unchanged"] for table in COUNTS[name]} == COUNTS[name]
    assert versions() == before


def test_half_the_people_end_with_their_rows_kept(shared_data: Path) -> None:
    folder = shared_data / "oneroster-defects"
    with (folder / "00-valid-bulk.zip").open("rb") as file:
        load(file)
    with all_rows(why="count people"):
        before = (Person.objects.count(), Student.objects.count())
    with (folder / "26-half-the-people.zip").open("rb") as file:
        loaded = load(file)
    types = loaded.plan["types"]
    ended, held = (sum(types[name][what] for name in ("people", "students")) for what in ("ended", "held"))
    assert (ended, held) == (111, 223)
    with all_rows(why="count people"):
        assert (Person.objects.count(), Student.objects.count()) == before


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
def test_names_are_read_in_the_encoding_that_is_named(encoding: str) -> None:
    from tests.schools.rosters.bundles import files_of, header, table_bytes, zipped

    users = table_bytes(header("users"), [{**TEACHER, "givenName": "Íde"}, STUDENT], encoding)
    load(zipped({**files_of(), "users.csv": users}), options=Options(encoding=encoding))
    assert Identity.objects.get().given_name == "Íde"


def test_sessions_form_a_tree() -> None:
    load(bundle())
    assert Session.objects.get(title="Fall").parent.title == "2026-2027"
