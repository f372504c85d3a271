"""A OneRoster 1.2 bundle of any size for the import benchmark: invented ids, no real person.

rows = content(schools=30, teachers=1_200, students=15_000, enrollments_each=4)
first = zipped(rows)
again = zipped(shuffled(rows, seed=2))              # the same rows in other bytes
week = zipped(shuffled(changed(rows), seed=3))      # 1 % of people and enrollments differ
"""

import csv
import io
import random
import uuid
import zipfile
from collections.abc import Iterable, Iterator
from datetime import timedelta

from alignment_dash import schoolyear
from schools.rosters.columns import tables, unused_files

VERSION = "1.2"
CLASSES_EACH = 4
# A year that is halfway through: what has ended already does not end when it is sent no more.
BEGINS, LEFT, ENDS = ((schoolyear.today() + timedelta(days=days)).isoformat() for days in (-150, 100, 150))
YEAR = schoolyear.current_year()

# The columns that are filled; the others of the standard are there and empty.
COLUMNS = {
    "academicSessions": (
        "sourcedId", "title", "type", "startDate", "endDate", "parentSourcedId", "schoolYear",
    ),
    "orgs": ("sourcedId", "name", "type", "parentSourcedId"),
    "courses": ("sourcedId", "title", "orgSourcedId", "grades"),
    "users": (
        "sourcedId", "enabledUser", "username", "givenName", "familyName", "email", "grades",
        "primaryOrgSourcedId",
    ),
    "roles": ("sourcedId", "userSourcedId", "roleType", "role", "orgSourcedId"),
    "classes": (
        "sourcedId", "title", "courseSourcedId", "grades", "classType", "schoolSourcedId", "termSourcedIds",
    ),
    "enrollments": (
        "sourcedId", "classSourcedId", "schoolSourcedId", "userSourcedId", "role", "beginDate", "endDate",
    ),
}  # fmt: skip

Row = tuple[str, ...]
Content = dict[str, list[Row]]


def bundle(*, schools: int, teachers: int, students: int, enrollments_each: int, seed: int = 1) -> io.BytesIO:
    """Return a valid bulk bundle; see `content`."""
    return zipped(
        content(
            schools=schools,
            teachers=teachers,
            students=students,
            enrollments_each=enrollments_each,
            seed=seed,
        )
    )


def content(*, schools: int, teachers: int, students: int, enrollments_each: int, seed: int = 1) -> Content:
    """Return the rows of each file: a teacher has four classes, a student is in `enrollments_each` of all."""
    chance = random.Random(seed)
    district, year, term = (_new_id(chance) for _ in range(3))
    places = [_new_id(chance) for _ in range(schools)]
    courses = [_new_id(chance) for _ in range(100)]
    staff = [(_new_id(chance), chance.choice(places)) for _ in range(teachers)]
    pupils = [(_new_id(chance), chance.choice(places)) for _ in range(students)]
    sections = [(_new_id(chance), person, place) for person, place in staff for _ in range(CLASSES_EACH)]
    taught = [
        _enrollment(chance, section, person, "teacher") for section in sections for person in section[1:2]
    ]
    joined = (
        _enrollment(chance, section, pupil, "student")
        for pupil, _ in pupils
        for section in chance.sample(sections, enrollments_each)
    )
    return {
        "academicSessions": [
            (year, schoolyear.label(YEAR), "schoolYear", BEGINS, ENDS, "", str(YEAR)),
            (term, "All year", "term", BEGINS, ENDS, year, str(YEAR)),
        ],
        "orgs": [
            (district, "Bench District", "district", ""),
            *((place, f"School {n}", "school", district) for n, place in enumerate(places)),
        ],
        "courses": [(course, f"Course {n}", district, "05") for n, course in enumerate(courses)],
        "users": [_user(n, person, place) for n, (person, place) in enumerate(staff + pupils)],
        "roles": [
            *(_role(person, place, "teacher") for person, place in staff),
            *(_role(person, place, "student") for person, place in pupils),
        ],
        "classes": [
            (section, f"Class {n}", courses[n % 100], "05", "scheduled", place, term)
            for n, (section, _, place) in enumerate(sections)
        ],
        "enrollments": taught + list(joined),
    }


def changed(rows: Content, *, seed: int = 2) -> Content:
    """Return the rows of a later day on which 1 % of the people and of the enrollments differ.

    Of 300 people one has left with all that is theirs, one is new, and one has another grade and e-mail; of
    300 enrollments one ends earlier. A new person has the enrollments of one who is there.
    """
    chance = random.Random(seed)
    people = [row[0] for row in rows["users"]]
    share = max(1, len(people) // 300)
    picked = chance.sample(people, 3 * share)
    gone, moved = set(picked[:share]), set(picked[share : 2 * share])
    joins = {person: _new_id(chance) for person in picked[2 * share :]}
    enrollments = [
        (*row[:-1], LEFT) if chance.random() < 1 / 300 else row
        for row in rows["enrollments"]
        if row[3] not in gone
    ]
    like = [row for row in rows["enrollments"] if row[3] in joins]
    users = [(*row[:5], f"new.{row[5]}", "06", row[7]) if row[0] in moved else row for row in rows["users"]]
    return rows | {
        "users": [row for row in users if row[0] not in gone]
        + [(joins[row[0]], row[1], f"new.{row[2]}", *row[3:]) for row in users if row[0] in joins],
        "roles": [row for row in rows["roles"] if row[1] not in gone]
        + [_role(joins[row[1]], row[4], row[3]) for row in rows["roles"] if row[1] in joins],
        "enrollments": enrollments + [(_new_id(chance), *row[1:3], joins[row[3]], *row[4:]) for row in like],
    }


def shuffled(rows: Content, *, seed: int) -> Content:
    """Return the same rows in another order within each file."""
    chance = random.Random(seed)
    return {name: chance.sample(made, len(made)) for name, made in rows.items()}


def zipped(rows: Content) -> io.BytesIO:
    """Return the rows as a bulk bundle, a binary file at its start."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for table in tables(VERSION):
            if table.name in rows:
                names = [column.name for column in table.columns]
                _write(archive, table.file, names, _filled(names, COLUMNS[table.name], rows[table.name]))
        _write(archive, "manifest.csv", ["propertyName", "value"], _manifest(rows))
    made.seek(0)
    return made


def _filled(names: list[str], columns: tuple[str, ...], rows: Iterable[Row]) -> Iterator[list[str]]:
    places = [names.index(column) for column in columns]
    for row in rows:
        cells = [""] * len(names)
        for place, cell in zip(places, row, strict=True):
            cells[place] = cell
        yield cells


def _write(archive: zipfile.ZipFile, file: str, names: list[str], rows: Iterable[Iterable[str]]) -> None:
    with archive.open(file, "w", force_zip64=True) as raw, io.TextIOWrapper(raw, "utf-8", newline="") as text:
        writer = csv.writer(text)
        writer.writerow(names)
        writer.writerows(rows)


def _manifest(rows: Content) -> Iterator[Row]:
    yield "manifest.version", "1.0"
    yield "oneroster.version", VERSION
    for name in [table.name for table in tables(VERSION)] + list(unused_files(VERSION)):
        yield f"file.{name}", "bulk" if name in rows else "absent"


def _new_id(chance: random.Random) -> str:
    return str(uuid.UUID(int=chance.getrandbits(128), version=4))


def _enrollment(chance: random.Random, section: Row, person: str, role: str) -> Row:
    return (_new_id(chance), section[0], section[2], person, role, BEGINS, ENDS)


def _role(person: str, place: str, role: str) -> Row:
    return (f"r-{person}", person, "primary", role, place)


def _user(number: int, person: str, place: str) -> Row:
    name = f"user.{number}"
    return (person, "true", name, "Sample", f"Person {number}", f"{name}@bench.example", "05", place)
