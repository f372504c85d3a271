"""Step of a sample district: visits of the past weeks, what was committed to on them, and a few notes."""

from collections.abc import Iterable
from datetime import date, timedelta

import numpy as np

from alignment_dash import schoolyear
from alignment_dash.access.models import User
from alignment_dash.access.reach import all_rows
from instruction.models import ElementVersion, FrameworkKind, FrameworkVersion
from schools.sample.sample import Sample
from supervision.models import (
    CaseloadAssignment,
    Commitment,
    CommitmentBy,
    CommitmentState,
    Visit,
    VisitNote,
    VisitState,
)

# Visits of how long, and of how long what was said at them; none in July.
WEEKS_BACK = 70
SAID_WEEKS = 14
JULY = 7
SATURDAY = 5
# What was committed to, by whom, and what came of it where it was kept.
SAID = (
    (
        CommitmentBy.PRINCIPAL,
        "Visit four lessons of the mathematics team and write down only what students say.",
        "Done; students explained their reasoning in two of the four.",
    ),
    (
        CommitmentBy.SUPERVISOR,
        "Bring two sample tasks of high demand for the team's next meeting.",
        "Done, and the team asked for more.",
    ),
    (
        CommitmentBy.PRINCIPAL,
        "Begin the Thursday team meeting with one piece of student work.",
        "Tried twice; it takes ten minutes and is worth them.",
    ),
    (
        CommitmentBy.PRINCIPAL,
        "Rehearse the feedback talk with the assistant principal before giving it.",
        "Rehearsed once; it began with what the teacher had noticed.",
    ),
    (
        CommitmentBy.SUPERVISOR,
        "Ask human resources when the open science position will be filled.",
        "Asked; two applicants are interviewed next week.",
    ),
    (
        CommitmentBy.PRINCIPAL,
        "Say to the staff in one sentence what we look for in lessons this month.",
        "Said at the staff meeting; the sentence hangs in the workroom.",
    ),
)
NOTES = (
    "We walked through four classrooms together. Questions were many and short; we counted who answered.",
    "Talked about feedback: begin with what the teacher noticed. Next time we rehearse one talk.",
    "The team meeting is still about schedules. We planned the first ten minutes anew.",
)


def load_visits(sample: Sample) -> int:
    """Write visits every few weeks in each caseload of today, commitments and notes; return how many rows."""
    by = User.objects.order_by("pk").first()
    if by is None:
        return 0
    day, rng = schoolyear.today(), sample.rng("visits")
    elements = _elements()
    visits: list[Visit] = []
    held: list[CaseloadAssignment] = list(
        CaseloadAssignment.objects.on(day).filter(principal__isnull=False).order_by("pk")
    )
    for one in held:
        if one.principal_id is None:
            continue
        first = max(day - timedelta(weeks=WEEKS_BACK), one.during.lower)
        on = day - timedelta(days=int(rng.integers(2, 45)))
        element = elements[int(rng.integers(len(elements)))] if elements else None
        while on > first:
            if on.month == JULY:
                on -= timedelta(weeks=4)
                continue
            with_teachers = bool(rng.random() < 0.06)
            visits.append(
                Visit(
                    supervisor_id=one.supervisor_id,
                    principal_id=one.principal_id,
                    school_id=one.school_id,
                    day=_weekday(on),
                    state=VisitState.DONE,
                    element_id=element,
                    with_teachers=with_teachers,
                    why_teachers="The principal was called away and asked me to go on."
                    if with_teachers
                    else "",
                    made_by=by,
                )
            )
            on -= timedelta(days=int(rng.integers(12, 32)))
    visits += _planned(held, day, by)
    made = Visit.objects.bulk_create(visits, batch_size=1000)
    return len(made) + _said(made, day, rng)


def _planned(held: Iterable[CaseloadAssignment], day: date, by: User) -> list[Visit]:
    """Return the next visit to every third principal."""
    return [
        Visit(
            supervisor_id=one.supervisor_id,
            principal_id=one.principal_id,
            school_id=one.school_id,
            day=_weekday(day + timedelta(days=3 + number % 9), back=False),
            made_by=by,
        )
        for number, one in enumerate(held)
        if number % 3 == 0 and one.principal_id is not None
    ]


def _said(visits: list[Visit], day: date, rng: np.random.Generator) -> int:
    commitments, notes = [], []
    draw = rng.integers
    for number, visit in enumerate(visits):
        if visit.state != VisitState.DONE or visit.day < day - timedelta(weeks=SAID_WEEKS):
            continue
        by, text, came = SAID[int(draw(len(SAID)))]
        due = visit.day + timedelta(days=int(draw(7, 32)))
        is_kept = due < day and bool(draw(10) < 8)
        commitments.append(
            Commitment(
                principal_id=visit.principal_id,
                school_id=visit.school_id,
                writer_id=visit.supervisor_id,
                visit=visit,
                by=by,
                text=text,
                element_id=visit.element_id,
                made_on=visit.day,
                due=due,
                first_due=due,
                state=CommitmentState.KEPT if is_kept else CommitmentState.OPEN,
                ended_on=due if is_kept else None,
                outcome=came if is_kept else "",
            )
        )
        if number % 2 == 0:
            notes.append(
                VisitNote(
                    visit=visit,
                    supervisor_id=visit.supervisor_id,
                    principal_id=visit.principal_id,
                    author_id=visit.supervisor_id,
                    text=NOTES[int(draw(len(NOTES)))],
                )
            )
    with all_rows(why="a sample district is written as a whole"):
        Commitment.objects.bulk_create(commitments, batch_size=1000)
        VisitNote.objects.bulk_create(notes, batch_size=1000)
    return len(commitments) + len(notes)


def _weekday(day: date, *, back: bool = True) -> date:
    """Return the day, or the nearest one that is not on a weekend, before it or after it."""
    step = timedelta(days=-1 if back else 1)
    while day.weekday() >= SATURDAY:
        day += step
    return day


def _elements() -> list[int]:
    versions = FrameworkVersion.objects.in_force(schoolyear.current_year()).filter(
        framework__kind=FrameworkKind.LEADERSHIP
    )
    worded = ElementVersion.objects.filter(version__in=list(versions))
    return list(worded.order_by("dimension__place", "place").values_list("element_id", flat=True))
