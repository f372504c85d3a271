"""Routes of instruction.meetings."""

from datetime import timedelta
from typing import Any

from alignment_dash import schoolyear
from alignment_dash.access.policy import Action, Data
from alignment_dash.access.roles import Role
from instruction.models import Decision, Department, Meeting
from tests.factories import SmallDistrict
from tests.route import Route


def meeting(district: SmallDistrict) -> Meeting:
    """A meeting over all schools, with an earlier one that decided something for the first two schools."""
    by, day = district.users[Role.CI_ADMINISTRATOR], schoolyear.today()
    common = {"school_year": schoolyear.year_of(day), "under": district.root, "called_by": by}
    before, is_new = Meeting.objects.get_or_create(
        title="September", defaults={"held_on": day - timedelta(days=28), **common}
    )
    for place in (0, 1) if is_new else ():
        Decision.objects.create(
            meeting=before,
            school=district.schools[place],
            what=f"Visit school {place + 1} together",
            department=Department.CURRICULUM,
            owner=by,
            due_on=day - timedelta(days=3),
            made_by=by,
        )
    return Meeting.objects.get_or_create(
        title="October", defaults={"held_on": day, "follows": before, **common}
    )[0]


def _meeting(district: SmallDistrict) -> dict[str, Any]:
    return {"uid": meeting(district).uid}


def _meeting_of_supervisor(district: SmallDistrict) -> dict[str, Any]:
    day = schoolyear.today()
    made = Meeting.objects.get_or_create(
        title="Before the visits",
        defaults={
            "school_year": schoolyear.year_of(day),
            "held_on": day,
            "under": district.networks[0],
            "called_by": district.users[Role.SUPERVISOR],
        },
    )[0]
    return {"uid": made.uid}


def _decision(district: SmallDistrict) -> dict[str, Any]:
    meeting(district)
    return {"uid": Decision.objects.get(school=district.schools[0]).uid}


def _of_everyone(district: SmallDistrict) -> dict[str, Any]:
    """A decision about no one school, which everyone who sees the meeting sees."""
    one = meeting(district)
    made = Decision.objects.get_or_create(
        meeting=one,
        school=None,
        defaults={"what": "Meet monthly", "department": Department.HR, "made_by": one.called_by},
    )[0]
    return {"uid": made.uid}


def _new(district: SmallDistrict) -> dict[str, Any]:
    return {"what": "Three substitute days", "department": "hr", "school": str(district.schools[0].uid)}


ROUTES: list[Route] = [
    Route("instruction:meeting-list", Data.MEETINGS, kwargs=lambda district: meeting(district) and {}),
    Route("instruction:meeting-list", Data.MEETINGS, method="post", ok=400, page=False),
    Route("instruction:meeting", Data.MEETINGS, kwargs=_meeting),
    Route(
        "instruction:meeting", Data.MEETINGS, kwargs=_meeting, query="?order=network&pages=school", page=False
    ),
    Route("instruction:decision-add", Data.MEETINGS, Action.CHANGE, kwargs=_meeting),
    Route(
        "instruction:decision-add",
        Data.MEETINGS,
        kwargs=_meeting,
        method="post",
        body=_new,
        ok=302,
        page=False,
    ),
    Route("instruction:decision-list", Data.MEETINGS, kwargs=lambda district: meeting(district) and {}),
    Route("instruction:decision-change", Data.MEETINGS, Action.CHANGE, kwargs=_decision),
    Route(
        "instruction:decision-change", Data.MEETINGS, kwargs=_of_everyone, method="post", ok=400, page=False
    ),
    *(
        Route(f"instruction:meeting-{form}", Data.MEETINGS, Action.EXPORT, kwargs=_meeting, page=False)
        for form in ("csv", "workbook")
    ),
    *(
        Route(f"instruction:decision-{form}", Data.MEETINGS, Action.EXPORT, page=False)
        for form in ("csv", "workbook")
    ),
    Route("api-meeting-list", Data.MEETINGS, page=False),
    Route("api-meeting-detail", Data.MEETINGS, kwargs=_meeting, page=False),
    Route("api-meeting-decisions", Data.MEETINGS, kwargs=_meeting, page=False),
    Route(
        "api-meeting-decisions",
        Data.MEETINGS,
        kwargs=_meeting,
        method="post",
        body=_new,
        ok=201,
        page=False,
    ),
    Route("api-decision-detail", Data.MEETINGS, kwargs=_decision, page=False),
    Route("api-decision-detail", Data.MEETINGS, kwargs=_decision, method="patch", ok=415, page=False),
    # Who called a meeting keeps its record, and who reaches all of its schools.
    *(
        Route(
            "instruction:meeting-change",
            Data.MEETINGS,
            action=Action.CHANGE,
            kwargs=_meeting_of_supervisor,
            **how,
        )
        for how in ({}, {"method": "post", "ok": 400, "page": False})
    ),
]
