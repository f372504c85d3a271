"""Step of a sample district: the support that its principal supervisors received this school year."""

from datetime import date, timedelta

from alignment_dash.access.models import User
from alignment_dash.access.roles import Role
from schools.sample.sample import Sample
from supervision.growth.queries import elements, supervisors
from supervision.models import SupervisorSupport, SupportForm

# Weeks ago, form, minutes, given by; every supervisor takes part in the community, coaching reaches some.
GIVEN = (
    (2, SupportForm.COMMUNITY, 120, "Supervisors' community"),
    (3, SupportForm.COACHING, 60, "Executive coach"),
    (6, SupportForm.COMMUNITY, 120, "Supervisors' community"),
    (7, SupportForm.SHADOWING, 180, "Another supervisor"),
    (9, SupportForm.TRAINING, 360, "Institute for supervisors"),
)
SHARED = {SupportForm.COMMUNITY, SupportForm.TRAINING}


def load_support(sample: Sample) -> int:
    """Write what each supervisor received since the year began; return how many rows."""
    address = next((one.email for one in sample.sign_ins if one.role == Role.CABINET), "")
    by = User.objects.filter(email=address).first()
    if by is None:
        return 0
    today = date.fromordinal(sample.calendar.today)
    first = date.fromordinal(sample.calendar.first_day(sample.calendar.year))
    worded = elements(sample.calendar.year)
    rng = sample.rng("supervisors' support")
    made = []
    for place, person in enumerate(supervisors(today)):
        for number, (weeks, form, minutes, given_by) in enumerate(GIVEN):
            day = today - timedelta(weeks=weeks)
            if day < first or (form not in SHARED and rng.random() < 0.5):
                continue
            element = worded[(place + number) % len(worded)].element if worded else None
            made.append(
                SupervisorSupport(
                    supervisor=person, day=day, minutes=minutes, form=form, given_by=given_by,
                    element=element, written_by=by,
                )
            )  # fmt: skip
    return len(SupervisorSupport.objects.bulk_create(made))
