"""Small OneRoster bundles made in the test that needs them."""

import csv
import io
import zipfile
from typing import Any

from schools.rosters.columns import tables, unused_files

Rows = list[dict[str, str]]

SESSIONS: Rows = [
    {
        "sourcedId": "year",
        "title": "2026-2027",
        "type": "schoolYear",
        "startDate": "2026-08-15",
        "endDate": "2027-06-10",
        "schoolYear": "2027",
    },
    {
        "sourcedId": "fall",
        "title": "Fall",
        "type": "term",
        "startDate": "2026-08-15",
        "endDate": "2026-12-20",
        "parentSourcedId": "year",
        "schoolYear": "2027",
    },
]
ORGS: Rows = [
    {"sourcedId": "district", "name": "Elm County Schools", "type": "district"},
    {"sourcedId": "oak", "name": "Oak School", "type": "school", "parentSourcedId": "district"},
]
COURSES: Rows = [{"sourcedId": "math", "title": "Math 5", "orgSourcedId": "district", "grades": "05"}]
CLASSES: Rows = [
    {
        "sourcedId": "math-a",
        "title": "Math 5 A",
        "courseSourcedId": "math",
        "classType": "scheduled",
        "schoolSourcedId": "oak",
        "termSourcedIds": "fall",
        "grades": "05",
        "subjects": "Mathematics",
        "subjectCodes": "02",
    }
]
TEACHER = {
    "sourcedId": "t-1",
    "enabledUser": "true",
    "username": "ida.ray",
    "givenName": "Ida",
    "familyName": "Ray",
    "email": "ida@elm.example",
    "password": "letmein-7",
}
STUDENT = {
    "sourcedId": "s-1",
    "enabledUser": "true",
    "username": "bo.pine",
    "givenName": "Bo",
    "familyName": "Pine",
    "email": "bo@elm.example",
    "grades": "05",
    "password": "letmein-8",
}
ROLES: Rows = [
    {
        "sourcedId": "r-1",
        "userSourcedId": "t-1",
        "roleType": "primary",
        "role": "teacher",
        "orgSourcedId": "oak",
    },
    {
        "sourcedId": "r-2",
        "userSourcedId": "s-1",
        "roleType": "primary",
        "role": "student",
        "orgSourcedId": "oak",
    },
]
ENROLLMENTS: Rows = [
    {
        "sourcedId": "e-1",
        "classSourcedId": "math-a",
        "schoolSourcedId": "oak",
        "userSourcedId": "t-1",
        "role": "teacher",
        "primary": "true",
    },
    {
        "sourcedId": "e-2",
        "classSourcedId": "math-a",
        "schoolSourcedId": "oak",
        "userSourcedId": "s-1",
        "role": "student",
    },
]


def valid(version: str = "1.2") -> dict[str, Rows]:
    """Every table of a bundle without a fault: one school, teacher, student and class."""
    made = {
        "academicSessions": SESSIONS,
        "orgs": ORGS,
        "courses": COURSES,
        "classes": CLASSES,
        "users": [TEACHER, STUDENT],
        "enrollments": ENROLLMENTS,
        "demographics": [{"sourcedId": "s-1", "birthDate": "2015-03-02"}],
    }
    if version == "1.2":
        made["roles"] = ROLES
    else:
        made["users"] = [
            {**TEACHER, "role": "teacher", "orgSourcedIds": "oak"},
            {**STUDENT, "role": "student", "orgSourcedIds": "oak"},
        ]
    return {name: [dict(row) for row in rows] for name, rows in made.items()}


def header(table: str, version: str = "1.2") -> list[str]:
    """The standard's columns of a table, in order."""
    return next([column.name for column in each.columns] for each in tables(version) if each.name == table)


def table_bytes(names: list[str], rows: Rows, encoding: str = "utf-8") -> bytes:
    """A CSV file with these columns."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(names)
    writer.writerows([row.get(name, "") for name in names] for row in rows)
    return text.getvalue().encode(encoding)


def manifest_bytes(version: str, modes: dict[str, str], **extra: str) -> bytes:
    """A manifest.csv that names every file of the standard; those without a mode are absent."""
    names = [table.name for table in tables(version)] + list(unused_files(version))
    lines = [("manifest.version", "1.0"), ("oneroster.version", version)]
    lines += [(f"file.{name}", modes.get(name, "absent")) for name in names]
    lines += list(extra.items())
    return table_bytes(["propertyName", "value"], [{"propertyName": a, "value": b} for a, b in lines])


def zipped(files: dict[str, bytes], **options: Any) -> io.BytesIO:
    """A zip of these files, as a binary file at its start."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, **options) as archive:
        for name, data in files.items():
            # Without the time of day: the same files are the same bytes.
            archive.writestr(zipfile.ZipInfo(name), data, compress_type=zipfile.ZIP_DEFLATED)
    made.seek(0)
    return made


def files_of(
    rows: dict[str, Rows] | None = None,
    *,
    version: str = "1.2",
    modes: dict[str, str] | None = None,
    replace: dict[str, bytes | None] | None = None,
) -> dict[str, bytes]:
    """The files of a bundle: `valid` with some tables' `rows` replaced, then some files as given (None: left out)."""
    content = {**valid(version), **(rows or {})}
    modes = {**dict.fromkeys(content, "bulk"), **(modes or {})}
    files = {f"{name}.csv": table_bytes(header(name, version), made) for name, made in content.items()}
    files["manifest.csv"] = manifest_bytes(version, modes)
    for name, data in (replace or {}).items():
        if data is None:
            files.pop(name, None)
        else:
            files[name] = data
    return files


def bundle(rows: dict[str, Rows] | None = None, **options: Any) -> io.BytesIO:
    """A bundle as a zip; see `files_of`."""
    return zipped(files_of(rows, **options))


def delta(rows: dict[str, Rows], version: str = "1.2") -> io.BytesIO:
    """A delta bundle of just these tables; rows are active unless they say otherwise."""
    stamped = {
        name: [{"status": "active", "dateLastModified": "2026-09-01T00:00:00.000Z", **row} for row in made]
        for name, made in rows.items()
    }
    files = {f"{name}.csv": table_bytes(header(name, version), made) for name, made in stamped.items()}
    files["manifest.csv"] = manifest_bytes(version, dict.fromkeys(rows, "delta"))
    return zipped(files)
