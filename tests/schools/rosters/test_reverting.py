"""The way back: a plan that changes nothing, and a revert that leaves things as they were."""

from datetime import timedelta
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client
from django.utils import timezone

from alignment_dash import schoolyear
from alignment_dash.access.models import Grant, RoleGrant, User
from alignment_dash.access.reach import all_rows
from alignment_dash.access.roles import Role
from schools.hand_edits.actions import edit_identity, edit_org
from schools.imports import reverts
from schools.models import (
    District,
    ExternalId,
    HandEdit,
    Identity,
    Kind,
    Org,
    Person,
    RosterImport,
    StaffAssignment,
    WaitingRole,
)
from schools.models.imports import Intent
from schools.role_words.decisions import decide_roles
from schools.rosters.loader import Loaded, load_roster
from schools.rosters.plan import without_names
from schools.rosters.reverting import KEPT, blocked, forget_inverses, newest_applied, revert
from tests import factories
from tests.schools.rosters.bundles import ENROLLMENTS, ORGS, ROLES, STUDENT, TEACHER, bundle
from tests.schools.rosters.districts import held, running
from tests.schools.rosters.test_ends import COLLEAGUE, HER_CLASS, HER_ROLE

pytestmark = pytest.mark.django_db
WITH_COLLEAGUE = {
    "orgs": [*ORGS, {"sourcedId": "elm", "name": "Elm", "type": "school", "parentSourcedId": "district"}],
    "users": [{**TEACHER, "familyName": "Rey"}, STUDENT, COLLEAGUE],
    "roles": [*ROLES, HER_ROLE],
    "enrollments": [ENROLLMENTS[0], HER_CLASS],
}


@pytest.fixture
def data_administrator(db: None) -> User:
    user = User.objects.create(email="data@elm.example", name="Data")
    RoleGrant.objects.create(user=user, role=Role.DATA_ADMINISTRATOR, during=factories.EVER)
    return user


def load(changes: dict[str, Any] | None = None, **options: Any) -> tuple[RosterImport, Loaded]:
    made = RosterImport.objects.create(filename="roster.zip", sha256="0" * 64, size=1, content=b"")

    def written(loaded: Loaded) -> None:
        told = {"source": loaded.source, "plan": loaded.plan}
        RosterImport.objects.filter(pk=made.pk).update(applied_at=timezone.now(), state="applied", **told)

    zipped = bundle({"academicSessions": running(), **(changes or {})})
    loaded = load_roster(zipped, roster_import=made, written=written, **options)
    assert loaded.roster.accepted, loaded.roster.findings.kept
    made.refresh_from_db()
    return made, loaded


def undo(roster_import: RosterImport) -> dict[str, dict[str, int]]:
    with all_rows(why="revert"):
        counts = revert(roster_import)
    RosterImport.objects.filter(pk=roster_import.pk).update(reverted_at=timezone.now(), state="reverted")
    return counts


def blocks(roster_import: RosterImport) -> list[Any]:
    with all_rows(why="revert"):
        return blocked(roster_import)


def by_the_worker(roster_import: RosterImport) -> RosterImport:
    """Revert as the worker does."""
    RosterImport.objects.filter(pk=roster_import.pk).update(intent=Intent.REVERT)
    roster_import.refresh_from_db()
    reverts.perform(roster_import, lambda done, total, label: None)
    roster_import.refresh_from_db()
    return roster_import


def person_of(external_id: str) -> Person:
    found = ExternalId.objects.get(kind=Kind.PERSON, external_id=external_id, system__code="oneroster")
    return Person.objects.get(pk=found.row_id)


def observe(district: factories.SmallDistrict, person: Person) -> None:
    factories.observation(
        version=district.version, observer=district.principals[0], observed=person, school=district.schools[0],
        levels=[3],
    )  # fmt: skip


def in_days(days: int) -> str:
    return (schoolyear.today() + timedelta(days=days)).isoformat()


def roles_meeting(days: int) -> dict[str, Any]:
    """The teacher's role in two records that meet in so many days."""
    day = in_days(days)
    later = {**ROLES[0], "sourcedId": "r-1b", "beginDate": day}
    return {"roles": [{**ROLES[0], "endDate": day}, later, ROLES[1]]}


def test_plan_changes_nothing_and_is_what_applying_does() -> None:
    load()
    before = held()
    _, planned = load(WITH_COLLEAGUE, decide=lambda loaded: False)
    assert not planned.applied
    assert held() == before
    _, done = load(WITH_COLLEAGUE)
    assert done.plan_hash == planned.plan_hash
    assert done.plan["types"] == planned.plan["types"]


def test_plan_of_a_district_that_moved_has_another_hash() -> None:
    load()
    _, planned = load(WITH_COLLEAGUE, decide=lambda loaded: False)
    load({"users": [{**TEACHER, "familyName": "Rees"}, STUDENT]})
    _, again = load(WITH_COLLEAGUE, decide=lambda loaded: False)
    assert again.plan_hash != planned.plan_hash


def test_plan_shows_what_changes() -> None:
    load()
    _, planned = load(WITH_COLLEAGUE, decide=lambda loaded: False)
    counts = {name: [c["created"], c["updated"], c["ended"]] for name, c in planned.plan["types"].items()}
    assert counts == {
        "sessions": [0, 0, 0], "orgs": [1, 0, 0], "courses": [0, 0, 0], "people": [1, 1, 0], "students": [0, 0, 0],
        "roles": [1, 0, 0], "sections": [0, 0, 0], "teachings": [1, 0, 0], "enrollments": [0, 0, 1],
    }  # fmt: skip
    (changed,) = planned.plan["samples"]["people"]["updated"]
    assert changed["name"] == "Ida Rey"
    assert changed["changes"] == [{"field": "family_name", "before": "Ray", "after": "Rey"}]
    (kept,) = without_names(planned.plan)["samples"]["people"]["updated"]
    assert "name" not in kept
    assert kept["changes"] == [{"field": "family_name", "before": None, "after": None}]
    (ended,) = planned.plan["samples"]["enrollments"]["ended"]
    assert (ended["id"], ended["label"]) == ("e-2", "Math 5 A")


def test_revert_leaves_things_as_they_were() -> None:
    load()
    before = held()
    made, _ = load(WITH_COLLEAGUE)
    assert held() != before
    counts = undo(made)
    assert held() == before
    assert counts["people"] == {"restored": 0, "removed": 1, "kept": 0}
    assert counts["enrollments"] == {"restored": 1, "removed": 0, "kept": 0}


def test_revert_of_the_first_roster_leaves_nothing() -> None:
    before = held()
    made, _ = load()
    undo(made)
    assert held() == before


def test_revert_of_an_import_that_ended_people_brings_them_back() -> None:
    load(WITH_COLLEAGUE)
    before = held()
    made, _ = load()
    undo(made)
    assert held() == before


def test_person_who_was_observed_meanwhile_stays_and_is_ended(district: factories.SmallDistrict) -> None:
    made, _ = load(WITH_COLLEAGUE)
    person = person_of("t-2")
    observe(district, person)
    counts = undo(made)
    assert counts["people"]["kept"] == 1
    assert ExternalId.objects.get(kind=Kind.PERSON, row_id=person.pk).ended_on is not None
    assert not StaffAssignment.objects.filter(person=person).exists()


def test_field_changed_since_by_hand_stays_as_set() -> None:
    load()
    made, _ = load({"orgs": [ORGS[0], {**ORGS[1], "name": "Oak Lane", "identifier": "77"}]})
    Org.objects.filter(name="Oak Lane").update(name="Oak Avenue")
    undo(made)
    assert Org.objects.filter(name="Oak Avenue", identifier="").exists()


def test_older_import_is_blocked_by_what_came_after() -> None:
    first, _ = load()
    second, _ = load(WITH_COLLEAGUE)
    assert newest_applied() == second
    assert blocks(second) == []
    found = blocks(first)
    assert {("schools_identity", "Ida Rey", "changed by roster.zip")} <= {
        (one.table, one.label, one.why) for one in found
    }
    assert ("schools_section", "Math 5 A", "named by later teachings") in {
        (one.table, one.label, one.why) for one in found
    }
    undo(second)
    assert blocks(first) == []


def test_inverses_are_forgotten_in_time_but_for_the_newest() -> None:
    first, _ = load()
    second, _ = load(WITH_COLLEAGUE)
    with all_rows(why="count"):
        assert forget_inverses(timezone.now()) == 0
        assert forget_inverses(timezone.now() + KEPT) > 0
        assert not first.writes.exists()
        assert second.writes.exists()


def test_person_who_stays_keeps_their_name(
    district: factories.SmallDistrict, client: Client, data_administrator: User
) -> None:
    made, _ = load(WITH_COLLEAGUE)
    person = person_of("t-2")
    observe(district, person)
    edit_identity(person=person, changes={"given_name": "Oona"}, by=data_administrator)
    undo(made)
    assert Identity.objects.get(person=person).display_name == "Oona Fir"
    client.force_login(data_administrator)
    assert "Oona Fir" in client.get("/roster-edits/").content.decode()
    assert client.get(f"/roster-edits/people/{person.uid}/").status_code == 200


def test_person_who_stayed_without_a_name_returns_and_is_counted_once(
    district: factories.SmallDistrict,
) -> None:
    made, _ = load()
    person = person_of("t-1")
    observe(district, person)
    undo(made)
    Identity.objects.filter(person=person).delete()
    _, again = load()
    people = again.plan["types"]["people"]
    assert (people["returned"], people["updated"], people["unchanged"]) == (1, 0, 0)
    assert Identity.objects.get(person=person).display_name == "Ida Ray"
    Identity.objects.filter(person=person).delete()
    _, named = load()
    people = named.plan["types"]["people"]
    assert (people["returned"], people["updated"], people["unchanged"]) == (0, 1, 0)


def test_what_a_later_full_list_states_blocks_and_what_a_delta_leaves_out_does_not() -> None:
    load()
    made, _ = load(WITH_COLLEAGUE)
    made_later, _ = load(WITH_COLLEAGUE)
    found = {(one.table, one.label, one.why) for one in blocks(made)}
    assert ("schools_person", "Una Fir", "stated by roster.zip") in found
    assert ("schools_org", "Elm", "stated by roster.zip") in found
    undo(made_later)
    load({"orgs": [ORGS[0], ORGS[1]]}, source="another system")
    assert blocks(made) == []


def test_import_applied_meanwhile_keeps_the_worker_from_reverting() -> None:
    load()
    made, _ = load(WITH_COLLEAGUE)
    load(WITH_COLLEAGUE)
    before = held()
    assert by_the_worker(made).state == "applied"
    assert "a later change is in the way" in made.message
    assert held() == before


def test_role_that_follows_since_blocks_the_period_before() -> None:
    load()
    day = in_days(10)
    ended, _ = load({"roles": [{**ROLES[0], "endDate": day}, ROLES[1]]})
    load(roles_meeting(10))
    assert [(one.table, one.label, one.why) for one in blocks(ended)] == [
        ("schools_staffassignment", "Ida Ray, Teacher, Oak School", "overlaps the same role as it is since")
    ]


def test_role_entered_since_that_cannot_stand_leaves_the_import_applied_and_says_so() -> None:
    load()
    day = schoolyear.today() + timedelta(days=10)
    ended, _ = load({"roles": [{**ROLES[0], "endDate": day.isoformat()}, ROLES[1]]})
    role = StaffAssignment.objects.get()
    StaffAssignment.objects.create(
        person=role.person, org=role.org, role=role.role, during=DateRange(day, None)
    )
    before = held()
    assert by_the_worker(ended).state == "applied"
    assert "Undo that first" in ended.message
    assert held() == before


def test_role_split_in_two_and_moved_comes_back_whole() -> None:
    load()
    whole = held()
    split, _ = load(roles_meeting(20))
    at_20 = held()
    earlier, _ = load(roles_meeting(10))
    at_10 = held()
    later, _ = load(roles_meeting(30))
    undo(later)
    assert held() == at_10
    undo(earlier)
    assert held() == at_20
    undo(split)
    assert held() == whole


def test_decided_role_goes_with_the_roster_it_waited_in(data_administrator: User) -> None:
    before = held()
    made, _ = load({"roles": [{**ROLES[0], "role": "ext:guide"}, ROLES[1]]})
    decide_roles(decisions={WaitingRole.objects.get().uid: "coach"}, by=data_administrator)
    assert StaffAssignment.objects.get().role == "coach"
    counts = undo(made)
    assert counts["people"] == {"restored": 0, "removed": 1, "kept": 0}
    assert held() == before


def test_decided_role_of_a_person_who_stays_is_not_left_open(
    district: factories.SmallDistrict, data_administrator: User
) -> None:
    made, _ = load({"roles": [{**ROLES[0], "role": "ext:guide"}, ROLES[1]]})
    person = person_of("t-1")
    decide_roles(decisions={WaitingRole.objects.get().uid: "coach"}, by=data_administrator)
    observe(district, person)
    undo(made)
    assert Person.objects.filter(pk=person.pk).exists()
    assert not StaffAssignment.objects.filter(person=person).exists()


def test_edits_that_a_roster_was_told_to_set_again_come_back(data_administrator: User) -> None:
    load()
    edit_org(org=Org.objects.get(name="Oak School"), changes={"name": "Oak Academy"}, by=data_administrator)
    before = held()
    made, _ = load(override_edits=True)
    assert (Org.objects.filter(name="Oak Academy").exists(), HandEdit.objects.count()) == (False, 0)
    undo(made)
    assert held() == before
    load(WITH_COLLEAGUE)
    assert Org.objects.filter(name="Oak Academy").exists()


def test_name_of_a_district_goes_with_the_first_roster_that_gave_it() -> None:
    made, _ = load({"orgs": [{**ORGS[0], "name": "Wrong District"}, ORGS[1]]})
    undo(made)
    assert not District.objects.exists()
    load()
    assert District.objects.get().name == ORGS[0]["name"]


def test_name_of_a_district_that_was_there_before_or_was_changed_since_stays() -> None:
    District.objects.create(pk=1, name=ORGS[0]["name"], network_word="zone")
    made, _ = load()
    undo(made)
    assert District.objects.get().network_word == "zone"
    District.objects.all().delete()
    made, _ = load()
    District.objects.update(name="Elm County")
    undo(made)
    assert District.objects.get().name == "Elm County"


@pytest.mark.usefixtures("february")
@pytest.mark.parametrize("by", ["role", "grant"])
def test_place_that_access_names_stays_and_is_ended(by: str, data_administrator: User) -> None:
    made, _ = load()
    oak = Org.objects.get(name="Oak School")
    ever = DateRange(schoolyear.today() - timedelta(days=30), None)
    if by == "role":
        RoleGrant.objects.create(user=data_administrator, role=Role.PRINCIPAL, org_id=oak.pk, during=ever)
    else:
        Grant.objects.create(user=data_administrator, school_id=oak.pk, during=ever, source="caseload:1")
    assert undo(made)["orgs"] == {"restored": 0, "removed": 0, "kept": 2}
    oak.refresh_from_db()
    assert oak.during.upper == schoolyear.today()
    load()
    assert Org.objects.get(name="Oak School", during__upper_inf=True) == oak


def test_person_who_signs_in_stays_and_is_the_same_when_they_return() -> None:
    made, _ = load()
    person = person_of("t-1")
    person.user = User.objects.create(email="ida@elm.example", name="Ida Ray")
    person.save()
    assert undo(made)["people"] == {"restored": 0, "removed": 0, "kept": 1}
    assert ExternalId.objects.get(kind=Kind.PERSON).ended_on == schoolyear.today()
    load()
    assert person_of("t-1").user == person.user


def test_edits_of_rows_that_go_go_with_them(data_administrator: User) -> None:
    made, _ = load()
    edit_org(org=Org.objects.get(name="Oak School"), changes={"name": "Oak Academy"}, by=data_administrator)
    edit_identity(person=person_of("t-1"), changes={"given_name": "Ada"}, by=data_administrator)
    undo(made)
    assert not HandEdit.objects.exists()


def test_name_that_was_removed_does_not_come_back() -> None:
    load()
    made, _ = load({"users": [{**TEACHER, "email": ""}, STUDENT]})
    blank = dict.fromkeys(("given_name", "family_name", "preferred_given_name", "email"), "")
    Identity.objects.update(**blank, blanked_at=timezone.now())
    undo(made)
    assert Identity.objects.values(*blank).get() == blank
