"""Routes of instruction.consulting."""

from datetime import timedelta
from typing import Any

from alignment_dash.access.policy import Action, Data
from alignment_dash.access.roles import Role
from alignment_dash.schoolyear import today
from tests.factories import SmallDistrict
from tests.route import Route, school


def _version(district: SmallDistrict) -> dict[str, Any]:
    """A draft that is open to comments and votes today."""
    from instruction.consulting import actions
    from tests.instruction.consulting.drafts import draft

    version = draft(district)
    actions.set_consultation(
        version=version, opens_on=today(), closes_on=today() + timedelta(days=7), votes_each=2,
        by=district.users[Role.CI_ADMINISTRATOR],
    )  # fmt: skip
    return {"uid": version.uid}


def _comment(district: SmallDistrict) -> dict[str, Any]:
    """A comment on the draft by a teacher."""
    from instruction.consulting import actions
    from instruction.models import FrameworkVersion

    uid = _version(district)["uid"]
    version = FrameworkVersion.objects.get(uid=uid)
    said = actions.comment(
        version=version, text="Say which students.", role=Role.TEACHER, by=district.users[Role.TEACHER]
    )
    return {"uid": uid, "comment": said.uid}


def _element(district: SmallDistrict) -> dict[str, Any]:
    return {"uid": district.version.elements.select_related("element").first().element.uid}


def _source(district: SmallDistrict) -> dict[str, Any]:
    from instruction.consulting.sources import add_source

    element = district.version.elements.select_related("element").first().element
    made = add_source(element=element, claim="It helps.", citation="Somebody 2015", url="", by=None)
    return {"uid": made.uid}


DRAFTS, DEFINITIONS, PLAN = Data.FRAMEWORK_DRAFTS, Data.DEFINITIONS, Data.SCHOOL_PLAN
ROUTES: list[Route] = [
    Route("instruction:consultation-list", DRAFTS, kwargs=lambda district: _comment(district) and {}),
    Route(
        "instruction:consultation", DRAFTS, kwargs=lambda district: {"uid": _comment(district)["uid"]}
    ),
    Route(
        "instruction:consultation-comment", DRAFTS, kwargs=_version, method="post",
        body=lambda district: {"about": "whole", "text": "Shorter, please."}, ok=302, page=False,
    ),
    Route(
        "instruction:consultation-votes", DRAFTS, kwargs=_version, method="post",
        body=lambda district: {"element": str(_element(district)["uid"])}, ok=302, page=False,
    ),
    Route("instruction:consultation-days", DEFINITIONS, Action.CHANGE, kwargs=_version),
    Route(
        "instruction:consultation-days", DEFINITIONS, Action.CHANGE, kwargs=_version, method="post",
        body=lambda district: {"opens_on": "nonsense"}, ok=400, page=False,
    ),
    Route("instruction:consultation-answer", DEFINITIONS, Action.CHANGE, kwargs=_comment),
    Route(
        "instruction:consultation-answer", DEFINITIONS, Action.CHANGE, kwargs=_comment, method="post",
        body=lambda district: {"text": "We will.", "seen": ""}, ok=302, page=False,
    ),
    Route("instruction:consultation-export", DEFINITIONS, Action.CHANGE, kwargs=_version, page=False),
    Route("instruction:focus", DEFINITIONS),
    Route(
        "instruction:focus", DEFINITIONS, method="post",
        body=lambda district: {"element": str(_element(district)["uid"])}, ok=409, page=False,
    ),
    Route("instruction:framework-review", DEFINITIONS, kwargs=lambda district: {"uid": district.version.uid}),
    *[Route("instruction:school-focus", PLAN, place=place, kwargs=school(place)) for place in (0, 1, 2)],
    *[
        Route(
            "instruction:school-focus", PLAN, place=place, kwargs=school(place), method="post",
            body=lambda district: {"element": str(_element(district)["uid"])}, ok=409, page=False,
        )
        for place in (0, 1)
    ],
    Route("instruction:element-sources", DEFINITIONS, kwargs=_element),
    Route("instruction:element-sources", DEFINITIONS, kwargs=_element, method="post", ok=400, page=False),
    Route("instruction:source-remove", DEFINITIONS, kwargs=_source, method="post", ok=302, page=False),
    Route("api-consultation", DRAFTS, kwargs=_version, page=False),
    Route("api-consultation-comments", DRAFTS, kwargs=_version, page=False),
    Route("api-consultation-comments", DRAFTS, kwargs=_version, method="post", ok=400, page=False),
    Route("api-consultation-votes", DRAFTS, kwargs=_version, method="put", ok=415, page=False),
    Route("api-focus", DEFINITIONS, page=False),
    Route("api-focus", DEFINITIONS, method="put", ok=415, page=False),
    *[Route("api-school-focus", PLAN, place=place, kwargs=school(place), page=False) for place in (0, 1)],
    Route("api-school-focus", PLAN, place=0, kwargs=school(0), method="put", ok=415, page=False),
]  # fmt: skip
