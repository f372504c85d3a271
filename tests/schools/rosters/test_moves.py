"""A role at a network reaches every school in it: a roster that moves schools says whose roles reach further."""

import pytest

from alignment_dash.access.models import AuditEvent, RoleGrant
from alignment_dash.access.roles import Role
from schools.hand_edits.actions import edit_org
from schools.models import ExternalId, HoldLimits, Org
from schools.rosters.holds import holds
from schools.rosters.loader import load_roster
from tests import factories
from tests.schools.rosters.bundles import ORGS, bundle

pytestmark = pytest.mark.django_db
NORTH, SOUTH = (
    {"sourcedId": name, "name": name.title(), "type": "local", "parentSourcedId": "district"}
    for name in ("north", "south")
)


def in_network(network: str) -> list[dict[str, str]]:
    district, school = ORGS[:2]
    return [district, NORTH, SOUTH, {**school, "parentSourcedId": network}]


def org(external_id: str) -> Org:
    return Org.objects.get(pk=ExternalId.objects.get(kind="org", external_id=external_id).row_id)


def test_roster_that_moves_a_school_is_held_and_says_whose_roles_reach_it():
    assert load_roster(bundle({"orgs": in_network("north")})).applied
    school, south = org(ORGS[1]["sourcedId"]), org("south")
    reached = factories.user(role=Role.PRINCIPAL, org=south)
    for other, role in (
        (org("north"), Role.PRINCIPAL),
        (school, Role.TEACHER),
        (org("district"), Role.TEACHER),
    ):
        factories.user(role=role, org=other)
    factories.user(role=Role.SUPERVISOR, org=south)  # reaches a caseload, wherever it is held
    RoleGrant.objects.create(
        user=factories.user(), role=Role.TEACHER, org_id=south.pk, during=("2001-01-01", "2002-01-01")
    )
    seen = []
    loaded = load_roster(
        bundle({"orgs": in_network("south")}), decide=lambda loaded: seen.append(loaded.plan) or False
    )
    assert not loaded.applied
    assert loaded.plan["roles_widened"] == [
        {"org": school.name, "above": "South", "role": "principal", "users": [reached.pk]}
    ]
    (hold,) = [one for one in holds(loaded.plan, HoldLimits()) if one.code == "role.widened"]
    assert hold.count == 1
    assert f"puts {school.name} under South" in hold.message


def test_roster_that_moves_nothing_or_nobodys_says_nothing():
    first = load_roster(bundle({"orgs": in_network("north")}))
    factories.user(role=Role.PRINCIPAL, org=org("north"))
    again = load_roster(bundle({"orgs": in_network("north")}))
    moved = load_roster(bundle({"orgs": in_network("south")}))
    assert moved.plan["types"]["orgs"]["updated"] == 1
    assert not [one.plan for one in (first, again, moved) if "roles_widened" in one.plan]


def test_move_by_hand_is_recorded_with_whose_roles_reach_further(district):
    reached = factories.user(role=Role.ASSISTANT_PRINCIPAL, org=district.networks[1])
    edit_org(
        org=district.schools[0],
        changes={"parent_id": district.networks[1].pk},
        by=district.users[Role.DATA_ADMINISTRATOR],
    )
    (event,) = AuditEvent.objects.filter(act="org.edit")
    assert event.detail["roles_widened"] == [{"role": "assistant-principal", "users": [reached.pk]}]
