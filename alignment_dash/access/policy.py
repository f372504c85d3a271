"""Who may see or do what: the one table from which code, tests and docs/who-sees-what.md are driven.

A row says, for one role and one kind of data, how far the role reaches. What has no row is closed.
"""

from enum import StrEnum

from alignment_dash.access.roles import Role


class Data(StrEnum):
    """A kind of data, or an act, that the policy speaks of."""

    SCHOOL_CAPACITY = "school-capacity"
    STAFF_LIST = "staff-list"
    PERSON_EVIDENCE = "person-evidence"
    STAFFING = "staffing"
    STAFFING_CHANGES = "staffing-changes"
    CASELOADS = "caseloads"
    CASELOAD_CHANGES = "caseload-changes"
    IMPORTS = "imports"
    JOBS = "jobs"
    COMPONENTS = "components"


class Reach(StrEnum):
    """How far a role reaches for one kind of data."""

    DISTRICT = "district"
    SCHOOLS = "schools"  # the schools under the orgs where the role is held
    CASELOAD = "caseload"  # the schools granted with a caseload
    OWN = "own"  # what is about, or was written by, the person


_ROWS: list[tuple[Role, Data, Reach]] = [
    (Role.DATA_ADMINISTRATOR, Data.SCHOOL_CAPACITY, Reach.DISTRICT),
    (Role.DATA_ADMINISTRATOR, Data.STAFF_LIST, Reach.DISTRICT),
    (Role.DATA_ADMINISTRATOR, Data.IMPORTS, Reach.DISTRICT),
    (Role.DATA_ADMINISTRATOR, Data.JOBS, Reach.DISTRICT),
    (Role.DATA_ADMINISTRATOR, Data.COMPONENTS, Reach.DISTRICT),
    (Role.CABINET, Data.SCHOOL_CAPACITY, Reach.DISTRICT),
    (Role.CABINET, Data.STAFFING, Reach.DISTRICT),
    (Role.CABINET, Data.CASELOADS, Reach.DISTRICT),
    (Role.CABINET, Data.CASELOAD_CHANGES, Reach.DISTRICT),
    (Role.CABINET, Data.JOBS, Reach.DISTRICT),
    (Role.CI_ADMINISTRATOR, Data.SCHOOL_CAPACITY, Reach.DISTRICT),
    (Role.CI_ADMINISTRATOR, Data.JOBS, Reach.DISTRICT),
    (Role.CI_STAFF, Data.SCHOOL_CAPACITY, Reach.DISTRICT),
    (Role.HR, Data.SCHOOL_CAPACITY, Reach.DISTRICT),
    (Role.HR, Data.STAFF_LIST, Reach.DISTRICT),
    (Role.HR, Data.STAFFING, Reach.DISTRICT),
    (Role.HR, Data.STAFFING_CHANGES, Reach.DISTRICT),
    (Role.HR, Data.JOBS, Reach.DISTRICT),
    (Role.SUPERVISOR, Data.SCHOOL_CAPACITY, Reach.CASELOAD),
    (Role.SUPERVISOR, Data.STAFF_LIST, Reach.CASELOAD),
    (Role.SUPERVISOR, Data.STAFFING, Reach.CASELOAD),
    (Role.SUPERVISOR, Data.CASELOADS, Reach.OWN),
    (Role.PRINCIPAL, Data.SCHOOL_CAPACITY, Reach.SCHOOLS),
    (Role.PRINCIPAL, Data.STAFF_LIST, Reach.SCHOOLS),
    (Role.PRINCIPAL, Data.PERSON_EVIDENCE, Reach.SCHOOLS),
    (Role.PRINCIPAL, Data.STAFFING, Reach.SCHOOLS),
    (Role.ASSISTANT_PRINCIPAL, Data.SCHOOL_CAPACITY, Reach.SCHOOLS),
    (Role.ASSISTANT_PRINCIPAL, Data.STAFF_LIST, Reach.SCHOOLS),
    (Role.ASSISTANT_PRINCIPAL, Data.PERSON_EVIDENCE, Reach.SCHOOLS),
    (Role.TEACHER, Data.SCHOOL_CAPACITY, Reach.SCHOOLS),
    (Role.TEACHER, Data.PERSON_EVIDENCE, Reach.OWN),
]

POLICY: dict[tuple[Role, Data], Reach] = {(role, data): reach for role, data, reach in _ROWS}


def reach_of(role: Role, data: Data) -> Reach | None:
    """Return how far `role` reaches for `data`; None when it is closed."""
    return POLICY.get((role, data))
