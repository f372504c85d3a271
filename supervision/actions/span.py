"""Say how many principals a supervisor without limits of their own has."""

from uuid import UUID

from django.db import transaction

from alignment_dash.access import audit
from alignment_dash.access.models import User
from alignment_dash.turns import one_at_a_time
from instruction.revisions import Moved
from supervision.actions.caseloads import ring
from supervision.models import DistrictSpan
from supervision.needs import Bounds
from supervision.spans import bounds_of, standing_span


@transaction.atomic
def set_span(*, span: Bounds, seen: UUID | None, by: User | None) -> DistrictSpan | None:
    """Have `span` hold in the district from now on, and the caseloads held against it; earlier ones are kept.

    seen: uid of what was read before (None: nothing was set). Return what holds; None where the literature's does and
    nothing else was asked for. Moved, with what holds, when another does by now; ValidationError for a least above the
    most, or a most above 100.
    """
    one_at_a_time("district span")
    now = standing_span()
    if now is not None and now.uid != seen:
        raise Moved(now)
    if span == bounds_of(now):
        return now
    made = DistrictSpan(low=span.low, high=span.high, set_by=by)
    made.full_clean(exclude={"set_by"})
    made.save()
    detail = {**span._asdict(), "before": [*bounds_of(now)]}
    audit.record(act="caseload.span", target=made, by=by, detail=detail)
    ring(by, "the district's span of principals was changed")
    return made
