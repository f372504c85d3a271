"""Step: limits of two principal supervisors of a sample district, where it has as many."""

from schools.models import Level
from schools.sample.sample import Sample
from supervision.models import CaseloadAssignment, SupervisorLimits

# Least, most and levels.
LIMITS: tuple[tuple[int, int, list[str]], ...] = (
    (6, 14, []),
    (8, 13, [Level.ELEMENTARY, Level.K8, Level.MIDDLE]),
)


def load_limits(sample: Sample) -> int:
    """Write limits wider than the district's span for the first, and levels for the second; return how many rows."""
    people = CaseloadAssignment.objects.order_by("supervisor").values_list("supervisor", flat=True).distinct()
    made = [
        SupervisorLimits(supervisor_id=person, least=least, most=most, levels=levels, revision=1)
        for person, (least, most, levels) in zip(people[: len(LIMITS)], LIMITS, strict=False)
    ]
    return len(SupervisorLimits.objects.bulk_create(made))
