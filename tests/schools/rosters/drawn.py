"""Small valid rosters by chance, and what they say read with nothing but csv and dictionaries.

The dates lie around today, so that what a roster states holds now and can end.
"""

import csv
import io
import zipfile
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from alignment_dash import schoolyear
from tests.schools.rosters.bundles import Rows, delta, files_of, zipped

Content = dict[str, Rows]
SCHOOLS, COURSES, SECTIONS = ("s1", "s2", "s3"), ("c1", "c2"), ("k1", "k2", "k3")
STAFF, STUDENTS = ("t1", "t2", "t3", "t4"), ("p1", "p2", "p3", "p4")
STAFF_ROLES = ("teacher", "principal", "counselor")


def day(offset: int) -> str:
    """A day so many days from today, ISO."""
    return (schoolyear.today() + timedelta(days=offset)).isoformat()


def _some(names: tuple[str, ...], least: int = 0) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(names), unique=True, min_size=least).map(sorted)


@st.composite
def rosters(draw: Any) -> Content:
    """The rows of a 1.2 bundle in which every reference leads somewhere."""
    year = str(schoolyear.current_year())
    dates = {"startDate": day(-60), "endDate": day(120), "schoolYear": year}
    schools, courses = draw(_some(SCHOOLS, 1)), draw(_some(COURSES, 1))
    staff, students = draw(_some(STAFF, 1)), draw(_some(STUDENTS, 1))
    sections = [_section(draw, name, courses, schools) for name in draw(_some(SECTIONS, 1))]
    return {
        "academicSessions": [{"sourcedId": "y", "title": "Year", "type": "schoolYear", **dates}],
        "orgs": [{"sourcedId": "d", "name": "Elm County", "type": "district"}]
        + [
            {"sourcedId": one, "name": draw(_words(one)), "type": "school", "parentSourcedId": "d"}
            for one in schools
        ],
        "courses": [{"sourcedId": one, "title": draw(_words(one)), "orgSourcedId": "d"} for one in courses],
        "classes": sections,
        "users": [_user(one, draw(_words(one)), "") for one in staff]
        + [_user(one, "Bo", draw(st.sampled_from(["04", "05"]))) for one in students],
        "roles": [row for one in staff for row in _staff_roles(draw, one, schools)]
        + [_role(one, "student", draw(st.sampled_from(schools))) for one in students],
        "enrollments": _enrollments(draw, sections, staff, students),
    }


def _words(name: str) -> st.SearchStrategy[str]:
    return st.sampled_from([f"{name} one", f"{name} two", f"Ñ {name} 'quoted', \"twice\""])


def _section(draw: Any, name: str, courses: list[str], schools: list[str]) -> dict[str, str]:
    return {
        "sourcedId": name,
        "title": draw(_words(name)),
        "courseSourcedId": draw(st.sampled_from(courses)),
        "classType": "scheduled",
        "schoolSourcedId": draw(st.sampled_from(schools)),
        "termSourcedIds": "y",
        "grades": draw(st.sampled_from(["04", "05", "04,05"])),
    }


def _user(name: str, given: str, grade: str) -> dict[str, str]:
    return {
        "sourcedId": name, "enabledUser": "true", "username": name, "givenName": given, "familyName": "Ray",
        "grades": grade,
    }  # fmt: skip


def _staff_roles(draw: Any, person: str, schools: list[str]) -> Rows:
    places = draw(st.lists(st.sampled_from(schools), unique=True, min_size=1, max_size=2))
    return [
        _role(person, draw(st.sampled_from(STAFF_ROLES)), place, first=place == places[0]) for place in places
    ]


def _role(person: str, role: str, place: str, *, first: bool = True) -> dict[str, str]:
    return {
        "sourcedId": f"r-{person}-{place}-{role}", "userSourcedId": person, "role": role, "orgSourcedId": place,
        "roleType": "primary" if first else "secondary", "beginDate": day(-50),
    }  # fmt: skip


def _enrollments(draw: Any, sections: Rows, staff: list[str], students: list[str]) -> Rows:
    pairs = [(section, one, "teacher") for section in sections for one in staff]
    pairs += [(section, one, "student") for section in sections for one in students]
    chosen = draw(st.lists(st.sampled_from(pairs), unique_by=lambda p: (p[0]["sourcedId"], p[1]), min_size=1))
    return [
        {
            "sourcedId": f"e-{section['sourcedId']}-{one}", "classSourcedId": section["sourcedId"],
            "schoolSourcedId": section["schoolSourcedId"], "userSourcedId": one, "role": role,
            "primary": "true" if role == "teacher" and draw(st.booleans()) else "",
            "beginDate": draw(st.sampled_from(["", day(-40)])),
        }
        for section, one, role in chosen
    ]  # fmt: skip


def in_bulk(content: Content, version: str = "1.2") -> io.BytesIO:
    """The content as a bulk bundle; in 1.1, where users carry one role, with the first role of each."""
    modes, without = {"demographics": "absent"}, {"demographics.csv": None}
    rows = {**content, "demographics": []}
    if version == "1.1":
        first = {row["userSourcedId"]: row for row in reversed(content["roles"])}
        rows["users"] = [
            {**row, "role": _word_1p1(first[row["sourcedId"]]["role"]), "orgSourcedIds": first[row["sourcedId"]]["orgSourcedId"]}
            for row in content["users"]
        ]  # fmt: skip
        del rows["roles"]
    return zipped(files_of(rows, version=version, modes=modes, replace=without))


def _word_1p1(role: str) -> str:
    return role if role in ("teacher", "student") else "aide"


def as_delta(before: Content, after: Content) -> io.BytesIO | None:
    """What leads from one content to the other; None where nothing does."""
    rows: Content = {}
    for table in after:
        held = {row["sourcedId"]: row for row in before[table]}
        said = {row["sourcedId"]: row for row in after[table]}
        made = [row for key, row in said.items() if held.get(key) != row]
        made += [{**row, "status": "tobedeleted"} for key, row in held.items() if key not in said]
        if made:
            rows[table] = made
    return delta(rows) if rows else None


def said_by(bundle: io.BytesIO) -> dict[str, dict[str, Any]]:
    """What a bulk bundle says, by type and outside id."""
    with zipfile.ZipFile(io.BytesIO(bundle.getvalue())) as archive:
        read = {
            name.removesuffix(".csv"): list(
                csv.DictReader(io.StringIO(archive.read(name).decode(), newline=""))
            )
            for name in archive.namelist()
            if name != "manifest.csv"
        }
    roles = read.get("roles") or [
        {"userSourcedId": row["sourcedId"], "role": row["role"], "orgSourcedId": row["orgSourcedIds"]}
        for row in read["users"]
    ]
    pupils = {row["userSourcedId"]: row["orgSourcedId"] for row in roles if row["role"] == "student"}
    users = {row["sourcedId"]: row for row in read["users"]}
    links = read["enrollments"]
    return {
        "orgs": {row["sourcedId"]: row["name"] for row in read["orgs"]},
        "courses": {row["sourcedId"]: row["title"] for row in read["courses"]},
        "people": {
            one: (row["givenName"], row["familyName"]) for one, row in users.items() if one not in pupils
        },
        "students": {one: (place, users[one]["grades"]) for one, place in pupils.items()},
        "roles": dict.fromkeys(
            (row["userSourcedId"], row["orgSourcedId"], row["role"])
            for row in roles
            if row["role"] != "student"
        ),
        "sections": {
            row["sourcedId"]: (row["title"], row["courseSourcedId"], row["schoolSourcedId"], row["grades"])
            for row in read["classes"]
        },
        "teachings": {
            (row["classSourcedId"], row["userSourcedId"]): row["primary"] == "true"
            for row in links
            if row["role"] == "teacher"
        },
        "enrollments": dict.fromkeys(
            (row["classSourcedId"], row["userSourcedId"]) for row in links if row["role"] == "student"
        ),
    }
