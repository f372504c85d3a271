"""The ratings behind one figure, for the school's own leaders."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from alignment_dash.access import reach
from alignment_dash.access.policy import Data
from alignment_dash.access.scope import Scope
from instruction.models import Rating
from instruction.queries.derivation import DerivationPage
from instruction.snapshots.carrying import carried
from instruction.snapshots.rated import YEARS, repeated_observations
from schools.models import StaffAssignment, StaffRole
from schools.names import name_of

RATINGS_PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class RatingBehind:
    """One rating: when, by whom (and whether from elsewhere), of whom, what level, for what purpose."""

    day: date
    observer: str
    is_visitor: bool
    teacher: str
    teacher_id: int
    level: int
    purpose: str
    purpose_label: str


@dataclass(frozen=True, slots=True)
class RatingsBehind:
    """One page of them, newest first, of `n` in all."""

    ratings: list[RatingBehind]
    n: int
    page: int


def ratings_behind(scope: Scope, page: DerivationPage, number: int = 1) -> RatingsBehind | None:
    """Return a page of the ratings behind a figure as they are now; None for who may not see them. Five queries.

    They are those the run read, of earlier elements that this one carries too: of the teachers on its roster, up to
    its day, on the same scale, each once. A page past the end is the last one.
    """
    run = page.standing.run
    if page.school.pk not in scope.schools(Data.PERSON_EVIDENCE) or run is None or run.roster_date is None:
        return None
    version, year = page.standing.version, page.standing.year
    roster = StaffAssignment.objects.filter(
        role=StaffRole.TEACHER, org=page.school, during__contains=run.roster_date
    )
    earlier = [one for one, now in carried(version).items() if now == page.column.element_id]
    with reach.rows_of(schools=[page.school.pk]):
        repeated = repeated_observations(
            version=version, year=year, as_of=run.roster_date, school=page.school.pk
        )
        found = (
            Rating.objects.filter(
                element_version__element__in=[page.column.element_id, *earlier],
                element_version__version__framework=version.framework_id,
                element_version__version__level_names__len=len(version.level_names),
                observation__school=page.school,
                observation__role=StaffRole.TEACHER,
                observation__school_year__gt=year - YEARS,
                observation__observed_on__lte=run.roster_date,
                observation__observed__in=roster.values("person"),
                level__lte=len(version.level_names),
            )
            .exclude(observation__in=repeated)
            .select_related("observation__observer__identity", "observation__observed__identity")
            .order_by("-observation__observed_on", "-pk")
        )
        n = found.count()
        last = max(-(-n // RATINGS_PER_PAGE), 1)
        number = min(max(number, 1), last)
        start = (number - 1) * RATINGS_PER_PAGE
        return RatingsBehind([_behind(one) for one in found[start : start + RATINGS_PER_PAGE]], n, number)


def _behind(rating: Rating) -> RatingBehind:
    seen: Any = rating.observation
    return RatingBehind(
        day=seen.observed_on,
        observer=name_of(seen.observer),
        is_visitor=seen.is_cross_school,
        teacher=name_of(seen.observed),
        teacher_id=seen.observed_id,
        level=rating.level,
        purpose=seen.purpose,
        purpose_label=seen.get_purpose_display(),
    )
