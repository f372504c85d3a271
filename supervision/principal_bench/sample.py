"""Step of a sample district: openings expected, and who is named as ready."""

from datetime import date, timedelta

from alignment_dash.access.models import User
from alignment_dash.access.roles import Role
from schools.models import Level, School, StaffAssignment, StaffRole
from schools.sample.sample import Sample
from supervision.models import BenchCandidate, ExpectedOpening, OpeningReason, Readiness

SHARE_OF_SCHOOLS = 12
REASONS = (OpeningReason.RETIREMENT, OpeningReason.MOVE, OpeningReason.INTERIM)
EXPERIENCE = (
    "Leads the school's teams of teachers; ran the summer program twice.",
    "Led the move to the new mathematics materials; acting principal for a spring.",
    "Coaches teachers of three schools; leads the district's learning walks.",
)


def load_bench(sample: Sample) -> int:
    """Write an opening for each dozen schools and a candidate for each; return how many rows."""
    today = date.fromordinal(sample.calendar.today)
    writer = User.objects.filter(role_grants__role=Role.CABINET).order_by("pk").first()
    if writer is None:
        return 0
    rng = sample.rng("principal bench")
    schools = list(School.objects.on(today).order_by("pk").values_list("pk", flat=True))
    count = max(1, len(schools) // SHARE_OF_SCHOOLS) if schools else 0
    chosen = sorted(rng.choice(len(schools), count, replace=False).tolist()) if count else []
    openings = [
        ExpectedOpening(
            school_id=schools[place], opens_on=today + timedelta(days=int(rng.integers(30, 270))),
            reason=REASONS[number % 3], written_by=writer,
        )
        for number, place in enumerate(chosen)
    ]  # fmt: skip
    roles = (StaffRole.ASSISTANT_PRINCIPAL, StaffRole.COACH)
    held = StaffAssignment.objects.on(today).filter(role__in=roles).order_by("person")
    people = list(held.values_list("person", flat=True).distinct()[: count + 1])
    named = [
        BenchCandidate(
            person_id=person, readiness=Readiness.values[number % 3], named_by=writer, named_on=today,
            levels=[Level.ELEMENTARY] if number % 2 else [], has_license=number % 3 != 1, told_on=today,
            experience=EXPERIENCE[number % len(EXPERIENCE)],
        )
        for number, person in enumerate(people)
    ]  # fmt: skip
    return len(ExpectedOpening.objects.bulk_create(openings)) + len(BenchCandidate.objects.bulk_create(named))
