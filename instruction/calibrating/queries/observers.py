"""How observers stand over their last exercises: each sees their own, the calibration lead all of them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import F, OuterRef, Subquery

from alignment_dash import schoolyear
from alignment_dash.access import reach
from alignment_dash.access.policy import Action, Data
from alignment_dash.access.scope import Scope
from alignment_dash.runs.models import Run
from instruction.agreement import Agreement
from instruction.calibrating.comparing import Compared, Rated, agreement_of, compare
from instruction.calibrating.queries.exercises import is_lead, me
from instruction.calibrating.queries.results import FEWEST_SHOWN
from instruction.calibrating.status import Check, Status, checks, status_of
from instruction.capacity.rules import DEFAULT_RULES
from instruction.models import (
    CalibrationRating,
    CalibrationStandard,
    ElementVersion,
    ExerciseState,
    RaterSeverity,
    ReferenceLevel,
)
from instruction.queries.observers import Severity, mean_of
from instruction.queries.standing import standing
from schools.models import Identity

PAGE = 50
SMALLEST = DEFAULT_RULES.min_teachers


@dataclass(frozen=True, slots=True)
class ObserverLine:
    """How one observer stands; severity None where none is computed."""

    person_id: int
    name: str
    agreement: Agreement
    severity: Severity | None
    status: Status
    checks: list[Check]


@dataclass(frozen=True, slots=True)
class ElementLine:
    """How alike all observers see one element."""

    name: str
    agreement: Agreement
    n_observers: int


@dataclass(frozen=True, slots=True)
class StatusCounts:
    """How many observers are called what; None where a number would tell of few people."""

    total: int
    calibrated: int
    practicing: int | None
    not_enough: int | None


def standard() -> CalibrationStandard:
    """Return the district's standard, the defaults where nobody has set one; one query."""
    return CalibrationStandard.objects.filter(pk=1).first() or CalibrationStandard(pk=1)


def my_standing(scope: Scope) -> ObserverLine | None:
    """Return how the caller stands; None for who has handed in nothing that is released. Six queries at most."""
    person = me(scope)
    if person is None:
        return None
    held = standard()
    with reach.rows_of(person=person):
        rows = compare(_rated(held))
        own = [row for row in rows if row.person == person]
        severity = _severities(_run(), person).get(person) if own else None
    return _line(person, "", own, severity, held) if own else None


@dataclass(frozen=True, slots=True)
class ObserversPage:
    """A page of observers by name; elements: as all of them see each; count: of all of them by status."""

    page: Page[Any]
    lines: list[ObserverLine]
    elements: list[ElementLine]
    count: Counter[Status]
    standard: CalibrationStandard


def observers(scope: Scope, *, page: str = "") -> ObserversPage | None:
    """Return observers with a released level, by name; None for who does not lead calibration.

    Seven queries, and the same for any number of observers.
    """
    if not is_lead(scope, Action.VIEW):
        return None
    held = standard()
    with reach.all_rows(why="the calibration lead sees how every observer stands"):
        rows = compare(_rated(held))
        severities = _severities(_run())
    by_person = _by_person(rows)
    named = Identity.objects.filter(person__in=by_person).order_by("family_name", "given_name", "pk")
    shown = Paginator(named, PAGE).get_page(page)
    lines = [
        _line(one.person_id, one.display_name, by_person[one.person_id], severities.get(one.person_id), held)
        for one in shown
    ]
    elements = _elements(_of_several(rows))
    return ObserversPage(shown, lines, elements, _count(by_person, severities, held), held)


def by_element(scope: Scope) -> list[ElementLine]:
    """Return how alike elements are seen, the least alike first, in the exercises the caller was invited to.

    Only of those of three and more observers; four queries.
    """
    person = me(scope)
    if person is None:
        return []
    with reach.rows_of(person=person):
        return _elements(_of_several(compare(_rated(standard()))))


def _elements(rows: list[Compared]) -> list[ElementLine]:
    held: dict[int, list[Compared]] = defaultdict(list)
    for row in rows:
        held[row.element].append(row)
    names = dict(
        ElementVersion.objects.filter(element__in=held)
        .order_by("version__first_school_year", "version__published_at")
        .values_list("element_id", "name")
    )
    made = [
        ElementLine(names[element], agreement_of(group), len({row.person for row in group}))
        for element, group in held.items()
    ]
    return sorted(made, key=lambda line: (line.agreement.exact.value or 0.0, line.name))


def status_counts(run: Run) -> dict[str, int | None] | None:
    """Return what a capacity run may keep of the district's counts by status; protected rows must be open.

    As of the run's school year and with its own severities; None where they would tell of few people. Four queries.
    """
    held = standard()
    by_person = _by_person(compare(_rated(held, run.school_year)))
    found = told_counts(_count(by_person, _severities(run), held))
    return asdict(found) if found else None


def told_of_run(scope: Scope, run: Run | None) -> StatusCounts | None:
    """Return the counts by status that a run has kept, for who sees the whole district; no query."""
    if run is None or not scope.district_wide(Data.SCHOOL_CAPACITY):
        return None
    kept = run.facts.get("calibrated")
    return StatusCounts(**kept) if kept else None


def _count(
    by_person: Mapping[int, list[Compared]], severities: Mapping[int, Severity], held: CalibrationStandard
) -> Counter[Status]:
    return Counter(
        status_of(agreement_of(rows, with_interval=False), severities.get(person), held)
        for person, rows in by_person.items()
    )


def told_counts(count: Counter[Status]) -> StatusCounts | None:
    """Return counts that tell of no small group: of the calibrated and the others, split where both are large."""
    total, calibrated = count.total(), count[Status.CALIBRATED]
    if calibrated < SMALLEST or total - calibrated < SMALLEST:
        return None
    practicing, not_enough = count[Status.PRACTICING], count[Status.NOT_ENOUGH]
    if practicing < SMALLEST or not_enough < SMALLEST:
        return StatusCounts(total, calibrated, None, None)
    return StatusCounts(total, calibrated, practicing, not_enough)


def _rated(held: CalibrationStandard, year: int | None = None) -> list[Rated]:
    """Return the released levels that row security opens, of the standard's school years up to one; one query."""
    year = year or schoolyear.current_year()
    since, end = schoolyear.bounds(year - held.years + 1)[0], schoolyear.bounds(year)[1]
    reference = ReferenceLevel.objects.filter(
        exercise=OuterRef("exercise"), element_version=OuterRef("element_version")
    )
    found = CalibrationRating.objects.filter(
        exercise__state=ExerciseState.RELEASED,
        exercise__released_at__date__gte=since,
        exercise__released_at__date__lt=end,
        exercise__invitations__person=F("person"),
        exercise__invitations__submitted_at__isnull=False,
        level__isnull=False,
    )
    rows = found.values_list(
        "exercise_id", "person_id", "element_version__element_id", "level",
        Subquery(reference.values("level")[:1]), "exercise__version__level_names__len",
    )  # fmt: skip
    return [Rated(*row) for row in rows.order_by("exercise_id", "person_id", "pk")]


def _of_several(rows: list[Compared]) -> list[Compared]:
    people: dict[int, set[int]] = defaultdict(set)
    for row in rows:
        people[row.exercise].add(row.person)
    return [row for row in rows if len(people[row.exercise]) >= FEWEST_SHOWN]


def _run() -> Run | None:
    """Return the run that stands; two queries."""
    found = standing(schoolyear.current_year())
    return found.run if found else None


def _by_person(rows: Iterable[Compared]) -> dict[int, list[Compared]]:
    held: dict[int, list[Compared]] = defaultdict(list)
    for row in rows:
        held[row.person].append(row)
    return held


def _severities(run: Run | None, person: int | None = None) -> dict[int, Severity]:
    """Return the mean severity of each observer, or of one, that a run has found; one query."""
    rows = RaterSeverity.objects.filter(run=run.pk if run else 0)
    if person is not None:
        rows = rows.filter(person=person)
    held: dict[int, list[tuple[int, str, float, float, int]]] = defaultdict(list)
    for row in rows.values_list("person_id", "element__code", "severity", "se", "n_ratings"):
        held[row[0]].append(row)
    return {one: mean for one, given in held.items() if (mean := mean_of("", given))}


def _line(
    person: int, name: str, rows: list[Compared], severity: Severity | None, held: CalibrationStandard
) -> ObserverLine:
    agreement = agreement_of(rows)
    return ObserverLine(
        person,
        name,
        agreement,
        severity,
        status_of(agreement, severity, held),
        checks(agreement, severity, held),
    )
