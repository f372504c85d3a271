"""Routes of this package."""

from datetime import timedelta
from typing import Any

from alignment_dash.access.policy import Action, Data
from alignment_dash.access.roles import Role
from alignment_dash.schoolyear import today
from supervision.models import BenchCandidate, ExpectedOpening
from supervision.principal_bench import actions
from tests.factories import SmallDistrict
from tests.route import Route

BENCH = Data.PRINCIPAL_BENCH


def opening(district: SmallDistrict) -> ExpectedOpening:
    """An opening at the first school in three months, which the cabinet wrote down."""
    found = ExpectedOpening.objects.filter(withdrawn_on=None, filled_on=None).first()
    return found or actions.expect_opening(
        school=district.schools[0],
        by=district.users[Role.CABINET],
        opens_on=today() + timedelta(days=90),
        reason="retirement",
    )


def candidate(district: SmallDistrict) -> BenchCandidate:
    """The second school's principal, whom the supervisor named and told."""
    found = BenchCandidate.objects.filter(withdrawn_on=None).first()
    return found or actions.name_candidate(
        person=district.principals[1],
        by=district.users[Role.SUPERVISOR],
        readiness="now",
        levels=["high"],
        experience="Led the summer program.",
        told_on=today(),
    )


def _bench(district: SmallDistrict) -> dict[str, Any]:
    opening(district)
    candidate(district)
    return {}


def _opening(district: SmallDistrict) -> dict[str, Any]:
    return {"uid": opening(district).uid}


def _candidate(district: SmallDistrict) -> dict[str, Any]:
    return {"uid": candidate(district).uid}


ROUTES: list[Route] = [
    Route("supervision:principal-bench", BENCH, kwargs=_bench),
    Route("supervision:bench-mine", kwargs=_bench),
    Route("supervision:bench-mine", kwargs=_bench, method="post", ok=302, page=False),
    Route("supervision:bench-csv", BENCH, Action.EXPORT, kwargs=_bench, page=False),
    Route("supervision:bench-workbook", BENCH, Action.EXPORT, kwargs=_bench, page=False),
    Route("supervision:opening-add", BENCH, Action.CHANGE),
    Route("supervision:opening-add", BENCH, method="post", ok=400, page=False),
    Route("supervision:opening-change", BENCH, Action.CHANGE, kwargs=_opening),
    Route("supervision:opening-change", BENCH, kwargs=_opening, method="post", ok=400, page=False),
    Route("supervision:opening-close", BENCH, kwargs=_opening, method="post", ok=409, page=False),
    Route("supervision:candidate-add", BENCH, Action.CHANGE),
    Route("supervision:candidate-add", BENCH, method="post", ok=400, page=False),
    Route("supervision:candidate-change", BENCH, Action.CHANGE, kwargs=_candidate),
    Route("supervision:candidate-change", BENCH, kwargs=_candidate, method="post", ok=400, page=False),
    Route("supervision:candidate-withdraw", BENCH, kwargs=_candidate, method="post", ok=409, page=False),
    Route("api-expected-openings", BENCH, kwargs=_bench, page=False),
    Route("api-expected-openings", BENCH, method="post", ok=400, page=False),
    Route("api-expected-openings-detail", BENCH, kwargs=_opening, method="put", ok=415, page=False),
    Route("api-expected-openings-detail", BENCH, kwargs=_opening, method="post", ok=400, page=False),
    Route("api-bench-candidates", BENCH, kwargs=_bench, page=False),
    Route("api-bench-candidates", BENCH, method="post", ok=400, page=False),
    Route("api-bench-candidates-detail", BENCH, kwargs=_candidate, method="put", ok=415, page=False),
    Route("api-bench-candidates-detail", BENCH, kwargs=_candidate, method="post", ok=400, page=False),
]
