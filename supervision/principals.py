"""Who leads a school, as the roster says."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from schools.models import Person, StaffAssignment, StaffRole


def leaders_on(schools: Iterable[int], day: date) -> dict[int, list[Person]]:
    """Return the principals on `day` of each of the schools (ids) that has any; one query.

    First the one whose primary assignment it is, then who has been there longest.
    """
    held = StaffAssignment.objects.on(day).filter(org__in=schools, role=StaffRole.PRINCIPAL)
    found = defaultdict(list)
    for each in held.order_by("-is_primary", "during", "pk").select_related("person__identity"):
        found[each.org_id].append(each.person)
    return dict(found)
