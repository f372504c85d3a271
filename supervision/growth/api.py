"""The support that supervisors receive, over REST."""

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, serializers, status
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from alignment_dash.access.api import Conflict, MayReach, Pages, scope_for
from alignment_dash.access.doors import signed_in
from alignment_dash.access.policy import Action, Data
from alignment_dash.schoolyear import current_year, today
from alignment_dash.ui.years import year_from
from instruction.revisions import Moved
from supervision.growth import actions, queries
from supervision.growth.views import support_or_404
from supervision.models import SupervisorSupport, SupportForm

_YEAR = [
    OpenApiParameter("year", int, description="school year by its end"),
    OpenApiParameter("limit", int),
    OpenApiParameter("offset", int),
]


class SupervisorSupportSerializer(serializers.ModelSerializer[SupervisorSupport]):
    """Support that a supervisor received."""

    supervisor = serializers.UUIDField(source="supervisor.uid")
    element = serializers.UUIDField(source="element.uid", allow_null=True, default=None)

    class Meta:
        model = SupervisorSupport
        fields = ["uid", "supervisor", "day", "minutes", "form", "given_by", "element", "revision"]


class SupervisorSupportNewSerializer(serializers.Serializer[Any]):
    """Support to record. The same uid again is the same support."""

    uid = serializers.UUIDField(required=False)
    supervisor = serializers.UUIDField()
    day = serializers.DateField()
    minutes = serializers.IntegerField(min_value=1, max_value=24 * 60)
    form = serializers.ChoiceField(choices=SupportForm.choices)
    given_by = serializers.CharField(max_length=200, allow_blank=True, default="")
    element = serializers.UUIDField(allow_null=True, default=None)


class SupervisorSupportChangeSerializer(SupervisorSupportNewSerializer):
    """All of it as it shall stand, and the revision that was seen."""

    revision = serializers.IntegerField(min_value=0)


class SupervisorSupportPageSerializer(serializers.Serializer[Any]):
    """A page of support."""

    count = serializers.IntegerField()
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = SupervisorSupportSerializer(many=True)


class SupportList(APIView):
    """The support that the caller sees, the newest first. POST records some."""

    permission_classes = [IsAuthenticated, MayReach]
    data = Data.SUPERVISOR_SUPPORT

    @extend_schema(
        parameters=_YEAR, responses=SupervisorSupportPageSerializer, operation_id="supervisor_support_list"
    )
    def get(self, request: Request) -> Response:
        found = queries.of_year(scope_for(request), year_from(request.query_params))
        pages = Pages()
        rows = pages.paginate_queryset(found, request, view=self) or []
        return pages.get_paginated_response(SupervisorSupportSerializer(rows, many=True).data)

    @extend_schema(
        request=SupervisorSupportNewSerializer,
        responses={200: SupervisorSupportSerializer, 201: SupervisorSupportSerializer, 409: None},
    )
    def post(self, request: Request) -> Response:
        asked = SupervisorSupportNewSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        values = _values(asked.validated_data)
        try:
            made, is_new = actions.record_support(by=signed_in(request), **values)
        except Moved as moved:
            raise Conflict(str(moved)) from moved
        except ValidationError as error:
            raise _refused(error) from error
        code = status.HTTP_201_CREATED if is_new else status.HTTP_200_OK
        return Response(SupervisorSupportSerializer(made).data, status=code)


class SupportDetail(APIView):
    """One. PUT changes it, DELETE takes it out; both with the revision that was seen."""

    permission_classes = [IsAuthenticated, MayReach]
    data = Data.SUPERVISOR_SUPPORT

    @extend_schema(responses=SupervisorSupportSerializer)
    def get(self, request: Request, uid: UUID) -> Response:
        return Response(SupervisorSupportSerializer(self._one(request, uid, Action.VIEW)).data)

    @extend_schema(
        request=SupervisorSupportChangeSerializer, responses={200: SupervisorSupportSerializer, 409: None}
    )
    def put(self, request: Request, uid: UUID) -> Response:
        support = self._one(request, uid, Action.CHANGE)
        asked = SupervisorSupportChangeSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        values = _values(asked.validated_data)
        values.pop("uid", None)
        try:
            changed = actions.change_support(support=support, by=signed_in(request), **values)
        except Moved as moved:
            raise Conflict(str(moved)) from moved
        except ValidationError as error:
            raise _refused(error) from error
        return Response(SupervisorSupportSerializer(changed).data)

    @extend_schema(
        parameters=[OpenApiParameter("revision", int, required=True)], responses={204: None, 409: None}
    )
    def delete(self, request: Request, uid: UUID) -> Response:
        support = self._one(request, uid, Action.CHANGE)
        sent = request.query_params.get("revision", "")
        if not sent.isdecimal():
            raise exceptions.ValidationError({"revision": ["Say which revision was seen."]})
        try:
            actions.remove_support(support=support, revision=int(sent), by=signed_in(request))
        except Moved as moved:
            raise Conflict(str(moved)) from moved
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _one(self, request: Request, uid: UUID, action: Action) -> SupervisorSupport:
        return support_or_404(scope_for(request), uid, action)


def _values(sent: dict[str, Any]) -> dict[str, Any]:
    """Return what the actions take: rows for the uids that were sent."""
    values = dict(sent)
    people = {one.uid: one for one in queries.supervisors(today())}
    supervisor = people.get(values["supervisor"])
    if supervisor is None:
        raise exceptions.ValidationError({"supervisor": ["No principal supervisor has this uid."]})
    values["supervisor"] = supervisor
    worded = {one.element.uid: one.element for one in queries.elements(current_year())}
    if values["element"] is not None and values["element"] not in worded:
        raise exceptions.ValidationError(
            {"element": ["No element of the supervisors' standards has this uid."]}
        )
    values["element"] = worded.get(values["element"])
    return values


def _refused(error: ValidationError) -> exceptions.ValidationError:
    if hasattr(error, "error_dict"):
        return exceptions.ValidationError(error.message_dict)
    return exceptions.ValidationError({"non_field_errors": error.messages})
