"""Rosters that name someone whose data was erased."""

import io

import pytest

from alignment_dash.access.models import User
from alignment_dash.access.persondata import actions, queries
from alignment_dash.access.persondata.models import ErasedMark, Erasure
from alignment_dash.access.reach import all_rows
from alignment_dash.access.roles import Role
from schools.models import ExternalId, Identity, Kind, Person, RosterImport, RosterWrite, StaffAssignment
from schools.rosters.loader import Loaded, load_roster
from tests import factories
from tests.schools.rosters.bundles import bundle, delta, valid

pytestmark = pytest.mark.django_db


def load(file: io.BytesIO | None = None, roster_import: RosterImport | None = None) -> Loaded:
    loaded = load_roster(file or bundle(), source="sis", roster_import=roster_import)
    assert loaded.applied
    return loaded


def as_teacher(name: str, value: str) -> io.BytesIO:
    """The bundle with one field of its teacher other than it was."""
    rows = valid()
    rows["users"][0][name] = value
    if name == "sourcedId":
        rows["roles"][0]["userSourcedId"] = rows["enrollments"][0]["userSourcedId"] = value
    return bundle(rows)


def codes(loaded: Loaded) -> set[str]:
    return {group.code for group in loaded.roster.findings.groups()}


def erased() -> Person:
    """Ida Ray of the bundle, who works there, erased by two."""
    person = Person.objects.get(identity__family_name="Ray")
    first, second = (factories.user(role=Role.DATA_ADMINISTRATOR) for _n in (1, 2))
    subject = queries.subject_of(person.uid)
    assert subject is not None
    assert subject.is_current
    erasure = actions.ask(subject=subject, why="request 3", by=first)
    actions.confirm(erasure=erasure, by=second)
    return person


def test_roster_does_not_bring_an_erased_name_back_and_says_so(db):
    made = RosterImport.objects.create(filename="a.zip", sha256="0", size=1, content=b"")
    load(roster_import=made)
    load(as_teacher("givenName", "Ide"), roster_import=made)
    with all_rows(why="a test looks at images"):
        assert RosterWrite.objects.filter(table="schools_identity", after__given_name="Ide").exists()
    person = erased()
    with all_rows(why="a test looks at images"):
        assert not RosterWrite.objects.exclude(act="create").filter(table="schools_identity").exists()
    again = load()
    assert "person.erased" in codes(again)
    assert not Identity.objects.filter(family_name="Ray").exists()
    assert not ExternalId.objects.filter(kind=Kind.PERSON, external_id="t-1").exists()
    assert not StaffAssignment.objects.filter(person=person, during__upper_inf=True).exists()
    assert load().school_years == []
    later = load(delta({"enrollments": [valid()["enrollments"][0] | {"sourcedId": "e-7"}]}))
    assert not later.roster.findings.has_errors
    assert ErasedMark.objects.filter(seen_at__isnull=False).count() == 2


def test_erased_person_comes_back_as_a_new_one_when_let(db):
    load()
    person = erased()
    actions.let_return(erasure=Erasure.objects.get(), by=User.objects.earliest("pk"))
    assert "person.erased" not in codes(load())
    back = Person.objects.get(identity__family_name="Ray")
    assert back.pk != person.pk


def test_address_of_someone_erased_under_another_id_is_kept_and_told(db):
    load()
    erased()
    loaded = load(as_teacher("sourcedId", "t-9"))
    assert "person.erased_address" in codes(loaded)
    assert "person.erased" not in codes(loaded)
    assert Identity.objects.filter(family_name="Ray").count() == 1
