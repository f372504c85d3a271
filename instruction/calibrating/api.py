"""Calibration over REST: the same reading and acting as the pages, with the same blindness before the release."""

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from alignment_dash.access.api import Conflict, MayReach, scope_for
from alignment_dash.access.doors import signed_in
from alignment_dash.access.policy import Action, Data
from alignment_dash.access.scope import Scope
from instruction.calibrating import actions, queries
from instruction.calibrating.queries import Line, Sheet
from instruction.calibrating.queries.exercises import elements as elements_of
from instruction.calibrating.refusals import Refused
from instruction.calibrating.serializers import (
    DetailSerializer,
    ExerciseSerializer,
    RatingsRequestSerializer,
    RatingsSerializer,
)
from instruction.models import CalibrationExercise, ExerciseState
from schools.models import Person


class _Calibration(APIView):
    permission_classes = [IsAuthenticated, MayReach]
    data = Data.CALIBRATION

    def found(self, request: Request, uid: UUID) -> CalibrationExercise:
        """Return the exercise, or 404 to who neither leads nor was invited."""
        held = queries.exercise_for(scope_for(request), uid)
        if held is None:
            raise Http404
        return held

    def sheet(self, request: Request, uid: UUID) -> Sheet:
        """Return the caller's own levels; 404 to who was not invited."""
        held = self.found(request, uid)
        sheet = queries.my_sheet(scope_for(request), held)
        if sheet is None:
            raise Http404
        return sheet


class CalibrationList(_Calibration):
    """The exercises the caller was invited to, or leads."""

    @extend_schema(responses=ExerciseSerializer(many=True))
    def get(self, request: Request) -> Response:
        scope = scope_for(request)
        return Response([_line(scope, line) for line in queries.lines(scope)])


class CalibrationDetail(_Calibration):
    """One exercise. Others' levels are counted after the release only, and never stand beside a name."""

    @extend_schema(responses=DetailSerializer)
    def get(self, request: Request, uid: UUID) -> Response:
        scope, held = scope_for(request), self.found(request, uid)
        line = next(line for line in queries.lines(scope) if line.exercise.pk == held.pk)
        return Response(_line(scope, line) | _elements(scope, held))


class CalibrationRatings(_Calibration):
    """The caller's own levels of an exercise. PUT saves a draft."""

    @extend_schema(responses=RatingsSerializer)
    def get(self, request: Request, uid: UUID) -> Response:
        return Response(_sheet(self.sheet(request, uid)))

    @extend_schema(request=RatingsRequestSerializer, responses={200: RatingsSerializer, 409: None})
    def put(self, request: Request, uid: UUID) -> Response:
        sheet = self.sheet(request, uid)
        asked = RatingsRequestSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        try:
            actions.save_ratings(
                exercise=sheet.exercise,
                person=_person(request),
                given=_given(sheet, asked.validated_data["ratings"]),
                revision=asked.validated_data.get("revision"),
                by=signed_in(request),
            )
        except Refused as refused:
            raise Conflict(str(refused)) from None
        except ValidationError as wrong:
            raise exceptions.ValidationError({"ratings": wrong.messages}) from None
        return Response(_sheet(self.sheet(request, uid)))


class CalibrationSubmission(_Calibration):
    """Hand in the caller's levels for good."""

    @extend_schema(request=None, responses={200: RatingsSerializer, 409: None})
    def post(self, request: Request, uid: UUID) -> Response:
        sheet = self.sheet(request, uid)
        try:
            actions.submit_ratings(exercise=sheet.exercise, person=_person(request), by=signed_in(request))
        except Refused as refused:
            raise Conflict(str(refused)) from None
        except ValidationError as wrong:
            raise exceptions.ValidationError({"ratings": wrong.messages}) from None
        return Response(_sheet(self.sheet(request, uid)))


class CalibrationRelease(_Calibration):
    """Release everyone's levels at once; for who leads."""

    @extend_schema(request=None, responses={200: ExerciseSerializer, 409: None})
    def post(self, request: Request, uid: UUID) -> Response:
        scope = scope_for(request)
        if not queries.is_lead(scope):
            raise Http404
        held = self.found(request, uid)
        try:
            actions.release_exercise(exercise=held, by=signed_in(request))
        except Refused as refused:
            raise Conflict(str(refused)) from None
        return Response(
            _line(scope, next(line for line in queries.lines(scope) if line.exercise.pk == held.pk))
        )


def _person(request: Request) -> Person:
    person = queries.me(scope_for(request), Action.CHANGE)
    found = Person.objects.filter(pk=person or 0).first()
    if found is None:
        raise Http404
    return found


def _given(sheet: Sheet, rows: list[dict[str, Any]]) -> list[actions.Given]:
    """Return what was sent by ids of element versions; ValidationError for an element of another exercise."""
    codes = {one.element.code: one.pk for one in sheet.elements}
    unknown = sorted({row["element"] for row in rows} - codes.keys())
    if unknown:
        raise ValidationError(f"{', '.join(unknown)}: no element of this exercise.")
    if len({row["element"] for row in rows}) != len(rows):
        raise ValidationError("An element is named twice.")
    if any(row["not_seen"] and row["level"] is not None for row in rows):
        raise ValidationError("Not seen is no level: send one of them.")
    return [
        actions.Given(
            codes[row["element"]],
            row["level"],
            row["evidence"],
            is_decided=row["not_seen"] or row["level"] is not None,
        )
        for row in rows
    ]


def _line(scope: Scope, line: Line) -> dict[str, Any]:
    held, mine = line.exercise, line.invitation
    return {
        "uid": held.uid,
        "title": held.title,
        "state": held.state,
        "due_on": held.due_on,
        "released_at": held.released_at,
        "video_url": held.video.url if held.video else "",
        "is_invited": mine is not None,
        "submitted_at": mine.submitted_at if mine else None,
        "n_invited": line.n_invited if queries.is_lead(scope, Action.VIEW) else None,
        "n_submitted": line.n_submitted,
    }


def _elements(scope: Scope, held: CalibrationExercise) -> dict[str, Any]:
    if held.state == ExerciseState.RELEASED and (found := queries.results(scope, held, by_name=False)):
        return {
            "elements": [
                {
                    "element": one.wording.element.code,
                    "name": one.wording.name,
                    "own_level": one.own.level if one.own else None,
                    "reference_level": one.reference.level if one.reference else None,
                    "reference_why": one.reference.why if one.reference else "",
                    "counts": one.counts,
                    "not_seen": None if one.counts is None else one.n_not_seen,
                }
                for one in found.elements
            ],
            "agreed": found.pair[0] if found.pair else None,
        }
    sheet = queries.my_sheet(scope, held)
    own = sheet.ratings if sheet else {}
    return {
        "elements": [
            {
                "element": one.element.code, "name": one.name,
                "own_level": own[one.pk].level if one.pk in own else None,
                "reference_level": None, "reference_why": "", "counts": None, "not_seen": None,
            }
            for one in elements_of(held)
        ],
        "agreed": None,
    }  # fmt: skip


def _sheet(sheet: Sheet) -> dict[str, Any]:
    return {
        "revision": sheet.invitation.revision,
        "submitted_at": sheet.invitation.submitted_at,
        "ratings": [
            {
                "element": one.element.code,
                "level": row.level,
                "not_seen": row.is_decided and row.level is None,
                "evidence": row.evidence,
            }
            for one in sheet.elements
            if (row := sheet.ratings.get(one.pk))
        ],
    }
