"""From when a role without dates holds, by the rules of imports, for roles that someone decides later."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from alignment_dash import schoolyear
from alignment_dash.access.reach import all_rows
from schools.models import (
    ExternalId,
    Kind,
    Person,
    RosterImport,
    RosterWrite,
    Session,
    StaffAssignment,
    WaitingRole,
)


def supposed_begins(
    waiting: Sequence[WaitingRole], held: Mapping[int, Sequence[StaffAssignment]]
) -> dict[int, date]:
    """Return by id of a waiting role when it begins if the roster does not say; `held` is by id of a person.

    That is the first day of the roster's school year. Someone who was known before the import that brought the
    role, and held another one in that year before, has changed roles: theirs begins on the day of that import.
    """
    starts = _year_starts({one.system_id for one in waiting})
    imports = {one.seen_in_id for one in waiting if one.seen_in_id is not None}
    came = RosterImport.objects.filter(pk__in=imports).values_list("pk", "applied_at", "received_at")
    days = {pk: timezone.localdate(applied or received) for pk, applied, received in came}
    made = _people_made_by(imports)
    begins = {}
    for one in waiting:
        start = starts[one.system_id]
        day = days.get(one.seen_in_id or 0, start)
        is_new = any(first <= one.person_id <= last for first, last in made.get(one.seen_in_id or 0, ()))
        changed = day > start and not is_new and _held_before(held.get(one.person_id, ()), start, day)
        begins[one.pk] = day if changed else start
    return begins


def overlap(one: DateRange, other: DateRange) -> bool:
    """Say whether two ranges with a first day share a day."""
    return (other.upper is None or one.lower < other.upper) and (one.upper is None or other.lower < one.upper)


def _held_before(held: Iterable[StaffAssignment], start: date, day: date) -> bool:
    return any(overlap(one.during, DateRange(start, day)) for one in held)


def _people_made_by(imports: Iterable[int]) -> dict[int, list[tuple[int, int]]]:
    """By import: the runs of ids of the people whom it brought first."""
    ranges: dict[int, list[tuple[int, int]]] = {}
    with all_rows(why="an import's own account of what it made"):
        writes = RosterWrite.objects.filter(
            roster_import__in=imports, table=Person._meta.db_table, act=RosterWrite.Act.CREATE
        )
        for made_by, first, last in writes.values_list("roster_import_id", "first_id", "last_id"):
            ranges.setdefault(made_by, []).append((first, last))
    return ranges


def _year_starts(systems: Iterable[int]) -> dict[int, date]:
    """By source: the first day of the year that roles without dates begin in.

    That is the current school year where the source's sessions have it or there are none, else their last.
    """
    current = schoolyear.current_year()
    starts = {}
    for system in systems:
        held = ExternalId.objects.filter(system=system, kind=Kind.SESSION).values("row_id")
        years = set(Session.objects.filter(pk__in=held).values_list("school_year", flat=True))
        year = current if current in years or not years else max(years)
        starts[system] = schoolyear.bounds(year)[0]
    return starts
