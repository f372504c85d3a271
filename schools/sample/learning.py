"""Step: the sessions, courses, sections, students, enrollments and outcomes of a sample district."""

from collections.abc import Iterator

import numpy as np

from schools.models import (
    Course,
    Enrollment,
    Outcome,
    Section,
    SectionSession,
    Session,
    Student,
    Teaching,
)
from schools.sample.plan_places import GRADES, Ints
from schools.sample.plan_sections import (
    ELEMENTARY_GRADES,
    Cells,
    Sections,
    plan_abilities,
    plan_cells,
    plan_enrollments,
    plan_sections,
)
from schools.sample.plan_teachers import SUBJECTS
from schools.sample.sample import Sample
from schools.sample.write import day_text, range_text, reserve, uids, write

_TESTED = SUBJECTS[:2]
_FIRST_TESTED_GRADE = 3
_YEARS_OF_OUTCOMES = 2


def load_sessions(sample: Sample) -> int:
    """Write last year and this one, each with two semesters; return how many sessions."""
    made = 0
    for year in (sample.calendar.year - 1, sample.calendar.year):
        first, spring, last = _edges(sample, year)
        title = f"{year - 1}-{year % 100:02d}"
        whole = _session(sample, f"School year {title}", Session.Type.SCHOOL_YEAR, year, first, last)
        _session(sample, f"Fall {title}", Session.Type.SEMESTER, year, first, spring, whole)
        _session(sample, f"Spring {title}", Session.Type.SEMESTER, year, spring, last, whole)
        made += 3
    return made


def _edges(sample: Sample, year: int) -> tuple[int, int, int]:
    days = sample.calendar.school_days(year)
    return int(days[0]), int(days[len(days) // 2]), int(days[-1]) + 1


def _session(
    sample: Sample, title: str, kind: str, year: int, first: int, end: int, above: Session | None = None
) -> Session:
    (uid,) = uids(1, sample.rng(title), sample.calendar.today)
    during = (day_text(first), day_text(end))
    return Session.objects.create(
        uid=uid, title=title, type=kind, school_year=year, during=during, parent=above
    )


def load_sections(sample: Sample) -> int:
    """Write this year's courses, sections, students and who sits where; return the number of enrollments."""
    if not sample.profile.students:
        return 0
    cells = plan_cells(sample.places, sample.rng("grades"))
    sections = plan_sections(cells, sample.staff.teachers)
    students = _write_students(sample, cells)
    _write_outcomes(sample, cells, students)
    ids = _write_sections(sample, cells, sections)
    pairs = plan_enrollments(cells, sample.profile.enrollments, sample.rng("enrollments"))
    return write(
        Enrollment,
        "section_id student_id school_id during",
        _enrollments(sample, cells, students, ids, pairs),
    )


def _write_students(sample: Sample, cells: Cells) -> Ints:
    count = int(cells.students.sum())
    ids = reserve(Student, count)
    school = np.repeat(sample.schools[cells.school], cells.students).tolist()
    grade = np.repeat(cells.grade, cells.students).tolist()
    made = uids(count, sample.rng("student uids"), sample.calendar.today)
    rows = zip(ids.tolist(), made, school, grade, strict=True)
    write(Student, "id uid school_id grade", (f"{pk}\t{uid}\t{at}\t{GRADES[g]}" for pk, uid, at, g in rows))
    return ids


def _write_outcomes(sample: Sample, cells: Cells, students: Ints) -> None:
    """Write scores of the tested grades (mean 500, sd 50) for the last spring and the one before."""
    rng = sample.rng("outcomes")
    ability = plan_abilities(sample.places, cells, rng)
    grade = np.repeat(cells.grade, cells.students)
    school = np.repeat(sample.schools[cells.school], cells.students)

    def rows() -> Iterator[str]:
        for back in range(1, _YEARS_OF_OUTCOMES + 1):
            tested = np.flatnonzero(grade - back >= _FIRST_TESTED_GRADE)
            for subject in _TESTED:
                noise = rng.standard_normal(len(tested))
                score = np.round(500 + 50 * (np.sqrt(0.75) * ability[tested] + 0.5 * noise), 1)
                year = sample.calendar.year - back
                columns = zip(students[tested].tolist(), school[tested].tolist(), score.tolist(), strict=True)
                yield from (f"{pk}\t{at}\t{year}\t{subject}\t{points}" for pk, at, points in columns)

    write(Outcome, "student_id school_id school_year subject score", rows())


def _write_courses(sample: Sample) -> dict[tuple[int, int], int]:
    """Write one course for each grade and subject; return their ids."""
    keys = [
        (grade, subject)
        for grade in range(len(GRADES))
        for subject in range(6 if grade < ELEMENTARY_GRADES else len(SUBJECTS))
    ]
    ids = reserve(Course, len(keys)).tolist()
    made = uids(len(keys), sample.rng("course uids"), sample.calendar.today)
    district = int(sample.orgs[0])
    rows = (
        f"{pk}\t{uid}\t{_course(grade, subject)}\t{subject + 1}{GRADES[grade]}\t{SUBJECTS[subject]}\t{district}"
        for pk, uid, (grade, subject) in zip(ids, made, keys, strict=True)
    )
    write(Course, "id uid title code subject org_id", rows)
    return dict(zip(keys, ids, strict=True))


def _course(grade: int, subject: int) -> str:
    return f"{SUBJECTS[subject]}, kindergarten" if not grade else f"{SUBJECTS[subject]}, grade {grade}"


def _write_sections(sample: Sample, cells: Cells, sections: Sections) -> Ints:
    courses = _write_courses(sample)
    ids = reserve(Section, len(sections.cell))
    made = uids(len(ids), sample.rng("section uids"), sample.calendar.today)
    school, grade = sample.schools[cells.school][sections.cell].tolist(), cells.grade[sections.cell].tolist()
    year = sample.calendar.year
    columns = zip(
        ids.tolist(), made, school, grade, sections.subject.tolist(), sections.number.tolist(), strict=True
    )
    write(
        Section,
        "id uid title code course_id school_id school_year grades subject",
        (
            f"{pk}\t{uid}\t{_course(g, s)}, class {k + 1}\t{s + 1}{GRADES[g]}-{k + 1:02d}\t{courses[g, s]}\t{at}"
            f"\t{year}\t{{{GRADES[g]}}}\t{SUBJECTS[s]}"
            for pk, uid, at, g, s, k in columns
        ),
    )
    session = Session.objects.get(school_year=year, type=Session.Type.SCHOOL_YEAR).pk
    write(SectionSession, "section_id session_id", (f"{pk}\t{session}" for pk in ids.tolist()))
    during = range_text(*_edges(sample, year)[::2])
    pairs = zip(ids.tolist(), sample.people[sections.teacher].tolist(), strict=True)
    write(
        Teaching, "section_id person_id is_primary during", (f"{pk}\t{who}\tt\t{during}" for pk, who in pairs)
    )
    return ids


def _enrollments(
    sample: Sample, cells: Cells, students: Ints, sections: Ints, pairs: list[tuple[Ints, Ints]]
) -> Iterator[str]:
    """Yield rows of enrollments; one student in fifty came after the year had begun."""
    first, _, end = _edges(sample, sample.calendar.year)
    rng = sample.rng("late students")
    late = np.where(rng.random(len(students)) < 0.02, rng.integers(10, 120, len(students)), 0)
    during = {days: range_text(first + days, end) for days in np.unique(late).tolist()}
    school = np.repeat(sample.schools[cells.school], cells.students)
    for taken, section in pairs:
        columns = (
            sections[section].tolist(),
            students[taken].tolist(),
            school[taken].tolist(),
            late[taken].tolist(),
        )
        yield from (
            f"{at}\t{pk}\t{where}\t{during[days]}" for at, pk, where, days in zip(*columns, strict=True)
        )
