"""Step of a sample district: each network's principals are its principal supervisor's caseload."""

from django.db.backends.postgresql.psycopg_any import DateRange

from schools.sample.plan_staff import OPEN
from schools.sample.sample import Sample
from schools.sample.write import date_of
from supervision.actions import sync_all_grants
from supervision.models import CaseloadAssignment


def load_caseloads(sample: Sample) -> int:
    """Write who supervised which principal since last year, and open their schools; return how many rows."""
    spells, places = sample.staff.spells, sample.places
    first = sample.calendar.first_day(sample.calendar.year - 1)
    made = []
    for at in spells.where("principal").tolist():
        school = spells.org[at] - places.first_school
        supervisor = sample.staff.supervisor[max(int(places.network[school]), 0)]
        end = None if spells.end[at] == OPEN else date_of(spells.end[at])
        made.append(
            CaseloadAssignment(
                supervisor_id=int(sample.people[supervisor]),
                principal_id=int(sample.people[spells.person[at]]),
                school_id=int(sample.schools[school]),
                during=DateRange(date_of(max(first, spells.start[at])), end),
            )
        )
    CaseloadAssignment.objects.bulk_create(made, batch_size=2000)
    sync_all_grants(by=None)
    return len(made)
