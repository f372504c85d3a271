"""Loading a roster: read and checked into staging, then written in one transaction or not at all.

A plan is the import itself, done and rolled back, so what was shown and what is applied cannot differ. Rows made
by hand or by another source are left; nothing that ever held is deleted (see `ends.py`).
"""

# ruff: noqa: S608 - statements are put together from names in this package; values go as parameters
from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import IO, Any

from django.conf import settings
from django.db import connection, transaction

from alignment_dash import schoolyear
from alignment_dash.access.database import refresh_statistics
from alignment_dash.access.models import User
from alignment_dash.access.reach import all_rows
from schools.models import Kind, RosterImport, SourceSystem
from schools.rosters import plan
from schools.rosters.classes_sql import (
    ENROLLMENT,
    TEACHING,
    follow_sections,
    give_students_a_school,
    make_section_spans,
    move_students,
    set_section_sessions,
    write_links,
)
from schools.rosters.counts import add_tallies, count_of, counts_of
from schools.rosters.edits import edits, forget_edits
from schools.rosters.ends import end_what_is_gone
from schools.rosters.erased import leave_out_erased
from schools.rosters.journal import Journal
from schools.rosters.knowledge import known, known_staff
from schools.rosters.manifest import Manifest
from schools.rosters.people_sql import keep_waiting, set_sign_in, write_assignments, write_identities
from schools.rosters.places_sql import describe_schools, name_district
from schools.rosters.reader import Options, Roster, read_roster
from schools.rosters.staging import MANY, Staging, staged
from schools.rosters.targets import COURSE, ORG, PERSON, SECTION, SESSION, STUDENT
from schools.rosters.upsert import Import, Tally, Target, make_keys, upsert

ONE_AT_A_TIME = 0x0527_0001  # key of the advisory lock that lets one roster load at a time
DEFAULT_SOURCE = "oneroster"
_NO_NAME = {"", "absent"}
_TABLES = [*(one.table for one in plan.TYPES), "schools_externalid"]
Report = Callable[[int, int, str], None]


@dataclass(slots=True)
class Loaded:
    """What came of loading: the roster as read, the source it was loaded as, its plan, and whether it was applied.

    `counts` maps a file to rows, created, updated, unchanged, returned, ignored and ended. `plan` is that of
    `plan.describe` with the users whose sign-in it closes ("users_suspended") and those it spares
    ("users_spared"); `plan_hash` names it. `school_years` are those whose data changed.
    """

    roster: Roster
    source: str = ""
    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    plan: dict[str, Any] = field(default_factory=dict)
    plan_hash: str = ""
    school_years: list[int] = field(default_factory=list)
    applied: bool = False


def load_roster(
    file: IO[bytes],
    *,
    source: str = "",
    options: Options | None = None,
    report: Report = lambda done, total, label: None,
    before_writing: Callable[[], None] = lambda: None,
    decide: Callable[[Loaded], bool] = lambda loaded: True,
    written: Callable[[Loaded], None] = lambda loaded: None,
    override_edits: bool = False,
    roster_import: RosterImport | None = None,
    by: User | None = None,
) -> Loaded:
    """Check the zip in `file` and, when nothing rejects it and `decide` agrees, write it.

    `source` names the system whose ids these are; without it, the manifest does. `report` is told rows or
    bytes done, their total, and what is being done. `before_writing` is called between checking and writing,
    outside the transaction. Inside it, with everything written, `decide` is shown the plan: False undoes it
    all; True keeps the inverse with `roster_import`, and `written` is called before the commit. `override_edits`
    lets the roster set again what people here have set. `by` is who suspends sign-in where the roster does.
    """
    options = options or Options(year_start=settings.SCHOOL_YEAR_START)
    with _one_at_a_time(), all_rows(why="a roster import writes students"), connection.cursor() as cursor:
        loading = _Loading(cursor, source, report, override_edits=override_edits, by=by)
        loading.staging.create()
        try:
            roster = read_roster(
                file,
                options=replace(options, known_staff=lambda ids: known_staff(loading.source, ids)),
                begin=loading.begin,
                known=lambda kind, ids: known(loading.source, kind, ids),
                sink=loading.staging.add,
                progress=lambda done, total: report(min(done, total), total, "checking"),
            )
            loaded = Loaded(roster, loading.source, counts_of(roster))
            if roster.accepted:
                before_writing()
                loading.write(loaded, decide, written, roster_import)
            return loaded
        finally:
            if not connection.needs_rollback and connection.is_usable():
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


class _Loading:
    """One import on one cursor."""

    def __init__(
        self, cursor: Any, source: str, report: Report, *, override_edits: bool, by: User | None
    ) -> None:
        self.source = source
        self.staging = Staging(cursor)
        self._cursor = cursor
        self._report = report
        self._override_edits = override_edits
        self._by = by

    def begin(self, manifest: Manifest) -> None:
        """Take the source from the manifest where the caller did not name one."""
        named = (self.source, manifest.system_code, manifest.system_name)
        self.source = next((name for name in named if name.strip().lower() not in _NO_NAME), DEFAULT_SOURCE)

    def write(
        self,
        loaded: Loaded,
        decide: Callable[[Loaded], bool],
        written: Callable[[Loaded], None],
        roster_import: RosterImport | None,
    ) -> None:
        """Write everything staged in one transaction, describe it, and keep it or not."""
        self.staging.analyze()
        years = self._school_years()
        with transaction.atomic():
            self._cursor.execute("SET LOCAL work_mem = '64MB'; SET LOCAL jit = off")
            _count_what_seems_empty(self._cursor)
            name = f"roster-import {roster_import.uid}" if roster_import else "roster import"
            self._cursor.execute("SELECT set_config('alignment.actor', %s, true)", [name])
            work = self._start(loaded, years)
            leave_out_erased(self._cursor, self.source, loaded.roster.findings)
            tallies = self._write_tables(work, roster_import)
            self._describe(work, loaded, tallies, years)
            # What would wait for the commit: the checks of foreign keys are a fifth of the work.
            self._cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            loaded.applied = decide(loaded)
            if not loaded.applied:
                transaction.set_rollback(True)
                return
            if roster_import is not None:
                work.journal.store(roster_import.pk)
            # Before the next import can be planned with old numbers.
            if sum(tally.created for tally in tallies.values()) > MANY:
                refresh_statistics(_TABLES)
            written(loaded)

    def _start(self, loaded: Loaded, years: list[int]) -> Import:
        system, _ = SourceSystem.objects.get_or_create(code=self.source)
        modes = {name: str(mode) for name, mode in loaded.roster.modes.items()}
        if loaded.roster.version == "1.1":  # which has roles inside users.csv
            modes["roles"] = modes.get("users", "absent")
        # New places are there from the first day of the first school year that the roster tells of.
        opens = schoolyear.bounds(years[0] if years else schoolyear.current_year())[0]
        work = Import(
            self._cursor,
            Journal(self._cursor),
            system.pk,
            schoolyear.today(),
            opens,
            schoolyear.bounds(_roster_year(years))[0],
            modes,
            {} if self._override_edits else edits(),
            tells_roles=loaded.roster.version == "1.1",
        )
        work.journal.create()
        self._cursor.execute(
            "DROP TABLE IF EXISTS pg_temp.left_rows;"
            "CREATE TEMP TABLE left_rows (kind varchar(16), row_id bigint) ON COMMIT DROP"
        )
        return work

    def _write_tables(self, work: Import, roster_import: RosterImport | None) -> dict[str, Tally]:
        """Write type by type, what is referred to first, and then what ends; returns the tally of each."""
        tallies: dict[str, Tally] = {}
        for name, step in self._steps(work, roster_import, tallies):
            tallies[name] = step()
            self._report(len(tallies), len(plan.TYPES) + 1, "writing")
        give_students_a_school(work)
        describe_schools(work)
        end_what_is_gone(work, tallies)
        if self._override_edits:
            forget_edits(work)
        return tallies

    def _steps(
        self, work: Import, roster_import: RosterImport | None, tallies: dict[str, Tally]
    ) -> Iterator[tuple[str, Callable[[], Tally]]]:
        yield "sessions", lambda: self._upsert(work, SESSION)
        yield "orgs", lambda: self._upsert(work, ORG)
        name_district(work)
        yield "courses", lambda: self._upsert(work, COURSE)
        yield "people", lambda: self._upsert(work, PERSON)
        write_identities(work, tallies["people"])
        yield "students", lambda: self._upsert(work, STUDENT)
        tallies["students"].updated += move_students(work)
        yield "roles", lambda: write_assignments(work)
        keep_waiting(work, roster_import.pk if roster_import else None)
        make_section_spans(self._cursor)
        yield "sections", lambda: self._upsert(work, SECTION)
        set_section_sessions(work)
        yield "teachings", lambda: write_links(work, TEACHING)
        tallies["teachings"].updated += follow_sections(work, TEACHING)
        yield "enrollments", lambda: write_links(work, ENROLLMENT)
        tallies["enrollments"].updated += follow_sections(work, ENROLLMENT)

    def _describe(self, work: Import, loaded: Loaded, tallies: dict[str, Tally], years: list[int]) -> None:
        # 1.1 has no roles.csv: its roles were made from users.
        loaded.counts.setdefault("roles", count_of(self.staging.rows["roles"]))
        add_tallies(loaded.counts, tallies)
        rows = {name: count["rows"] for name, count in loaded.counts.items()}
        loaded.plan = plan.describe(work, tallies, rows)
        suspended, spared = set_sign_in(work, self._by)
        loaded.plan |= {"users_suspended": suspended, "users_spared": spared}
        loaded.plan_hash = plan.hash_of(work, tallies)
        if any(tally.changed for tally in tallies.values()):
            loaded.school_years = years or [schoolyear.current_year()]

    def _school_years(self) -> list[int]:
        self._cursor.execute(
            f"SELECT DISTINCT school_year::integer FROM {staged('academicSessions')} ORDER BY 1"
        )
        return [row[0] for row in self._cursor.fetchall()]

    def _upsert(self, work: Import, target: Target) -> Tally:
        make_keys(work, target, _REFERENCES[target.kind])
        return upsert(work, target)


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
        "SELECT org FROM staged_waiting",
        "SELECT org FROM staged_homes",
        "SELECT school FROM staged_classes",
    ],
    Kind.COURSE: ["SELECT course FROM staged_classes"],
    Kind.PERSON: [
        "SELECT person FROM staged_roles",
        "SELECT person FROM staged_waiting",
        "SELECT person FROM staged_enrollments WHERE role = 'teacher'",
    ],
    Kind.STUDENT: [
        "SELECT person FROM staged_enrollments WHERE role = 'student'",
        "SELECT person FROM staged_homes",
    ],
    Kind.SECTION: ["SELECT section FROM staged_enrollments"],
}


def _count_what_seems_empty(cursor: Any) -> None:
    """Have the planner look again at tables that it knows as empty and that hold something.

    It would take them for one row and join all of them by nested loops.
    """
    cursor.execute(
        "SELECT relname FROM pg_class WHERE relname = ANY(%s) AND reltuples < 1 AND pg_relation_size(oid) > 0",
        [_TABLES],
    )
    refresh_statistics([row[0] for row in cursor.fetchall()])


def _roster_year(years: list[int]) -> int:
    """The year that roles without dates begin in: the current one if the roster has it, else its last."""
    current = schoolyear.current_year()
    return current if current in years or not years else years[-1]
