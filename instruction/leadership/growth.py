"""How a principal's figures stood at the end of each term, what was seen when, and whether growth can be told."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from alignment_dash.access.scope import Scope
from alignment_dash.runs.models import Run, State
from alignment_dash.runs.queries import Snapshot
from instruction.capacity.estimator import METHOD, VERSION
from instruction.leadership import KIND, KIND_OF_TERMS
from instruction.leadership.queries import Led, opened, reached, standing
from instruction.leadership.rules import may_tell_growth
from instruction.models import FrameworkVersion, PrincipalCapacity, Rating
from instruction.queries.trends import Point
from instruction.snapshots.carrying import carried
from instruction.snapshots.rated import YEARS
from instruction.snapshots.terms import RunOf, last_of_terms, model_named
from schools.models import StaffRole


@dataclass(frozen=True, slots=True)
class Seen:
    """One level given to a principal on a day, in an observation (its id)."""

    day: date
    level: int
    observation: int


@dataclass(frozen=True, slots=True)
class Growth:
    """One element: a point for each term, what was seen, and whether growth may be told from it."""

    element_id: int
    points: list[Point]
    seen: list[Seen]

    @property
    def days(self) -> int:
        """Days between the first and the last observation."""
        return (self.seen[-1].day - self.seen[0].day).days if self.seen else 0

    @property
    def n_observations(self) -> int:
        """Observations of the element; one that rated two elements carried into this one counts once."""
        return len({one.observation for one in self.seen})

    @property
    def may_be_told(self) -> bool:
        """Whether there are at least 8 observations over 2 years (rules.LeadershipRules)."""
        return may_tell_growth(self.n_observations, self.days)


def growth(scope: Scope, principal: int, year: int) -> dict[int, Growth]:
    """Return each element's growth of a principal whom the caller reaches; nothing of others. Seven queries."""
    led, found = reached(scope).get(principal), standing(year)
    if led is None or found is None or found[1] is None:
        return {}
    return growth_of(led, found[0], found[1])


def growth_of(led: Led, version: FrameworkVersion, now: Snapshot) -> dict[int, Growth]:
    """Return each element's growth of one principal until a snapshot; five queries, rows opened."""
    runs = _runs(version, now)
    days = {one.run_id: one.day for one in runs if one.day}
    rows = PrincipalCapacity.objects.filter(run__in=days, principal=led.person_id, estimate__isnull=False)
    points: dict[int, list[Point]] = defaultdict(list)
    with opened([led]):
        for run, element, estimate, se in rows.values_list("run_id", "element_id", "estimate", "se"):
            points[element].append(Point(days[run], float(estimate or 0), float(se or 0)))
        seen = _seen(led, version, now)
    return {
        element: Growth(
            element, sorted(points.get(element, [])), sorted(seen.get(element, []), key=lambda s: s.day)
        )
        for element in {*points, *seen}
    }


def _runs(version: FrameworkVersion, now: Snapshot) -> list[RunOf]:
    """Return the last run of each term that can be compared with the one that stands. Two queries."""
    uid = str(version.framework.uid)
    alike: dict[str, Any] = {
        "state": State.SUCCEEDED, "method": METHOD, "code_version__endswith": model_named(VERSION),
        "school_year__gt": now.school_year - YEARS, "school_year__lte": now.school_year,
    }  # fmt: skip
    found = Run.objects.filter(
        Q(kind=KIND, subject=uid) | Q(kind=KIND_OF_TERMS, subject__startswith=f"{uid}:"), **alike
    ).exclude(pk=now.run_id)
    ended = found.order_by("-ended_at").values_list("pk", "school_year", "roster_date")
    return last_of_terms(
        [RunOf(now.run_id, now.school_year, now.roster_date), *[RunOf(*row) for row in ended]]
    )


def _seen(led: Led, version: FrameworkVersion, now: Snapshot) -> dict[int, list[Seen]]:
    """Return by element what was seen of a principal in the years that count; two queries, in open rows."""
    carries = carried(version)
    rows = Rating.objects.filter(
        observation__observed=led.person_id,
        observation__role=StaffRole.PRINCIPAL,
        observation__version__framework=version.framework_id,
        observation__version__level_names__len=len(version.level_names),
        observation__school_year__gt=now.school_year - YEARS,
        observation__observed_on__lte=now.roster_date,
    )
    found: dict[int, list[Seen]] = defaultdict(list)
    for element, day, level, observation in rows.values_list(
        "element_version__element", "observation__observed_on", "level", "observation_id"
    ):
        found[carries.get(element, element)].append(Seen(day, level, observation))
    return found
