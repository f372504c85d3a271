"""What principal supervisors, principals and the cabinet are told of supervision. No sentence names a person."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from alignment_dash.access import reach
from alignment_dash.access.models import User
from alignment_dash.access.policy import Action, Data
from alignment_dash.access.roles import Role
from alignment_dash.notices.models import Delivery
from alignment_dash.notices.registry import Kind, Told, register
from alignment_dash.schoolyear import bounds, current_year, today
from schools.models import Person, School
from supervision import visited
from supervision.models import (
    CASELOAD_RUN,
    CaseloadAssignment,
    Commitment,
    CommitmentBy,
    CommitmentState,
    ConfirmedWeek,
    SupervisorLimits,
    TimeEntry,
)
from supervision.spans import district_span
from supervision.visiting import contact_days

L = gettext_lazy
# A school that has had no principal supervisor for longer is one of those without.
LOST_FOR = timedelta(days=30)


def register_all() -> None:
    """Make the kinds known."""
    for kind in KINDS:
        register(kind)


def commitments() -> Iterator[Told]:
    """Tell supervisors how many commitments in their caseload are overdue, and principals how many of their own.

    The newest that fell due is the key: with another one it is told anew.
    """
    day = today()
    with reach.all_rows(
        why="everyone is told how many of their commitments are overdue, and no words of them"
    ):
        late = Commitment.objects.filter(state=CommitmentState.OPEN, due__lt=day).order_by("due", "pk")
        rows = list(late.values_list("pk", "by", "principal_id", "school_id", "writer_id"))
    held = CaseloadAssignment.objects.on(day).values_list("school_id", "principal_id", "supervisor_id")
    caseload = {school: supervisor for school, _principal, supervisor in held}
    leading = {(school, principal) for school, principal, _supervisor in held}
    led: dict[int, list[int]] = defaultdict(list)
    own: dict[int, list[int]] = defaultdict(list)
    for pk, by, principal, school, writer in rows:
        # As the page shows them: of who leads the school today, and those one wrote oneself.
        if school in caseload and ((school, principal) in leading or writer == caseload[school]):
            led[caseload[school]].append(pk)
        if by == CommitmentBy.PRINCIPAL:
            own[principal].append(pk)
    users, path = _users({*led, *own}), reverse("supervision:commitments", query={"state": "overdue"})
    for found, part, words in ((led, "caseload", _late_in_caseload), (own, "own", _late_own)):
        for person, pks in found.items():
            if person in users:
                yield Told(users[person], f"{part} {pks[-1]}", words(len(pks)), path)


def _late_in_caseload(n: int) -> str:
    said = ngettext(
        "{n} commitment in your caseload is overdue.", "{n} commitments in your caseload are overdue.", n
    )
    return said.format(n=n)


def _late_own(n: int) -> str:
    said = ngettext("{n} of your commitments is overdue.", "{n} of your commitments are overdue.", n)
    return said.format(n=n)


def visits() -> Iterator[Told]:
    """Tell supervisors how many principals have waited longer for a visit than their need asks; once a month."""
    day = today()
    found = visited.waiting(day)
    users = _users(found)
    for supervisor, n in found.items():
        if supervisor in users:
            said = ngettext(
                "{n} principal has waited longer for a visit than their need asks.",
                "{n} principals have waited longer for a visit than their need asks.",
                n,
            )
            yield Told(users[supervisor], f"{day:%Y-%m}", said.format(n=n), reverse("supervision:home"))


def caseloads() -> Iterator[Told]:
    """Tell the cabinet how many caseloads are outside their limits, and how many schools are in none."""
    day = today()
    told = []
    outside = _outside(day)
    if outside:
        said = ngettext(
            "{n} caseload is outside its limits.", "{n} caseloads are outside their limits.", len(outside)
        )
        told.append((f"limits {_digest(outside)}", said.format(n=len(outside))))
    lost = _lost(day)
    without = [school.pk for school in _unled(day) if school.pk not in lost]
    if without:
        said = ngettext(
            "{n} school has no principal supervisor.",
            "{n} schools have no principal supervisor.",
            len(without),
        )
        told.append((f"without {_digest(without)}", said.format(n=len(without))))
    for user in _cabinet(day):
        for key, text in told:
            yield Told(user, key, text, reverse("supervision:caseload-list"))


def _outside(day: date) -> list[int]:
    """Return supervisors whose number of principals is outside what is set for them; without that, above the span."""
    held: dict[int, set[int]] = defaultdict(set)
    vacant: dict[int, int] = defaultdict(int)
    rows = CaseloadAssignment.objects.on(day).values_list("supervisor_id", "principal_id")
    for supervisor, principal in rows:
        if principal is None:
            vacant[supervisor] += 1
        else:
            held[supervisor].add(principal)
    limits = {
        one: (least, most)
        for one, least, most in SupervisorLimits.objects.values_list("supervisor_id", "least", "most")
    }
    counts = {one: len(held[one]) + vacant[one] for one in {*held, *vacant, *limits}}
    others = 0, district_span().high
    held_to = {one: limits.get(one, others) for one in counts}
    return sorted(one for one, n in counts.items() if not held_to[one][0] <= n <= held_to[one][1])


def lost_schools() -> Iterator[Told]:
    """Tell the cabinet, urgently, of each school whose principal supervisor has gone and nobody came."""
    day = today()
    lost = _lost(day)
    for school in _unled(day):
        if school.pk in lost:
            said = _("{school} has had no principal supervisor since {day}.").format(
                school=school.name, day=date_format(lost[school.pk], "M j, Y")
            )
            for user in _cabinet(day):
                path = reverse("supervision:caseload-list")
                yield Told(user, f"school {school.pk}", said[:500], path, urgent=True)


def _lost(day: date) -> dict[int, date]:
    """Return the schools that left a caseload within the last days, and when."""
    ended = CaseloadAssignment.objects.filter(
        during__endswith__gt=day - LOST_FOR, during__endswith__lte=day
    ).order_by("during__endswith")
    return {one.school_id: one.during.upper for one in ended.only("school_id", "during")}


def _unled(day: date) -> list[School]:
    """Return the schools in nobody's caseload, where the district has caseloads at all."""
    held = CaseloadAssignment.objects.on(day).filter(school=OuterRef("pk"))
    if not CaseloadAssignment.objects.exists():
        return []
    return list(School.objects.on(day).filter(~Exists(held)).order_by("pk"))


def weeks() -> Iterator[Told]:
    """Tell supervisors who enter their time that last week is not confirmed."""
    day = today()
    monday = day - timedelta(days=day.weekday() + 7)
    sunday = monday + timedelta(days=6)
    if not contact_days(monday, sunday, visited.days_out(monday, sunday)[0]):
        return
    confirmed = ConfirmedWeek.objects.filter(supervisor=OuterRef("supervisor"), monday=monday)
    since = min(bounds(current_year())[0], monday)
    found = TimeEntry.objects.filter(~Exists(confirmed), day__gte=since, day__lt=monday + timedelta(days=7))
    users = _users(found.order_by().values_list("supervisor_id", flat=True).distinct())
    said = _("The week of {day} is not confirmed yet.").format(day=date_format(monday, "M j, Y"))
    path = reverse("supervision:week", query={"of": monday.isoformat()})
    for user in users.values():
        yield Told(user, monday.isoformat(), said, path)


def _users(persons: Iterable[int]) -> dict[int, int]:
    """Return the accounts of these persons, by person id."""
    found = Person.objects.filter(pk__in=list(persons), user__isnull=False)
    return {pk: user for pk, user in found.values_list("pk", "user_id") if user is not None}


def _cabinet(day: date) -> list[int]:
    users: QuerySet[User] = User.objects.able().holding(Role.CABINET, day)
    return list(users.order_by("pk").values_list("pk", flat=True))


def _digest(ids: Iterable[int]) -> str:
    """Return a short text that is another one for other ids."""
    return hashlib.sha256(repr(sorted(ids)).encode()).hexdigest()[:16]


KINDS = (
    Kind(
        key="overdue-commitments",
        label=L("Overdue commitments"),
        audience=L("What you, or principals in your caseload, said they would do by a day that has passed."),
        find="supervision.notices.commitments",
        data=Data.VISITS,
        after=frozenset({CASELOAD_RUN}),
    ),
    Kind(
        key="visits-due",
        label=L("Principals who wait for a visit"),
        audience=L("Principals in your caseload who have waited longer than their need asks."),
        find="supervision.notices.visits",
        data=Data.SUPERVISOR_TIME,
        action=Action.CHANGE,
        after=frozenset({CASELOAD_RUN}),
    ),
    Kind(
        key="week-not-confirmed",
        label=L("A week that is not confirmed"),
        audience=L("Your time of last week, while you enter your time here."),
        find="supervision.notices.weeks",
        data=Data.SUPERVISOR_TIME,
        action=Action.CHANGE,
        after=frozenset({CASELOAD_RUN}),
    ),
    Kind(
        key="caseloads",
        label=L("Caseloads outside their limits, schools without a principal supervisor"),
        audience=L("Caseloads above the span, or outside what is set for a principal supervisor."),
        find="supervision.notices.caseloads",
        data=Data.CASELOADS,
        action=Action.CHANGE,
        after=frozenset({CASELOAD_RUN}),
    ),
    Kind(
        key="school-lost-supervisor",
        label=L("A school that has lost its principal supervisor"),
        audience=L("Within a month after the caseload it was in has ended there."),
        find="supervision.notices.lost_schools",
        data=Data.CASELOADS,
        action=Action.CHANGE,
        delivery=Delivery.AT_ONCE,
        may_be_urgent=True,
        after=frozenset({CASELOAD_RUN}),
    ),
)
