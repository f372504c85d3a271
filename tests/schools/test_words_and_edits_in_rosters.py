"""What people decided and corrected, and the rosters that come after it."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from django.db import connection

from alignment_dash.access.models import User
from alignment_dash.access.roles import Role
from schools.hand_edits import actions as hand_edits
from schools.models import (
    HandEdit,
    Identity,
    Org,
    OrgType,
    Section,
    SourceSystem,
    StaffAssignment,
    StaffRole,
    WaitingRole,
)
from schools.role_words import queries as roster_words
from schools.role_words.decisions import undo_decision
from schools.role_words.queries import WordFilters
from schools.role_words.rules import Meaning, add_rule, decide_word
from schools.rosters.loader import ONE_AT_A_TIME, Loaded, load_roster
from schools.rosters.reader import Options
from tests import factories
from tests.schools.rosters.bundles import bundle

pytestmark = pytest.mark.django_db


@pytest.fixture
def by(db: None) -> User:
    return factories.user(role=Role.DATA_ADMINISTRATOR)


def load(content: bytes, **fields: Any) -> Loaded:
    """Load a roster as an import does, with the district's rules."""
    loaded = load_roster(io.BytesIO(content), options=Options(role_rules=roster_words.role_rules()), **fields)
    assert loaded.applied
    return loaded


@pytest.fixture
def real(shared_data: Path) -> bytes:
    """A 1.1 district of one office and eight schools with an administrator each."""
    return (shared_data / "oneroster-generated" / "district-medium-B.zip").read_bytes()


def principals() -> int:
    return StaffAssignment.objects.filter(role=StaffRole.PRINCIPAL).count()


def test_administrators_of_1_1_wait_are_decided_and_stay_so(real, by):
    load(real)
    (word,) = roster_words.waiting_words()
    assert (word.word, word.n_people, word.n_places) == ("administrator", 9, 9)
    assert word.by_org_type == (("school", 8), ("district", 1))
    decide_word(filters=WordFilters("administrator", org_type="school"), role="principal", by=by)
    assert principals() == 8
    again = load(real)
    assert (again.counts["roles"]["created"], again.counts["roles"]["updated"]) == (0, 0)
    # Their names were not kept while they might have been students.
    assert again.counts["users"]["updated"] == 8
    assert load(real).school_years == []
    assert principals() == 8
    assert [one.org.type for one in WaitingRole.objects.filter(role="")] == [OrgType.DISTRICT]


def test_undone_decision_waits_in_the_next_roster_too(real, by):
    load(real)
    decide_word(filters=WordFilters("administrator", org_type="school"), role="principal", by=by)
    undo_decision(waiting_role=WaitingRole.objects.filter(role="principal").first(), by=by)
    load(real)
    assert principals() == 7
    assert WaitingRole.objects.filter(role="").count() == 2


def test_rule_decides_with_the_next_roster_and_empties_the_queue(real, by):
    load(real)
    add_rule(meaning=Meaning(word="administrator", org_type="school", role="principal"), by=by)
    add_rule(
        meaning=Meaning(column="username", values=("tobias.thistledown",), role="assistant-principal"), by=by
    )
    load(real)
    assert principals() == 8
    assert [one.org.type for one in WaitingRole.objects.all()] == [OrgType.DISTRICT]


def test_rule_asked_first_decides_before_the_others(real, by):
    one_of = Meaning(
        column="username", test="one-of", values=("tobias.thistledown", "liam.wickerbasket"),
        role="assistant-principal",
    )  # fmt: skip
    add_rule(meaning=one_of, by=by)
    add_rule(meaning=Meaning(word="administrator", org_type="school", role="principal"), by=by)
    load(real)
    assert principals() == 6
    assert StaffAssignment.objects.filter(role=StaffRole.ASSISTANT_PRINCIPAL).count() == 2


def test_rule_made_with_a_decision_finds_the_same_roles(real, by):
    load(real)
    decide_word(filters=WordFilters("administrator"), role="principal", by=by, make_rule=True)
    made = set(StaffAssignment.objects.filter(role="principal").values_list("pk", flat=True))
    load(real)
    assert set(StaffAssignment.objects.filter(role="principal").values_list("pk", flat=True)) == made
    assert len(made) == 9


def test_corrected_fields_stay_while_rosters_set_the_others(by):
    load(bundle().getvalue())
    oak, ida = Org.objects.get(name="Oak School"), Identity.objects.get(family_name="Ray")
    section = Section.objects.get()
    hand_edits.edit_org(org=oak, changes={"level": "high", "grades": ["09"]}, network="West", by=by)
    hand_edits.edit_identity(person=ida.person, changes={"given_name": "Ada"}, by=by)
    hand_edits.edit_section(section=section, subject="Algebra", by=by)
    load(bundle().getvalue())
    for row in (oak, ida, section):
        row.refresh_from_db()
    assert (oak.name, oak.level, oak.grades, oak.parent.name) == ("Oak School", "high", ["09"], "West")
    assert (ida.given_name, ida.family_name, section.subject) == ("Ada", "Ray", "Algebra")


def test_field_given_back_follows_the_next_roster(by):
    load(bundle().getvalue())
    ida = Identity.objects.get(family_name="Ray")
    hand_edits.edit_identity(person=ida.person, changes={"given_name": "Ada", "email": "a@b.example"}, by=by)
    hand_edits.give_back(edit=HandEdit.objects.get(field="given_name"), by=by)
    load(bundle().getvalue())
    ida.refresh_from_db()
    assert (ida.given_name, ida.email) == ("Ida", "a@b.example")


def test_override_sets_corrected_fields_again(by):
    load(bundle().getvalue())
    ida = Identity.objects.get(family_name="Ray")
    hand_edits.edit_identity(person=ida.person, changes={"given_name": "Ada"}, by=by)
    load(bundle().getvalue(), override_edits=True)
    ida.refresh_from_db()
    assert ida.given_name == "Ida"
    assert not HandEdit.objects.exists()


@pytest.fixture
def roster_being_read() -> Iterator[None]:
    """Another connection that holds what a roster holds while it is read and written."""
    given = connection.settings_dict
    other = psycopg2.connect(
        dbname=given["NAME"], user=given["USER"], password=given["PASSWORD"], host=given["HOST"], port=given["PORT"]
    )  # fmt: skip
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [ONE_AT_A_TIME])
    yield
    other.close()


def test_nothing_is_decided_or_corrected_while_a_roster_is_read(by, client, roster_being_read):
    school = factories.org()
    one = WaitingRole.objects.create(
        system=SourceSystem.objects.create(code="sis"), external_id="1", person=factories.person(), org=school,
        word="administrator",
    )  # fmt: skip
    client.force_login(by)
    api = f"/api/v1/roster-unmatched/{one.uid}/"
    for answer in (
        client.post(api, {"role": "principal"}, content_type="application/json"),
        client.post("/role-words/people/?word=administrator", {"all": "1", "role": "principal"}),
        client.post(f"/roster-edits/places/{school.uid}/", {"name": "Other", "level": "high"}),
    ):
        assert answer.status_code == 400
        assert "A roster is being read just now" in answer.content.decode()
    WaitingRole.objects.update(role="ignore")
    assert client.delete(api).status_code == 400
    undone = client.post(f"/role-words/{one.uid}/undo/", follow=True)
    assert "A roster is being read just now" in undone.content.decode()
    assert WaitingRole.objects.get().role == "ignore"
    assert not HandEdit.objects.exists()
