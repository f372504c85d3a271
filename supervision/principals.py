"""Who leads a school, as the roster says."""

from collections.abc import Iterable
from datetime import date

from schools.models import Person, StaffAssignment, StaffRole


def principals_on(schools: Iterable[int], day: date) -> dict[int, Person]:
    """Return the principal on `day` of each of the schools (ids) that has one; one query.

    Of several the one whose primary assignment it is, then who has been there longest.
    """
    held = StaffAssignment.objects.on(day).filter(org__in=schools, role=StaffRole.PRINCIPAL)
    found: dict[int, Person] = {}
    for each in held.order_by("-is_primary", "during", "pk").select_related("person__identity"):
        found.setdefault(each.org_id, each.person)
    return found
