"""Routes of instruction.school_plans."""

from typing import Any

from alignment_dash.access.policy import Action, Data
from tests.factories import SmallDistrict, year
from tests.route import Route, school


def _plan(district: SmallDistrict, place: int = 0) -> Any:
    """The shared plan of a school, with an action and a request that each department may answer."""
    from instruction.models import PlanAction, PlanState, SchoolPlan, SupportRequest

    plan, made = SchoolPlan.objects.get_or_create(
        school=district.schools[place], school_year=year(), defaults={"state": PlanState.SHARED}
    )
    if made:
        PlanAction.objects.create(plan=plan, what="Plan one discussion a week", who="grade-level teams")
        SupportRequest.objects.create(
            plan=plan,
            kind="coaching",
            department="other",
            what="A coach for six weeks",
            n_teachers=8,
            hours=10,
        )
    return plan


def _begun(place: int = 0, **more: Any) -> Any:
    def kwargs(district: SmallDistrict) -> dict[str, Any]:
        return {"uid": _plan(district, place).school.uid, **more}

    return kwargs


def _action(district: SmallDistrict) -> dict[str, Any]:
    plan = _plan(district)
    return {"uid": plan.school.uid, "action": plan.actions.get().uid}


def _asked(district: SmallDistrict) -> dict[str, Any]:
    plan = _plan(district)
    return {"uid": plan.school.uid, "support": plan.support_requests.get().uid}


def _request(district: SmallDistrict) -> dict[str, Any]:
    return {"uid": _plan(district).support_requests.get().uid}


PLAN, ASKED = Data.SCHOOL_PLAN, Data.SUPPORT_REQUESTS
CHANGE = Action.CHANGE
ROUTES = [
    *[
        Route("instruction:school-plan-begin", PLAN, place=place, kwargs=school(place), method="post", ok=302, page=False)
        for place in (0, 1)
    ],
    Route("instruction:school-plan-share", PLAN, place=0, kwargs=_begun(), method="post", ok=302, page=False),
    *[
        Route(name, PLAN, CHANGE, place=0, kwargs=kwargs)
        for name, kwargs in (
            ("instruction:school-plan-action-add", _begun()),
            ("instruction:school-plan-action", _action),
            ("instruction:school-plan-request-add", _begun()),
            ("instruction:school-plan-request", _asked),
            ("instruction:school-plan-moment", _begun(moment="start")),
        )
    ],
    *[
        Route(name, PLAN, place=0, kwargs=kwargs, method="post", ok=400, page=False)
        for name, kwargs in (
            ("instruction:school-plan-action-add", _begun()),
            ("instruction:school-plan-action", _action),
            ("instruction:school-plan-request-add", _begun()),
            ("instruction:school-plan-request", _asked),
        )
    ],
    # Nothing was seen, so nothing is overwritten.
    Route(
        "instruction:school-plan-moment", PLAN, place=0, kwargs=_begun(moment="start"), method="post", ok=409, page=False
    ),
    Route(
        "instruction:school-plan-fill", PLAN, place=0, kwargs=_begun(moment="start"), method="post", ok=302, page=False
    ),
    Route("instruction:school-plans", PLAN, kwargs=lambda district: _plan(district) and {}),
    Route("instruction:support-requests", ASKED, kwargs=lambda district: _plan(district) and {}),
    Route("instruction:support-requests", ASKED, query="?year=2001&state=nonsense&school=x"),
    *[
        Route("instruction:support-requests-export", ASKED, Action.EXPORT, kwargs=lambda district, kind=kind: {"kind": kind}, page=False)
        for kind in ("csv", "xlsx")
    ],
    *[
        Route("api-school-plan", PLAN, place=place, kwargs=school(place), page=False) for place in (0, 2)
    ],
    Route("api-school-plan", PLAN, place=0, kwargs=school(0), method="post", page=False),
    Route("api-school-plan-share", PLAN, place=0, kwargs=_begun(), method="post", page=False),
    Route("api-school-plan-moment", PLAN, place=0, kwargs=_begun(moment="start"), method="post", ok=409, page=False),
    Route("api-school-plan-moment", PLAN, place=0, kwargs=_begun(moment="start"), method="put", ok=415, page=False),
    Route("api-school-plan-actions", PLAN, place=0, kwargs=_begun(), method="post", ok=400, page=False),
    Route("api-school-plan-action", PLAN, place=0, kwargs=_action, method="put", ok=415, page=False),
    Route("api-school-plan-requests", PLAN, place=0, kwargs=_begun(), method="post", ok=400, page=False),
    Route("api-school-plan-request", PLAN, place=0, kwargs=_asked, method="put", ok=415, page=False),
    Route("api-school-plan-request", PLAN, place=0, kwargs=_asked, method="delete", ok=409, page=False),
    Route("api-support-request-list", ASKED, kwargs=lambda district: _plan(district) and {}, page=False),
    Route("instruction:support-request-answer", ASKED, CHANGE, place=0, kwargs=_request),
    Route("instruction:support-request-answer", ASKED, place=0, kwargs=_request, method="post", ok=400, page=False),
    Route("api-support-request-answer", ASKED, place=0, kwargs=_request, method="put", ok=415, page=False),
]  # fmt: skip
