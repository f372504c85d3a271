"""Fields corrected here: set at once, noted so that rosters leave them alone, given back when asked."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from alignment_dash.access.models import AuditEvent
from alignment_dash.access.roles import Role
from alignment_dash.runs.models import Run
from schools.hand_edits import actions as hand_edits
from schools.models import Course, HandEdit, Identity, Kind, Level, Org, OrgType, Section
from tests import factories

pytestmark = pytest.mark.django_db
LIST = "/roster-edits/"


@pytest.fixture
def by(district: factories.SmallDistrict) -> Any:
    return district.users[Role.DATA_ADMINISTRATOR]


@pytest.fixture
def administrator(sign_in: Any) -> Any:
    return sign_in(Role.DATA_ADMINISTRATOR)


@pytest.fixture
def course(district: factories.SmallDistrict) -> Course:
    """A course in Maths whose first two sections say so, and whose third says Physics."""
    made = Course.objects.create(title="Algebra", code="ALG1", subject="Maths", org=district.root)
    for number, subject in enumerate(["Maths", "Maths", "Physics"]):
        Section.objects.create(
            title=f"Algebra {number}", course=made, school=district.schools[0], school_year=factories.year(),
            subject=subject,
        )  # fmt: skip
    return made


def noted(kind: str) -> set[tuple[int, str]]:
    return hand_edits.held_fields(kind)


def url(kind: str, row: Any) -> str:
    return reverse(f"schools:edit-{kind}", kwargs={"uid": row.uid})


def shown(client: Any, page: str) -> dict[str, str]:
    """What a page's form would send if nothing were changed on it."""
    form = client.get(page).context["form"]
    sent = {}
    for bound in form:
        value = bound.value()
        sent[bound.html_name] = sent[bound.html_initial_name] = "" if value is None else str(value)
    return sent


def test_place_is_corrected_and_its_fields_stay(district, by):
    school = district.schools[0]
    changed = hand_edits.edit_org(
        org=school, changes={"name": " Alder K-8 ", "level": Level.K8, "grades": ["KG", "01"]}, by=by
    )
    school.refresh_from_db()
    assert (school.name, school.level, school.grades) == ("Alder K-8", Level.K8, ["KG", "01"])
    assert sorted(changed) == ["grades", "level", "name"]
    assert noted(Kind.ORG) == {(school.pk, "name"), (school.pk, "level"), (school.pk, "grades")}
    assert AuditEvent.objects.get(act="org.edit").detail["changed"]["level"] == ["elementary", "k8"]
    assert Run.objects.filter(reason="place corrected", school_year=factories.year()).exists()


def test_what_is_as_it_was_is_neither_noted_nor_recorded(district, by):
    school = district.schools[0]
    assert hand_edits.edit_org(org=school, changes={"name": school.name}, by=by) == []
    assert not HandEdit.objects.exists()
    assert not AuditEvent.objects.filter(act="org.edit").exists()
    assert not Run.objects.exists()


def test_school_moves_to_another_network(district, by):
    school, south = district.schools[0], district.networks[1]
    hand_edits.edit_org(org=school, changes={"parent_id": south.pk}, by=by)
    school.refresh_from_db()
    assert school.parent == south
    assert noted(Kind.ORG) == {(school.pk, "parent_id")}


def test_network_is_made_with_the_school_in_it(district, by):
    school = district.schools[0]
    hand_edits.edit_org(org=school, changes={}, network="West", by=by)
    school.refresh_from_db()
    assert (school.parent.name, school.parent.type, school.parent.parent) == (
        "West", OrgType.NETWORK, district.root,
    )  # fmt: skip
    assert Org.objects.on(school.during.lower).filter(pk=school.parent.pk).exists()


@pytest.mark.parametrize("where", ["itself", "below", "a school", "nothing", "nowhere"])
def test_place_is_not_put_where_it_cannot_be(district, by, where):
    org = district.schools[0] if where in {"nothing", "a school"} else district.root
    parents = {
        "itself": org.pk,
        "below": district.networks[0].pk,
        "a school": district.schools[1].pk,
        "nothing": None,
        "nowhere": 10**9,
    }
    with pytest.raises(ValidationError):
        hand_edits.edit_org(org=org, changes={"parent_id": parents[where], "name": "X"}, by=by)
    org.refresh_from_db()
    assert org.name != "X"
    assert not HandEdit.objects.exists()


@pytest.mark.parametrize(
    "changes", [{"name": ""}, {"name": "x" * 256}, {"level": "moon"}, {"grades": ["9"]}, {"type": "school"}]
)
def test_value_that_a_place_cannot_have_is_refused(district, by, changes):
    with pytest.raises(ValidationError):
        hand_edits.edit_org(org=district.schools[0], changes=changes, by=by)
    assert not HandEdit.objects.exists()


def test_name_of_a_person_is_corrected_and_not_recorded_in_the_audit(district, by):
    person = district.principals[0]
    hand_edits.edit_identity(
        person=person, changes={"preferred_given_name": "Patty", "email": "p@x.example"}, by=by
    )
    assert Identity.objects.get(person=person).display_name == "Patty Principal0"
    assert noted(Kind.PERSON) == {(person.pk, "preferred_given_name"), (person.pk, "email")}
    event = AuditEvent.objects.get(act="person.edit")
    assert event.detail == {"changed": ["email", "preferred_given_name"]}
    assert "Patty" not in f"{event.target_label}{event.detail}"


def test_removed_name_does_not_come_back(district, by, administrator):
    person = district.principals[0]
    Identity.objects.filter(person=person).update(given_name="", family_name="", blanked_at=timezone.now())
    with pytest.raises(ValidationError):
        hand_edits.edit_identity(person=person, changes={"given_name": "Pat"}, by=by)
    assert administrator.get(url("person", person)).status_code == 404


def test_subject_of_a_section_is_corrected(course, by):
    section = course.sections.first()
    assert hand_edits.edit_section(section=section, subject="Mathematics", by=by)
    section.refresh_from_db()
    assert section.subject == "Mathematics"
    assert noted(Kind.SECTION) == {(section.pk, "subject")}


@pytest.mark.parametrize(("with_sections", "after"), [(True, ["M", "M", "Physics"]), (False, ["Maths", "Maths", "Physics"])])  # fmt: skip
def test_subject_of_a_course_is_corrected_with_the_sections_that_said_the_same(
    course, by, with_sections, after
):
    hand_edits.edit_course(course=course, subject="M", with_sections=with_sections, by=by)
    course.refresh_from_db()
    assert course.subject == "M"
    assert list(course.sections.order_by("pk").values_list("subject", flat=True)) == after
    assert len(noted(Kind.SECTION)) == (2 if with_sections else 0)


def test_field_edited_twice_is_noted_once_by_the_last(district, by):
    other = factories.user(role=Role.DATA_ADMINISTRATOR)
    for name, editor in (("A", by), ("B", other)):
        hand_edits.edit_org(org=district.schools[0], changes={"name": name}, by=editor)
    assert HandEdit.objects.get().edited_by == other


def test_place_is_corrected_on_its_page_and_only_what_was_changed_there(district, administrator):
    school = district.schools[0]
    page = url("org", school)
    sent = shown(administrator, page)
    # A roster renames the school while the page is open; only the level is changed on the page.
    Org.objects.filter(pk=school.pk).update(name="Alder Academy")
    answer = administrator.post(page, {**sent, "level": "k8"}, follow=True)
    school.refresh_from_db()
    assert (school.name, school.level) == ("Alder Academy", "k8")
    assert noted(Kind.ORG) == {(school.pk, "level")}
    assert "Alder Elementary" in answer.content.decode() or "Alder Academy" in answer.content.decode()


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"name": ""}, "name"),
        ({"grades": "KG, 9th"}, "grades"),
        ({"parent": str(uuid4())}, "parent"),
        ({"parent": ""}, "parent"),
        ({"level": "x"}, "level"),
        ({"name": "a\0"}, "name"),
    ],
)
def test_wrong_correction_is_answered_at_its_field(district, administrator, sent, field):
    page = url("org", district.schools[0])
    answer = administrator.post(page, {**shown(administrator, page), **sent})
    assert answer.status_code == 400
    assert answer.context["form"].errors[field]
    assert not HandEdit.objects.exists()


@pytest.mark.parametrize("kind", ["person", "course", "section"])
def test_person_course_and_section_are_corrected_on_their_pages(district, course, administrator, kind):
    row = {"person": district.principals[0], "course": course, "section": course.sections.first()}[kind]
    page = url(kind, row)
    field = "family_name" if kind == "person" else "subject"
    answer = administrator.post(page, {**shown(administrator, page), field: "Corrected"}, follow=True)
    assert "Corrected" in answer.content.decode()
    assert (row.pk, field) in noted(kind)


def test_field_is_given_back_and_stands_until_the_next_roster(district, by, administrator):
    school = district.schools[0]
    hand_edits.edit_org(org=school, changes={"name": "Alder K-8"}, by=by)
    edit = HandEdit.objects.get()
    page = administrator.post(f"{LIST}give-back/", {"edit": edit.pk}, follow=True)
    assert "Nothing was edited here" in page.content.decode()
    school.refresh_from_db()
    assert school.name == "Alder K-8"
    assert AuditEvent.objects.filter(act="hand-edit.give-back", by_label=by.name).exists()
    for gone in (edit.pk, "", "x", "9" * 40, "²"):
        assert administrator.post(f"{LIST}give-back/", {"edit": gone}).status_code == 404


def test_what_is_to_be_corrected_is_found_by_name(district, course, administrator):
    for words, link in [
        ("alder", url("org", district.schools[0])),
        ("pat principal0", url("person", district.principals[0])),
        ("ALG1", url("course", course)),
        ("algebra 2", url("section", course.sections.get(title="Algebra 2"))),
    ]:
        assert link in administrator.get(LIST, {"q": words}).content.decode()
    for nothing in ("", "a", "zzz", "%", "\0\0", "_" * 500):
        assert administrator.get(LIST, {"q": nothing}).status_code == 200


def test_edit_of_a_row_that_is_gone_is_still_listed(district, administrator):
    HandEdit.objects.create(kind=Kind.COURSE, row_id=10**9, field="subject")
    assert "(no longer there)" in administrator.get(LIST).content.decode()


def test_person_without_a_name_is_listed_and_has_no_page(district, by, administrator):
    person = district.principals[0]
    hand_edits.edit_identity(person=person, changes={"given_name": "Zora"}, by=by)
    Identity.objects.filter(person=person).delete()
    assert "(no longer there)" in administrator.get(LIST).content.decode()
    assert administrator.get(LIST, {"q": "Zora"}).status_code == 200
    assert administrator.get(url("person", person)).status_code == 404


def test_list_asks_as_often_for_many_as_for_few(
    district, course, by, administrator, django_assert_num_queries
):
    section = course.sections.first()
    hand_edits.edit_org(org=district.schools[0], changes={"name": "A", "parent_id": district.root.pk}, by=by)
    hand_edits.edit_identity(person=district.principals[0], changes={"email": "a@b.example"}, by=by)
    hand_edits.edit_course(course=course, subject="A", by=by)
    hand_edits.edit_section(section=section, subject="A", by=by)
    administrator.get(LIST)
    with CaptureQueriesContext(connection) as few:
        administrator.get(LIST)
    for school in district.schools[1:]:
        hand_edits.edit_org(org=school, changes={"name": "B", "grades": ["01"]}, by=by)
        for teacher in district.teachers[school.pk]:
            hand_edits.edit_identity(person=teacher, changes={"email": "a@b.example"}, by=by)
    with django_assert_num_queries(len(few)):
        administrator.get(LIST)


def test_network_that_began_later_is_offered_only_while_it_is_there(district, administrator):
    Org.objects.filter(pk=district.networks[1].pk).update(during=(date(2000, 1, 1), date(2001, 1, 1)))
    offered = administrator.get(url("org", district.schools[0])).context["form"].fields["parent"].choices
    assert [name for _uid, name in offered] == ["nothing", "North", "Cedar Hollow Schools"]
