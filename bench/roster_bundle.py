"""A OneRoster 1.2 bundle of any size for the import benchmark: invented ids, no real person."""

import csv
import io
import random
import uuid
import zipfile
from collections.abc import Iterable
from typing import Any

from schools.rosters.columns import tables, unused_files

VERSION = "1.2"
CLASSES_EACH = 4
BEGINS, ENDS = "2026-08-15", "2027-06-10"

Row = dict[str, str]


def bundle(*, schools: int, teachers: int, students: int, enrollments_each: int, seed: int = 1) -> io.BytesIO:
    """Return a valid bulk bundle: each teacher has four classes, each student is in `enrollments_each`."""
    chance = random.Random(seed)
    content = dict(_content(chance, schools, teachers, students, enrollments_each))
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for table in tables(VERSION):
            if table.name in content:
                _write(archive, table.file, [column.name for column in table.columns], content[table.name])
        names = [table.name for table in tables(VERSION)] + list(unused_files(VERSION))
        modes = [(f"file.{name}", "bulk" if name in content else "absent") for name in names]
        rows = [("manifest.version", "1.0"), ("oneroster.version", VERSION), *modes]
        properties = [{"propertyName": name, "value": value} for name, value in rows]
        _write(archive, "manifest.csv", ["propertyName", "value"], properties)
    made.seek(0)
    return made


def _write(archive: zipfile.ZipFile, file: str, names: list[str], rows: Iterable[Row]) -> None:
    with archive.open(file, "w") as raw, io.TextIOWrapper(raw, "utf-8", newline="") as text:
        writer = csv.DictWriter(text, names, restval="")
        writer.writeheader()
        writer.writerows(rows)


def _content(chance: random.Random, schools: int, teachers: int, students: int, each: int) -> Any:
    def new_id() -> str:
        return str(uuid.UUID(int=chance.getrandbits(128), version=4))

    district, year, term = new_id(), new_id(), new_id()
    places = [new_id() for _ in range(schools)]
    courses = [new_id() for _ in range(100)]
    staff = [(new_id(), chance.choice(places)) for _ in range(teachers)]
    pupils = [(new_id(), chance.choice(places)) for _ in range(students)]
    sections = [(new_id(), person, place) for person, place in staff for _ in range(CLASSES_EACH)]
    dates = {"startDate": BEGINS, "endDate": ENDS, "schoolYear": "2027"}
    yield (
        "academicSessions",
        [
            {"sourcedId": year, "title": "2026-27", "type": "schoolYear", **dates},
            {"sourcedId": term, "title": "All year", "type": "term", "parentSourcedId": year, **dates},
        ],
    )
    yield (
        "orgs",
        [{"sourcedId": district, "name": "Bench District", "type": "district"}]
        + [
            {"sourcedId": place, "name": f"School {n}", "type": "school", "parentSourcedId": district}
            for n, place in enumerate(places)
        ],
    )
    yield (
        "courses",
        [
            {"sourcedId": course, "title": f"Course {n}", "orgSourcedId": district, "grades": "05"}
            for n, course in enumerate(courses)
        ],
    )
    yield "users", [_user(n, person, place) for n, (person, place) in enumerate(staff + pupils)]
    yield (
        "roles",
        [
            {"sourcedId": f"r-{person}", "userSourcedId": person, "roleType": "primary", "role": role}
            | {"orgSourcedId": place}
            for role, people in (("teacher", staff), ("student", pupils))
            for person, place in people
        ],
    )
    yield (
        "classes",
        [
            {"sourcedId": section, "title": f"Class {n}", "courseSourcedId": courses[n % 100], "grades": "05"}
            | {"classType": "scheduled", "schoolSourcedId": place, "termSourcedIds": term}
            for n, (section, _, place) in enumerate(sections)
        ],
    )
    taught = [(new_id(), section, place, person, "teacher") for section, person, place in sections]
    joined = [
        (new_id(), section, place, pupil, "student")
        for pupil, _ in pupils
        for section, _, place in chance.sample(sections, each)
    ]
    yield (
        "enrollments",
        [
            {"sourcedId": own, "classSourcedId": section, "schoolSourcedId": place, "userSourcedId": person}
            | {"role": role, "beginDate": BEGINS, "endDate": ENDS}
            for own, section, place, person, role in taught + joined
        ],
    )


def _user(number: int, person: str, place: str) -> Row:
    return {
        "sourcedId": person,
        "enabledUser": "true",
        "username": f"user.{number}",
        "givenName": "Sample",
        "familyName": f"Person {number}",
        "email": f"user{number}@bench.example",
        "grades": "05",
        "primaryOrgSourcedId": place,
    }
