"""Routes of instruction.completion, and of the leave that it counts with."""

from datetime import date
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange

from alignment_dash.access.policy import Action, Data
from alignment_dash.access.reach import all_rows
from schools.models import Leave
from tests.factories import SmallDistrict
from tests.route import Route


def _leave(district: SmallDistrict) -> dict[str, Any]:
    person = district.teachers[district.schools[0].pk][1]
    during = DateRange(date(2026, 9, 1), date(2026, 12, 1))
    with all_rows(why="a test's leave"):
        return {"uid": Leave.objects.get_or_create(person=person, during=during)[0].uid}


def _lines(district: SmallDistrict) -> dict[str, Any]:
    return {"form-TOTAL_FORMS": "0", "form-INITIAL_FORMS": "0", "seen": "0" * 16}


ROUTES: list[Route] = [
    Route("instruction:expectations", Data.EXPECTATIONS),
    Route("instruction:expectations", Data.EXPECTATIONS, query="?year=2001&copy=last-year"),
    Route("instruction:expectations", Data.EXPECTATIONS, method="post", ok=400, page=False),
    Route(
        "instruction:expectations",
        Data.EXPECTATIONS,
        method="post",
        body=_lines,
        ok=409,
        page=False,
        query="?year=2001",
    ),
    Route("instruction:expectations-export", Data.EXPECTATIONS, page=False),
    Route("instruction:my-observing", Data.OBSERVING),
    Route("instruction:certainty-workbook", Data.SCHOOL_CAPACITY, Action.EXPORT, page=False),
    Route("api-expectations", Data.EXPECTATIONS, page=False),
    Route("api-expectations", Data.EXPECTATIONS, method="put", ok=415, page=False),
    Route("schools:leave-list", Data.LEAVE, kwargs=lambda district: _leave(district) and {}),
    Route("schools:leave-list", Data.LEAVE, method="post", ok=400, page=False),
    Route("schools:leave-export", Data.LEAVE, page=False),
    Route("schools:leave-change", Data.LEAVE, kwargs=_leave),
    Route("schools:leave-change", Data.LEAVE, kwargs=_leave, method="post", ok=400, page=False),
    Route("api-leave-list", Data.LEAVE, page=False),
    Route("api-leave-list", Data.LEAVE, method="post", ok=400, page=False),
    *(
        Route("api-leave-detail", Data.LEAVE, kwargs=_leave, method=method, ok=ok, page=False)
        for method, ok in (("get", 200), ("put", 415), ("delete", 204))
    ),
]
