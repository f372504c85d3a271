"""What must hold between the cells of a row and between rows, file by file.

Each check gets a batch whose cells are already in one spelling, says what is wrong and drops the rows
that are accepted but not used. People are in `people.py`.
"""

from __future__ import annotations

from datetime import date

from . import people
from .periods import period
from .state import STAFF, STUDENT, Check, State
from .table import Batch
from .values import is_date


def sessions(batch: Batch, state: State) -> None:
    """Academic sessions: dates in order, and the school year that they fall in."""
    columns = batch.columns
    period(batch, state, "academicSessions.csv", "startDate", "endDate")
    years = list(columns["schoolYear"])
    wrong = []
    for at, (begin, end) in enumerate(zip(columns["startDate"], columns["endDate"], strict=True)):
        if not (is_date(begin) and is_date(end)):
            continue
        year = str(state.school_year_of(date.fromisoformat(begin), date.fromisoformat(end)))
        if years[at] not in ("", year):
            wrong.append(batch.rows[at])
        years[at] = year
    columns["schoolYear"] = years
    if wrong:
        state.findings.add("row.year_dates", file="academicSessions.csv", rows=wrong, column="schoolYear")
    types = zip(columns["sourcedId"], columns["type"], strict=True)
    state.school_years.update(source_id for source_id, word in types if word == "schoolYear")
    note_parents(batch, state, "academicSessions")


def orgs(batch: Batch, state: State) -> None:
    """Orgs: which are schools, and the tree they form."""
    types = zip(batch.columns["sourcedId"], batch.columns["type"], strict=True)
    state.schools.update(
        source_id for source_id, word in types if word == "school" or word.startswith("ext:")
    )
    note_parents(batch, state, "orgs")


def courses(batch: Batch, state: State) -> None:
    """Courses: the session they name is a school year."""
    subject_pairs(batch, state, "courses.csv")
    named = zip(batch.rows, batch.columns["schoolYearSourcedId"], strict=True)
    other = [row for row, value in named if value and value not in state.school_years]
    if other and not state.register.may_leave_bundle("courses", "academicSessions"):
        state.findings.add(
            "semantic.school_year_type", file="courses.csv", rows=other, column="schoolYearSourcedId"
        )


def classes(batch: Batch, state: State) -> None:
    """Classes: they meet at a school."""
    subject_pairs(batch, state, "classes.csv")
    at_school(batch, state, "classes")


def enrollments(batch: Batch, state: State) -> None:
    """Enrollments: teachers are staff and students are students; other roles are left out."""
    at_school(batch, state, "enrollments")
    period(batch, state, "enrollments.csv", "beginDate", "endDate")
    roles = batch.columns["role"]
    if not {"teacher", "student"}.issuperset(roles):
        batch.keep([role in ("teacher", "student") for role in roles])
    needed = {"teacher": STAFF, "student": STUDENT}
    kinds = state.people
    # A person who is not in the bundle was checked by reference; what they are is the consumer's business.
    fits = [
        kinds.get(user, STAFF | STUDENT) & needed[role] != 0
        for user, role in zip(batch.columns["userSourcedId"], batch.columns["role"], strict=True)
    ]
    if not all(fits):
        rows = [row for row, fit in zip(batch.rows, fits, strict=True) if not fit]
        state.findings.add("semantic.enrollment_role", file="enrollments.csv", rows=rows, column="role")
        batch.keep(fits)
    _two_primary_teachers(batch, state)


def _two_primary_teachers(batch: Batch, state: State) -> None:
    columns = batch.columns
    again = []
    for row, section, role, primary in zip(
        batch.rows, columns["classSourcedId"], columns["role"], columns["primary"], strict=True
    ):
        if primary == "true" and role == "teacher":
            if section in state.primary_taught:
                again.append(row)
            state.primary_taught.add(section)
    if again:
        state.findings.add(
            "semantic.two_primary_teachers", file="enrollments.csv", rows=again, column="primary"
        )


def demographics(batch: Batch, state: State) -> None:
    """Demographics: whose they are; nothing else is read, and nothing is kept."""
    state.register.check("demographics", "sourcedId", "users", batch.columns["sourcedId"], batch.rows)


def at_school(batch: Batch, state: State, table: str) -> None:
    """`schoolSourcedId` names an org of type school."""
    ids = batch.columns["schoolSourcedId"]
    others = set(ids).difference(state.schools)
    others.discard("")
    others -= state.register.missing(table, "orgs", others)
    if others and state.register.may_leave_bundle(table, "orgs"):
        others -= state.register.holds("schools", others)
    if others and not state.register.is_given_up("orgs"):
        rows = [row for row, value in zip(batch.rows, ids, strict=True) if value in others]
        state.findings.add(
            "semantic.org_type_mismatch", file=f"{table}.csv", rows=rows, column="schoolSourcedId"
        )


def subject_pairs(batch: Batch, state: State, file: str) -> None:
    """Subjects and subject codes come in pairs; where they do not, the codes are not used."""
    both = zip(batch.rows, batch.columns["subjects"], batch.columns["subjectCodes"], strict=True)
    rows = [row for row, subjects, codes in both if _length(subjects) != _length(codes)]
    if rows:
        state.findings.add("row.not_a_list_pair", file=file, rows=rows, column="subjectCodes")


def note_parents(batch: Batch, state: State, table: str) -> None:
    """Remember who is whose parent until the whole file is read."""
    columns = batch.columns
    parents = zip(columns["parentSourcedId"], batch.rows, strict=True)
    state.parents.setdefault(table, {}).update(zip(columns["sourcedId"], parents, strict=True))


def finish_tree(state: State, table: str) -> None:
    """Check the parents of a whole file: they exist, and no row is its own ancestor."""
    parents = state.parents.get(table, {})
    values = [parent for parent, _ in parents.values()]
    rows = [row for _, row in parents.values()]
    state.register.check(table, "parentSourcedId", table, values, rows)
    safe: set[str] = set()
    for start in parents:
        path: list[str] = []
        on_path: set[str] = set()
        at = start
        while at in parents and at not in safe and at not in on_path:
            path.append(at)
            on_path.add(at)
            at = parents[at][0]
        if at in on_path:
            row = min(parents[node][1] for node in path[path.index(at) :])
            state.findings.add(
                "semantic.parent_cycle", file=f"{table}.csv", rows=[row], column="parentSourcedId"
            )
        safe |= on_path


def finish_roles(state: State) -> None:
    """Check that the people of roles.csv exist, once users.csv is read."""
    state.register.check("roles", "userSourcedId", "users", *state.role_users)


def _length(items: str) -> int:
    return items.count(",") + 1 if items else 0


CHECKS: dict[str, Check] = {
    "academicSessions": sessions,
    "orgs": orgs,
    "courses": courses,
    "roles": people.roles,
    "users": people.users,
    "classes": classes,
    "enrollments": enrollments,
    "demographics": demographics,
}
