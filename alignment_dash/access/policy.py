"""Who may do what with which data, and for which purpose: the one table behind code, tests and pages.

A rule says, for one role, one kind of data and one action, how far the role reaches, and for data about how one
person works, whether the evidence was gathered to help (formative) or to judge (evaluative). What has no rule is
closed. docs/who-sees-what.md and the page of the same name are made from it.
"""

from dataclasses import dataclass
from enum import StrEnum

from alignment_dash.access.roles import Role


class Data(StrEnum):
    """A kind of data, or an act, that the policy speaks of."""

    DEFINITIONS = "definitions"
    FRAMEWORK_DRAFTS = "framework-drafts"
    DISTRICT_CAPACITY = "district-capacity"
    SCHOOL_CAPACITY = "school-capacity"
    STAFF_LIST = "staff-list"
    PERSON_EVIDENCE = "person-evidence"
    OBSERVING = "observing"
    LEARNING_WALKS = "learning-walks"
    CALIBRATION = "calibration"
    RATER_SEVERITY = "rater-severity"
    EXPECTATIONS = "expectations"
    LEAVE = "leave"
    TARGETS = "targets"
    SCHOOL_PLAN = "school-plan"
    SUPPORT_REQUESTS = "support-requests"
    SECOND_LOOKS = "second-looks"
    MEETINGS = "meetings"
    EVIDENCE_PLAN = "evidence-plan"
    STAFFING = "staffing"
    CASELOADS = "caseloads"
    LEADERSHIP_EVIDENCE = "leadership-evidence"
    SELF_ASSESSMENTS = "self-assessments"
    VISITS = "visits"
    SUPERVISOR_TIME = "supervisor-time"
    CALENDARS = "calendars"
    SUPERVISOR_SUPPORT = "supervisor-support"
    PRINCIPAL_BENCH = "principal-bench"
    IMPORTS = "imports"
    OBSERVATION_IMPORTS = "observation-imports"
    JOBS = "jobs"
    ACCOUNTS = "accounts"
    ACT_AS = "act-as"
    AUDIT = "audit"
    USAGE = "usage"
    PERSON_DATA = "person-data"
    COMPONENTS = "components"


class Action(StrEnum):
    """What is done with the data. A page that is sent (POST) needs CHANGE unless it says otherwise."""

    VIEW = "view"
    EXPORT = "export"
    CHANGE = "change"


class Purpose(StrEnum):
    """What evidence about one person was gathered for; formative evidence never reaches a personnel decision."""

    FORMATIVE = "formative"
    EVALUATIVE = "evaluative"


class Reach(StrEnum):
    """How far a role reaches for one kind of data."""

    DISTRICT = "district"
    SCHOOLS = "schools"  # the schools under the orgs where the role is held
    CASELOAD = "caseload"  # the schools granted with a caseload
    OWN = "own"  # what is about, or was written by, the person


ANY = frozenset(Purpose)


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the policy. purposes: all, save for data about one person's evidence."""

    role: Role
    data: Data
    action: Action
    reach: Reach
    purposes: frozenset[Purpose] = ANY


VIEW, EXPORT, CHANGE = Action.VIEW, Action.EXPORT, Action.CHANGE
# Who writes observations beside a school's leaders and supervisors: visiting observers, and C&I without names.
WRITERS = frozenset({Role.CI_ADMINISTRATOR, Role.CI_STAFF, Role.DEPARTMENT_LEAD, Role.TEACHER})


def _rules(role: Role, reach: Reach, *kinds: tuple[Data, tuple[Action, ...]]) -> list[Rule]:
    return [Rule(role, data, action, reach) for data, actions in kinds for action in actions]


RULES: list[Rule] = [
    *(Rule(role, data, VIEW, Reach.DISTRICT) for data in (Data.DEFINITIONS, Data.TARGETS) for role in Role),
    *_rules(
        Role.DATA_ADMINISTRATOR,
        Reach.DISTRICT,
        (Data.DISTRICT_CAPACITY, (VIEW, EXPORT)),
        (Data.SCHOOL_CAPACITY, (VIEW, EXPORT)),
        (Data.STAFF_LIST, (VIEW,)),
        (Data.IMPORTS, (VIEW, CHANGE)),
        (Data.OBSERVATION_IMPORTS, (VIEW, CHANGE)),
        (Data.JOBS, (VIEW, CHANGE)),
        (Data.ACCOUNTS, (VIEW, CHANGE)),
        (Data.ACT_AS, (CHANGE,)),
        (Data.AUDIT, (VIEW, EXPORT)),
        (Data.USAGE, (VIEW,)),
        (Data.PERSON_DATA, (VIEW, EXPORT, CHANGE)),
        (Data.COMPONENTS, (VIEW,)),
    ),
    *_rules(
        Role.CABINET,
        Reach.DISTRICT,
        (Data.DISTRICT_CAPACITY, (VIEW, EXPORT)),
        (Data.SCHOOL_CAPACITY, (VIEW, EXPORT)),
        (Data.TARGETS, (CHANGE,)),
        (Data.SCHOOL_PLAN, (VIEW, EXPORT)),
        (Data.EVIDENCE_PLAN, (VIEW, EXPORT)),
        (Data.STAFFING, (VIEW,)),
        (Data.CASELOADS, (VIEW, EXPORT, CHANGE)),
        (Data.SUPERVISOR_TIME, (VIEW, EXPORT)),
        (Data.SUPERVISOR_SUPPORT, (VIEW, EXPORT, CHANGE)),
        (Data.PRINCIPAL_BENCH, (VIEW, EXPORT, CHANGE)),
        (Data.JOBS, (VIEW, CHANGE)),
        (Data.AUDIT, (VIEW, EXPORT)),
        (Data.USAGE, (VIEW,)),
        (Data.FRAMEWORK_DRAFTS, (VIEW, CHANGE)),
        (Data.LEARNING_WALKS, (VIEW, CHANGE)),
        (Data.EXPECTATIONS, (VIEW,)),
        (Data.SUPPORT_REQUESTS, (VIEW, EXPORT)),
        (Data.SECOND_LOOKS, (VIEW,)),
        (Data.MEETINGS, (VIEW, EXPORT, CHANGE)),
    ),
    *_rules(
        Role.CI_ADMINISTRATOR,
        Reach.DISTRICT,
        (Data.DISTRICT_CAPACITY, (VIEW, EXPORT)),
        (Data.SCHOOL_CAPACITY, (VIEW, EXPORT)),
        (Data.TARGETS, (CHANGE,)),
        (Data.SCHOOL_PLAN, (VIEW, EXPORT)),
        (Data.EVIDENCE_PLAN, (VIEW, EXPORT, CHANGE)),
        (Data.JOBS, (VIEW, CHANGE)),
        (Data.DEFINITIONS, (CHANGE,)),
        (Data.FRAMEWORK_DRAFTS, (VIEW, CHANGE)),
        (Data.LEARNING_WALKS, (VIEW, CHANGE)),
        (Data.EXPECTATIONS, (VIEW, CHANGE)),
        (Data.SUPPORT_REQUESTS, (VIEW, EXPORT, CHANGE)),
        (Data.SECOND_LOOKS, (VIEW, EXPORT, CHANGE)),
        (Data.MEETINGS, (VIEW, EXPORT, CHANGE)),
    ),
    *_rules(
        Role.CI_STAFF,
        Reach.DISTRICT,
        (Data.DISTRICT_CAPACITY, (VIEW, EXPORT)),
        (Data.SCHOOL_CAPACITY, (VIEW, EXPORT)),
        (Data.SCHOOL_PLAN, (VIEW, EXPORT)),
        (Data.EVIDENCE_PLAN, (VIEW, EXPORT)),
        (Data.FRAMEWORK_DRAFTS, (VIEW, CHANGE)),
        (Data.LEARNING_WALKS, (VIEW, CHANGE)),
        (Data.SUPPORT_REQUESTS, (VIEW, EXPORT)),
        (Data.SECOND_LOOKS, (VIEW, EXPORT, CHANGE)),
        (Data.MEETINGS, (VIEW, EXPORT, CHANGE)),
    ),
    *_rules(
        Role.HR,
        Reach.DISTRICT,
        (Data.DISTRICT_CAPACITY, (VIEW, EXPORT)),
        (Data.SCHOOL_CAPACITY, (VIEW, EXPORT)),
        (Data.STAFF_LIST, (VIEW,)),
        (Data.STAFFING, (VIEW, CHANGE)),
        (Data.PRINCIPAL_BENCH, (VIEW, EXPORT)),
        (Data.JOBS, (VIEW, CHANGE)),
        (Data.EXPECTATIONS, (VIEW, CHANGE)),
        (Data.LEAVE, (VIEW, CHANGE)),
        (Data.SUPPORT_REQUESTS, (VIEW, EXPORT, CHANGE)),
        (Data.SECOND_LOOKS, (VIEW,)),
        (Data.MEETINGS, (VIEW, EXPORT, CHANGE)),
    ),
    *_rules(
        Role.CALIBRATION_LEAD,
        Reach.DISTRICT,
        (Data.DISTRICT_CAPACITY, (VIEW,)),
        (Data.RATER_SEVERITY, (VIEW,)),
        (Data.EVIDENCE_PLAN, (VIEW, EXPORT, CHANGE)),
        (Data.FRAMEWORK_DRAFTS, (VIEW, CHANGE)),
        (Data.CALIBRATION, (VIEW, EXPORT, CHANGE)),
    ),
    *_rules(
        Role.SUPERVISOR,
        Reach.CASELOAD,
        (Data.SCHOOL_CAPACITY, (VIEW, EXPORT)),
        (Data.SCHOOL_PLAN, (VIEW,)),
        (Data.EVIDENCE_PLAN, (VIEW,)),
        (Data.STAFF_LIST, (VIEW,)),
        (Data.STAFFING, (VIEW,)),
        (Data.OBSERVING, (VIEW, CHANGE)),
        (Data.LEARNING_WALKS, (VIEW, CHANGE)),
        (Data.SUPPORT_REQUESTS, (VIEW, CHANGE)),
        (Data.SECOND_LOOKS, (VIEW,)),
        (Data.MEETINGS, (VIEW, EXPORT, CHANGE)),
    ),
    *_rules(
        Role.SUPERVISOR,
        Reach.CASELOAD,
        (Data.LEADERSHIP_EVIDENCE, (VIEW, EXPORT)),
        (Data.VISITS, (VIEW, EXPORT, CHANGE)),
        (Data.PRINCIPAL_BENCH, (VIEW, CHANGE)),
    ),
    *_rules(
        Role.SUPERVISOR,
        Reach.OWN,
        (Data.CASELOADS, (VIEW, EXPORT)),
        (Data.SUPERVISOR_TIME, (VIEW, EXPORT, CHANGE)),
        (Data.CALENDARS, (VIEW, CHANGE)),
        (Data.SUPERVISOR_SUPPORT, (VIEW, EXPORT)),
        (Data.SELF_ASSESSMENTS, (VIEW, CHANGE)),
    ),
    *_rules(
        Role.PRINCIPAL,
        Reach.OWN,
        (Data.LEADERSHIP_EVIDENCE, (VIEW, EXPORT)),
        (Data.SELF_ASSESSMENTS, (VIEW, CHANGE)),
        (Data.VISITS, (VIEW, CHANGE)),
    ),
    *_rules(
        Role.PRINCIPAL,
        Reach.SCHOOLS,
        (Data.SCHOOL_CAPACITY, (VIEW, EXPORT)),
        (Data.SCHOOL_PLAN, (VIEW, EXPORT, CHANGE)),
        (Data.EVIDENCE_PLAN, (VIEW,)),
        (Data.STAFF_LIST, (VIEW,)),
        (Data.PERSON_EVIDENCE, (VIEW,)),
        (Data.STAFFING, (VIEW,)),
        (Data.OBSERVING, (VIEW, CHANGE)),
        (Data.LEARNING_WALKS, (VIEW, CHANGE)),
        (Data.SUPPORT_REQUESTS, (VIEW,)),
        (Data.SECOND_LOOKS, (VIEW,)),
    ),
    *_rules(
        Role.ASSISTANT_PRINCIPAL,
        Reach.SCHOOLS,
        (Data.SCHOOL_CAPACITY, (VIEW, EXPORT)),
        (Data.SCHOOL_PLAN, (VIEW,)),
        (Data.EVIDENCE_PLAN, (VIEW,)),
        (Data.STAFF_LIST, (VIEW,)),
        (Data.PERSON_EVIDENCE, (VIEW,)),
        (Data.OBSERVING, (VIEW, CHANGE)),
        (Data.LEARNING_WALKS, (VIEW, CHANGE)),
        (Data.SUPPORT_REQUESTS, (VIEW,)),
        (Data.SECOND_LOOKS, (VIEW,)),
    ),
    *(
        Rule(role, Data.RATER_SEVERITY, VIEW, Reach.OWN)
        for role in (Role.SUPERVISOR, Role.PRINCIPAL, Role.ASSISTANT_PRINCIPAL)
    ),
    # What they are invited to, and what they wrote themselves: C&I writes walks without names only.
    *(
        Rule(role, data, action, Reach.OWN)
        for data, roles in (
            (Data.OBSERVING, WRITERS),
            (Data.CALIBRATION, WRITERS | {Role.SUPERVISOR, Role.PRINCIPAL, Role.ASSISTANT_PRINCIPAL}),
        )
        for role in sorted(roles)
        for action in (VIEW, CHANGE)
    ),
    # Who is observed, and who leads them, has a say in what good teaching is; the association reads along.
    *(
        Rule(role, Data.FRAMEWORK_DRAFTS, action, Reach.DISTRICT)
        for role in (
            Role.SUPERVISOR,
            Role.PRINCIPAL,
            Role.ASSISTANT_PRINCIPAL,
            Role.DEPARTMENT_LEAD,
            Role.TEACHER,
        )
        for action in (VIEW, CHANGE)
    ),
    Rule(Role.ASSOCIATION, Data.FRAMEWORK_DRAFTS, VIEW, Reach.DISTRICT),
    *(
        Rule(role, Data.EXPECTATIONS, VIEW, Reach.DISTRICT)
        for role in (
            Role.SUPERVISOR,
            Role.PRINCIPAL,
            Role.ASSISTANT_PRINCIPAL,
            Role.TEACHER,
            Role.ASSOCIATION,
        )
    ),
    *_rules(Role.DEPARTMENT_LEAD, Reach.SCHOOLS, (Data.SCHOOL_CAPACITY, (VIEW,))),
    Rule(Role.DEPARTMENT_LEAD, Data.PERSON_EVIDENCE, VIEW, Reach.OWN),
    *_rules(Role.TEACHER, Reach.SCHOOLS, (Data.SCHOOL_CAPACITY, (VIEW,))),
    Rule(Role.TEACHER, Data.PERSON_EVIDENCE, VIEW, Reach.OWN),
    *_rules(Role.BOARD, Reach.DISTRICT, (Data.DISTRICT_CAPACITY, (VIEW,))),
]
POLICY: dict[tuple[Role, Data, Action], Rule] = {(rule.role, rule.data, rule.action): rule for rule in RULES}


class MachineScope(StrEnum):
    """What a program that signs in by itself may be given; it never reaches what is about one person's work."""

    ROSTER_WRITE = "roster:write"
    OBSERVATIONS_WRITE = "observations:write"
    AGGREGATES_READ = "aggregates:read"


MACHINE_POLICY: dict[MachineScope, frozenset[tuple[Data, Action]]] = {
    MachineScope.ROSTER_WRITE: frozenset({(Data.IMPORTS, VIEW), (Data.IMPORTS, CHANGE)}),
    MachineScope.OBSERVATIONS_WRITE: frozenset(
        {(Data.OBSERVATION_IMPORTS, VIEW), (Data.OBSERVATION_IMPORTS, CHANGE)}
    ),
    MachineScope.AGGREGATES_READ: frozenset(
        {(Data.DISTRICT_CAPACITY, VIEW), (Data.SCHOOL_CAPACITY, VIEW), (Data.SCHOOL_CAPACITY, EXPORT)}
    ),
}


def reach_of(
    role: Role, data: Data, action: Action = Action.VIEW, purpose: Purpose | None = None
) -> Reach | None:
    """Return how far `role` reaches; None when it is closed. Without a purpose, the rule must hold for all."""
    rule = POLICY.get((role, data, action))
    if rule is None:
        return None
    asked = ANY if purpose is None else {purpose}
    return rule.reach if asked <= rule.purposes else None
