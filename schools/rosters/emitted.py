"""What a sink is handed for each file of a roster."""

from __future__ import annotations

# What the sink gets for each file, in this order; every value is a string, "" for an empty cell.
# Lists are comma-separated, dates ISO, booleans true or false. The role of "roles" is a value of
# `schools.models.StaffRole`. "waiting" are roles without a counterpart here, with their own word. "homes" are
# the orgs of students' roles (1.2) where users.csv need not tell of them. "ended" are records that the source
# ends: the file (in 1.1, a person and their roles are "users") and the id.
EMITTED = {
    "academicSessions": ("sourcedId", "title", "type", "startDate", "endDate", "parentSourcedId", "schoolYear"),
    "orgs": ("sourcedId", "name", "type", "identifier", "parentSourcedId"),
    "courses": ("sourcedId", "title", "courseCode", "orgSourcedId", "subjects"),
    "users": (
        "sourcedId", "isStaff", "isStudent", "givenName", "familyName", "preferredGivenName", "email",
        "grades", "primaryOrgSourcedId", "enabledUser",
    ),
    "roles": ("sourcedId", "userSourcedId", "role", "roleType", "orgSourcedId", "beginDate", "endDate"),
    "waiting": ("sourcedId", "userSourcedId", "role", "roleType", "orgSourcedId", "beginDate", "endDate"),
    "classes": (
        "sourcedId", "title", "classCode", "courseSourcedId", "schoolSourcedId", "termSourcedIds", "grades",
        "subjects",
    ),
    "enrollments": (
        "sourcedId", "classSourcedId", "userSourcedId", "role", "primary", "beginDate", "endDate",
    ),
    "homes": ("userSourcedId", "orgSourcedId", "roleType"),
    "ended": ("file", "sourcedId"),
}  # fmt: skip
