"""Routes of instruction.calibrating."""

from datetime import timedelta
from typing import Any

from alignment_dash import schoolyear
from alignment_dash.access.policy import Action, Data
from alignment_dash.access.roles import Role
from instruction.calibrating.actions import Given, release_exercise, save_ratings, submit_ratings
from instruction.models import (
    CalibrationExercise,
    CalibrationInvitation,
    CalibrationVideo,
    ExerciseState,
    ReferenceLevel,
)
from tests import factories
from tests.factories import SmallDistrict
from tests.route import Route

RATERS = (
    Role.CALIBRATION_LEAD, Role.CI_ADMINISTRATOR, Role.CI_STAFF, Role.SUPERVISOR, Role.PRINCIPAL,
    Role.ASSISTANT_PRINCIPAL, Role.DEPARTMENT_LEAD, Role.TEACHER,
)  # fmt: skip


def exercise(district: SmallDistrict, *, state: str = ExerciseState.OPEN) -> CalibrationExercise:
    """An exercise on a video to which one person of every role that rates is invited."""
    title = f"A lesson on fractions, {state}"
    held = CalibrationExercise.objects.filter(title=title).first()
    if held is not None:
        return held
    video = CalibrationVideo.objects.create(title=title, url="https://video.example/1", minutes=14)
    held = CalibrationExercise.objects.create(
        title=title,
        version=district.version,
        video=video,
        due_on=schoolyear.today() + timedelta(days=7),
        lead=district.users[Role.CABINET],
    )
    held.elements.set(district.version.elements.all())
    first = district.version.elements.all()[0]
    ReferenceLevel.objects.create(exercise=held, element_version=first, level=3, why="Most explain.")
    for role in RATERS:
        CalibrationInvitation.objects.create(exercise=held, person=person_of(district, role))
    if state != ExerciseState.DRAFT:
        held.state = ExerciseState.OPEN
        held.save()
    if state == ExerciseState.RELEASED:
        _release(held)
    return held


def _release(held: CalibrationExercise) -> None:
    """Let three hand in, then release."""
    elements = list(held.elements.values_list("pk", flat=True))
    for number, invitation in enumerate(held.invitations.select_related("person")[:3]):
        given = [
            Given(element, 2 + (number + place) % 2, "S: ¿why?") for place, element in enumerate(elements)
        ]
        who = {"exercise": held, "person": invitation.person, "by": held.lead}
        save_ratings(given=given, **who)
        submit_ratings(**who)
    release_exercise(exercise=held, by=held.lead)


def person_of(district: SmallDistrict, role: Role) -> Any:
    """The person who signs in as a role."""
    user = district.users[role]
    return getattr(user, "person", None) or factories.person(family=str(role), user=user)


def _uid(district: SmallDistrict) -> dict[str, Any]:
    return {"uid": exercise(district).uid}


def _draft(district: SmallDistrict) -> dict[str, Any]:
    return {"uid": exercise(district, state=ExerciseState.DRAFT).uid}


def _released(district: SmallDistrict) -> dict[str, Any]:
    return {"uid": exercise(district, state=ExerciseState.RELEASED).uid}


def _lead(name: str, method: str = "get", ok: int = 200, **more: Any) -> Route:
    """A route for who leads: others who rate find nothing there."""
    return Route(name, Data.CALIBRATION, Action.CHANGE, place=0, method=method, ok=ok, **more)


ROUTES = [
    Route(
        "api-calibration-list", Data.CALIBRATION, kwargs=lambda district: _uid(district) and {}, page=False
    ),
    Route("api-calibration-detail", Data.CALIBRATION, kwargs=_uid, page=False),
    Route("api-calibration-detail", Data.CALIBRATION, kwargs=_released, query="?released", page=False),
    Route("api-calibration-ratings", Data.CALIBRATION, kwargs=_uid, page=False),
    Route("api-calibration-ratings", Data.CALIBRATION, kwargs=_uid, method="put", ok=415, page=False),
    Route("api-calibration-submission", Data.CALIBRATION, kwargs=_uid, method="post", ok=400, page=False),
    Route(
        "api-calibration-release",
        Data.CALIBRATION,
        place=0,
        kwargs=_uid,
        method="post",
        ok=409,
        page=False,
    ),
    Route("instruction:calibration", Data.CALIBRATION, kwargs=lambda district: _uid(district) and {}),
    Route("instruction:calibration-exercise", Data.CALIBRATION, kwargs=_uid),
    Route(
        "instruction:calibration-exercise",
        Data.CALIBRATION,
        kwargs=_uid,
        method="post",
        body=lambda district: {"revision": "0", "act": "save"},
        ok=302,
        page=False,
    ),
    Route(
        "instruction:calibration-comment",
        Data.CALIBRATION,
        kwargs=_uid,
        method="post",
        body=lambda district: {"text": "Who talked?"},
        ok=302,
        page=False,
    ),
    Route("instruction:calibration-results", Data.CALIBRATION, kwargs=_released),
    _lead("instruction:calibration-new"),
    _lead("instruction:calibration-new", "post", 400, page=False),
    _lead("instruction:calibration-observers"),
    _lead("instruction:calibration-standard"),
    _lead("instruction:calibration-standard", "post", 400, page=False),
    _lead("instruction:calibration-prepare", kwargs=_draft),
    _lead("instruction:calibration-prepare", kwargs=_uid, query="?q=pat"),
    _lead("instruction:calibration-prepare", "post", 400, kwargs=_draft, page=False),
    _lead("instruction:calibration-references", "post", 400, kwargs=_draft, page=False),
    _lead("instruction:calibration-invitations", "post", 302, kwargs=_draft, page=False),
    _lead(
        "instruction:calibration-state",
        "post",
        302,
        kwargs=_draft,
        body=lambda district: {"act": "release"},
        page=False,
    ),
    Route(
        "instruction:calibration-export",
        Data.CALIBRATION,
        Action.EXPORT,
        place=0,
        kwargs=_released,
        page=False,
    ),
]
