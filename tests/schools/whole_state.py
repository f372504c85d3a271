"""Everything that a roster can change, to be compared: row for row, or by what outside ids say of it.

`rows()` is for what must not have moved at all. `stated()` leaves out what differs between two databases that
tell the same: our own ids, uids and times of the clock; a row is named by the outside ids that lead to it.
"""

from collections import Counter, defaultdict
from typing import Any

from django.apps import apps
from django.db import connection, models

from alignment_dash.access.reach import all_rows
from schools.models import (
    Course,
    Enrollment,
    ExternalId,
    Kind,
    Org,
    Person,
    RosterImport,
    RosterWrite,
    Section,
    Session,
    StaffAssignment,
    Student,
    Teaching,
)

TABLES: dict[str, type[models.Model]] = {
    Kind.ORG: Org,
    Kind.SESSION: Session,
    Kind.COURSE: Course,
    Kind.SECTION: Section,
    Kind.PERSON: Person,
    Kind.STUDENT: Student,
    Kind.ASSIGNMENT: StaffAssignment,
    Kind.TEACHING: Teaching,
    Kind.ENROLLMENT: Enrollment,
}
# Not what a roster says, but what is known about its import.
_APART = (RosterImport, RosterWrite)
Names = dict[tuple[type[models.Model], int], str]


def compared() -> list[type[models.Model]]:
    """The models of everything in `schools` that holds what a roster says, or what was decided about it."""
    found = apps.get_app_config("schools").get_models()
    return [model for model in found if not model._meta.proxy and model not in _APART]


def rows(*, versions: bool = True) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table as it stands, by id; with `versions`, a row that was written again differs."""
    xmin = ", xmin::text" if versions else ""
    found = {}
    with all_rows(why="compare every row"), connection.cursor() as cursor:
        for model in compared():
            cursor.execute(f"SELECT t.*{xmin} FROM {model._meta.db_table} t ORDER BY id")
            found[model._meta.db_table] = cursor.fetchall()
    return found


def stated(*, without: tuple[type[models.Model], ...] = ()) -> dict[str, Counter[Any]]:
    """What the tables say, without our ids and the times of the clock; equal rows are counted."""
    with all_rows(why="compare every row"):
        names = _names()
        return {
            model._meta.db_table: Counter(_said(model, row, names) for row in model._base_manager.all())
            for model in compared()
            if model not in without
        }


def inverse(roster_import: RosterImport) -> dict[tuple[str, str], int]:
    """How many rows the inverse of an import covers, by table and act."""
    covered: dict[tuple[str, str], int] = defaultdict(int)
    with all_rows(why="count the inverse"):
        for write in RosterWrite.objects.filter(roster_import=roster_import):
            covered[write.table, write.act] += write.last_id - write.first_id + 1
    return dict(covered)


def _names() -> Names:
    """What each row is called outside; a row with several ids by all of them."""
    ids = defaultdict(list)
    for held in ExternalId.objects.select_related("system"):
        if held.kind in TABLES:
            ids[TABLES[held.kind], held.row_id].append(f"{held.system.code}:{held.external_id}")
    return {key: " ".join(sorted(found)) for key, found in ids.items()}


def _said(model: type[models.Model], row: Any, names: Names) -> tuple[Any, ...]:
    said = [names.get((model, row.pk), "")]
    for field in model._meta.concrete_fields:
        if field.primary_key or field.name == "uid" or isinstance(field, models.DateTimeField):
            continue
        value = getattr(row, field.attname)
        if field.related_model in _APART:
            value = value is not None
        elif field.name == "row_id":
            value = names.get((TABLES[row.kind], value), "nothing")
        elif isinstance(field.related_model, type):
            value = names.get((field.related_model, value), value)
        said.append(str(value))
    return tuple(said)
