"""Time entries as one caller sees them: a supervisor her own, the cabinet sums by supervisor and nothing smaller.

A supervisor's minutes are counted on contact days alone: days that the district or she left out are not counted. In
others' sums a week counts whole, without the days she left out herself: see `told_entries`.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, Sum
from django.db.models.functions import TruncWeek

from alignment_dash.access.policy import Action, Data
from alignment_dash.access.scope import Scope
from supervision.models import (
    CaseloadAssignment,
    EntryPrincipal,
    NonContactDay,
    TimeEntry,
)
from supervision.timelog import purposes
from supervision.timelog.amounts import percent
from supervision.timelog.days import monday_of

Place = tuple[int, int]
"""A school's id and a principal's."""
FEWEST_ENTRIES = 5
"""Of fewer in a week, sums would tell what single entries were; they are told to the supervisor alone."""
WEEKDAYS = 5
WEEK = timedelta(days=6)
"""From a week's Monday to its Sunday."""


@dataclass(frozen=True, slots=True)
class Share:
    """Minutes of a supervisor's contact days (or of several), by purpose and by the department they were owed by.

    entries: how many; days: those that count with at least one; since, until: asked for, both included. is_few: there
    are some, and no week of them is told to anyone but the supervisor.
    """

    since: date
    until: date
    by_purpose: dict[str, int] = field(default_factory=dict)
    by_department: dict[str, int] = field(default_factory=dict)
    entries: int = 0
    days: int = 0
    is_few: bool = False

    @property
    def minutes(self) -> int:
        """All minutes entered: what the shares are taken of."""
        return sum(self.by_purpose.values())

    @property
    def with_principals(self) -> float | None:
        """The share of time with principals, 0 to 1; None where nothing was entered."""
        return self._share(purposes.WITH_PRINCIPALS)

    @property
    def on_leadership(self) -> float | None:
        """The share of time on instructional leadership, 0 to 1; None where nothing was entered."""
        return self._share(purposes.ON_LEADERSHIP)

    @property
    def covering(self) -> float | None:
        """The share of time spent on other departments' work, 0 to 1; None where nothing was entered."""
        return self._share({purposes.COVERING})

    @property
    def told(self) -> tuple[str, str, str]:
        """The shares with principals, on leadership and covering, in words."""
        return percent(self.with_principals), percent(self.on_leadership), percent(self.covering)

    def _share(self, chosen: Collection[str]) -> float | None:
        total = self.minutes
        return sum(self.by_purpose.get(one, 0) for one in chosen) / total if total else None


@dataclass(frozen=True, slots=True)
class Week:
    """A week by its Monday: minutes entered on contact days, and the shares of them (None: nothing entered)."""

    monday: date
    minutes: int
    with_principals: float | None
    on_leadership: float | None

    @property
    def told(self) -> tuple[str, str]:
        """The shares with principals and on leadership, in words."""
        return percent(self.with_principals), percent(self.on_leadership)


@dataclass(frozen=True, slots=True)
class Contact:
    """What a principal got: a share of each entry's minutes, entries, days of contact, and the last of them."""

    minutes: float
    contacts: int
    last: date


def own_person(scope: Scope, action: Action = Action.VIEW) -> int | None:
    """Return the caller's person id where they are a principal supervisor who logs time; None for others.

    Entries are nobody's who acts as her, whatever they may see for themselves.
    """
    may = scope.may(Data.SUPERVISOR_TIME, action) and scope.may(Data.SUPERVISOR_TIME, Action.CHANGE)
    return scope.person_id if may else None


def own_entries(scope: Scope) -> QuerySet[TimeEntry]:
    """Return the caller's own entries, the newest first, with who took part; two queries."""
    taking = EntryPrincipal.objects.select_related("principal__identity", "school").order_by("school__name")
    found = TimeEntry.objects.filter(supervisor=own_person(scope) or 0).select_related("element__framework")
    return found.prefetch_related(Prefetch("principals", queryset=taking)).order_by(
        "-day", "-starts_at", "-pk"
    )


def own_entry(scope: Scope, uid: UUID) -> TimeEntry | None:
    """Return one of them, or None."""
    return own_entries(scope).filter(uid=uid).first()


def caseload_by(supervisor: int, day: date) -> list[CaseloadAssignment]:
    """Return who may have taken part on a day: in the caseload by then, today's first; one query.

    A principal of two schools has one for each; the newest of several at the same school.
    """
    held = CaseloadAssignment.objects.filter(
        supervisor=supervisor, principal__isnull=False, during__startswith__lte=day
    )
    rows = held.select_related("principal__identity", "school").order_by("-during", "pk")
    newest: dict[tuple[int | None, int], CaseloadAssignment] = {}
    for one in rows:
        newest.setdefault((one.principal_id, one.school_id), one)
    return sorted(newest.values(), key=lambda one: (not holds(one, day), one.school.name, one.pk))


def holds(one: CaseloadAssignment, day: date) -> bool:
    """Say whether an assignment that began by `day` still holds on it."""
    return one.during.upper is None or day < one.during.upper


def reached(scope: Scope, supervisors: Iterable[int]) -> list[int]:
    """Keep the supervisors (person ids) whose sums the caller sees: all to the cabinet, else one's own."""
    if scope.district_wide(Data.SUPERVISOR_TIME):
        return list(supervisors)
    own = own_person(scope)
    return [one for one in supervisors if one == own]


def contact_entries(supervisors: Iterable[int], since: date, until: date) -> QuerySet[TimeEntry]:
    """Return the entries from `since` to `until`, both included, on days that count. Of whom is not checked here."""
    off = NonContactDay.objects.filter(Q(supervisor=None) | Q(supervisor=OuterRef("supervisor")))
    found = TimeEntry.objects.filter(supervisor__in=list(supervisors), day__range=(since, until))
    return found.exclude(Exists(off.filter(day=OuterRef("day")))).order_by()


def told_entries(scope: Scope, supervisors: Iterable[int], since: date, until: date) -> QuerySet[Any]:
    """Return the entries that sums are made of, with their week's `monday`: one's own of contact days, others' by weeks.

    Who sees others' sums may leave days out for all, and would tell a day by the difference. So of others a week
    counts whole unless all of its weekdays are left out for all. Days they left out themselves count in neither.
    """
    own = own_person(scope) or 0
    off = NonContactDay.objects.filter(day=OuterRef("day"))
    for_all = NonContactDay.objects.filter(supervisor=None, day__iso_week_day__lte=WEEKDAYS)
    weeks = for_all.annotate(week=TruncWeek("day")).values("week").annotate(n=Count("pk"))
    found = TimeEntry.objects.filter(supervisor__in=list(supervisors), day__range=(since, until))
    return (
        found.annotate(monday=TruncWeek("day"))
        .exclude(Exists(off.filter(supervisor=OuterRef("supervisor"))))
        .exclude(Q(supervisor=own) & Exists(off.filter(supervisor=None)))
        .exclude(~Q(supervisor=own) & Q(monday__in=weeks.filter(n=WEEKDAYS).values("week")))
        .order_by()
    )


def shares(scope: Scope, supervisors: Iterable[int], since: date, until: date) -> dict[int, Share]:
    """Return each supervisor's sums that the caller may see, by person id; two queries.

    Her own are of all she entered on contact days. Others' are of whole weeks in the period that have ended and hold FEWEST_ENTRIES or
    more: whatever periods and days are compared, the difference is a sum of such weeks, never an entry or a day.
    """
    ids, own = reached(scope, supervisors), own_person(scope)
    rows = told_entries(scope, ids, since, until)
    counted = rows.values_list("supervisor_id", "monday").annotate(
        n=Count("pk"), days=Count("day", distinct=True)
    )
    told = {one: Share(since, until, {}, {}) for one in ids}
    whole = set()
    for one, monday, n, days in counted:
        held = told[one]
        is_whole = since <= monday and monday + WEEK <= until
        if one == own or (is_whole and _is_told(monday, n, scope)):
            whole.add((one, monday))
            told[one] = replace(held, entries=held.entries + n, days=held.days + days, is_few=False)
        elif not held.entries:
            told[one] = replace(held, is_few=True)
    summed = rows.values("supervisor_id", "monday", "purpose", "department").annotate(sum=Sum("minutes"))
    for one, monday, purpose, department, minutes in summed.values_list(
        "supervisor_id", "monday", "purpose", "department", "sum"
    ):
        if (one, monday) in whole:
            share = told[one]
            share.by_purpose[purpose] = share.by_purpose.get(purpose, 0) + minutes
            if department:
                share.by_department[department] = share.by_department.get(department, 0) + minutes
    return told


def told_period(scope: Scope, since: date, until: date) -> tuple[date, date]:
    """Return the first and last day of what `shares` tells the caller of a period; the last before the first: of none.

    To who sees others' sums those of its whole weeks that have ended, Monday to Sunday; to a supervisor all of it.
    """
    if not scope.district_wide(Data.SUPERVISOR_TIME):
        return since, until
    last = min(until, scope.day - timedelta(days=1))
    first = since + timedelta(days=-since.weekday() % 7)
    return first, max(monday_of(last + timedelta(days=1)), first) - timedelta(days=1)


def _is_told(monday: date, entries: int, scope: Scope) -> bool:
    """Say whether a week of someone else's is told: it has ended, and holds enough entries."""
    return entries >= FEWEST_ENTRIES and monday + WEEK < scope.day


def together(found: Iterable[Share], since: date, until: date) -> Share:
    """Return the sum of several supervisors' shares; days are added up."""
    purpose: dict[str, int] = defaultdict(int)
    department: dict[str, int] = defaultdict(int)
    entries = days = 0
    for one in found:
        entries, days = entries + one.entries, days + one.days
        for key, minutes in one.by_purpose.items():
            purpose[key] += minutes
        for key, minutes in one.by_department.items():
            department[key] += minutes
    return Share(since, until, dict(purpose), dict(department), entries, days)


def weekly(
    scope: Scope, supervisors: Iterable[int], weeks: int = 12, until: date | None = None
) -> dict[int, list[Week]]:
    """Return each supervisor's last weeks that the caller may see, the oldest first; one query.

    until: a day of the last week (default: today). A week with nothing entered, or too little to be told to
    others, or that has not ended to others, is there with no minutes.
    """
    ids = reached(scope, supervisors)
    last = monday_of(until or scope.day)
    mondays = [last - timedelta(weeks=back) for back in reversed(range(weeks))]
    rows = told_entries(scope, ids, mondays[0], last + WEEK)
    sums: dict[tuple[int, date], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    entries: dict[tuple[int, date], int] = defaultdict(int)
    summed = rows.values("supervisor_id", "day", "purpose").annotate(sum=Sum("minutes"), n=Count("pk"))
    for row in summed:
        key = (row["supervisor_id"], monday_of(row["day"]))
        sums[key][row["purpose"]] += row["sum"]
        entries[key] += row["n"]
    own = own_person(scope)
    few = {key for key, n in entries.items() if key[0] != own and not _is_told(key[1], n, scope)}
    return {
        one: [
            _week(monday, {} if (one, monday) in few else sums.get((one, monday), {})) for monday in mondays
        ]
        for one in ids
    }


def _week(monday: date, by_purpose: dict[str, int]) -> Week:
    share = Share(monday, monday + timedelta(days=6), dict(by_purpose))
    return Week(monday, share.minutes, share.with_principals, share.on_leadership)


def contacts(scope: Scope, supervisor: int, since: date, until: date) -> dict[Place, Contact]:
    """Return what each principal at each school got from the caller, who is that supervisor; one query.

    Only time with principals counts; an entry's minutes are shared evenly among who took part.
    """
    if supervisor != own_person(scope):
        return {}
    found = contact_entries([supervisor], since, until).filter(purpose__in=purposes.WITH_PRINCIPALS)
    taking = EntryPrincipal.objects.filter(entry__in=found).values(
        "entry_id", "principal_id", "school_id", "entry__minutes", "entry__day"
    )
    rows: list[Any] = list(taking)
    n: dict[int, int] = defaultdict(int)
    for row in rows:
        n[row["entry_id"]] += 1
    told: dict[Place, Contact] = {}
    for row in rows:
        place = (row["school_id"], row["principal_id"])
        held = told.get(place, Contact(0.0, 0, row["entry__day"]))
        minutes = held.minutes + row["entry__minutes"] / n[row["entry_id"]]
        told[place] = Contact(minutes, held.contacts + 1, max(held.last, row["entry__day"]))
    return told


def covered_by_department(
    scope: Scope, supervisors: Iterable[int], since: date, until: date
) -> dict[str, int]:
    """Return the minutes of covered work by the department that owed it, the most first; two queries.

    As `shares` tells them: of the others, those who entered enough.
    """
    found = together(shares(scope, supervisors, since, until).values(), since, until)
    return dict(sorted(found.by_department.items(), key=lambda row: (-row[1], row[0])))
