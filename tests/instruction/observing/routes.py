"""Routes of instruction.observing."""

import uuid
from typing import Any

from django.utils import timezone

from alignment_dash import schoolyear
from alignment_dash.access.policy import Action, Data
from alignment_dash.access.reach import all_rows
from instruction.models import ElementVersion, ObservationRecord, RecordState
from instruction.observing import content
from tests.factories import SmallDistrict
from tests.route import Route, school

# Whose records they are decides, and not a role: the others find nothing there.
NOBODYS = uuid.UUID("0197f0e0-0000-7000-8000-0000000000aa")
ACTS = ("share", "open", "lock", "discard", "unlock-request", "acknowledge", "reply")
API_ACTS = {"share": 404, "open": 404, "lock": 404, "unlock-request": 400, "acknowledge": 404, "reply": 404}


def _nobodys(district: SmallDistrict) -> dict[str, Any]:
    return {"uid": NOBODYS}


def _content(district: SmallDistrict) -> content.Json:
    elements = ElementVersion.objects.filter(version=district.version).select_related("element")
    uids = [str(one.element.uid) for one in elements.order_by("place")]
    line = {"id": str(NOBODYS), "text": "Students explain.", "at": None, "elements": uids[:1]}
    levels = {uid: {"level": 3, "not_seen": False, "why": "all of them"} for uid in uids[:2]}
    return content.merge({}, {"lines": [line], "levels": levels}, base=0, revision=1, save=str(NOBODYS))


def _make(district: SmallDistrict, number: int = 0, **fields: Any) -> dict[str, Any]:
    """Make a shared record by the principal of another school; one for each number."""
    place = district.schools[0]
    with all_rows(why="a test's record"):
        ObservationRecord.objects.get_or_create(
            uid=uuid.uuid5(NOBODYS, f"{number}"),
            defaults={
                "observer": district.principals[1], "school": place, "version": district.version,
                "kind": "walkthrough", "purpose": "formative", "observed_on": schoolyear.today(),
                "school_year": schoolyear.current_year(), "state": RecordState.SHARED, "revision": 1,
                "shared_at": timezone.now(), "content": _content(district), **fields,
            },
        )  # fmt: skip
    return {"uid": uuid.uuid5(NOBODYS, f"{number}")}


def shared_record(district: SmallDistrict) -> dict[str, Any]:
    """A record of a teacher of the first school, whose leaders may read it."""
    return _make(district, observed=district.teachers[district.schools[0].pk][1])


def listed(district: SmallDistrict) -> dict[str, Any]:
    """The first school, with a shared record to list."""
    shared_record(district)
    return {"uid": district.schools[0].uid}


def walked(district: SmallDistrict) -> dict[str, Any]:
    """The first school, with enough walks to show."""
    for number in range(1, 7):
        _make(district, number, subject="Reading" if number % 2 else "Science")
    return {"uid": district.schools[0].uid}


ROUTES: list[Route] = [
    Route("instruction:records", Data.OBSERVING),
    Route("instruction:records", Data.OBSERVING, query="?state=draft"),
    # Who leads the school reads what was shared of its teachers; its observer and the observed are nobody here.
    Route("instruction:record", Data.PERSON_EVIDENCE, place=0, kwargs=shared_record),
    Route("instruction:record-new", Data.OBSERVING, Action.CHANGE),
    Route("instruction:record-new", Data.OBSERVING, method="post", ok=400, page=False),
    *[
        Route(
            "instruction:record-write",
            Data.OBSERVING,
            Action.CHANGE,
            kwargs=_nobodys,
            method=method,
            ok=404,
            page=False,
        )
        for method in ("get", "post")
    ],
    *[
        Route(f"instruction:record-{act}", Data.OBSERVING, kwargs=_nobodys, method="post", ok=404, page=False)
        for act in ACTS
    ],
    Route("instruction:unlock-requests", Data.CALIBRATION),
    Route("instruction:unlock-answer", Data.CALIBRATION, kwargs=_nobodys, method="post", ok=404, page=False),
    Route("instruction:school-records", Data.PERSON_EVIDENCE, place=0, kwargs=listed),
    Route("instruction:school-records", Data.PERSON_EVIDENCE, place=2, kwargs=school(2)),
    Route("instruction:school-walks", Data.LEARNING_WALKS, place=0, kwargs=walked),
    Route("instruction:school-walks", Data.LEARNING_WALKS, place=2, kwargs=school(2)),
    Route("instruction:school-walks-export", Data.LEARNING_WALKS, place=0, kwargs=walked, page=False),
    Route("api-record-list", Data.OBSERVING, page=False),
    Route("api-record", Data.PERSON_EVIDENCE, place=0, kwargs=shared_record, page=False),
    Route("api-record", Data.OBSERVING, kwargs=_nobodys, method="put", ok=415, page=False),
    Route("api-record", Data.OBSERVING, kwargs=_nobodys, method="delete", ok=404, page=False),
    *[
        Route(f"api-record-{act}", Data.OBSERVING, kwargs=_nobodys, method="post", ok=status, page=False)
        for act, status in API_ACTS.items()
    ],
]
