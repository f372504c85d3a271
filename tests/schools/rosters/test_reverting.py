"""The way back: a plan that changes nothing, and a revert that leaves things as they were."""

from typing import Any

import pytest
from django.utils import timezone

from alignment_dash.access.reach import all_rows
from schools.models import ExternalId, Kind, Org, Person, RosterImport, StaffAssignment
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


def load(changes: dict[str, Any] | None = None, **options: Any) -> tuple[RosterImport, Loaded]:
    made = RosterImport.objects.create(filename="roster.zip", sha256="0" * 64, size=1, content=b"")

    def written(loaded: Loaded) -> None:
        RosterImport.objects.filter(pk=made.pk).update(applied_at=timezone.now(), state="applied")

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
    person = Person.objects.get(
        pk=ExternalId.objects.get(kind=Kind.PERSON, external_id="t-2", system__code="oneroster").row_id
    )
    factories.observation(
        version=district.version, observer=district.principals[0], observed=person, school=district.schools[0],
        levels=[3],
    )  # fmt: skip
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
