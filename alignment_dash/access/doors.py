"""The door of a page: closed pages answer 404, so that existence does not leak."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from rest_framework.request import Request

from alignment_dash.access.models import User
from alignment_dash.access.policy import Data

View = Callable[..., HttpResponse]


def needs(data: Data) -> Callable[[View], View]:
    """Let in whoever's scope reaches `data` at all; which rows they see is the queries' business."""

    def door(view: View) -> View:
        @wraps(view)
        def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.scope.may(data):  # type: ignore[attr-defined]
                raise Http404
            return view(request, *args, **kwargs)

        wrapped.data = data  # type: ignore[attr-defined]
        return wrapped

    return door


def signed_in(request: HttpRequest | Request) -> User:
    """Return who asks, for the `by` of an action. PermissionDenied for nobody, whom the doors keep out before."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user
