"""What every API route shares: the caller's scope, and errors that never show a trace."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions, pagination, permissions, response, views
from rest_framework.request import Request
from rest_framework.views import APIView

from alignment_dash.access.clients.models import ClientToken
from alignment_dash.access.doors import action_of
from alignment_dash.access.policy import Action, Data
from alignment_dash.access.scope import Scope, scope_behind, scope_of_machine
from alignment_dash.access.throttles import stranger


def scope_for(request: Request) -> Scope:
    """Return the scope of an API caller, signed in by session or by token; worked out once a request.

    A program's is what its token was given, and nothing that hangs on a user.
    """
    scope: Scope | None = getattr(request, "_scope", None)
    if scope is None:
        token = request.auth
        if isinstance(token, ClientToken):
            scope = scope_of_machine(token.client.user_id, token.granted)
        else:
            scope = scope_behind(request)
        request._scope = scope  # type: ignore[attr-defined]
    return scope


class Conflict(exceptions.APIException):
    """What was sent does not fit what stands: someone else has changed it, or it has ended. Answers 409."""

    status_code = 409


class MayReach(permissions.BasePermission):
    """Let in whoever's scope reaches the view's `data`; the others get 404, for existence does not leak.

    The view's `action`, where it has one, says what it is for; else what is sent needs the right to change. Where
    people alone may (`is_for_people`), a program is one of the others.
    """

    def has_permission(self, request: Request, view: APIView) -> bool:
        if not request.user.is_authenticated:
            return False
        data: Data = view.data  # type: ignore[attr-defined]
        action: Action = getattr(view, "action", None) or action_of(request.method)
        if not scope_for(request).may(data, action):
            raise Http404
        if is_for_people(view, request.method) and isinstance(request.auth, ClientToken):
            raise Http404
        return True


def is_for_people(view: object, method: str | None) -> bool:
    """Say whether a method of a view is closed to programs: where it `people_decide`, all that changes something."""
    return bool(getattr(view, "people_decide", False)) and action_of(method) is Action.CHANGE


class OwnOfPrograms(permissions.BasePermission):
    """Let a program have what it has sent in itself and nothing of others; an object has a `received_by_id`."""

    def has_object_permission(self, request: Request, view: APIView, obj: Any) -> bool:
        if isinstance(request.auth, ClientToken) and obj.received_by_id != request.user.pk:
            raise Http404
        return True


class Pages(pagination.LimitOffsetPagination):
    """Pages of a list: `limit` rows from `offset`, both of them small enough for the database."""

    max_limit = 1000


def exception_handler(error: Exception, context: dict[str, Any]) -> response.Response | None:
    """Answer what REST framework knows with its message as {"detail": ...}; leave the rest to Django.

    What is wrong with single fields stands beside "detail", a list of messages under each field's name.
    """
    if isinstance(error, (Http404, PermissionDenied)):
        error = exceptions.NotFound()
    if isinstance(error, (exceptions.NotAuthenticated, exceptions.AuthenticationFailed)):
        error = _or_too_often(error, context["request"])
    answer = views.exception_handler(error, context)
    if answer is not None and isinstance(answer.data, dict):
        answer.data = {"detail": _("Something in the request is wrong: see each field."), **answer.data}
        if isinstance(answer.data["detail"], list):
            answer.data["detail"] = " ".join(map(str, answer.data["detail"]))
    return answer


def _or_too_often(error: exceptions.APIException, request: Request) -> exceptions.APIException:
    """Return what is said to who has not signed in: that, or to wait, where an address asks and asks."""
    count = stranger(request)
    if count.is_full:
        return exceptions.Throttled(wait=count.wait)
    count.add()
    return error
