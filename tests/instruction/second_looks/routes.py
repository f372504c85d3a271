"""Routes of instruction.second_looks."""

from typing import Any

from alignment_dash.access.policy import Action, Data
from tests.factories import SmallDistrict, year
from tests.route import Route


def _cell(district: SmallDistrict, place: int = 0) -> dict[str, Any]:
    element = district.version.elements.select_related("element").first()
    return {"school_uid": district.schools[place].uid, "element_uid": element.element.uid}


def _look(district: SmallDistrict) -> dict[str, Any]:
    from alignment_dash.access.roles import Role
    from alignment_dash.schoolyear import today
    from instruction.models import SecondLook

    look, _made = SecondLook.objects.get_or_create(
        school=district.schools[0], element=district.version.elements.first().element, school_year=year(),
        defaults={"looked_on": today(), "found": "Two needs hide here", "by": district.users[Role.CI_STAFF]},
    )  # fmt: skip
    return {"uid": look.uid}


LOOKS, CHANGE = Data.SECOND_LOOKS, Action.CHANGE
ROUTES = [
    Route("instruction:second-looks", LOOKS, kwargs=lambda district: _look(district) and {}),
    Route("instruction:second-looks", LOOKS, query="?state=open&school=x&element=x&year=x"),
    Route("instruction:second-looks-export", LOOKS, Action.EXPORT, page=False),
    Route("instruction:second-look-record", LOOKS, CHANGE, place=0, kwargs=_cell),
    Route("instruction:second-look-record", LOOKS, place=0, kwargs=_cell, method="post", ok=400, page=False),
    *[
        Route(f"instruction:second-look-{name}", LOOKS, CHANGE, place=0, kwargs=_look)
        for name in ("change", "outcome")
    ],
    *[
        Route(
            f"instruction:second-look-{name}", LOOKS, place=0, kwargs=_look, method="post", ok=400, page=False
        )
        for name in ("change", "outcome")
    ],
    Route("api-second-look-list", LOOKS, kwargs=lambda district: _look(district) and {}, page=False),
    Route("api-second-look-list", LOOKS, method="post", ok=400, page=False),
    Route("api-second-look", LOOKS, place=0, kwargs=_look, page=False),
    Route("api-second-look", LOOKS, place=0, kwargs=_look, method="put", ok=415, page=False),
    Route("api-second-look-outcome", LOOKS, place=0, kwargs=_look, method="put", ok=415, page=False),
]
