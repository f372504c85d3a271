"""Count, school by school, when the teachers of the roster were last observed, and who as often as expected."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date

from alignment_dash.runs.models import Run
from instruction.capacity.islands import islands
from instruction.completion.expected import Column, Standing
from instruction.completion.reading import standings
from instruction.models import ObservationCompletion, ObservationExpectation
from instruction.snapshots.reading import Evidence
from schools.models import StaffRole


def write_completion(run: Run, evidence: Evidence) -> None:
    """Write a row for every school; eight queries. Protected rows must be open (reach.all_rows)."""
    schools = evidence.targets.schools
    found: dict[int, list[Standing]] = defaultdict(list)
    for one in standings(
        framework=evidence.version.framework_id,
        year=run.school_year,
        day=evidence.as_of,
        schools=schools.tolist(),
    ):
        found[one.person.school_id].append(one)
    tied = zip(schools.tolist(), islands(evidence.ratings, schools).tolist(), strict=True)
    ObservationCompletion.objects.bulk_create(
        _row(run, school, None if island < 0 else island, found[school]) for school, island in tied
    )


def counts_of_other_roles(run: Run, evidence: Evidence) -> dict[str, list[int]]:
    """Return how many people of each other role with a rule are in each column, of the whole district.

    Any framework's observations count for them. Protected rows must be open (reach.all_rows).
    """
    rules = ObservationExpectation.objects.filter(school_year=run.school_year)
    roles = rules.exclude(role=StaffRole.TEACHER).order_by("role").values_list("role", flat=True).distinct()
    return {
        role: counts(
            standings(
                framework=None,
                year=run.school_year,
                day=evidence.as_of,
                schools=evidence.targets.schools.tolist(),
                role=role,
            )
        )
        for role in roles
    }


def counts(found: Iterable[Standing]) -> list[int]:
    """Return how many people are in each column."""
    held = Counter(one.column for one in found)
    return [held[column] for column in Column]


def _row(run: Run, school: int, island: int | None, found: list[Standing]) -> ObservationCompletion:
    done, partly, _before, longer, never, not_counted = counts(found)
    return ObservationCompletion(
        run=run,
        school_id=school,
        island=island,
        n_teachers=len(found),
        n_observed_this_year=done + partly,
        n_partly=partly,
        n_not_in_a_year=longer,
        n_never=never,
        n_not_counted=not_counted,
        last_seen=_last(found),
    )


def _last(found: Iterable[Standing]) -> date | None:
    """Return the last day anyone was observed who counts: another one's day could tell who is away."""
    days = [one.person.last for one in found if one.column is not Column.NOT_COUNTED and one.person.last]
    return max(days, default=None)
