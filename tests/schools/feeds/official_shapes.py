"""What the official OpenAPI of the OneRoster 1.2 rostering service asks of its records, as facts.

Source: onerosterv1p2rostersservice_openapi3_v1p0 (1EdTech, revision of 2022-09-19), components/schemas: the names
that each type requires, the names that it allows (`additionalProperties: false`), the closed vocabularies. The
document itself may not be passed on and is not here.
"""

import re
from typing import Any

_BASE = {"sourcedId", "status", "dateLastModified"}
_HEAD = _BASE | {"metadata"}
REQUIRED: dict[str, set[str]] = {
    "orgs": _BASE | {"name", "type", "identifier"},
    "academicSessions": _BASE | {"title", "startDate", "endDate", "type", "schoolYear"},
    "courses": _BASE | {"title", "courseCode"},
    "classes": _BASE | {"title", "course", "school", "terms"},
    "enrollments": _BASE | {"user", "class", "school", "role"},
    "users": _BASE | {"enabledUser", "givenName", "familyName", "roles"},
}
_SUBJECTS = {"grades", "subjects", "subjectCodes", "resources"}
ALLOWED: dict[str, set[str]] = {
    "orgs": _HEAD | {"name", "type", "identifier", "parent", "children"},
    "academicSessions": _HEAD
    | {"title", "startDate", "endDate", "type", "parent", "children", "schoolYear"},
    "courses": _HEAD | _SUBJECTS | {"title", "schoolYear", "courseCode", "org"},
    "classes": _HEAD
    | _SUBJECTS
    | {"title", "classCode", "classType", "location", "course", "school", "terms", "periods"},
    "enrollments": _HEAD | {"user", "class", "school", "role", "primary", "beginDate", "endDate"},
    "users": _HEAD
    | {
        "userMasterIdentifier", "username", "userIds", "enabledUser", "givenName", "familyName", "middleName",
        "preferredFirstName", "preferredMiddleName", "preferredLastName", "pronouns", "roles", "userProfiles",
        "primaryOrg", "identifier", "email", "sms", "phone", "agents", "grades", "password", "resources",
    },
}  # fmt: skip
ROLE_REQUIRED = {"roleType", "role", "org"}
ROLE_ALLOWED = ROLE_REQUIRED | {"userProfile", "beginDate", "endDate"}
REF = {"href", "sourcedId", "type"}
WORDS: dict[tuple[str, str], set[str]] = {
    ("orgs", "type"): {"department", "district", "local", "national", "school", "state"},
    ("academicSessions", "type"): {"gradingPeriod", "semester", "schoolYear", "term"},
    ("classes", "classType"): {"homeroom", "scheduled"},
    ("enrollments", "role"): {"administrator", "proctor", "student", "teacher"},
    ("enrollments", "primary"): {"true", "false"},
    ("users", "enabledUser"): {"true", "false"},
}
ROLE_WORDS = {
    "aide", "counselor", "districtAdministrator", "guardian", "parent", "principal", "proctor", "relative",
    "siteAdministrator", "student", "systemAdministrator", "teacher",
}  # fmt: skip
_EXTENSION = re.compile(r"(ext:)[a-zA-Z0-9.\-_]+")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
_REFS = {"parent", "org", "course", "school", "class", "user", "primaryOrg"}


def faults(collection: str, record: dict[str, Any]) -> list[str]:
    """Return what a record has against the official description of its type; nothing when it conforms."""
    found = [f"{name} is missing" for name in REQUIRED[collection] - record.keys()]
    found += [f"{name} is not allowed" for name in record.keys() - ALLOWED[collection]]
    if record.get("status") not in {"active", "tobedeleted"}:
        found.append("status")
    if not _MOMENT.fullmatch(str(record.get("dateLastModified"))):
        found.append("dateLastModified")
    for (name, field), words in WORDS.items():
        value = record.get(field)
        if (
            name == collection
            and value is not None
            and value not in words
            and not _EXTENSION.fullmatch(value)
        ):
            found.append(field)
    for field, value in record.items():
        if field in {"startDate", "endDate", "beginDate"} and not _DAY.fullmatch(value):
            found.append(field)
        links = value if field == "terms" else [value] if field in _REFS else []
        if collection == "courses" and field == "schoolYear":
            links = [value]
        found += [f"{field} is no reference" for link in links if set(link) != REF]
    return found + [fault for role in record.get("roles", []) for fault in _role_faults(role)]


def _role_faults(role: dict[str, Any]) -> list[str]:
    found = [f"role: {name} is missing" for name in ROLE_REQUIRED - role.keys()]
    found += [f"role: {name} is not allowed" for name in role.keys() - ROLE_ALLOWED]
    if role.get("roleType") not in {"primary", "secondary"}:
        found.append("role: roleType")
    if role.get("role") not in ROLE_WORDS and not _EXTENSION.fullmatch(str(role.get("role"))):
        found.append("role: role")
    return found
