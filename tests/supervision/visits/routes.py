"""Routes of supervision.visits."""

from typing import Any

from alignment_dash.access.policy import Action, Data
from tests.factories import SmallDistrict
from tests.route import Route


def _school(district: SmallDistrict) -> dict[str, Any]:
    _visit(district)
    return {"school_uid": district.schools[0].uid}


def place_of(district: SmallDistrict) -> dict[str, Any]:
    _visit(district)
    return {"school_uid": district.schools[0].uid, "principal_uid": district.principals[0].uid}


def place_of_second(district: SmallDistrict) -> dict[str, Any]:
    return {"school_uid": district.schools[1].uid, "principal_uid": district.principals[1].uid}


def _visit(district: SmallDistrict) -> dict[str, Any]:
    """A visit to the second school, which its supervisor reaches and the principal of the first does not."""
    from alignment_dash.access.roles import Role
    from alignment_dash.schoolyear import today
    from supervision.models import Visit

    visit, _made = Visit.objects.get_or_create(
        supervisor=district.supervisor, principal=district.principals[1], school=district.schools[1],
        defaults={"day": today(), "made_by": district.users[Role.SUPERVISOR]},
    )  # fmt: skip
    return {"uid": visit.uid}


def _note(district: SmallDistrict) -> dict[str, Any]:
    from alignment_dash.access.reach import all_rows
    from supervision.models import Visit, VisitNote

    visit = Visit.objects.get(uid=_visit(district)["uid"])
    with all_rows(why="a test writes"):
        note, _made = VisitNote.objects.get_or_create(
            visit=visit, supervisor=district.supervisor, principal=district.principals[1],
            author=district.supervisor, defaults={"text": "We rehearsed one talk."},
        )  # fmt: skip
    return {"uid": note.uid}


def _commitment(district: SmallDistrict) -> dict[str, Any]:
    from alignment_dash.access.reach import all_rows
    from alignment_dash.schoolyear import today
    from supervision.models import Commitment

    with all_rows(why="a test writes"):
        one, _made = Commitment.objects.get_or_create(
            principal=district.principals[1], school=district.schools[1], writer=district.supervisor,
            defaults={"by": "supervisor", "text": "Bring two tasks.", "made_on": today(), "due": today(),
                      "first_due": today()},
        )  # fmt: skip
    return {"uid": one.uid}


VISITS, CHANGE, EXPORT = Data.VISITS, Action.CHANGE, Action.EXPORT
# Place 1: a school of the supervisor's, where the principal of the cast is not.
ROUTES = [
    Route("supervision:visits", VISITS, kwargs=lambda district: _visit(district) and {}),
    Route("supervision:visits", VISITS, query="?state=done&school=x&principal=x&page=x"),
    Route("supervision:visits-csv", VISITS, EXPORT, page=False),
    Route("supervision:visits-workbook", VISITS, EXPORT, page=False),
    Route("supervision:my-visits", VISITS),
    Route("supervision:my-notes", VISITS, kwargs=lambda district: _note(district) and {}),
    Route("supervision:note-change", VISITS, CHANGE, place=1, kwargs=_note),
    Route("supervision:note-change", VISITS, place=1, kwargs=_note, method="post", ok=400, page=False),
    Route("supervision:visit-sheet-of-school", VISITS, place=0, kwargs=_school),
    Route("supervision:visit-sheet", VISITS, place=0, kwargs=place_of),
    Route("supervision:visit-plan", VISITS, CHANGE, place=1, kwargs=place_of_second),
    Route(
        "supervision:visit-plan", VISITS, place=1, kwargs=place_of_second, method="post", ok=400, page=False
    ),
    Route("supervision:visit-record", VISITS, CHANGE, place=1, kwargs=place_of_second),
    Route(
        "supervision:visit-record", VISITS, place=1, kwargs=place_of_second, method="post", ok=400, page=False
    ),
    Route("supervision:commitments", VISITS, kwargs=lambda district: _commitment(district) and {}),
    Route("supervision:commitments", VISITS, query="?state=overdue&school=x"),
    Route("supervision:commitments-csv", VISITS, EXPORT, page=False),
    Route("supervision:commitments-workbook", VISITS, EXPORT, page=False),
    Route("supervision:commit", VISITS, CHANGE, place=1, kwargs=place_of_second, query="?visit=x"),
    Route("supervision:commit", VISITS, place=1, kwargs=place_of_second, method="post", ok=400, page=False),
    *[
        Route(f"supervision:{name}", VISITS, action, place=1, kwargs=kwargs, page=True)
        for name, action, kwargs in (
            ("visit", None, _visit),
            ("visit-done", CHANGE, _visit),
            ("visit-change", CHANGE, _visit),
            ("commitment-change", CHANGE, _commitment),
            ("commitment-end", CHANGE, _commitment),
        )
    ],
    *[
        Route(f"supervision:{name}", VISITS, place=1, kwargs=kwargs, method="post", ok=ok, page=False)
        for name, kwargs, ok in (
            ("visit-done", _visit, 400),
            ("visit-change", _visit, 400),
            ("note-add", _visit, 400),
            ("commitment-change", _commitment, 400),
            ("commitment-end", _commitment, 400),
            ("visit-cancel", _visit, 409),
            ("visit-restore", _visit, 409),
        )
    ],
    Route("api-visit-list", VISITS, kwargs=lambda district: _visit(district) and {}, page=False),
    Route("api-visit-list", VISITS, method="post", ok=400, page=False),
    Route("api-visit", VISITS, place=1, kwargs=_visit, page=False),
    Route("api-visit", VISITS, place=1, kwargs=_visit, method="patch", ok=415, page=False),
    Route("api-visit-done", VISITS, place=1, kwargs=_visit, method="put", ok=415, page=False),
    Route("api-visit-notes", VISITS, place=1, kwargs=_visit, page=False),
    Route("api-visit-notes", VISITS, place=1, kwargs=_visit, method="post", ok=400, page=False),
    Route("api-visit-note", VISITS, place=1, kwargs=_note, method="put", ok=415, page=False),
    Route("api-commitment-list", VISITS, kwargs=lambda district: _commitment(district) and {}, page=False),
    Route("api-commitment-list", VISITS, method="post", ok=400, page=False),
    Route("api-commitment", VISITS, place=1, kwargs=_commitment, page=False),
    Route("api-commitment", VISITS, place=1, kwargs=_commitment, method="patch", ok=415, page=False),
]
