"""When principals were last visited and who waits for the next visit, for pages and jobs: see supervision.visiting."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date

from django.db.models import Max

from alignment_dash.access.scope import Scope
from alignment_dash.schoolyear import bounds, year_of
from supervision.models import CaseloadAssignment, NonContactDay, Visit, VisitState
from supervision.queries import indexes
from supervision.timelog.account import goals
from supervision.timelog.queries import contact_entries, told_entries
from supervision.visiting import VISITING, Wait, wait

Pair = tuple[int, int]
"""A supervisor's person id and a principal's."""


def waits(
    day: date,
    supervisors: Collection[int] | None = None,
    *,
    with_time: bool = True,
    told_to: Scope | None = None,
) -> dict[Pair, Wait]:
    """Return how long each principal of these caseloads (None: of all) has waited on a day; eight queries.

    with_time: count visits that were entered as time alone, which are the supervisor's to tell. told_to: whom sums of
    it are told, for `last_days`; which caseloads they see is not checked here.
    """
    held = CaseloadAssignment.objects.on(day).filter(principal__isnull=False)
    rows = list(held if supervisors is None else held.filter(supervisor__in=supervisors))
    ids = {one.supervisor_id for one in rows}
    year = year_of(day)
    begin = bounds(year)[0]
    last = last_days(rows, day, with_time=with_time, told_to=told_to)
    aimed, out = goals(year, list(ids)), days_out(begin, day)
    needs = indexes(year, {pair[1] for pair in first_days(rows)})
    return {
        pair: wait(
            begun=max(begin, first),
            last=last.get(pair),
            day=day,
            out=out[0] | out[pair[0]],
            goal=aimed[pair[0]].visits,
            need=needs.get(pair[1]),
        )
        for pair, first in first_days(rows).items()
    }


def waiting(day: date) -> dict[int, int]:
    """Return how many principals a visit is due to, by their supervisor's person id; eight queries."""
    return dict(Counter(pair[0] for pair, one in waits(day).items() if one.is_due))


def first_days(held: Iterable[CaseloadAssignment]) -> dict[Pair, date]:
    """Return since when each principal is in the caseload, at whichever school."""
    found: dict[Pair, date] = {}
    for one in held:
        if one.principal_id is not None:
            pair = (one.supervisor_id, one.principal_id)
            found[pair] = min(one.during.lower, found.get(pair, one.during.lower))
    return found


def last_days(
    held: Sequence[CaseloadAssignment],
    day: date,
    *,
    with_time: bool = True,
    told_to: Scope | None = None,
) -> dict[Pair, date]:
    """Return the last day until `day` on which each principal of these caseloads was visited; two queries.

    Visits that were kept count whoever made them, at any school of the caseload; time is the supervisor's own. To who
    sees others' sums (told_to) others' time counts as it does there: leaving out a day for all tells of no visit on it.
    """
    pairs = set(first_days(held))
    at: dict[int, set[int]] = defaultdict(set)
    for one in held:
        at[one.school_id].add(one.supervisor_id)
    done = Visit.objects.filter(state=VisitState.DONE, day__lte=day, school__in=at).order_by()
    told = done.values_list("school_id", "principal_id").annotate(Max("day"))
    found = [((supervisor, principal), last) for school, principal, last in told for supervisor in at[school]]
    if with_time:
        supervisors = {one for one, _principal in pairs}
        entries = (
            told_entries(told_to, supervisors, date.min, day)
            if told_to
            else contact_entries(supervisors, date.min, day)
        )
        entered = entries.filter(purpose__in=VISITING, principals__isnull=False)
        own = entered.values_list("supervisor_id", "principals__principal_id").annotate(Max("day"))
        found += [((supervisor, principal), last) for supervisor, principal, last in own]
    latest: dict[Pair, date] = {}
    for pair, last in found:
        if pair in pairs:
            latest[pair] = max(last, latest.get(pair, last))
    return latest


def days_out(first: date, last: date) -> defaultdict[int, set[date]]:
    """Return the days left out from first to last, by supervisor, those for all under 0; one query."""
    out: defaultdict[int, set[date]] = defaultdict(set)
    found = NonContactDay.objects.filter(day__range=(first, last))
    for supervisor, day in found.values_list("supervisor_id", "day"):
        out[supervisor or 0].add(day)
    return out
