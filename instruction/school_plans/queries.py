"""A school's plan beyond its targets: standings at three moments, actions, requests and checks, as one caller is told."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Q

from alignment_dash.access.policy import Action, Data
from alignment_dash.access.scope import Scope
from alignment_dash.runs.models import Publication, Run
from instruction.models import (
    Element,
    ElementVersion,
    FrameworkVersion,
    Moment,
    PlanAction,
    PlanCheck,
    PlanStanding,
    PlanState,
    SchoolCapacity,
    SchoolPlan,
    SupportRequest,
)
from instruction.school_plans.telling import Difference, Figure, difference, told_together
from instruction.snapshots import KIND
from instruction.snapshots.carrying import carried
from instruction.snapshots.terms import model_named
from schools.models import Org, School

ORDER = (Moment.START, Moment.MID_YEAR, Moment.YEAR_END)


@dataclass(frozen=True, slots=True)
class StandingLine:
    """An element at the moments a plan looked at. by_moment: what was kept; untold: moments whose figure may not
    stand beside a newer one; since: how each later moment differs from the start; came_from: the code of an earlier
    element that the crosswalk carries the start from."""

    element_id: int
    uid: UUID
    code: str
    name: str
    by_moment: dict[str, PlanStanding]
    untold: frozenset[str]
    since: dict[str, Difference | None]
    came_from: str = ""

    def at(self, moment: str) -> PlanStanding | None:
        """Return what was kept at a moment."""
        return self.by_moment.get(moment)


@dataclass(frozen=True, slots=True)
class Plan:
    """What one caller is told of a plan. row None: not begun, or being written and not the caller's to read.

    sees_draft: of the school's own people, who read it while it is written.
    """

    school: Org
    year: int
    row: SchoolPlan | None
    may_change: bool
    sees_draft: bool
    being_written: bool = False
    lines: list[StandingLine] = field(default_factory=list)
    actions: list[PlanAction] = field(default_factory=list)
    requests: list[SupportRequest] = field(default_factory=list)
    checks: dict[str, PlanCheck] = field(default_factory=dict)
    moments: list[Moment] = field(default_factory=list)
    versions: list[str] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        """Whether the caller may still write in it."""
        return self.may_change and self.row is not None and self.row.state != PlanState.CLOSED


def school_of_plan(scope: Scope, uid: UUID, action: Action = Action.VIEW) -> Org | None:
    """Return the school where its plan is the caller's to see, or to write; one query."""
    return School.objects.visible_to(scope.schools(Data.SCHOOL_PLAN, action)).filter(uid=uid).first()


def plan_of(scope: Scope, school: Org, year: int) -> Plan:
    """Return a plan with all its parts; at most ten queries. `school` is one that the caller sees the plan of."""
    may_change = school.pk in scope.schools(Data.SCHOOL_PLAN, Action.CHANGE)
    of_school = may_change or school.pk in scope.schools(Data.PERSON_EVIDENCE)
    row = SchoolPlan.objects.filter(school=school, school_year=year).first()
    hidden = row is not None and row.state == PlanState.DRAFT and not of_school
    if row is None or hidden:
        return Plan(school, year, None, may_change, of_school, being_written=hidden)
    standings = list(row.standings.select_related("element", "run").order_by("pk"))
    names = _names({one.element_id for one in standings}, year)
    lines = _lines(standings, names, year, tells_all=school.pk in scope.schools(Data.PERSON_EVIDENCE))
    parts = {"actions": row.actions, "requests": row.support_requests}
    kept = {
        key: list(manager.select_related("element").order_by("by_day", "pk"))  # type: ignore[attr-defined]
        for key, manager in parts.items()
    }
    for one in (*kept["actions"], *kept["requests"]):
        one.element_name = names.get(one.element_id or 0, (0, "", one.element.code if one.element else ""))[2]
        one.plan = row
    return Plan(
        school,
        year,
        row,
        may_change,
        of_school,
        lines=lines,
        actions=kept["actions"],
        requests=kept["requests"],
        checks={one.moment: one for one in row.checks.select_related("by")},
        moments=[moment for moment in ORDER if any(one.moment == moment for one in standings)],
        versions=_versions(standings),
    )


def elements_of(school: Org, year: int, also: Element | None = None) -> list[tuple[str, str]]:
    """Return (uid, name) of the elements that apply to a school in a year, in order; two queries.

    also: one that a row names already, whatever became of it.
    """
    versions = list(FrameworkVersion.objects.in_force(year).teaching())
    worded = ElementVersion.objects.filter(version__in=versions).select_related("element")
    found = [
        (str(one.element.uid), one.name)
        for one in worded.order_by("version", "place")
        if not one.levels or school.level in one.levels
    ]
    if also is not None and str(also.uid) not in dict(found):
        found.append((str(also.uid), also.code))
    return found


def _names(elements: Collection[int], year: int) -> dict[int, tuple[int, str, str]]:
    """Return (place, code, name) of elements in their newest published wording up to a year; one query."""
    worded = (
        ElementVersion.objects.filter(
            Q(version__first_school_year__lte=year) & ~Q(version__published_at=None),
            version__framework__in=FrameworkVersion.objects.filter(framework__elements__in=elements).values(
                "framework"
            ),
        )
        .order_by("version__first_school_year", "version__published_at", "version__pk")
        .values_list("element_id", "place", "element__code", "name")
    )
    return {element: (place, code, name) for element, place, code, name in worded}


def _lines(
    standings: Sequence[PlanStanding], names: dict[int, tuple[int, str, str]], year: int, *, tells_all: bool
) -> list[StandingLine]:
    held: dict[int, dict[str, PlanStanding]] = {}
    for one in standings:
        held.setdefault(one.element_id, {})[one.moment] = one
    came = _carried(held, year)
    beside, newest = ({}, {}) if tells_all else _beside(standings, year)
    lines = []
    for element, by_moment in held.items():
        if element in came.values() and len(by_moment) == 1:
            continue  # shown as the start of the element that it became
        earlier = came.get(element)
        came_from = ""
        if earlier is not None:
            start = held[earlier][Moment.START]
            by_moment, came_from = {**by_moment, Moment.START.value: start}, start.element.code
        lines.append(_line(element, by_moment, names, came_from, beside, newest.get(element, []), tells_all))
    return sorted(lines, key=lambda line: names.get(line.element_id, (999, "", ""))[0])


def _line(
    element: int,
    by_moment: dict[str, PlanStanding],
    names: dict[int, tuple[int, str, str]],
    came_from: str,
    beside: dict[tuple[int, int], Collection[int]],
    newest: list[int],
    tells_all: bool,
) -> StandingLine:
    any_row = next(iter(by_moment.values()))
    figures = {moment: _figure(row) for moment, row in by_moment.items()}
    untold: set[str] = set()
    if not tells_all:
        later_first = [figures[moment].run_id for moment in reversed(ORDER) if figures.get(moment)]  # type: ignore[union-attr]
        runs = list(dict.fromkeys([*newest, *later_first]))
        allowed = {run: beside.get((run, element), ()) for run in runs}
        told = told_together(runs, allowed)
        untold = {moment for moment, one in figures.items() if one and one.run_id not in told}
    shown = {moment: None if moment in untold else one for moment, one in figures.items()}
    place = names.get(element, (0, any_row.element.code, any_row.element.code))
    own = by_moment.get(Moment.START) if not came_from else None
    uid = (own or next(row for moment, row in by_moment.items() if row.element_id == element)).element.uid
    return StandingLine(
        element_id=element,
        uid=uid,
        code=place[1],
        name=place[2],
        by_moment=by_moment,
        untold=frozenset(untold),
        since={
            moment: difference(shown.get(Moment.START), shown[moment])
            for moment in shown
            if moment != Moment.START
        },
        came_from=came_from,
    )


def _figure(row: PlanStanding) -> Figure | None:
    if row.estimate is None or row.se is None or row.run is None:
        return None
    return Figure(row.run.pk, row.estimate, row.se, measure_of(row.run))


def measure_of(run: Run) -> str:
    """Return what made a run's figures: method and version of the model; figures of two are not compared."""
    return f"{run.method} {run.code_version.rpartition(model_named(''))[2]}"


def _carried(held: dict[int, dict[str, PlanStanding]], year: int) -> dict[int, int]:
    """Return element -> the one earlier element whose ratings count as its own, where the plan began with that one."""
    begun = {element for element, by_moment in held.items() if Moment.START in by_moment}
    if not begun or len(begun) == len(held):
        return {}
    found: dict[int, list[int]] = {}
    for version in FrameworkVersion.objects.in_force(year).teaching():
        for earlier, element in carried(version).items():
            if earlier in begun and element in held and element not in begun:
                found.setdefault(element, []).append(earlier)
    # Of several together, the start is another measure than what became of them.
    return {element: earlier[0] for element, earlier in found.items() if len(earlier) == 1}


def _beside(
    standings: Iterable[PlanStanding], year: int
) -> tuple[dict[tuple[int, int], Collection[int]], dict[int, list[int]]]:
    """Return, by run and element, which runs may stand beside it at the school, and by element the newest runs,
    which other pages show; two queries."""
    rows = list(standings)
    if not rows:
        return {}, {}
    subjects = {one.run.subject for one in rows if one.run}
    standing = Publication.objects.filter(
        kind=KIND, subject__in=subjects, school_year__gte=year, run__isnull=False
    ).order_by("-school_year")
    published = [run for run in standing.values_list("run_id", flat=True) if run is not None]
    runs = {one.run_id for one in rows if one.run_id} | set(published)
    cells = SchoolCapacity.objects.filter(run__in=runs, school=rows[0].plan.school_id, estimate__isnull=False)
    beside: dict[tuple[int, int], Collection[int]] = {}
    newest: dict[int, list[int]] = {}
    for run, element, told in cells.values_list("run_id", "element_id", "told_beside"):
        beside[run, element] = told or ()
        if run in published:
            newest.setdefault(element, []).append(run)
    for found in newest.values():
        found.sort(key=published.index)
    return beside, newest


def _versions(standings: Iterable[PlanStanding]) -> list[str]:
    """Return the labels of the framework's versions at the moments, in their order, each once."""
    labels: dict[str, None] = {}
    for moment in ORDER:
        for one in standings:
            if one.moment == moment and one.run:
                labels.setdefault(str(one.run.facts.get("framework_version", "")))
    return [label for label in labels if label]
