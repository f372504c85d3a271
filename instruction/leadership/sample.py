"""Steps: the supervisors' standards of a sample district, what principals and supervisors say of their own work, and
principals' figures of the year before last, without which their growth begins last year."""

from datetime import UTC, datetime, timedelta

import numpy as np
from django.utils import timezone

from alignment_dash import schoolyear
from alignment_dash.runs.actions import request_run
from alignment_dash.runs.queries import snapshot
from instruction.actions import publish_framework
from instruction.frameworks.definition import FOLDER, read
from instruction.leadership import KIND, KIND_OF_TERMS, tasks
from instruction.models import ElementVersion, FrameworkKind, FrameworkVersion, SelfAssessment, SelfRating
from schools.sample.sample import Sample

# Of the principals who wrote one, and of those who shared it, in tenths.
WROTE, SHARED = 7, 8
WHY = (
    "Two visits a week this month; notes tied to the framework.",
    "We meet about students' work, and three of five teams changed a lesson by it.",
    "I came back to what we had agreed only half of the time.",
    "Teachers say the next step is clear; I have not seen it tried yet.",
    "",
)


def load_standards(sample: Sample) -> int:
    """Publish the standards that supervisors assess their own work by; return the number of elements."""
    year = sample.calendar.year
    at = datetime.fromordinal(sample.calendar.first_day(year - 1)).replace(tzinfo=UTC)
    definition = read(FOLDER / "supervision-dl2.yaml")
    publish_framework(definition=definition, first_year=year - 1, at=at, by=None)
    return len(definition.elements)


def load_self_assessments(sample: Sample) -> int:
    """Write self-assessments of most principals and of every other supervisor; return how many levels."""
    rng = sample.rng("self-assessments")
    principals = zip(sample.people[sample.staff.principal].tolist(), sample.schools.tolist(), strict=True)
    # Who leads two schools has one of their own work.
    by_person = dict(principals)
    supervisors = sample.people[np.array(sample.staff.supervisor, dtype=int)].tolist()[::2]
    return _write(FrameworkKind.LEADERSHIP, by_person, WROTE, rng) + _write(
        FrameworkKind.SUPERVISION, dict.fromkeys(supervisors), 10, rng
    )


def ask_for_the_year_before_last() -> int:
    """Ask for principals' figures of the year before last where there are none; return how many runs."""
    year = schoolyear.current_year() - 2
    asked = [(KIND_OF_TERMS, subject) for subject in tasks.subjects_of_terms(year)]
    asked += [
        (KIND, subject)
        for subject in tasks.subjects(year)
        if snapshot(kind=KIND, school_year=year, subject=subject) is None
    ]
    for kind, subject in asked:
        request_run(kind=kind, school_year=year, subject=subject, by=None, reason="sample")
    return len(asked)


def _write(kind: str, people: dict[int, int | None], wrote: int, rng: np.random.Generator) -> int:
    year = schoolyear.current_year()
    version = FrameworkVersion.objects.in_force(year).filter(framework__kind=kind).first()
    if version is None:
        return 0
    elements = list(version.elements.order_by("place"))
    chosen = [one for one in people.items() if rng.integers(10) < wrote]
    shared = timezone.now() - timedelta(days=9)
    made = SelfAssessment.objects.bulk_create(
        SelfAssessment(
            person_id=person, school_id=school, version=version, school_year=year, revision=1,
            shared_at=shared if rng.integers(10) < SHARED else None,
        )
        for person, school in chosen
    )  # fmt: skip
    began = shared - timedelta(days=5)
    SelfAssessment.objects.filter(pk__in=[one.pk for one in made]).update(started_at=began, changed_at=shared)
    rows = [row for one in made for row in _levels(one, elements, rng)]
    SelfRating.objects.bulk_create(rows)
    return len(rows)


def _levels(
    one: SelfAssessment, elements: list[ElementVersion], rng: np.random.Generator
) -> list[SelfRating]:
    levels = np.clip(np.round(rng.normal(2.8, 0.7, len(elements))), 1, 4).astype(int).tolist()
    whys = rng.integers(len(WHY), size=len(elements)).tolist()
    return [
        SelfRating(assessment=one, element_version=element, level=level, why=WHY[why])
        for element, level, why in zip(elements, levels, whys, strict=True)
    ]
