"""What a released exercise tells: to those invited without names, to the lead by name."""

from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from alignment_dash.access import reach
from alignment_dash.access.policy import Action
from alignment_dash.access.scope import Scope
from instruction.agreement import Agreement, among, between
from instruction.calibrating.queries.exercises import elements, is_lead, me
from instruction.models import (
    CalibrationComment,
    CalibrationExercise,
    CalibrationInvitation,
    CalibrationRating,
    ElementVersion,
    ExerciseState,
    ReferenceLevel,
)

FEWEST_SHOWN = 3
"""With two, each could read the other's levels off the distribution; only how often they agreed is told then."""


@dataclass(slots=True)
class ElementResult:
    """One element. counts: how many gave each level from 1 up; None where too few handed in.

    own: the caller's own; exact and adjacent: of how many of `n` who gave a level it was the reference level, or
    at most one from it. named: (name, level, notes) for the lead alone.
    """

    wording: ElementVersion
    own: CalibrationRating | None
    reference: ReferenceLevel | None
    counts: list[int] | None = None
    n_not_seen: int = 0
    n: int = 0
    exact: int | None = None
    adjacent: int | None = None
    named: list[tuple[str, CalibrationRating]] = field(default_factory=list)
    comments: list[CalibrationComment] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Results:
    """A released exercise. against: with the reference levels; alike: of the observers with each other.

    Both are None where there is nothing, or too few, to tell of. pair: (elements on which the only two observers
    gave the same level, elements on which both gave one), for those two. by_name: the lead's view.
    """

    exercise: CalibrationExercise
    level_names: list[str]
    elements: list[ElementResult]
    comments: list[CalibrationComment]
    invited: list[CalibrationInvitation]
    n_submitted: int
    by_name: bool
    own_exact: tuple[int, int] | None
    pair: tuple[int, int] | None
    against: Agreement | None
    alike: Agreement | None

    @property
    def few(self) -> bool:
        """Whether too few handed in for a distribution to be shown to them."""
        return self.n_submitted < FEWEST_SHOWN

    @property
    def people(self) -> list[int]:
        """Ids of those whose levels are shown by name."""
        return [one.person_id for one in self.invited if one.submitted_at] if self.by_name else []


def results(scope: Scope, exercise: CalibrationExercise, *, by_name: bool = True) -> Results | None:
    """Return what is told of a released exercise to who leads it or was invited; None to others. Nine queries.

    Names stand beside levels for the lead only: how strict a named person is, is theirs and the lead's to know.
    by_name False: without names also for the lead.
    """
    person, leads = me(scope), is_lead(scope, Action.VIEW)
    by_name = by_name and leads
    if exercise.state != ExerciseState.RELEASED:
        return None
    invited = list(exercise.invitations.select_related("person__identity").order_by("pk"))
    is_invited = person in {one.person_id for one in invited}
    if not leads and not is_invited:
        return None
    submitted = {one.person_id: one for one in invited if one.submitted_at}
    opened = (
        reach.all_rows(why="the lead of a released exercise sees all its levels")
        if by_name or not is_invited
        else reach.rows_of(person=person)
    )
    with opened:
        rows = list(CalibrationRating.objects.filter(exercise=exercise, person__in=submitted))
    lines = _elements(exercise, rows, person, tells=by_name or len(submitted) >= FEWEST_SHOWN)
    if by_name:
        _name(lines, rows, submitted)
    comments = _comments(exercise)
    for line in lines:
        line.comments = [one for one in comments if one.element_version_id == line.wording.pk]
    against, alike = (
        _agreements(lines, rows, exercise) if len(submitted) >= FEWEST_SHOWN or by_name else (None, None)
    )
    return Results(
        exercise=exercise,
        level_names=exercise.version.level_names,
        elements=lines,
        comments=[one for one in comments if one.element_version_id is None],
        invited=invited,
        n_submitted=len(submitted),
        by_name=by_name,
        own_exact=_own_exact(lines) if person in submitted else None,
        pair=_pair(rows) if person in submitted and len(submitted) == FEWEST_SHOWN - 1 else None,
        against=against,
        alike=alike,
    )


def _elements(
    exercise: CalibrationExercise, rows: list[CalibrationRating], person: int | None, *, tells: bool
) -> list[ElementResult]:
    references = {one.element_version_id: one for one in exercise.reference_levels.all()}
    found = []
    for wording in elements(exercise):
        held = [row for row in rows if row.element_version_id == wording.pk]
        own = next((row for row in held if row.person_id == person), None)
        line = ElementResult(wording, own, references.get(wording.pk))
        if tells:
            _count(line, held, len(exercise.version.level_names))
        found.append(line)
    return found


def _count(line: ElementResult, held: list[CalibrationRating], highest: int) -> None:
    levels = Counter(row.level for row in held)
    line.n_not_seen, line.n = levels[None], len(held) - levels[None]
    line.counts = [levels[level] for level in range(1, highest + 1)]
    if line.reference is not None:
        at = line.reference.level
        line.exact = levels[at]
        line.adjacent = levels[at - 1] + levels[at] + levels[at + 1]


def _name(
    lines: list[ElementResult], rows: list[CalibrationRating], submitted: dict[int, CalibrationInvitation]
) -> None:
    for line in lines:
        line.named = sorted(
            (
                (str(getattr(submitted[row.person_id].person, "identity", "")), row)
                for row in rows
                if row.element_version_id == line.wording.pk
            ),
            key=lambda pair: (pair[1].level is None, pair[1].level or 0, pair[0]),
        )


def _comments(exercise: CalibrationExercise) -> list[CalibrationComment]:
    return list(exercise.comments.select_related("author").order_by("written_at", "pk"))


def _agreements(
    lines: list[ElementResult], rows: list[CalibrationRating], exercise: CalibrationExercise
) -> tuple[Agreement | None, Agreement]:
    """Return agreement with the reference levels and among the observers; elements are items of one lesson."""
    item = {line.wording.pk: place for place, line in enumerate(lines)}
    rater = {person: place for place, person in enumerate(sorted({row.person_id for row in rows}))}
    levels = np.full((len(rater), len(item)), np.nan)
    for row in rows:
        if row.level is not None:
            levels[rater[row.person_id], item[row.element_version_id]] = row.level
    reference = np.array([line.reference.level if line.reference else np.nan for line in lines], np.float64)
    unit, highest = np.zeros(len(item), np.int64), len(exercise.version.level_names)
    against = None if np.isnan(reference).all() else between(levels, reference, unit, highest)
    return against, among(levels, unit, highest)


def _own_exact(lines: list[ElementResult]) -> tuple[int, int] | None:
    """Return on how many elements the caller gave the reference level, of how many; None without any."""
    both = [
        line.own.level == line.reference.level
        for line in lines
        if line.reference and line.own and line.own.level is not None
    ]
    return (sum(both), len(both)) if both else None


def _pair(rows: list[CalibrationRating]) -> tuple[int, int]:
    by_element: dict[int, list[int]] = {}
    for row in rows:
        if row.level is not None:
            by_element.setdefault(row.element_version_id, []).append(row.level)
    both = [levels[0] == levels[1] for levels in by_element.values() if len(levels) > 1]
    return sum(both), len(both)
