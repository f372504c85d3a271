"""Correcting what a roster has wrong: fields that people set here stay as set, until they are given back."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import connection, models, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alignment_dash import schoolyear
from alignment_dash.access import audit
from alignment_dash.access.models import User
from alignment_dash.runs import actions as runs
from schools.imports.lock import hold_off_rosters
from schools.models import Course, HandEdit, Identity, Kind, Org, OrgType, Person, Section
from schools.rosters import levels
from schools.rosters.moves import widened_by_move

# What may be corrected, by the names of the database's columns; those of a person stand in the identity.
FIELDS: dict[str, dict[str, str | Promise]] = {
    Kind.ORG: {
        "name": gettext_lazy("Name"),
        "level": gettext_lazy("Level"),
        "grades": gettext_lazy("Grades"),
        "parent_id": gettext_lazy("Part of"),
    },
    Kind.PERSON: {
        "given_name": gettext_lazy("Given name"),
        "family_name": gettext_lazy("Family name"),
        "preferred_given_name": gettext_lazy("Preferred given name"),
        "email": gettext_lazy("E-mail"),
    },
    Kind.COURSE: {"subject": gettext_lazy("Subject")},
    Kind.SECTION: {"subject": gettext_lazy("Subject")},
}
KINDS: dict[str, str | Promise] = {
    Kind.ORG: gettext_lazy("Place"),
    Kind.PERSON: gettext_lazy("Person"),
    Kind.COURSE: gettext_lazy("Course"),
    Kind.SECTION: gettext_lazy("Section"),
}
ABOVE_OTHERS = [OrgType.DISTRICT, OrgType.NETWORK, OrgType.DEPARTMENT, OrgType.OTHER]
Row = TypeVar("Row", bound=models.Model)


def held_fields(kind: str) -> set[tuple[int, str]]:
    """Return (row id, column) of every field of a kind that rosters leave alone; one query."""
    return set(HandEdit.objects.filter(kind=kind).values_list("row_id", "field"))


def possible_parents(org: Org) -> models.QuerySet[Org]:
    """Return the places that `org` can be part of today: neither itself nor one below it; one query to know."""
    parents = dict(Org.objects.filter(type__in=ABOVE_OTHERS).values_list("pk", "parent_id"))
    below = {org.pk}
    while further := {pk for pk, parent in parents.items() if parent in below} - below:
        below |= further
    found = Org.objects.filter(type__in=ABOVE_OTHERS).on(schoolyear.today()).exclude(pk__in=below)
    return found.order_by("type", "name", "pk")


@transaction.atomic
def edit_org(*, org: Org, changes: Mapping[str, Any], by: User, network: str = "") -> list[str]:
    """Set columns of a place (see `FIELDS`); `network` names a new network to make and put it into.

    Return the columns that changed. ValidationError says what is wrong; nothing is changed then.
    """
    hold_off_rosters()
    org = Org.objects.select_for_update().get(pk=org.pk)
    changes = dict(changes)
    if network.strip():
        changes["parent_id"] = _make_network(network.strip(), org, by).pk
    if "parent_id" in changes and changes["parent_id"] != org.parent_id:
        _check_parent(org, changes["parent_id"])
    if unknown := set(changes.get("grades", ())) - set(levels.ORDER):
        message = _("These are no grades: {grades}.").format(grades=", ".join(sorted(unknown)))
        raise ValidationError({"grades": message})
    changed = _set(org, Kind.ORG, changes)
    if changed:
        _note(Kind.ORG, org.pk, changed, by)
        detail = {"changed": _images(changed), **_widened(org, changed)}
        audit.record(act="org.edit", target=org, by=by, detail=detail)
        # Levels, networks and names of schools are in what is computed and shown.
        year = schoolyear.current_year()
        runs.inputs_changed(topic="roster", school_year=year, by=by, reason="place corrected")
    return list(changed)


@transaction.atomic
def edit_identity(*, person: Person, changes: Mapping[str, str], by: User) -> list[str]:
    """Set a person's names or e-mail address (see `FIELDS`). Return the columns that changed.

    ValidationError for someone whose name was removed: a removed name does not come back.
    """
    hold_off_rosters()
    identity = Identity.objects.select_for_update().filter(person=person, blanked_at=None).first()
    if identity is None:
        raise ValidationError(_("The name of this person was removed. It stays so."))
    changed = _set(identity, Kind.PERSON, changes)
    if changed:
        _note(Kind.PERSON, person.pk, changed, by)
        audit.record(act="person.edit", target=person, by=by, detail={"changed": sorted(changed)})
    return list(changed)


@transaction.atomic
def edit_section(*, section: Section, subject: str, by: User) -> bool:
    """Set the subject of a section; return whether that changed it."""
    hold_off_rosters()
    section = Section.objects.select_for_update().get(pk=section.pk)
    changed = _set(section, Kind.SECTION, {"subject": subject})
    if changed:
        _note(Kind.SECTION, section.pk, changed, by)
        audit.record(act="section.edit", target=section, by=by, detail={"changed": _images(changed)})
    return bool(changed)


@transaction.atomic
def edit_course(*, course: Course, subject: str, by: User, with_sections: bool = False) -> int | None:
    """Set the subject of a course, and `with_sections` of its sections that said the same as it did.

    Return how many sections changed, None when nothing did.
    """
    hold_off_rosters()
    course = Course.objects.select_for_update().get(pk=course.pk)
    before = course.subject
    changed = _set(course, Kind.COURSE, {"subject": subject})
    if not changed:
        return None
    _note(Kind.COURSE, course.pk, changed, by)
    sections = []
    if with_sections:
        same = Section.objects.filter(course=course, subject=before).select_for_update()
        sections = list(same.values_list("pk", flat=True))
        Section.objects.filter(pk__in=sections).update(subject=course.subject)
        _note_all(Kind.SECTION, sections, changed, by)
    detail = {"changed": _images(changed), "sections": len(sections)}
    audit.record(act="course.edit", target=course, by=by, detail=detail)
    return len(sections)


@transaction.atomic
def give_back(*, edit: HandEdit, by: User) -> None:
    """Let rosters set a field again; it stays as it is until the next one does."""
    detail = {"kind": edit.kind, "row": edit.row_id, "field": edit.field}
    audit.record(act="hand-edit.give-back", target=edit, by=by, detail=detail)
    edit.delete()


def _make_network(name: str, school: Org, by: User) -> Org:
    """Make a network in the district, there as long as the place that comes into it."""
    district = Org.objects.filter(type=OrgType.DISTRICT).order_by("pk").first()
    made = Org(type=OrgType.NETWORK, name=name, parent=district, during=DateRange(school.during.lower, None))
    made.full_clean()
    made.save()
    audit.record(act="org.add", target=made, by=by, detail={"type": made.type})
    return made


def _widened(org: Org, changed: Mapping[str, tuple[Any, Any]]) -> dict[str, Any]:
    """Whose roles reach further by the move, for the record; nothing where the place stays where it is."""
    if "parent_id" not in changed:
        return {}
    with connection.cursor() as cursor:
        found = widened_by_move(cursor, org.pk, changed["parent_id"][0])
    return {"roles_widened": [{"role": one["role"], "users": one["users"]} for one in found]} if found else {}


def _check_parent(org: Org, parent_id: int | None) -> None:
    if parent_id is None:
        fits = org.type != OrgType.SCHOOL
    else:
        fits = possible_parents(org).filter(pk=parent_id).exists()
    if not fits:
        raise ValidationError({"parent": _("{name} cannot be part of that.").format(name=org.name)})


def _set(row: models.Model, kind: str, changes: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Write the columns that differ; return what they were and are."""
    if unknown := set(changes) - set(FIELDS[kind]):
        raise ValidationError(_("{names} cannot be edited.").format(names=", ".join(sorted(unknown))))
    changed = {}
    for name, value in changes.items():
        value = value.strip() if isinstance(value, str) else value
        if getattr(row, name) != value:
            changed[name] = (getattr(row, name), value)
            setattr(row, name, value)
    if changed:
        row.clean_fields(exclude={field.name for field in row._meta.fields} - _names(row, changed))
        row.save(update_fields=sorted(_names(row, changed)))
    return changed


def _names(row: models.Model, columns: Iterable[str]) -> set[str]:
    """The fields of a model that have these columns."""
    return {field.name for field in row._meta.concrete_fields if field.attname in set(columns)}


def _images(changed: Mapping[str, tuple[Any, Any]]) -> dict[str, list[Any]]:
    return {name: list(images) for name, images in changed.items()}


def _note(kind: str, row_id: int, fields: Collection[str], by: User) -> None:
    _note_all(kind, [row_id], fields, by)


def _note_all(kind: str, row_ids: Iterable[int], fields: Collection[str], by: User) -> None:
    """Note that rosters leave these fields of these rows alone; one query."""
    HandEdit.objects.bulk_create(
        [
            HandEdit(kind=kind, row_id=row_id, field=field, edited_by=by, edited_at=timezone.now())
            for row_id in row_ids
            for field in fields
        ],
        update_conflicts=True,
        unique_fields=["kind", "row_id", "field"],
        update_fields=["edited_by", "edited_at"],
    )
