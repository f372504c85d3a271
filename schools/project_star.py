"""Tennessee's Project STAR (1985-89) as a roster with outcomes: real links of teachers and students, no names.

Source: the data frame `star` of R's package mlmRev, one row a pupil and grade. Columns used: id, sch, gr
(K, 1, 2, 3), cltype, read, math, tch; others are left. Dates within a school year are not in the data: classes
are taken to meet from August 15 to June 10.
"""

import csv
import io
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, TextIO

from django.db import connection

from schools.models import Kind
from schools.rosters.columns import tables, unused_files
from schools.rosters.staging import make_table

SOURCE = "project-star"
DISTRICT = "Project STAR"
GRADES = {"K": "KG", "1": "01", "2": "02", "3": "03"}
FIRST_YEAR = 1986  # kindergarten of 1985-86; each grade was one year later
CLASS_TYPES = {"small": "small", "reg": "regular", "reg+A": "regular with aide"}
SUBJECTS = {"read": "Reading", "math": "Mathematics"}
VERSION = "1.2"

Rows = list[dict[str, str]]


@dataclass(frozen=True, slots=True)
class PupilYear:
    """One pupil in one grade: school, teacher, kind of class and scores (None where blank)."""

    pupil: str
    school: str
    grade: str
    school_year: int
    class_type: str
    teacher: str
    scores: tuple[tuple[str, Decimal | None], ...]


def read_pupil_years(file: TextIO) -> list[PupilYear]:
    """Read the CSV; ValueError names the row and column of what cannot be read."""
    reader = csv.DictReader(file)
    missing = {"id", "sch", "gr", "cltype", "read", "math", "tch"} - set(reader.fieldnames or ())
    if missing:
        raise ValueError(f"columns are missing: {', '.join(sorted(missing))}")
    return [_pupil_year(number, row) for number, row in enumerate(reader, start=2)]


def _pupil_year(number: int, row: dict[str, str]) -> PupilYear:
    grade = row["gr"]
    for column in ("id", "sch", "tch"):
        if not row[column]:
            raise ValueError(f"row {number}: {column} is empty")
    if grade not in GRADES or row["cltype"] not in CLASS_TYPES:
        raise ValueError(f"row {number}: gr or cltype is not known")
    year = FIRST_YEAR + list(GRADES).index(grade)
    scores = tuple((subject, _score(number, column, row[column])) for column, subject in SUBJECTS.items())
    return PupilYear(
        row["id"], row["sch"], GRADES[grade], year, CLASS_TYPES[row["cltype"]], row["tch"], scores
    )


def _score(number: int, column: str, text: str) -> Decimal | None:
    try:
        return Decimal(text) if text else None
    except InvalidOperation:
        raise ValueError(f"row {number}: {column} is not a number") from None


def bundle(years: Iterable[PupilYear]) -> io.BytesIO:
    """Return the pupil-years as a OneRoster bundle; a teacher is a pseudonymous "Teacher 1101"."""
    years = sorted(years, key=lambda one: (one.school_year, one.school, one.teacher, one.pupil))
    content = {
        "academicSessions": _sessions(),
        "orgs": _orgs(years),
        "courses": _courses(),
        "users": _teachers(years) + _pupils(years),
        "roles": _roles(years),
        "classes": _classes(years),
        "enrollments": _enrollments(years),
    }
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for table in tables(VERSION):
            if table.name in content:
                names = [column.name for column in table.columns]
                archive.writestr(table.file, _csv(names, content[table.name]))
        archive.writestr("manifest.csv", _manifest(content))
    made.seek(0)
    return made


def _csv(names: list[str], rows: Rows) -> str:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, names, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _manifest(content: dict[str, Rows]) -> str:
    names = [table.name for table in tables(VERSION)] + list(unused_files(VERSION))
    rows = [("manifest.version", "1.0"), ("oneroster.version", VERSION), ("source.systemCode", SOURCE)]
    rows += [(f"file.{name}", "bulk" if name in content else "absent") for name in names]
    return _csv(["propertyName", "value"], [{"propertyName": name, "value": value} for name, value in rows])


def _days(year: int) -> tuple[str, str]:
    return f"{year - 1}-08-15", f"{year}-06-10"


def _sessions() -> Rows:
    made = []
    for year in range(FIRST_YEAR, FIRST_YEAR + len(GRADES)):
        begins, ends = _days(year)
        title = f"{year - 1}-{year % 100}"
        made.append(
            {"sourcedId": f"year-{year}", "title": title, "type": "schoolYear", "startDate": begins}
            | {"endDate": ends, "schoolYear": str(year)}
        )
    return made


def _orgs(years: list[PupilYear]) -> Rows:
    schools = sorted({one.school for one in years}, key=lambda school: (len(school), school))
    district = {"sourcedId": "district", "name": DISTRICT, "type": "district"}
    return [district] + [
        {"sourcedId": f"school-{school}", "name": f"School {school}", "type": "school"}
        | {"identifier": school, "parentSourcedId": "district"}
        for school in schools
    ]


def _courses() -> Rows:
    return [
        {
            "sourcedId": f"grade-{grade}",
            "title": f"Grade {written}",
            "grades": grade,
            "orgSourcedId": "district",
        }
        for written, grade in GRADES.items()
    ]


def _teachers(years: list[PupilYear]) -> Rows:
    return [
        {"sourcedId": f"teacher-{one.teacher}", "enabledUser": "true", "username": f"teacher-{one.teacher}"}
        | {"givenName": "Teacher", "familyName": one.teacher, "primaryOrgSourcedId": f"school-{one.school}"}
        for one in _by_teacher(years)
    ]


def _pupils(years: list[PupilYear]) -> Rows:
    newest = {one.pupil: one for one in years}
    return [
        {
            "sourcedId": f"pupil-{pupil}",
            "enabledUser": "true",
            "username": f"pupil-{pupil}",
            "givenName": "Pupil",
        }
        | {"familyName": pupil, "grades": one.grade, "primaryOrgSourcedId": f"school-{one.school}"}
        for pupil, one in newest.items()
    ]


def _by_teacher(years: list[PupilYear]) -> list[PupilYear]:
    """One pupil-year of each teacher: a teacher has one school and grade in these data."""
    return list({one.teacher: one for one in years}.values())


def _roles(years: list[PupilYear]) -> Rows:
    made = []
    for one in _by_teacher(years):
        begins, ends = _days(one.school_year)
        made.append(
            {"sourcedId": f"teaches-{one.teacher}", "userSourcedId": f"teacher-{one.teacher}"}
            | {"roleType": "primary", "role": "teacher", "orgSourcedId": f"school-{one.school}"}
            | {"beginDate": begins, "endDate": ends}
        )
    pupils = {one.pupil: one for one in years}
    return made + [
        {"sourcedId": f"learns-{pupil}", "userSourcedId": f"pupil-{pupil}", "roleType": "primary"}
        | {"role": "student", "orgSourcedId": f"school-{one.school}"}
        for pupil, one in pupils.items()
    ]


def _classes(years: list[PupilYear]) -> Rows:
    return [
        {"sourcedId": f"class-{one.teacher}", "title": f"Class of teacher {one.teacher} ({one.class_type})"}
        | {"grades": one.grade, "courseSourcedId": f"grade-{one.grade}", "classType": "homeroom"}
        | {"schoolSourcedId": f"school-{one.school}", "termSourcedIds": f"year-{one.school_year}"}
        for one in _by_teacher(years)
    ]


def _enrollments(years: list[PupilYear]) -> Rows:
    made = [
        {
            "sourcedId": f"class-{one.teacher}-teacher",
            "classSourcedId": f"class-{one.teacher}",
            "role": "teacher",
        }
        | {
            "schoolSourcedId": f"school-{one.school}",
            "userSourcedId": f"teacher-{one.teacher}",
            "primary": "true",
        }
        for one in _by_teacher(years)
    ]
    return made + [
        {"sourcedId": f"class-{one.teacher}-pupil-{one.pupil}", "classSourcedId": f"class-{one.teacher}"}
        | {
            "schoolSourcedId": f"school-{one.school}",
            "userSourcedId": f"pupil-{one.pupil}",
            "role": "student",
        }
        for one in years
    ]


def write_outcomes(years: Iterable[PupilYear]) -> int:
    """Write the scores of pupils that are loaded; returns how many rows were created or changed.

    Student rows must be open (`reach.all_rows`). Blank scores are left out.
    """
    rows = [
        (f"pupil-{one.pupil}", f"school-{one.school}", one.school_year, subject, score)
        for one in years
        for subject, score in one.scores
        if score is not None
    ]
    with connection.cursor() as cursor:
        make_table(
            cursor,
            "staged_outcomes",
            "SELECT ''::text AS pupil, ''::text AS school, 0 AS school_year, ''::text AS subject, 0::numeric AS score"
            " WHERE false",
        )
        _copy(cursor, rows)
        cursor.execute(_WRITE, {"source": SOURCE, "student": Kind.STUDENT, "org": Kind.ORG})
        return int(cursor.rowcount)


def _copy(cursor: Any, rows: Iterable[tuple[object, ...]]) -> None:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    text.seek(0)
    cursor.copy_expert("COPY staged_outcomes FROM STDIN WITH (FORMAT csv)", text)


_WRITE = """
INSERT INTO schools_outcome AS held (student_id, school_id, school_year, subject, score)
SELECT student.row_id, school.row_id, o.school_year, o.subject, o.score
FROM staged_outcomes o
JOIN schools_sourcesystem system ON system.code = %(source)s
JOIN schools_externalid student
  ON student.system_id = system.id AND student.kind = %(student)s AND student.external_id = o.pupil
JOIN schools_externalid school
  ON school.system_id = system.id AND school.kind = %(org)s AND school.external_id = o.school
ON CONFLICT (student_id, school_year, subject) DO UPDATE SET school_id = excluded.school_id, score = excluded.score
WHERE (held.school_id, held.score) IS DISTINCT FROM (excluded.school_id, excluded.score)
"""
