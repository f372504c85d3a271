"""From a provider's JSON to the cells of OneRoster's CSV files: the names differ, and lists become cells.

Source: the JSON of the 1.1 and 1.2 REST bindings against the CSV bindings of the same versions. What the roster
has no use for (passwords, telephone numbers, agents, other ids, pronouns) is left behind here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

Record = dict[str, Any]
Cells = dict[str, str]

# What refers to a record is read before the record: one that is made meanwhile is then seen, not missed.
COLLECTIONS = ("enrollments", "classes", "users", "courses", "academicSessions", "orgs")
METADATA_COLUMNS = 40
_METADATA_NAME = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")
_LONGEST = 2_000


def text(value: object) -> str:
    """Return a JSON value as one line of text; "" for what is no text, number or boolean."""
    if isinstance(value, str):
        return " ".join(value.replace("\0", " ").split())[:_LONGEST]
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else ""


def day(value: object) -> str:
    """Return a day; some providers write it with midnight's time."""
    written = text(value)
    return written[:10] if len(written) > 10 and written[10] == "T" else written


def ref(value: object) -> str:
    """Return the sourcedId that a reference names; "" for none."""
    return _id(value.get("sourcedId")) if isinstance(value, dict) else ""


def refs(value: object) -> str:
    """Return a list of references as one cell."""
    return ",".join(filter(None, map(ref, value))) if isinstance(value, list) else ""


def items(value: object) -> str:
    """Return a list of texts as one cell; a comma inside an item would make it two."""
    if not isinstance(value, list):
        return text(value)
    return ",".join(" ".join(text(item).replace(",", " ").split()) for item in value)


def _id(value: object) -> str:
    """Return an id as it is: opaque, and never a number."""
    return value.strip()[:255] if isinstance(value, str) else text(value)[:255]


def stamp(value: object, otherwise: datetime) -> str:
    """Return a moment as the CSV binding writes it, in UTC with milliseconds."""
    try:
        moment = datetime.fromisoformat(text(value))
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        moment = moment.astimezone(UTC)
    except (ValueError, OverflowError):
        moment = otherwise.astimezone(UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def is_gone(record: Record) -> bool:
    """Say whether a record is marked as removed ("inactive" is 1.0's word for it)."""
    return text(record.get("status")).lower() in {"tobedeleted", "inactive"}


def _org(record: Record) -> Cells:
    return {
        "name": text(record.get("name")),
        "type": text(record.get("type")),
        "identifier": text(record.get("identifier")),
        "parentSourcedId": ref(record.get("parent")),
    }


def _session(record: Record) -> Cells:
    return {
        "title": text(record.get("title")),
        "type": text(record.get("type")),
        "startDate": day(record.get("startDate")),
        "endDate": day(record.get("endDate")),
        "parentSourcedId": ref(record.get("parent")),
        "schoolYear": text(record.get("schoolYear")),
    }


def _subjects(record: Record) -> Cells:
    return {
        "grades": items(record.get("grades")),
        "subjects": items(record.get("subjects")),
        "subjectCodes": items(record.get("subjectCodes")),
    }


def _course(record: Record) -> Cells:
    return _subjects(record) | {
        "schoolYearSourcedId": ref(record.get("schoolYear")),
        "title": text(record.get("title")),
        "courseCode": text(record.get("courseCode")),
        "orgSourcedId": ref(record.get("org")),
    }


def _class(record: Record) -> Cells:
    return _subjects(record) | {
        "title": text(record.get("title")),
        "courseSourcedId": ref(record.get("course")),
        "classCode": text(record.get("classCode")),
        # The REST binding of 1.2 lets it be left out, the CSV binding does not.
        "classType": text(record.get("classType")) or "scheduled",
        "schoolSourcedId": ref(record.get("school")),
        "termSourcedIds": refs(record.get("terms")),
    }


def _enrollment(record: Record) -> Cells:
    return {
        "classSourcedId": ref(record.get("class")),
        "schoolSourcedId": ref(record.get("school")),
        "userSourcedId": ref(record.get("user")),
        "role": text(record.get("role")),
        "primary": text(record.get("primary")),
        "beginDate": day(record.get("beginDate")),
        "endDate": day(record.get("endDate")),
    }


def _user(record: Record) -> Cells:
    return {
        "enabledUser": text(record.get("enabledUser")),
        "orgSourcedIds": refs(record.get("orgs")),
        "role": text(record.get("role")),
        "username": text(record.get("username")),
        "givenName": text(record.get("givenName")),
        "familyName": text(record.get("familyName")),
        "middleName": text(record.get("middleName")),
        "identifier": text(record.get("identifier")),
        "email": text(record.get("email")),
        "grades": items(record.get("grades")),
        "preferredGivenName": text(record.get("preferredFirstName")),
        "preferredMiddleName": text(record.get("preferredMiddleName")),
        "preferredFamilyName": text(record.get("preferredLastName")),
        "primaryOrgSourcedId": ref(record.get("primaryOrg")),
    }


CELLS: dict[str, Callable[[Record], Cells]] = {
    "orgs": _org,
    "academicSessions": _session,
    "courses": _course,
    "classes": _class,
    "enrollments": _enrollment,
    "users": _user,
}


def roles(record: Record) -> Iterator[Cells]:
    """Yield a user's roles (1.2) as rows of roles.csv.

    The JSON gives a role no id; one is made of what the role is, so that it is the same at every pull.
    """
    found = record.get("roles")
    user, counted = _id(record.get("sourcedId")), dict[str, int]()
    for role in found if isinstance(found, list) else []:
        if not isinstance(role, dict):
            continue
        what = f"{user}\n{text(role.get('role'))}\n{ref(role.get('org'))}"
        counted[what] = counted.get(what, 0) + 1
        made = hashlib.sha256(f"{what}\n{counted[what]}".encode()).hexdigest()[:40]
        yield {
            "sourcedId": f"role-{made}",
            "userSourcedId": user,
            "roleType": text(role.get("roleType")),
            "role": text(role.get("role")),
            "beginDate": day(role.get("beginDate")),
            "endDate": day(role.get("endDate")),
            "orgSourcedId": ref(role.get("org")),
        }


def metadata(record: Record) -> dict[str, str]:
    """Return a record's own fields beyond the standard, as columns of the CSV: texts alone."""
    found = record.get("metadata")
    if not isinstance(found, dict):
        return {}
    return {
        f"metadata.{name}": text(value)[:255]
        for name, value in found.items()
        if isinstance(value, str) and value and 0 < len(name) <= 100 and _METADATA_NAME.issuperset(name)
    }


# Column -> the collection that it refers to, by collection. What a set must hold to fit together. Parents are
# left out: a state above the district is often named and not shared, which says nothing about the pull.
REFERENCES: dict[str, dict[str, str]] = {
    "enrollments": {"classSourcedId": "classes", "schoolSourcedId": "orgs", "userSourcedId": "users"},
    "classes": {
        "courseSourcedId": "courses",
        "schoolSourcedId": "orgs",
        "termSourcedIds": "academicSessions",
    },
    "users": {"orgSourcedIds": "orgs", "primaryOrgSourcedId": "orgs"},
    "roles": {"orgSourcedId": "orgs"},
    "courses": {"schoolYearSourcedId": "academicSessions", "orgSourcedId": "orgs"},
}
