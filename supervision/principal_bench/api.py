"""The principal bench over REST."""

from typing import Any, NoReturn
from uuid import UUID

from django.core.exceptions import ValidationError
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from alignment_dash.access.api import Conflict, MayReach, scope_for
from alignment_dash.access.doors import signed_in
from alignment_dash.access.policy import Action, Data
from instruction.revisions import Moved
from instruction.school_plans.api import refusal
from schools.models import Level
from supervision.models import BenchCandidate, ExpectedOpening, OpeningReason, Readiness
from supervision.principal_bench import actions, queries
from supervision.principal_bench.views import candidate_or_404, opening_or_404

REVISION: dict[str, Any] = {"min_value": 0, "max_value": 2**31 - 1}


class ExpectedOpeningSerializer(serializers.ModelSerializer[ExpectedOpening]):
    """A principal's position that is expected to open."""

    school = serializers.UUIDField(source="school.uid")

    class Meta:
        model = ExpectedOpening
        fields = ["uid", "school", "opens_on", "reason", "filled_on", "withdrawn_on", "revision"]


class OpeningChangeSerializer(serializers.Serializer[Any]):
    """An opening as it should be; revision: the one that was read."""

    opens_on = serializers.DateField()
    reason = serializers.ChoiceField(choices=OpeningReason.choices)
    revision = serializers.IntegerField(**REVISION)


class NewOpeningSerializer(serializers.Serializer[Any]):
    """A new opening; the same uid again is the same opening."""

    uid = serializers.UUIDField(required=False)
    school = serializers.UUIDField()
    opens_on = serializers.DateField()
    reason = serializers.ChoiceField(choices=OpeningReason.choices)


class OpeningCloseSerializer(serializers.Serializer[Any]):
    """Take it off the list: filled, or no longer expected."""

    revision = serializers.IntegerField(**REVISION)
    filled = serializers.BooleanField(default=False)


class BenchCandidateSerializer(serializers.ModelSerializer[BenchCandidate]):
    """Someone named as ready to become a principal."""

    person = serializers.UUIDField(source="person.uid")

    class Meta:
        model = BenchCandidate
        fields = [
            "uid", "person", "readiness", "levels", "has_license", "experience", "named_on", "told_on", "withdrawn_on",
            "revision",
        ]  # fmt: skip


class _SaidSerializer(serializers.Serializer[Any]):
    readiness = serializers.ChoiceField(choices=Readiness.choices)
    levels = serializers.ListField(
        child=serializers.ChoiceField(choices=Level.choices), default=list, max_length=5
    )
    has_license = serializers.BooleanField(default=False)
    experience = serializers.CharField(max_length=1_000, allow_blank=True, default="")
    told_on = serializers.DateField(allow_null=True, default=None)


class NewCandidateSerializer(_SaidSerializer):
    """Name someone in a leading role within reach, as the form; the same uid again is the same naming."""

    uid = serializers.UUIDField(required=False)
    person = serializers.UUIDField()


class CandidateChangeSerializer(_SaidSerializer):
    """What is said of a candidate; revision: the one that was read."""

    revision = serializers.IntegerField(**REVISION)


class CandidateWithdrawSerializer(serializers.Serializer[Any]):
    """Take them off the bench."""

    revision = serializers.IntegerField(**REVISION)


class _Bench(APIView):
    permission_classes = [IsAuthenticated, MayReach]
    data = Data.PRINCIPAL_BENCH
    people_decide = True


class Openings(_Bench):
    """Openings that are still expected; POST expects one."""

    @extend_schema(responses=ExpectedOpeningSerializer(many=True), operation_id="expected_openings_list")
    def get(self, request: Request) -> Response:
        found = queries.openings(scope_for(request))
        return Response(ExpectedOpeningSerializer(found, many=True).data)

    @extend_schema(request=NewOpeningSerializer, responses={201: ExpectedOpeningSerializer})
    def post(self, request: Request) -> Response:
        asked = _asked(NewOpeningSerializer, request)
        school = queries.schools_to_open(scope_for(request)).filter(uid=asked.pop("school")).first()
        if school is None:
            raise serializers.ValidationError({"school": ["No such school within your reach."]})
        try:
            made = actions.expect_opening(school=school, by=signed_in(request), **asked)
        except ValidationError as error:
            raise refusal(error) from None
        return Response(ExpectedOpeningSerializer(made).data, status=status.HTTP_201_CREATED)


class OpeningDetail(_Bench):
    """PUT changes an opening, POST takes it off the list."""

    action = Action.CHANGE

    @extend_schema(request=OpeningChangeSerializer, responses={200: ExpectedOpeningSerializer, 409: None})
    def put(self, request: Request, uid: UUID) -> Response:
        row = opening_or_404(scope_for(request), uid)
        asked = _asked(OpeningChangeSerializer, request)
        try:
            changed = actions.change_opening(opening=row, by=signed_in(request), **asked)
        except (Moved, ValidationError) as error:
            _refuse(error)
        return Response(ExpectedOpeningSerializer(changed).data)

    @extend_schema(
        operation_id="expected_openings_close",
        request=OpeningCloseSerializer,
        responses={200: ExpectedOpeningSerializer, 409: None},
    )
    def post(self, request: Request, uid: UUID) -> Response:
        row = opening_or_404(scope_for(request), uid)
        asked = _asked(OpeningCloseSerializer, request)
        try:
            changed = actions.close_opening(opening=row, by=signed_in(request), **asked)
        except (Moved, ValidationError) as error:
            _refuse(error)
        return Response(ExpectedOpeningSerializer(changed).data)


class Candidates(_Bench):
    """Who is named as ready; POST names someone."""

    @extend_schema(responses=BenchCandidateSerializer(many=True), operation_id="bench_candidates_list")
    def get(self, request: Request) -> Response:
        found = queries.candidates(scope_for(request))
        return Response(BenchCandidateSerializer(found, many=True).data)

    @extend_schema(request=NewCandidateSerializer, responses={201: BenchCandidateSerializer})
    def post(self, request: Request) -> Response:
        asked = _asked(NewCandidateSerializer, request)
        people = queries.people_to_name(scope_for(request))
        person = people.filter(uid=asked.pop("person")).first()
        if person is None:
            raise serializers.ValidationError({"person": ["No such person within your reach."]})
        try:
            made = actions.name_candidate(person=person, by=signed_in(request), **asked)
        except ValidationError as error:
            raise refusal(error) from None
        return Response(BenchCandidateSerializer(made).data, status=status.HTTP_201_CREATED)


class CandidateDetail(_Bench):
    """PUT changes what is said of a candidate, POST takes them off the bench."""

    action = Action.CHANGE

    @extend_schema(request=CandidateChangeSerializer, responses={200: BenchCandidateSerializer, 409: None})
    def put(self, request: Request, uid: UUID) -> Response:
        row = candidate_or_404(scope_for(request), uid)
        asked = _asked(CandidateChangeSerializer, request)
        try:
            changed = actions.change_candidate(candidate=row, by=signed_in(request), **asked)
        except (Moved, ValidationError) as error:
            _refuse(error)
        return Response(BenchCandidateSerializer(changed).data)

    @extend_schema(
        operation_id="bench_candidates_withdraw",
        request=CandidateWithdrawSerializer,
        responses={200: BenchCandidateSerializer, 409: None},
    )
    def post(self, request: Request, uid: UUID) -> Response:
        row = candidate_or_404(scope_for(request), uid)
        asked = _asked(CandidateWithdrawSerializer, request)
        try:
            changed = actions.withdraw_candidate(candidate=row, by=signed_in(request), **asked)
        except (Moved, ValidationError) as error:
            _refuse(error)
        return Response(BenchCandidateSerializer(changed).data)


def _asked(serializer: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    asked = serializer(data=request.data)
    asked.is_valid(raise_exception=True)
    return dict(asked.validated_data)


def _refuse(error: Moved | ValidationError) -> NoReturn:
    if isinstance(error, Moved):
        raise Conflict({"detail": str(error), "revision": error.now.revision}) from None
    raise refusal(error) from None
