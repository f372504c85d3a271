"""The policy in words: what pages and docs/who-sees-what.md say of each kind of data, action and reach."""

from dataclasses import dataclass
from itertools import groupby

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from alignment_dash.access.policy import ANY, RULES, Action, Data, Purpose, Reach, Rule
from alignment_dash.access.roles import Role

KINDS: dict[Data, tuple[Promise, Promise]] = {
    Data.DEFINITIONS: (
        _("Definitions"),
        _("the instructional framework, how each number is computed, and this policy; no persons"),
    ),
    Data.FRAMEWORK_DRAFTS: (
        _("Framework drafts"),
        _(
            "the framework before it is published, what people say of it and how many vote for which focus; no votes by name"
        ),
    ),
    Data.DISTRICT_CAPACITY: (
        _("Instructional capacity of the district"),
        _("estimates for the district and its networks as a whole, per element of the framework"),
    ),
    Data.SCHOOL_CAPACITY: (
        _("Instructional capacity of schools"),
        _(
            "estimates for a school as a whole, per element; where fewer than five teachers stand behind a number"
            " it is not shown to anyone"
        ),
    ),
    Data.STAFF_LIST: (_("Staff list"), _("who works at a school, by name")),
    Data.PERSON_EVIDENCE: (
        _("Evidence about one person"),
        _("a teacher's observations, ratings and estimates; no one in the central office sees them"),
    ),
    Data.OBSERVING: (
        _("Observations being written"),
        _("notes and levels that an observer writes; a draft is its observer's alone"),
    ),
    Data.LEARNING_WALKS: (
        _("Walks without names"),
        _("walkthroughs of a school, grade and subject that name no teacher"),
    ),
    Data.CALIBRATION: (
        _("Calibration"),
        _("exercises in which observers rate one lesson blind, and how far they agree"),
    ),
    Data.RATER_SEVERITY: (
        _("Rater severity"),
        _("how far an observer's levels lie from those of the average observer"),
    ),
    Data.EXPECTATIONS: (
        _("Expected observations"),
        _("how often people on staff are to be observed in a school year; no persons"),
    ),
    Data.LEAVE: (_("Leave"), _("from when to when someone on staff was away; never why")),
    Data.TARGETS: (
        _("Targets"),
        _("the capacity the strategic plan aims at, per element, level of schools and year; no persons"),
    ),
    Data.SCHOOL_PLAN: (
        _("School improvement plan"),
        _(
            "where a school stands and what it aims at this year, what it does, and how it turned out; no teachers"
        ),
    ),
    Data.SUPPORT_REQUESTS: (
        _("Support asked for"),
        _("what school improvement plans ask of the district, and what was answered; no persons"),
    ),
    Data.SECOND_LOOKS: (
        _("Second looks"),
        _("what closer looking at a school's low element found, and what came of it; no persons"),
    ),
    Data.MEETINGS: (
        _("Meetings"),
        _(
            "the packs of C&I, HR and principal supervisors, school by school, and what was decided; no teachers"
        ),
    ),
    Data.EVIDENCE_PLAN: (
        _("Evidence plan"),
        _("who may observe at other schools, and which visits would make the estimates surest; no ratings"),
    ),
    Data.STAFFING: (_("Positions"), _("positions, who holds them, and vacancies")),
    Data.CASELOADS: (
        _("Caseloads"),
        _(
            "which principals a principal supervisor works with, and our index of each one's need of support, whose part"
            " about leadership rests on evaluative evidence alone; assigning one opens the school to the supervisor,"
            " ending it closes it"
        ),
    ),
    Data.LEADERSHIP_EVIDENCE: (
        _("Evidence of a principal's leadership"),
        _(
            "a principal's observations and estimates of instructional leadership, and growth beside the support given"
        ),
    ),
    Data.SELF_ASSESSMENTS: (
        _("Self-assessments"),
        _(
            "what principals and principal supervisors say of their own work; once shared, a principal's also for the"
            " principal supervisor, and a principal supervisor's for the cabinet"
        ),
    ),
    Data.VISITS: (
        _("Visits and coaching"),
        _(
            "a supervisor's visits to a principal and what both committed to; notes are for these two persons alone,"
            " also after the caseload changes"
        ),
    ),
    Data.SUPERVISOR_TIME: (
        _("Principal supervisors' time"),
        _(
            "hours by purpose and principal as supervisors enter them; for the cabinet as sums of weeks that have ended"
        ),
    ),
    Data.CALENDARS: (
        _("Calendars"),
        _("events read from a principal supervisor's calendar; their owner's alone"),
    ),
    Data.SUPERVISOR_SUPPORT: (
        _("Support for principal supervisors"),
        _("coaching and training that principal supervisors receive"),
    ),
    Data.PRINCIPAL_BENCH: (
        _("Principal bench"),
        _("openings expected, and who is ready to lead a school, by role and experience; no scores"),
    ),
    Data.IMPORTS: (_("Rosters"), _("rosters taken in from other systems, and what they would change")),
    Data.OBSERVATION_IMPORTS: (_("Imported ratings"), _("files of ratings taken in from other systems")),
    Data.JOBS: (_("Jobs"), _("when numbers were computed, and asking for it again")),
    Data.ACCOUNTS: (_("Accounts"), _("who can sign in, the roles they hold, and programs that sign in")),
    Data.ACT_AS: (
        _("Acting as someone else"),
        _("using the pages as another person to help them, without what one's own roles do not reach"),
    ),
    Data.AUDIT: (_("Audit"), _("the record of who did and saw what")),
    Data.USAGE: (_("Use of pages"), _("how often each page is opened, by role and never by person")),
    Data.PERSON_DATA: (
        _("A person's data"),
        _("everything held about one person, to hand it out, to keep it for a time and to erase it"),
    ),
    Data.COMPONENTS: (_("Components"), _("the gallery of the parts that pages are made of")),
}
ACTIONS: dict[Action, Promise] = {
    Action.VIEW: _("view"),
    Action.EXPORT: _("export"),
    Action.CHANGE: _("change"),
}
REACHES: dict[Reach, Promise] = {
    Reach.DISTRICT: _("the whole district"),
    Reach.SCHOOLS: _("their schools"),
    Reach.CASELOAD: _("their caseload's schools"),
    Reach.OWN: _("their own"),
}
PURPOSES: dict[Purpose, Promise] = {
    Purpose.FORMATIVE: _("formative"),
    Purpose.EVALUATIVE: _("evaluative"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the policy as people read it: a role and what it may do with one kind of data."""

    data: Data
    role: Role
    purpose: str
    actions: str
    reach: str


def lines() -> list[Line]:
    """Return the policy by kind of data, then role; actions with the same reach share a line."""
    kinds, roles = list(Data), list(Role)

    def key(rule: Rule) -> tuple[int, int, str, str]:
        return kinds.index(rule.data), roles.index(rule.role), rule.reach, ",".join(sorted(rule.purposes))

    return [_line(list(rules)) for _key, rules in groupby(sorted(RULES, key=key), key=key)]


def _line(rules: list[Rule]) -> Line:
    one, held = rules[0], {rule.action for rule in rules}
    purposes = [str(PURPOSES[each]) for each in Purpose if each in one.purposes]
    return Line(
        data=one.data,
        role=one.role,
        purpose=str(_("any")) if one.purposes == ANY else ", ".join(purposes),
        actions=", ".join(str(ACTIONS[each]) for each in Action if each in held),
        reach=str(REACHES[one.reach]),
    )
