"""Consultations over REST: what stands, comments, one's own votes."""

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from alignment_dash.access.api import Conflict, MayReach, Pages, scope_for
from alignment_dash.access.doors import signed_in
from alignment_dash.access.policy import Data
from alignment_dash.access.roles import Role
from instruction.consulting import actions, queries
from instruction.consulting.queries import ConsultationPage, Tally
from instruction.models import ElementVersion, FrameworkVersion
from instruction.models.defining import LONGEST_NOTE


class TallySerializer(serializers.Serializer[Any]):
    """Votes or voters, as far as they are told."""

    total = serializers.IntegerField(allow_null=True, help_text="null: too few to tell")
    groups = serializers.DictField(
        child=serializers.IntegerField(),
        help_text="teachers, leaders, supervisors, central: those that are told",
    )


class ElementVotesSerializer(serializers.Serializer[Any]):
    """One element of the draft."""

    element = serializers.CharField(help_text="code")
    comments = serializers.IntegerField()
    votes = TallySerializer(allow_null=True, help_text="null until the vote has closed")
    mine = serializers.BooleanField(help_text="whether the caller votes for it")


class ConsultationSerializer(serializers.Serializer[Any]):
    """A consultation as it stands today."""

    uid = serializers.UUIDField()
    framework = serializers.CharField()
    version = serializers.CharField()
    stage = serializers.ChoiceField(choices=[stage.value for stage in queries.Stage])
    opens_on = serializers.DateField(allow_null=True)
    closes_on = serializers.DateField(allow_null=True)
    votes_each = serializers.IntegerField(allow_null=True)
    comments = serializers.IntegerField(help_text="on the draft as a whole")
    voters = TallySerializer()
    elements = ElementVotesSerializer(many=True)


class CommentSerializer(serializers.Serializer[Any]):
    """A comment; name and role are the editors' alone to see, all others see the group of roles."""

    uid = serializers.UUIDField()
    element = serializers.CharField(allow_blank=True, help_text='code; "": the draft as a whole')
    group = serializers.CharField(
        allow_blank=True, help_text='of the author\'s role; "": too few people could have written it'
    )
    role = serializers.CharField(allow_blank=True)
    name = serializers.CharField(allow_blank=True)
    mine = serializers.BooleanField()
    text = serializers.CharField()
    written_at = serializers.DateTimeField()
    answer = serializers.CharField(allow_blank=True)
    answered_at = serializers.DateTimeField(allow_null=True)


class NewCommentSerializer(serializers.Serializer[Any]):
    """What is to be said."""

    element = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")
    text = serializers.CharField(max_length=LONGEST_NOTE)


class VotesSerializer(serializers.Serializer[Any]):
    """All of one's votes: codes of elements."""

    elements = serializers.ListField(child=serializers.CharField(max_length=40), max_length=200)


class CommentPageSerializer(serializers.Serializer[Any]):
    """A page of comments, in the order they were written."""

    count = serializers.IntegerField()
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = CommentSerializer(many=True)


class _Consulting(APIView):
    permission_classes = [IsAuthenticated, MayReach]
    data = Data.FRAMEWORK_DRAFTS

    def version(self, request: Request, uid: UUID) -> FrameworkVersion:
        """Return the version named in the address. Http404 for none."""
        version = queries.consulted_version(scope_for(request), uid)
        if version is None:
            raise Http404
        return version

    def role(self, request: Request) -> Role:
        """Return what the caller speaks as."""
        role = queries.role_of(scope_for(request))
        if role is None:
            raise Http404
        return role


class ConsultationDetail(_Consulting):
    """A draft's consultation: days, counts, and the caller's votes."""

    @extend_schema(operation_id="consultation_retrieve", responses=ConsultationSerializer)
    def get(self, request: Request, uid: UUID) -> Response:
        return Response(_said(request, uid))


class ConsultationVotes(_Consulting):
    """The caller's votes: PUT sets all of them. 409 where the vote is not open."""

    @extend_schema(
        operation_id="consultation_votes_update",
        request=VotesSerializer,
        responses={200: ConsultationSerializer, 409: None},
    )
    def put(self, request: Request, uid: UUID) -> Response:
        asked = VotesSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        version = self.version(request, uid)
        elements = _elements(version, asked.validated_data["elements"], "elements")
        try:
            actions.vote(version=version, elements=elements, role=self.role(request), by=signed_in(request))
        except actions.Closed as closed:
            raise Conflict(str(closed)) from None
        except ValidationError as error:
            raise exceptions.ValidationError({"elements": error.messages}) from None
        return Response(_said(request, uid))


class ConsultationComments(_Consulting):
    """What was said. POST adds a comment; the same one sent twice is there once. 409 where it is not open."""

    pagination_class = Pages

    @extend_schema(operation_id="consultation_comments_list", responses=CommentPageSerializer)
    def get(self, request: Request, uid: UUID) -> Response:
        scope, pages = scope_for(request), Pages()
        pages.default_limit = 100
        rows = pages.paginate_queryset(queries.comments(scope, self.version(request, uid)), request, self)
        groups = queries.groups_told(scope)
        return pages.get_paginated_response([_comment(request, one, groups) for one in rows or []])

    @extend_schema(
        operation_id="consultation_comments_create",
        request=NewCommentSerializer,
        responses={201: CommentSerializer, 409: None},
    )
    def post(self, request: Request, uid: UUID) -> Response:
        asked = NewCommentSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        version = self.version(request, uid)
        code = asked.validated_data["element"]
        element = _elements(version, [code], "element")[0] if code else None
        try:
            made = actions.comment(
                version=version, element=element, text=asked.validated_data["text"],
                role=self.role(request), by=signed_in(request),
            )  # fmt: skip
        except actions.Closed as closed:
            raise Conflict(str(closed)) from None
        except ValidationError as error:
            raise exceptions.ValidationError({"text": error.messages}) from None
        groups = queries.groups_told(scope_for(request))
        return Response(_comment(request, made, groups), status=201)


def _elements(version: FrameworkVersion, codes: list[str], field: str) -> list[ElementVersion]:
    held = {one.element.code: one for one in version.elements.select_related("element")}
    unknown = [code for code in codes if code not in held]
    if unknown:
        raise exceptions.ValidationError({field: [f"{unknown[0]} is no element of this draft."]})
    return [held[code] for code in codes]


def _comment(request: Request, one: Any, groups: frozenset[str]) -> dict[str, Any]:
    said = queries.comment_as_told(scope_for(request), one, groups)
    return {
        "uid": str(said.uid), "element": said.about, "group": said.group, "role": said.role, "name": said.name,
        "mine": said.is_mine, "text": said.text, "written_at": said.written_at, "answer": said.answer,
        "answered_at": said.answered_at,
    }  # fmt: skip


def _said(request: Request, uid: UUID) -> dict[str, Any]:
    page: ConsultationPage | None = queries.consultation_page(scope_for(request), uid)
    if page is None:
        raise Http404
    held = page.consultation
    return {
        "uid": str(page.version.uid),
        "framework": page.version.framework.name,
        "version": page.version.label,
        "stage": page.stage.value,
        "opens_on": held.opens_on if held else None,
        "closes_on": held.closes_on if held else None,
        "votes_each": held.votes_each if held else None,
        "comments": page.whole.n_comments,
        "voters": _tally(page.turnout),
        "elements": [
            {
                "element": one.wording.element.code,
                "comments": one.n_comments,
                "votes": _tally(one.tally) if one.tally else None,
                "mine": one.is_mine,
            }
            for one in page.elements
            if one.wording
        ],
    }


def _tally(tally: Tally) -> dict[str, Any]:
    return {"total": tally.total, "groups": dict(tally.groups)}
