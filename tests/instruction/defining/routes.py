"""Routes of instruction.defining."""

from typing import Any

from alignment_dash.access.policy import Action, Data
from tests.factories import SmallDistrict
from tests.instruction.defining.drafts import draft_of
from tests.route import Route

DRAFTS = Data.FRAMEWORK_DRAFTS
CHANGE = {"data": Data.DEFINITIONS, "action": Action.CHANGE}


def _draft(district: SmallDistrict) -> dict[str, Any]:
    from instruction.models import FrameworkVersion

    return {"uid": (FrameworkVersion.objects.filter(state="draft").first() or draft_of(district)).uid}


def _published(district: SmallDistrict) -> dict[str, Any]:
    return {"uid": district.version.uid}


def _framework(district: SmallDistrict) -> dict[str, Any]:
    return {"uid": district.version.framework.uid}


def _element(district: SmallDistrict) -> dict[str, Any]:
    from instruction.models import Element

    return {**_draft(district), "element_uid": Element.objects.get(code="E1").uid}


def _frame(district: SmallDistrict) -> dict[str, Any]:
    return {
        "revision": 1, "label": "2b", "first_school_year": district_year() + 1, "level_names": "A\nB\nC\nD",
        "proficient_level": 3, "dimensions": "Dimension 1\nDimension 2",
    }  # fmt: skip


def district_year() -> int:
    from alignment_dash import schoolyear

    return schoolyear.current_year()


def _empty(district: SmallDistrict) -> dict[str, Any]:
    return {"copy": str(district.version.uid), "label": "3"}


ROUTES: list[Route] = [
    Route("instruction:framework-versions", Data.DEFINITIONS),
    Route("instruction:framework-versions", Data.DEFINITIONS, method="post", body=_empty, ok=302),
    Route("instruction:framework-import", **CHANGE),
    Route("instruction:framework-import", Data.DEFINITIONS, method="post", ok=400),
    Route("instruction:framework-version", Data.DEFINITIONS, kwargs=_published),
    Route("instruction:framework-version", DRAFTS, kwargs=_draft, query="?of=draft"),
    Route("instruction:framework-yaml", Data.DEFINITIONS, kwargs=_published, page=False),
    Route("instruction:framework-csv", DRAFTS, kwargs=_draft, page=False),
    Route("instruction:framework-frame", Data.DEFINITIONS, kwargs=_draft, method="post", body=_frame, ok=302),
    Route(
        "instruction:framework-order", Data.DEFINITIONS, kwargs=_draft, method="post",
        body=lambda district: {"code": "E1", "to": "down"}, ok=302,
    ),
    Route("instruction:framework-element-new", **CHANGE, kwargs=_draft),
    Route("instruction:framework-element-new", Data.DEFINITIONS, kwargs=_draft, method="post", ok=400),
    Route("instruction:framework-element", **CHANGE, kwargs=_element),
    Route("instruction:framework-element", Data.DEFINITIONS, kwargs=_element, method="post", ok=400),
    Route("instruction:framework-crosswalk", **CHANGE, kwargs=_draft),
    Route("instruction:framework-crosswalk", Data.DEFINITIONS, kwargs=_draft, method="post", ok=400),
    Route("instruction:framework-check", **CHANGE, kwargs=_draft),
    Route("instruction:framework-check", Data.DEFINITIONS, kwargs=_draft, method="post", ok=409),
    Route("instruction:framework-retire", Data.DEFINITIONS, kwargs=_published, method="post", ok=409),
    Route("instruction:framework-delete", Data.DEFINITIONS, kwargs=_draft, method="post", ok=302),
    Route("api-framework-list", Data.DEFINITIONS, page=False),
    Route("api-framework-list", Data.DEFINITIONS, method="post", ok=400, page=False),
    Route("api-framework-detail", Data.DEFINITIONS, kwargs=_framework, page=False),
    Route("api-framework-version", Data.DEFINITIONS, kwargs=_published, page=False),
    Route("api-framework-version", DRAFTS, kwargs=_draft, page=False, query="?of=draft"),
    Route("api-framework-version", Data.DEFINITIONS, kwargs=_draft, method="put", ok=415, page=False),
    Route("api-framework-publish", Data.DEFINITIONS, kwargs=_draft, method="post", ok=200, page=False),
    Route("api-framework-retire", Data.DEFINITIONS, kwargs=_published, method="post", ok=409, page=False),
]  # fmt: skip
