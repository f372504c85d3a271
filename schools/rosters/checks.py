"""What must hold between the cells of a row and between rows, file by file.

Each check gets a batch whose cells are already in one spelling, says what is wrong and drops the rows
that are accepted but not used. People are in `people.py`.
"""

from __future__ import annotations

from datetime import date

import numpy as np

from . import people
from .compact import hashes, mask_of
from .periods import note_class_terms, note_terms, period, within_terms
from .state import STAFF, STUDENT, Check, State
from .table import Batch
from .trees import note_parents
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
    batch.set("schoolYear", years)
    if wrong:
        state.findings.add("row.year_dates", file="academicSessions.csv", rows=wrong, column="schoolYear")
    is_year = (word == "schoolYear" or word.startswith("ext:") for word in columns["type"])
    state.school_years.add(batch.hashes("sourcedId")[mask_of(is_year, len(years))])
    note_terms(batch, state)
    note_parents(batch, state, "academicSessions")


def orgs(batch: Batch, state: State) -> None:
    """Orgs: their types, and the tree they form."""
    types = batch.columns["type"]
    numbers = {word: state.org_words.number(word) for word in batch.distinct("type")}
    state.org_types.add(
        batch.hashes("sourcedId"), np.fromiter(map(numbers.__getitem__, types), np.uint8, len(types))
    )
    note_parents(batch, state, "orgs")


def courses(batch: Batch, state: State) -> None:
    """Courses: the session they name is a school year."""
    subject_pairs(batch, state, "courses.csv")
    if state.register.may_leave_bundle("courses", "academicSessions"):
        return
    named = batch.hashes("schoolYearSourcedId")
    other = (named != 0) & ~state.school_years.has(named)
    if other.any():
        state.findings.add(
            "semantic.school_year_type",
            file="courses.csv",
            rows=batch.where(other),
            column="schoolYearSourcedId",
        )


def classes(batch: Batch, state: State) -> None:
    """Classes: they meet at a school."""
    subject_pairs(batch, state, "classes.csv")
    at_school(batch, state, "classes")
    note_class_terms(batch, state)


def enrollments(batch: Batch, state: State) -> None:
    """Enrollments: teachers are staff and students are students; other roles are left out."""
    at_school(batch, state, "enrollments")
    period(batch, state, "enrollments.csv", "beginDate", "endDate")
    within_terms(batch, state)
    teachers = batch.equals("role", "teacher")
    if not batch.distinct("role") <= {"teacher", "student"}:
        known = teachers | batch.equals("role", "student")
        batch.keep(known)
        teachers = teachers[known]
    kinds = state.kinds_of(batch, "userSourcedId")
    # A person who is not in the bundle was checked by reference; what they are is the consumer's business.
    fits = (kinds == 0) | (kinds & np.where(teachers, STAFF, STUDENT).astype(np.uint8) != 0)
    if not fits.all():
        rows = batch.where(~fits)
        state.findings.add("semantic.enrollment_role", file="enrollments.csv", rows=rows, column="role")
        batch.keep(fits)
        teachers = teachers[fits]
    if "true" in batch.distinct("primary"):
        primary = teachers & batch.equals("primary", "true")
        state.repeats["taught"].add(batch.hashes("classSourcedId")[primary])


def demographics(batch: Batch, state: State) -> None:
    """Demographics: whose they are; nothing else is read, and nothing is kept."""
    state.register.check("demographics", "sourcedId", "users", batch)


def at_school(batch: Batch, state: State, table: str) -> None:
    """`schoolSourcedId` names an org of type school."""
    listed = sorted(batch.distinct("schoolSourcedId") - {""})
    others = {one for one, is_one in zip(listed, state.is_school(listed), strict=True) if not is_one}
    others -= state.register.missing(table, "orgs", others)
    if others and state.register.may_leave_bundle(table, "orgs"):
        others -= state.register.holds("schools", others)
    if others and not state.register.is_given_up("orgs"):
        wrong = np.isin(batch.hashes("schoolSourcedId"), hashes(sorted(others)))
        state.findings.add(
            "semantic.org_type_mismatch",
            file=f"{table}.csv",
            rows=batch.where(wrong),
            column="schoolSourcedId",
        )


def subject_pairs(batch: Batch, state: State, file: str) -> None:
    """Subjects and subject codes come in pairs; where they do not, the codes are not used."""
    both = zip(batch.rows, batch.columns["subjects"], batch.columns["subjectCodes"], strict=True)
    rows = [row for row, subjects, codes in both if _length(subjects) != _length(codes)]
    if rows:
        state.findings.add("row.not_a_list_pair", file=file, rows=rows, column="subjectCodes")


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
