"""Loading a roster: read and checked into staging, then written in one transaction or not at all.

Creates and updates only. Nothing is ended or deleted; rows made by hand or by another source are left.
"""

# ruff: noqa: S608 - statements are put together from names in this package; values go as parameters
from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import IO, Any

from django.conf import settings
from django.db import connection, transaction

from alignment_dash import schoolyear
from alignment_dash.access.reach import all_rows
from schools.models import ExternalId, Kind, Org, OrgType, SourceSystem
from schools.rosters.classes_sql import (
    ENROLLMENT,
    TEACHING,
    add_section_sessions,
    give_students_a_school,
    make_section_spans,
    write_links,
)
from schools.rosters.levels import in_order, level_of
from schools.rosters.manifest import Manifest
from schools.rosters.people_sql import write_assignments, write_identities
from schools.rosters.reader import Options, Roster, read_roster
from schools.rosters.staging import Staging, staged
from schools.rosters.targets import COURSE, ORG, PERSON, SECTION, SESSION, STUDENT
from schools.rosters.upsert import Tally, Target, make_keys, upsert

ONE_AT_A_TIME = 0x0527_0001  # key of the advisory lock that lets one roster load at a time
DEFAULT_SOURCE = "oneroster"
_NO_NAME = {"", "absent"}
# Files whose rows are written in more than one step.
_STEPS = {"users": 2, "enrollments": 2}
_KINDS = {
    "orgs": [Kind.ORG],
    "academicSessions": [Kind.SESSION],
    "courses": [Kind.COURSE],
    "classes": [Kind.SECTION],
    "users": [Kind.PERSON, Kind.STUDENT],
    "staff": [Kind.PERSON],
    "students": [Kind.STUDENT],
}

Report = Callable[[int, int, str], None]


@dataclass(slots=True)
class Loaded:
    """What came of loading: the roster as read, the source it was loaded as, and counts by file.

    `counts` maps a file to rows, created, updated, unchanged, ignored and ended (rows that ask for an ending,
    which is not done here). `school_years` are those whose data changed.
    """

    roster: Roster
    source: str = ""
    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    school_years: list[int] = field(default_factory=list)


def load_roster(
    file: IO[bytes],
    *,
    source: str = "",
    options: Options | None = None,
    report: Report = lambda done, total, label: None,
    before_writing: Callable[[], None] = lambda: None,
    written: Callable[[Loaded], None] = lambda loaded: None,
) -> Loaded:
    """Check the zip in `file` and, when nothing rejects it, write it; the caller gets the findings either way.

    `source` names the system whose ids these are; without it, the manifest does. `report` is told rows or
    bytes done, their total, and what is being done. `before_writing` is called between checking and writing,
    outside the transaction; `written` at its end, inside it.
    """
    options = options or Options(year_start=settings.SCHOOL_YEAR_START)
    with _one_at_a_time(), all_rows(why="a roster import writes students"), connection.cursor() as cursor:
        loading = _Loading(cursor, source, report)
        loading.staging.create()
        try:
            roster = read_roster(
                file,
                options=options,
                begin=loading.begin,
                known=loading.known,
                sink=loading.staging.add,
                progress=lambda done, total: report(min(done, total), total, "checking"),
            )
            loaded = Loaded(roster, loading.source, _counts(roster))
            if roster.accepted:
                before_writing()
                loading.write(loaded, written)
            return loaded
        finally:
            if not connection.needs_rollback:
                loading.staging.drop()


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Hold the lock of roster imports: two that ran at once would each make the same new rows."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [ONE_AT_A_TIME])
    try:
        yield
    finally:
        if not connection.needs_rollback and connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [ONE_AT_A_TIME])


def _counts(roster: Roster) -> dict[str, dict[str, int]]:
    return {
        name: {
            "rows": count.rows,
            **asdict(Tally()),
            "ignored": 0,
            "ended": count.ended,
        }
        for name, count in roster.counts.items()
    }


class _Loading:
    """One import on one cursor."""

    def __init__(self, cursor: Any, source: str, report: Report) -> None:
        self.source = source
        self.staging = Staging(cursor)
        self._cursor = cursor
        self._report = report
        self._done = 0
        # New places are there from the first day of the first school year that the roster tells of.
        self._opens = schoolyear.bounds(schoolyear.current_year())[0]

    def begin(self, manifest: Manifest) -> None:
        """Take the source from the manifest where the caller did not name one."""
        named = (self.source, manifest.system_code, manifest.system_name)
        self.source = next((name for name in named if name.strip().lower() not in _NO_NAME), DEFAULT_SOURCE)

    def known(self, kind: str, ids: Collection[str]) -> set[str]:
        """Which of the ids are held from this source; see `register.Known`."""
        asked = [one for one in ids if not _NO_TEXT.search(one)]
        held = ExternalId.objects.filter(system__code=self.source, external_id__in=asked)
        if kind == "schools":
            schools = Org.objects.filter(type=OrgType.SCHOOL).values("pk")
            held = held.filter(kind=Kind.ORG, row_id__in=schools)
        else:
            held = held.filter(kind__in=_KINDS[kind])
        return set(held.values_list("external_id", flat=True))

    def write(self, loaded: Loaded, written: Callable[[Loaded], None]) -> None:
        """Write everything staged, in one transaction, and complete the counts."""
        self.staging.analyze()
        total = sum(self.staging.rows.values()) * 5 // 4
        years = self._school_years()
        if years:
            self._opens = schoolyear.bounds(years[0])[0]
        begins = schoolyear.bounds(_roster_year(years))[0]
        with transaction.atomic():
            system, _ = SourceSystem.objects.get_or_create(code=self.source)
            self._cursor.execute("SET LOCAL work_mem = '64MB'")
            tallies: dict[str, list[Tally]] = {}
            for table, tally in self._write_tables(system.pk, begins):
                tallies.setdefault(table, []).append(tally)
                self._done += self.staging.rows[table] // _STEPS.get(table, 1)
                self._report(self._done, total, "writing")
            _describe_schools(self._cursor)
            self._count(loaded, tallies, years)
            # What would wait for the commit: the checks of foreign keys are a fifth of the work.
            self._cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            self._report(total, total, "writing")
            written(loaded)

    def _count(self, loaded: Loaded, tallies: dict[str, list[Tally]], years: list[int]) -> None:
        # 1.1 has no roles.csv: its roles were made from users.
        loaded.counts.setdefault("roles", {"rows": self.staging.rows["roles"], **asdict(Tally()), "ended": 0})
        for table, count in loaded.counts.items():
            _complete(count, tallies.get(table, []))
        if any(tally.changed for parts in tallies.values() for tally in parts):
            loaded.school_years = years or [schoolyear.current_year()]

    def _school_years(self) -> list[int]:
        self._cursor.execute(
            f"SELECT DISTINCT school_year::integer FROM {staged('academicSessions')} ORDER BY 1"
        )
        return [row[0] for row in self._cursor.fetchall()]

    def _write_tables(self, system: int, begins: date) -> Iterator[tuple[str, Tally]]:
        """Write file by file, what is referred to first; yields the counts of each."""
        yield "academicSessions", self._upsert(SESSION, system)
        yield "orgs", self._upsert(ORG, system)
        self._name_district()
        yield "courses", self._upsert(COURSE, system)
        people = self._upsert(PERSON, system)
        write_identities(self._cursor, people)
        yield "users", people
        yield "users", self._upsert(STUDENT, system)
        yield "roles", write_assignments(self._cursor, system, begins)
        make_section_spans(self._cursor)
        yield "classes", self._upsert(SECTION, system)
        add_section_sessions(self._cursor)
        yield "enrollments", write_links(self._cursor, TEACHING, system, begins)
        yield "enrollments", write_links(self._cursor, ENROLLMENT, system, begins)
        give_students_a_school(self._cursor)

    def _upsert(self, target: Target, system: int) -> Tally:
        make_keys(self._cursor, target, system, _REFERENCES[target.kind])
        return upsert(self._cursor, target, system, {"opens": self._opens})

    def _name_district(self) -> None:
        """The first roster of a district without a name gives it one."""
        self._cursor.execute(
            """
            INSERT INTO schools_district (id, name, network_word)
            SELECT 1, left(name, 200), 'network' FROM staged_orgs WHERE type = 'district' LIMIT 1
            ON CONFLICT DO NOTHING
            """
        )


# What the database cannot be asked about: NUL, and what stands for a byte that could not be decoded.
_NO_TEXT = re.compile("[\0\ud800-\udfff]")

# Where ids of a kind are referred to from rows of other files: a delta may refer to what is only held.
_REFERENCES: dict[str, list[str]] = {
    Kind.SESSION: [
        "SELECT unnest(string_to_array(sessions, ',')) FROM staged_classes",
        "SELECT parent FROM staged_academicsessions",
    ],
    Kind.ORG: [
        "SELECT parent FROM staged_orgs",
        "SELECT org FROM staged_courses",
        "SELECT org FROM staged_users",
        "SELECT org FROM staged_roles",
        "SELECT school FROM staged_classes",
    ],
    Kind.COURSE: ["SELECT course FROM staged_classes"],
    Kind.PERSON: [
        "SELECT person FROM staged_roles",
        "SELECT person FROM staged_enrollments WHERE role = 'teacher'",
    ],
    Kind.STUDENT: ["SELECT person FROM staged_enrollments WHERE role = 'student'"],
    Kind.SECTION: ["SELECT section FROM staged_enrollments"],
}


def _roster_year(years: list[int]) -> int:
    """The year that roles without dates begin in: the current one if the roster has it, else its last."""
    current = schoolyear.current_year()
    return current if current in years or not years else years[-1]


def _complete(count: dict[str, int], parts: list[Tally]) -> None:
    """Put what was written into the counts of a file; what was neither written nor held is ignored."""
    for tally in parts:
        count["created"] += tally.created
        count["updated"] += tally.updated
        count["unchanged"] += tally.unchanged
    used = count["created"] + count["updated"] + count["unchanged"]
    count["ignored"] = max(0, count["rows"] - count["ended"] - used)


def _describe_schools(cursor: Any) -> None:
    """Set a school's grades, and its level by them, where the grades of its sections say otherwise."""
    cursor.execute(
        """
        SELECT o.id, o.grades, array_agg(DISTINCT grade) FROM schools_org o
        JOIN schools_section s ON s.school_id = o.id CROSS JOIN LATERAL unnest(s.grades) AS grade
        WHERE o.id IN (SELECT school.row_id FROM staged_classes c JOIN keys_org school ON school.external_id = c.school)
          AND s.school_year = (SELECT max(school_year) FROM section_span)
        GROUP BY o.id
        """
    )
    for school, held, taught in cursor.fetchall():
        grades = in_order(taught)
        if grades != held:
            Org.objects.filter(pk=school).update(grades=grades, level=level_of(grades))
