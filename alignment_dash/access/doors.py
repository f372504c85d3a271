"""The door of a page: closed pages answer 404, so that existence does not leak."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from rest_framework.request import Request

from alignment_dash.access.models import User
from alignment_dash.access.policy import Action, Data

View = Callable[..., HttpResponse]


SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def action_of(method: str | None) -> Action:
    """Return what a request asks for where nothing else is said: what is sent changes something."""
    return Action.VIEW if method in SAFE_METHODS else Action.CHANGE


def needs(data: Data, action: Action | None = None) -> Callable[[View], View]:
    """Let in whoever's scope reaches `data` with `action`; which rows they see is the queries' business.

    action: what the page is for; by default to view, and to change where it is sent.
    """

    def door(view: View) -> View:
        @wraps(view)
        def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.scope.may(data, action or action_of(request.method)):  # type: ignore[attr-defined]
                raise Http404
            return view(request, *args, **kwargs)

        wrapped.data, wrapped.action = data, action  # type: ignore[attr-defined]
        return wrapped

    return door


def signed_in(request: HttpRequest | Request) -> User:
    """Return who really asks, for the `by` of an action, also while they act as someone else.

    PermissionDenied for nobody, whom the doors keep out before.
    """
    user = getattr(request, "real_user", request.user)
    if not isinstance(user, User):
        raise PermissionDenied
    return user
