"""Step: meetings of a sample district: two that were held, with what became of their decisions, and the next."""

from datetime import date, timedelta

from alignment_dash import schoolyear
from alignment_dash.access.models import Grant, User
from alignment_dash.access.roles import Role
from instruction.models import (
    Decision,
    DecisionState,
    Department,
    ElementVersion,
    FrameworkVersion,
    Meeting,
    MeetingState,
)
from schools.models import Org, OrgType
from schools.sample.sample import Sample

WEEKS = 4
TUESDAY = 1  # as date.weekday() counts
OPEN, DONE, DROPPED = DecisionState.OPEN, DecisionState.DONE, DecisionState.DROPPED
CURRICULUM, HR, SUPERVISION = Department.CURRICULUM, Department.HR, Department.SUPERVISION
# By meeting, the older first: what, department, owner, weeks after the meeting, state, outcome.
DECIDED = (
    (
        ("Visit two lessons of each grade together before choosing any offering.", CURRICULUM, Role.CI_STAFF, 3,
         DONE, "Eleven lessons seen. Students explain their reasoning in pairs, seldom to the class."),
        ("Bring screening forward, so that files of the open positions reach the principal within a week.", HR,
         Role.HR, 2, DONE, "Files reach the principal in five days."),
        ("A coach for the mathematics team once a week until winter.", CURRICULUM, Role.CI_ADMINISTRATOR, 6, OPEN, ""),
        ("Trade the Tuesday operations call for time in classrooms.", SUPERVISION, Role.SUPERVISOR, 4, DROPPED,
         "The call is needed until the boiler is replaced; asked again in winter."),
    ),
    (
        ("Ask the principal which of the two offerings fits the team's question.", SUPERVISION, Role.SUPERVISOR, 2,
         OPEN, ""),
        ("Three substitute days, so that the science team sees another school's lessons.", HR, Role.HR, 8, OPEN, ""),
        ("A second look at questioning: what do the same low levels hide?", CURRICULUM, Role.CI_STAFF, 3, OPEN, ""),
    ),
)  # fmt: skip


def load_meetings(sample: Sample) -> int:
    """Write three monthly meetings over all schools, and what the first two decided; return how many rows."""
    users = {one.role: one.email for one in sample.sign_ins}
    by_email = {user.email: user for user in User.objects.filter(email__in=users.values())}
    owners = {role: by_email[email] for role, email in users.items()}
    district = Org.objects.filter(type=OrgType.DISTRICT).first()
    if district is None or Role.CI_ADMINISTRATOR not in owners:
        return 0
    following = _next_tuesday(schoolyear.today())
    last: Meeting | None = None
    rows = 0
    for number, months in enumerate((-2, -1, 0)):
        day = following + timedelta(weeks=WEEKS * months)
        is_next = months == 0
        last = Meeting.objects.create(
            title=f"C&I, HR and principal supervisors: {day:%B %Y}",
            school_year=schoolyear.year_of(day),
            held_on=day,
            under=district,
            state=MeetingState.PLANNED if is_next else MeetingState.HELD,
            follows=last,
            called_by=owners[Role.CI_ADMINISTRATOR],
            notes="" if is_next else "We read the schools in pairs before deciding.",
        )
        rows += 1
        if not is_next:
            rows += len(Decision.objects.bulk_create(_decisions(sample, last, number, owners)))
    return rows


def _next_tuesday(today: date) -> date:
    return today + timedelta(days=(TUESDAY - today.weekday() - 1) % 7 + 1)


def _decisions(sample: Sample, meeting: Meeting, number: int, owners: dict[str, User]) -> list[Decision]:
    """Return the decisions of the older (0) or newer (1) meeting, each about another school of the supervisor's."""
    elements = _elements(meeting)
    # Schools of the supervisor who signs in, for who sees to a decision sees it.
    own = Grant.objects.filter(user=owners[Role.SUPERVISOR]).order_by("school_id")
    schools = list(own.values_list("school_id", flat=True).distinct()) or sample.schools.tolist()
    made = []
    for place, (what, department, owner, weeks, state, outcome) in enumerate(DECIDED[number]):
        due = meeting.held_on + timedelta(weeks=weeks)
        made.append(
            Decision(
                meeting=meeting,
                school_id=schools[(place + number) % len(schools)],
                element_id=elements[(place * 3 + number) % len(elements)] if elements else None,
                what=what,
                department=department,
                owner=owners[owner],
                due_on=due,
                state=state,
                outcome=outcome,
                outcome_on=None if state == OPEN else min(due, schoolyear.today()),
                made_by=owners[Role.CI_ADMINISTRATOR],
            )
        )
    return made


def _elements(meeting: Meeting) -> list[int]:
    version = FrameworkVersion.objects.in_force(meeting.school_year).teaching().first()
    worded = ElementVersion.objects.filter(version=version).order_by("dimension__place", "place")
    return list(worded.values_list("element_id", flat=True))
