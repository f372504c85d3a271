"""Step: who of a sample district may observe at other schools this year."""

from instruction.models import VisitingObserver
from schools.sample.sample import Sample

LESSONS = 6  # a term


def load_visiting_observers(sample: Sample) -> int:
    """Let every principal and principal supervisor see some lessons elsewhere; return how many they are."""
    people = sorted({*sample.staff.principal, *sample.staff.supervisor})
    made = VisitingObserver.objects.bulk_create(
        VisitingObserver(person_id=int(person), school_year=sample.calendar.year, lessons=LESSONS)
        for person in sample.people[people].tolist()
    )
    return len(made)
