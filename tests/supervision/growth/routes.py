"""Routes of supervision.growth."""

from typing import Any

from alignment_dash import schoolyear
from alignment_dash.access.policy import Action, Data
from alignment_dash.access.roles import Role
from supervision.models import SupervisorSupport, SupportForm
from tests.factories import SmallDistrict
from tests.route import Route

SUPPORT = Data.SUPERVISOR_SUPPORT


def support(district: SmallDistrict) -> SupervisorSupport:
    """Support that the supervisor received."""
    return SupervisorSupport.objects.get_or_create(
        supervisor=district.supervisor,
        defaults={
            "day": schoolyear.today(),
            "minutes": 90,
            "form": SupportForm.COACHING,
            "given_by": "Coach",
            "written_by": district.users[Role.CABINET],
        },
    )[0]


def _one(district: SmallDistrict) -> dict[str, Any]:
    return {"uid": support(district).uid}


def _whose(district: SmallDistrict) -> dict[str, Any]:
    return {"uid": support(district).supervisor.uid}


ROUTES: list[Route] = [
    Route("supervision:support-list", SUPPORT, kwargs=lambda district: support(district) and {}),
    Route("supervision:growth", SUPPORT, kwargs=_whose),
    Route("supervision:support-add", SUPPORT, Action.CHANGE),
    Route("supervision:support-add", SUPPORT, Action.CHANGE, method="post", ok=400, page=False),
    Route("supervision:support-change", SUPPORT, Action.CHANGE, kwargs=_one),
    Route("supervision:support-change", SUPPORT, kwargs=_one, method="post", ok=400, page=False),
    Route("supervision:support-remove", SUPPORT, kwargs=_one, method="post", ok=409, page=False),
    Route("supervision:support-csv", SUPPORT, Action.EXPORT, page=False),
    Route("supervision:support-workbook", SUPPORT, Action.EXPORT, page=False),
    Route("api-supervisor-support-list", SUPPORT, page=False),
    Route("api-supervisor-support-list", SUPPORT, method="post", ok=400, page=False),
    Route("api-supervisor-support-detail", SUPPORT, kwargs=_one, page=False),
    Route("api-supervisor-support-detail", SUPPORT, kwargs=_one, method="put", ok=415, page=False),
    Route("api-supervisor-support-detail", SUPPORT, kwargs=_one, method="delete", ok=400, page=False),
]
