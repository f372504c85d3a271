"""Step: calibration exercises of a sample district, one released and one that waits."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone

from alignment_dash.access import reach
from alignment_dash.access.models import User
from alignment_dash.access.roles import Role
from instruction.calibrating.actions.releasing import observe
from instruction.models import (
    CalibrationComment,
    CalibrationExercise,
    CalibrationInvitation,
    CalibrationRating,
    CalibrationVideo,
    ElementVersion,
    ExerciseState,
    FrameworkKind,
    FrameworkVersion,
    ReferenceLevel,
)
from schools.models import Person
from schools.sample.sample import Sample

OBSERVERS = 8
_NOTES = (
    "Three pupils explain how they found the answer; the others write it down.",
    "T: “Who sees it another way?” Two pairs compare their drawings.",
    "Pupils read in turns. No one asks a question.",
    "S2 to S3: “But then the half would be larger.” Teacher waits.",
)
_WHYS = (
    "Several pupils explain to each other, but only when asked.",
    "Questions ask for a result, seldom for a reason.",
    "The task can be solved in more than one way, and pupils try two.",
)


def load_calibration(sample: Sample) -> int:
    """Write one released exercise of eight observers, and an open one; return how many levels."""
    lead = User.objects.filter(email=f"{Role.CALIBRATION_LEAD}@sample.example").first()
    version = FrameworkVersion.objects.filter(framework__kind=FrameworkKind.TEACHING).first()
    people = _observers(sample)
    if lead is None or version is None or len(people) < 2:
        return 0
    elements = list(version.elements.filter(is_focus=True).order_by("place")) or list(
        version.elements.all()[:6]
    )
    today = date.fromordinal(sample.calendar.today)
    released = _exercise("Fractions in grade 5", version, elements, lead, due_on=today - timedelta(days=10))
    n = _rate(sample, released, elements, people, day=today - timedelta(days=12))
    with reach.all_rows(why="the sample district's observations"):
        observe(released, list(released.invitations.all()))
    at = _at(today - timedelta(days=9))
    CalibrationExercise.objects.filter(pk=released.pk).update(state=ExerciseState.RELEASED, released_at=at)
    CalibrationComment.objects.create(
        exercise=released,
        element_version=elements[0],
        author=lead,
        text="Half of us heard an explanation, half a result. Which words made the difference?",
    )
    waiting = _exercise("A discussion in grade 8", version, elements, lead, due_on=today + timedelta(days=9))
    return n + _rate(
        sample, waiting, elements, people, day=today - timedelta(days=1), n_submitted=len(people) // 2 - 1
    )


def _observers(sample: Sample) -> list[int]:
    """Return who rates: principals and principal supervisors; last those who can sign in, whose turn it is."""
    roles = (Role.PRINCIPAL, Role.ASSISTANT_PRINCIPAL, Role.SUPERVISOR)
    emails = [f"{role}@sample.example" for role in roles]
    signed = list(Person.objects.filter(user__email__in=emails).order_by("pk").values_list("pk", flat=True))
    others = sample.people[sorted({*sample.staff.principal, *sample.staff.supervisor})].tolist()
    return [*[one for one in others if one not in signed][: OBSERVERS - len(signed)], *signed]


def _exercise(
    title: str, version: FrameworkVersion, elements: list[ElementVersion], lead: User, *, due_on: date
) -> CalibrationExercise:
    video = CalibrationVideo.objects.create(
        title=title, url="https://video.sample.example/lesson", minutes=14
    )
    made = CalibrationExercise.objects.create(
        title=title, version=version, video=video, lead=lead, due_on=due_on, state=ExerciseState.OPEN,
        opened_at=timezone.now(),
    )  # fmt: skip
    made.elements.set(elements)
    ReferenceLevel.objects.bulk_create(
        ReferenceLevel(exercise=made, element_version=one, level=_reference(place), why=_WHYS[place % 3])
        for place, one in enumerate(elements)
    )
    return made


def _reference(place: int) -> int:
    return (2, 3, 2, 1, 3, 2)[place % 6]


def _rate(
    sample: Sample,
    exercise: CalibrationExercise,
    elements: list[ElementVersion],
    people: list[int],
    *,
    day: date,
    n_submitted: int = OBSERVERS,
) -> int:
    """Invite everyone; the first hand in levels on and about the reference. Return how many levels."""
    rng = sample.rng(f"calibration {exercise.title}")
    submitted = people[:n_submitted]
    CalibrationInvitation.objects.bulk_create(
        CalibrationInvitation(
            exercise=exercise, person_id=one, submitted_at=_at(day) if one in submitted else None
        )
        for one in people
    )
    highest = len(exercise.version.level_names)
    with reach.all_rows(why="the sample district's calibration levels"):
        made = CalibrationRating.objects.bulk_create(
            CalibrationRating(
                exercise=exercise,
                person_id=one,
                element_version=element,
                level=min(max(_reference(place) + int(rng.choice([-1, 0, 0, 0, 1])), 1), highest),
                evidence=_NOTES[int(rng.integers(0, len(_NOTES)))],
            )
            for one in submitted
            for place, element in enumerate(elements)
        )
    return len(made)


def _at(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(15, 30)))
