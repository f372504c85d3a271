"""Step of a sample district: last week in the calendar of the principal supervisor who signs in, not yet confirmed."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone

from alignment_dash.access import reach
from alignment_dash.access.models import Grant, User
from alignment_dash.access.roles import Role
from alignment_dash.schoolyear import today
from schools.models import Person
from schools.sample.sample import Sample
from supervision.models import CalendarEvent, CaseloadAssignment, ConfirmedWeek, TimeEntry
from supervision.timelog.days import monday_of

# Day of the week, from and to as HMM, title; {0}, {1}, ... are schools of the caseload, {p0}, ... their principals.
EVENTS = (
    (0, 800, 845, "Cabinet", "District office"),
    (0, 900, 1030, "Learning walk {0}", "{0}"),
    (0, 1300, 1345, "1:1 {p1}", ""),
    (0, 1530, 1600, "Bus routes, second half", ""),
    (1, 830, 1000, "Principal PLC: feedback that teachers use", "{2}"),
    (1, 1000, 1045, "Drive to {3}", ""),
    (1, 1045, 1200, "Coaching {p3}", "{3}"),
    (1, 1400, 1500, "Budget hearing", "District office"),
    (2, 900, 1100, "Mid-year review {p4}", "{4}"),
    (2, 1030, 1115, "Call with HR about substitutes", ""),
    (2, 1300, 1430, "Modeling: a feedback talk at {5}", "{5}"),
    (3, 800, 930, "Classroom visits {1}", "{1}"),
    (3, 1200, 1230, "Lunch", ""),
    (3, 1330, 1430, "Supervisors' learning community: book study", ""),
    (3, 1500, 1600, "State report on attendance", ""),
    (4, 830, 1000, "Check-in {p5}", "{5}"),
    (4, 1030, 1115, "Interview panel", "District office"),
    (4, 1300, 1400, "Debrief {0}", "{0}"),
)


def load_week(sample: Sample) -> int:
    """Write a week of events for the supervisor who signs in; return how many rows."""
    address = next((one.email for one in sample.sign_ins if one.role == Role.SUPERVISOR), None)
    user = User.objects.filter(email=address).first() if address else None
    supervisor = Person.objects.filter(user=user).first() if user else None
    if supervisor is None or not Grant.objects.filter(user=user).exists():
        return 0
    held = CaseloadAssignment.objects.on(today()).filter(supervisor=supervisor, principal__isnull=False)
    places = list(held.select_related("school", "principal__identity").order_by("school__name"))
    if not places:
        return 0
    monday = monday_of(date.fromordinal(sample.calendar.today)) - timedelta(days=7)
    _empty(supervisor, monday)
    with reach.rows_of(person=supervisor.pk):
        made = [_event(supervisor, monday, number, places) for number in range(len(EVENTS))]
        return len(CalendarEvent.objects.bulk_create(made))


def _empty(supervisor: Person, monday: date) -> None:
    """Take out what another step entered for the week: it is to be entered from the calendar."""
    ConfirmedWeek.objects.filter(supervisor=supervisor, monday=monday).delete()
    days = (monday, monday + timedelta(days=6))
    TimeEntry.objects.filter(supervisor=supervisor, day__range=days).delete()


def _event(supervisor: Person, monday: date, number: int, places: list[CaseloadAssignment]) -> CalendarEvent:
    weekday, first, last, title, place = EVENTS[number]
    day = monday + timedelta(days=weekday)
    schools = [places[n % len(places)].school.name for n in range(6)]
    names = {f"p{n}": _name(places[n % len(places)]) for n in range(6)}
    return CalendarEvent(
        supervisor=supervisor,
        external_id=f"sample-{number}",
        title=title.format(*schools, **names),
        place=place.format(*schools, **names),
        starts_at=_at(day, first),
        ends_at=_at(day, last),
    )


def _name(one: CaseloadAssignment) -> str:
    identity = getattr(one.principal, "identity", None)
    return identity.display_name if identity else ""


def _at(day: date, clock: int) -> datetime:
    return datetime.combine(day, time(clock // 100, clock % 100), timezone.get_current_timezone())
