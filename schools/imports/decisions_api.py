"""What is decided about roster imports, over REST: people approve and revert, who sent one aborts and retries."""

from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from alignment_dash.access.api import MayReach, OwnOfPrograms, Pages
from alignment_dash.access.doors import signed_in
from alignment_dash.access.policy import Data
from alignment_dash.runs.upload_states import APPLIED
from schools.imports import actions
from schools.imports import reverts as roster_reverts
from schools.imports.api import detail
from schools.imports.importing import KIND
from schools.imports.serializers import (
    ApprovalSerializer,
    BlockedSerializer,
    ConflictSerializer,
    RevertSerializer,
    RosterImportSerializer,
)
from schools.models import RosterImport

BLOCKED_SHOWN = 100


class _Decision(APIView):
    """A decision about one import: what it is refused for is a 409 that says why."""

    permission_classes = [IsAuthenticated, MayReach]
    data = Data.IMPORTS

    def upload(self, uid: UUID) -> RosterImport:
        found = get_object_or_404(RosterImport.objects.defer("content", "findings", "groups"), uid=uid)
        self.check_object_permissions(self.request, found)
        return found

    def handle_exception(self, exc: Exception) -> Response:
        if not isinstance(exc, actions.Refused):
            return super().handle_exception(exc)
        body: dict[str, Any] = {"detail": exc.message}
        if exc.blocked:
            url = reverse("api-roster-import-revert", kwargs=self.kwargs)
            body["count"] = len(exc.blocked)
            body["blocked"] = BlockedSerializer(exc.blocked[:BLOCKED_SHOWN], many=True).data
            body["blocked_url"] = self.request.build_absolute_uri(url)
        return Response(body, status=exc.status)


def _decided(request: Request, upload: RosterImport, code: int) -> Response:
    location = request.build_absolute_uri(reverse(KIND.api_detail, kwargs={"uid": upload.uid}))
    return Response(detail(request, upload), status=code, headers={"Location": location})


class RosterImportApprove(_Decision):
    """Let a planned or held roster be applied, as its plan says and no other way; a person's decision."""

    people_decide = True

    @extend_schema(
        request=ApprovalSerializer, responses={202: RosterImportSerializer, 409: ConflictSerializer}
    )
    def post(self, request: Request, uid: UUID) -> Response:
        """Approve the plan that has this hash; 409 when the plan is another by now."""
        upload = self.upload(uid)
        given = ApprovalSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        upload = actions.approve_roster(
            roster_import=upload, plan_hash=given.validated_data["plan_hash"], by=signed_in(request)
        )
        return _decided(request, upload, status.HTTP_202_ACCEPTED)


class RosterImportAbort(_Decision):
    """End an import that has changed nothing yet; a program, its own."""

    permission_classes = [IsAuthenticated, MayReach, OwnOfPrograms]

    @extend_schema(request=None, responses={200: RosterImportSerializer, 409: ConflictSerializer})
    def post(self, request: Request, uid: UUID) -> Response:
        """Abort; its file is dropped. One under way stops before it commits."""
        upload = actions.abort_roster(roster_import=self.upload(uid), by=signed_in(request))
        return _decided(request, upload, status.HTTP_200_OK)


class RosterImportRetry(_Decision):
    """Take up an import again that stopped on something that was not the file's fault; a program, its own."""

    permission_classes = [IsAuthenticated, MayReach, OwnOfPrograms]

    @extend_schema(request=None, responses={202: RosterImportSerializer, 409: ConflictSerializer})
    def post(self, request: Request, uid: UUID) -> Response:
        """Try again; 409 when it did not fail, or its file is not kept any more."""
        upload = actions.retry_roster(roster_import=self.upload(uid), by=signed_in(request))
        return _decided(request, upload, status.HTTP_202_ACCEPTED)


class RosterImportRevert(_Decision):
    """Take an applied import back: what it changed is as before; a person's decision."""

    people_decide = True

    @extend_schema(responses={200: RevertSerializer, 409: ConflictSerializer})
    def get(self, request: Request, uid: UUID) -> Response:
        """Say what reverting would do, and page by page (limit, offset) which rows later changes block."""
        upload = self.upload(uid)
        if upload.state not in APPLIED:
            raise actions.Refused(str(actions.NOT_APPLIED))
        seen = roster_reverts.preview(upload)
        pages = Pages()
        results = pages.paginate_queryset(seen.blocked, request, self) or []
        shown = {
            "is_newest": seen.is_newest,
            "would": seen.would,
            "count": len(seen.blocked),
            "next": pages.get_next_link(),
            "previous": pages.get_previous_link(),
            "results": results,
        }
        return Response(RevertSerializer(shown).data)

    @extend_schema(request=None, responses={202: RosterImportSerializer, 409: ConflictSerializer})
    def post(self, request: Request, uid: UUID) -> Response:
        """Revert; 409 with the rows in the way when later changes block it."""
        upload = actions.revert_roster(roster_import=self.upload(uid), by=signed_in(request))
        return _decided(request, upload, status.HTTP_202_ACCEPTED)
