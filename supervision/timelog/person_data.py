"""What the time log holds about a person, and what becomes of it when they are erased."""

from collections.abc import Iterator

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from alignment_dash.access.persondata.registry import Holding, Row, Subject
from supervision.models import EntryPrincipal, NonContactDay, TimeEntry, TimeGoal


def _entries(subject: Subject) -> QuerySet[TimeEntry]:
    return TimeEntry.objects.filter(supervisor=subject.person_id or 0).order_by("day", "pk")


def _entry_rows(subject: Subject) -> Iterator[Row]:
    for one in _entries(subject):
        yield {
            "day": one.day,
            "from": one.starts_at,
            "minutes": one.minutes,
            "purpose": one.purpose,
            "covered for": one.department,
            "entered by": one.source,
            "written": one.written_at,
        }


def _takings(subject: Subject) -> QuerySet[EntryPrincipal]:
    found = EntryPrincipal.objects.filter(principal=subject.person_id or 0)
    return found.select_related("entry", "school").order_by("entry__day", "pk")


def _taking_rows(subject: Subject) -> Iterator[Row]:
    for one in _takings(subject):
        yield {"day": one.entry.day, "school": one.school.name, "purpose": one.entry.purpose}


def _days(subject: Subject) -> QuerySet[NonContactDay]:
    """Return their own days left out, and those of the district that they set."""
    mine = Q(supervisor=subject.person_id or 0) | Q(set_by=subject.user_id or 0)
    return NonContactDay.objects.filter(mine).order_by("day", "pk")


def _day_rows(subject: Subject) -> Iterator[Row]:
    for one in _days(subject):
        yield {"day": one.day, "kind": one.kind, "whole district": one.supervisor_id is None}


def _goals(subject: Subject) -> QuerySet[TimeGoal]:
    mine = Q(supervisor=subject.person_id or 0) | Q(set_by=subject.user_id or 0)
    return TimeGoal.objects.filter(mine).order_by("school_year", "kind", "pk")


def _goal_rows(subject: Subject) -> Iterator[Row]:
    for one in _goals(subject):
        yield {
            "school year": one.school_year,
            "goal": one.kind,
            "value": one.value,
            "whole district": one.supervisor_id is None,
        }


def _remove_days(subject: Subject) -> int:
    return NonContactDay.objects.filter(supervisor=subject.person_id or 0).delete()[0]


def _remove_goals(subject: Subject) -> int:
    return TimeGoal.objects.filter(supervisor=subject.person_id or 0).delete()[0]


HOLDINGS = (
    Holding(
        key="time-entries",
        label=_("Time they entered as a principal supervisor"),
        rows=_entry_rows,
        count=lambda subject: _entries(subject).count(),
        erased=_("Stays without a name: the district's sums of hours rest on it."),
        tables=frozenset({"supervision_timeentry"}),
        is_evidence=True,
        place=62,
    ),
    Holding(
        key="time-with-them",
        label=_("Time that principal supervisors spent with them"),
        rows=_taking_rows,
        count=lambda subject: _takings(subject).count(),
        erased=_("Stays without a name: it says how hours were shared."),
        tables=frozenset({"supervision_entryprincipal"}),
        is_evidence=True,
        place=63,
    ),
    Holding(
        key="days-left-out",
        label=_("Days left out of their time, and those they left out for all"),
        rows=_day_rows,
        count=lambda subject: _days(subject).count(),
        erased=_("Their own are removed."),
        erase=_remove_days,
        tables=frozenset({"supervision_noncontactday"}),
        place=64,
    ),
    Holding(
        key="time-goals",
        label=_("Goals for their time, and those they set for all"),
        rows=_goal_rows,
        count=lambda subject: _goals(subject).count(),
        erased=_("Their own are removed."),
        erase=_remove_goals,
        tables=frozenset({"supervision_timegoal"}),
        place=65,
    ),
)
