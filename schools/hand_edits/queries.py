"""Reads of what was corrected here, and finding what is to be corrected."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Concat

from schools.hand_edits.actions import FIELDS, KINDS
from schools.models import Course, HandEdit, Kind, Level, Org, Person, Section

FOUND = 20
NOTHING = "–"


@dataclass(frozen=True, slots=True)
class Found:
    """Something that can be corrected: what it is called, where it stands, and its page."""

    uid: UUID
    label: str
    note: str


@dataclass(frozen=True, slots=True)
class Edited:
    """A field that rosters leave alone. `uid` and `label` are those of its row; None and "" for one that is gone."""

    edit: HandEdit
    kind_label: str
    uid: UUID | None
    label: str
    field_label: str
    value: str


def edits() -> QuerySet[HandEdit]:
    """Return the fields that rosters leave alone, the newest first."""
    return HandEdit.objects.select_related("edited_by").order_by("-edited_at", "-pk")


def edited(found: Iterable[HandEdit]) -> list[Edited]:
    """Return edits with their rows as they are; a query for each kind there is, and one for parents."""
    asked = list(found)
    rows = {kind: _rows(kind, [one.row_id for one in asked if one.kind == kind]) for kind in FIELDS}
    return [_edited(one, rows.get(one.kind, {}).get(one.row_id)) for one in asked]


def _rows(kind: str, ids: list[int]) -> dict[int, Any]:
    managers: dict[str, QuerySet[Any]] = {
        Kind.ORG: Org.objects.select_related("parent"),
        Kind.PERSON: Person.objects.select_related("identity"),
        Kind.COURSE: Course.objects.all(),
        Kind.SECTION: Section.objects.all(),
    }
    return managers[kind].in_bulk(ids) if ids else {}


def _edited(edit: HandEdit, row: Any) -> Edited:
    label = FIELDS.get(edit.kind, {}).get(edit.field, edit.field)
    kind_label = str(KINDS.get(edit.kind, edit.kind))
    holder = getattr(row, "identity", None) if edit.kind == Kind.PERSON else row
    if holder is None:
        return Edited(edit, kind_label, None, "", str(label), NOTHING)
    name = holder.display_name if edit.kind == Kind.PERSON else str(row)
    return Edited(edit, kind_label, row.uid, name, str(label), _value(holder, edit.field))


def _value(holder: Any, field: str) -> str:
    value: Any = getattr(holder, field, None)
    if field == "parent_id":
        value = holder.parent
    elif field == "level":
        value = Level(value).label
    elif field == "grades":
        value = ", ".join(value or [])
    return str(value) if value else NOTHING


def search(words: str) -> list[tuple[str, str, list[Found]]]:
    """Find places, people, courses and sections by name: (kind, url name, the first FOUND of it); four queries."""
    text = words.strip()
    if len(text) < 2:
        return []
    name = Concat("identity__given_name", Value(" "), "identity__family_name")
    named = Person.objects.filter(identity__isnull=False, identity__blanked_at=None).annotate(called=name)
    people = named.filter(Q(called__icontains=text) | Q(identity__email__icontains=text))
    called = Q(title__icontains=text) | Q(code__iexact=text)
    return [
        (Kind.ORG, "schools:edit-org", [
            Found(org.uid, org.name, str(org.get_type_display()))
            for org in Org.objects.filter(name__icontains=text).order_by("name", "pk")[:FOUND]
        ]),
        (Kind.PERSON, "schools:edit-person", [
            Found(person.uid, person.identity.display_name, person.identity.email)
            for person in people.select_related("identity").order_by("identity__family_name", "pk")[:FOUND]
        ]),
        (Kind.COURSE, "schools:edit-course", [
            Found(course.uid, course.title, " · ".join(filter(None, [course.code, course.subject])))
            for course in Course.objects.filter(called).order_by("title", "pk")[:FOUND]
        ]),
        (Kind.SECTION, "schools:edit-section", [
            Found(section.uid, section.title, f"{section.school_name} · {section.subject or NOTHING}")
            for section in Section.objects.filter(called)
            .annotate(school_name=F("school__name"))
            .order_by("-school_year", "title", "pk")[:FOUND]
        ]),
    ]  # fmt: skip


def subjects() -> list[str]:
    """Return the subjects that courses have, for suggestions; one query."""
    named = Course.objects.exclude(subject="").order_by("subject")
    return list(named.values_list("subject", flat=True).distinct()[:200])
