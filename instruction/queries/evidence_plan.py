"""The evidence plan: visits that would make the estimates surest, for who may schedule them."""

from dataclasses import dataclass
from typing import NamedTuple

from alignment_dash import schoolyear
from alignment_dash.access.policy import Action, Data
from alignment_dash.access.scope import Scope
from alignment_dash.runs.models import Publication
from instruction.models import SuggestedVisit
from instruction.queries.standing import Standing
from schools.names import name_of


class VisitLine(NamedTuple):
    """One suggested visit; the standard errors are of the school's contrast, in levels, before and after it.

    None: they are not told, for they would tell how few teachers were observed.
    """

    school: str
    school_uid: str
    observer: str
    companion: str
    n_lessons: int
    hours: float
    se_before: float | None
    se_after: float | None


@dataclass(frozen=True, slots=True)
class EvidencePlan:
    """The visits that the caller may see, in the order of the plan, and what they add up to.

    is_over: the school year is over, and has no plan any more.
    """

    visits: list[VisitLine]
    is_over: bool = False

    @property
    def n_lessons(self) -> int:
        """Lessons of all visits."""
        return sum(one.n_lessons for one in self.visits)

    @property
    def hours(self) -> float:
        """Hours of all observers together."""
        return sum(one.hours for one in self.visits)

    @property
    def n_schools(self) -> int:
        """Schools that are visited."""
        return len({one.school_uid for one in self.visits})


def evidence_plan(scope: Scope, standing: Standing, action: Action = Action.VIEW) -> EvidencePlan:
    """Return the visits to the caller's schools of what stands for the framework and the year; one query."""
    if standing.year < schoolyear.current_year():
        return EvidencePlan([], is_over=True)
    runs = Publication.objects.filter(school_year=standing.year, subject=str(standing.version.framework.uid))
    schools = scope.schools(Data.EVIDENCE_PLAN, action)
    rows = SuggestedVisit.objects.filter(run__in=runs.values("run"))
    if not schools.everywhere:
        rows = rows.filter(school__in=schools.ids)
    found = rows.select_related("school", "observer__identity", "companion__identity").order_by(
        "run", "place"
    )
    return EvidencePlan([_line(one) for one in found])


def _line(one: SuggestedVisit) -> VisitLine:
    return VisitLine(
        school=one.school.name,
        school_uid=str(one.school.uid),
        observer=name_of(one.observer),
        companion=name_of(one.companion) if one.companion else "",
        n_lessons=one.n_lessons,
        hours=one.hours,
        se_before=one.se_before,
        se_after=one.se_after,
    )
