"""Routes of this package."""

from datetime import timedelta
from typing import Any

from alignment_dash import schoolyear
from alignment_dash.access.policy import Action, Data
from alignment_dash.access.roles import Role
from supervision.balancing import actions
from supervision.balancing.picture import picture
from supervision.models import BalanceProposal
from tests import factories
from tests.factories import SmallDistrict
from tests.route import Route


def proposal(district: SmallDistrict) -> BalanceProposal:
    """A proposal by hand: the second school's principal to another supervisor, from tomorrow on."""
    found = BalanceProposal.objects.first()
    if found is not None:
        return found
    other = factories.person(given="Kim", family="Other")
    factories.assignment(person=other, org=district.root, role="principal-supervisor")
    day = schoolyear.today() + timedelta(days=1)
    moved = {unit.uid: other.pk for unit in picture(day).units if unit.rows[0].school == district.schools[1]}
    return actions.propose_by_hand(moved=moved, start=day, by=district.users[Role.CABINET])


def _proposal(district: SmallDistrict) -> dict[str, Any]:
    return {"uid": proposal(district).uid}


def _supervisor(district: SmallDistrict) -> dict[str, Any]:
    return {"uid": district.supervisor.uid}


def _limits(district: SmallDistrict) -> dict[str, Any]:
    return {"revision": 0, "least": 1, "most": 5}


def _span(district: SmallDistrict) -> dict[str, Any]:
    return {"least": 6, "most": 14}


def _decline(district: SmallDistrict) -> dict[str, Any]:
    return {"do": "decline", "group": [1]}


def _ask(district: SmallDistrict) -> dict[str, Any]:
    return {"start": schoolyear.today().isoformat()}


CHANGE = {"data": Data.CASELOADS, "action": Action.CHANGE}

ROUTES: list[Route] = [
    Route("supervision:limits", **CHANGE),
    Route("supervision:limits-change", **CHANGE, kwargs=_supervisor),
    Route(
        "supervision:limits-change",
        **CHANGE,
        kwargs=_supervisor,
        method="post",
        body=_limits,
        ok=302,
        page=False,
    ),
    Route("supervision:set-span", **CHANGE, method="post", body=_span, ok=302, page=False),
    Route("supervision:what-if", **CHANGE),
    Route("supervision:what-if", **CHANGE, method="post", ok=400, page=False),
    Route("supervision:balance", **CHANGE, kwargs=lambda district: proposal(district) and {}),
    Route("supervision:balance", **CHANGE, method="post", ok=400, page=False),
    Route("supervision:balance-proposal", **CHANGE, kwargs=_proposal),
    Route(
        "supervision:balance-decide",
        **CHANGE,
        kwargs=_proposal,
        method="post",
        body=_decline,
        ok=302,
        page=False,
    ),
    Route("supervision:balance-csv", **CHANGE, kwargs=_proposal, page=False),
    Route("supervision:balance-workbook", **CHANGE, kwargs=_proposal, page=False),
    Route("api-caseload-limits", **CHANGE, page=False),
    Route("api-caseload-limits-detail", **CHANGE, kwargs=_supervisor, method="put", ok=415, page=False),
    Route("api-caseload-span", **CHANGE, page=False),
    Route("api-caseload-span", **CHANGE, method="put", ok=415, page=False),
    Route("api-caseload-what-if", **CHANGE, page=False),
    Route(
        "api-balance-proposal-list", **CHANGE, kwargs=lambda district: proposal(district) and {}, page=False
    ),
    Route("api-balance-proposal-list", **CHANGE, method="post", body=_ask, ok=201, page=False),
    Route("api-balance-proposal-detail", **CHANGE, kwargs=_proposal, page=False),
    Route("api-balance-decisions", **CHANGE, kwargs=_proposal, method="post", ok=400, page=False),
]
