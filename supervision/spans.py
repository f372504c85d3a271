"""The span of principals that a caseload stands beside: the literature's, or what the district has set instead.

Every page, file, notice and limit takes it from here; what was computed with one keeps saying which.
"""

from collections.abc import Mapping

from supervision.models import DistrictSpan
from supervision.needs import PAPER_SPAN, Bounds


def standing_span() -> DistrictSpan | None:
    """Return what the district has set last; None: nothing. One query."""
    return DistrictSpan.objects.order_by("-set_at", "-pk").first()


def bounds_of(held: DistrictSpan | None) -> Bounds:
    """Return the span that was set, the literature's where none was."""
    return PAPER_SPAN if held is None else Bounds(held.low, held.high)


def district_span() -> Bounds:
    """Return the span of a supervisor without limits of their own, as of now; one query."""
    return bounds_of(standing_span())


def kept_span(span: Bounds) -> dict[str, list[int]]:
    """Return what a snapshot's facts keep of the span it was computed with."""
    return {"span": [*span]}


def span_in(facts: Mapping[str, object]) -> Bounds:
    """Return the span that a snapshot was computed with; before it was kept that was the literature's."""
    kept = facts.get("span")
    return Bounds(*kept) if isinstance(kept, list) else PAPER_SPAN
