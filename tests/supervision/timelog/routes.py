"""Routes of supervision.timelog."""

from typing import Any

from alignment_dash.access.policy import Action, Data
from alignment_dash.access.roles import Role
from alignment_dash.access.scope import scope_of
from alignment_dash.schoolyear import today
from supervision.models import GoalKind, TimeEntry
from supervision.timelog import actions, aims
from tests.factories import SmallDistrict
from tests.route import Route

TIME = Data.SUPERVISOR_TIME
OWN = Action.CHANGE


def entry(district: SmallDistrict) -> TimeEntry:
    """An entry of the supervisor's, with the first principal, today."""
    by = district.users[Role.SUPERVISOR]
    found = TimeEntry.objects.filter(supervisor=district.supervisor).first()
    if found is not None:
        return found
    aims.set_goal(
        scope=scope_of(district.users[Role.CABINET]),
        by=district.users[Role.CABINET],
        school_year=2000,
        kind=GoalKind.WITH_PRINCIPALS,
        value=60,
        for_district=True,
    )
    return actions.add_entry(
        scope=scope_of(by),
        by=by,
        day=today(),
        minutes=45,
        purpose="modeling",
        principals=[(district.principals[0].pk, district.schools[0].pk)],
    ).entry


def _some(district: SmallDistrict) -> dict[str, Any]:
    entry(district)
    return {}


def _entry(district: SmallDistrict) -> dict[str, Any]:
    return {"uid": entry(district).uid}


def _covered(district: SmallDistrict) -> dict[str, Any]:
    return {"day": today().isoformat(), "minutes": "30", "purpose": "covering", "department": "hr"}


def _file(name: str, action: Action) -> list[Route]:
    return [
        Route(f"supervision:{name}-{form}", TIME, action, kwargs=_some, page=False)
        for form in ("csv", "workbook")
    ]


def _sent(name: str, data: Data, **how: Any) -> Route:
    return Route(f"supervision:{name}", data, OWN, method="post", page=False, **how)


ROUTES: list[Route] = [
    Route("supervision:time", TIME, kwargs=_some, ok=302, page=False),
    Route("supervision:quick-entry", TIME, OWN, kwargs=_some),
    _sent("quick-entry", TIME, body=_covered, ok=302),
    Route("supervision:my-time", TIME, OWN, kwargs=_some),
    Route("supervision:time-district", TIME, kwargs=_some),
    *_file("my-time", OWN),
    *_file("time-district", Action.EXPORT),
    Route("supervision:entry-change", TIME, OWN, kwargs=_entry),
    _sent("entry-change", TIME, kwargs=_entry, ok=400),
    _sent("entry-remove", TIME, kwargs=_entry, ok=302),
    _sent("entry-restore", TIME, ok=302),
    _sent("my-time-goals", TIME, body=lambda district: {"visits": "2"}, ok=302),
    _sent("my-time-days", TIME, ok=400),
    _sent("time-district-goals", Data.CASELOADS, body=lambda district: {"visits": "2"}, ok=302),
    _sent("time-district-days", Data.CASELOADS, ok=400),
    Route("api-time-entries", TIME, OWN, kwargs=_some, page=False),
    Route("api-time-entries", TIME, OWN, method="post", body=_covered, ok=201, page=False),
    Route("api-time-entry", TIME, OWN, kwargs=_entry, page=False),
    Route("api-time-entry", TIME, OWN, kwargs=_entry, method="patch", ok=415, page=False),
    Route("api-time-entry", TIME, OWN, kwargs=_entry, method="delete", ok=400, page=False),
    Route("api-time-shares", TIME, page=False),
    Route("api-time-goals", TIME, page=False),
    Route("api-time-goals", TIME, Action.VIEW, method="put", ok=415, page=False),
]
