"""Give every request its scope, worked out when first asked for, and name who asks to the change log."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from alignment_dash.access.actor import acting
from alignment_dash.access.scope import scope_behind


class ScopeMiddleware:
    """Set `request.scope`; pages read as a person may change at any time, so they are not stored by default."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.scope = SimpleLazyObject(lambda: scope_behind(request))  # type: ignore[attr-defined]
        response = self.get_response(request)
        if not response.has_header("Cache-Control"):
            response["Cache-Control"] = "no-store"
        return response


class ActorMiddleware:
    """Have what a request changes noted as the doing of who asks: their uid, and of the one they help, if any."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with acting(lambda: _name_of(request)):
            return self.get_response(request)


def _name_of(request: HttpRequest) -> str:
    shown = getattr(request, "user", None)
    real = getattr(request, "real_user", None) or shown
    if shown is None or not real.is_authenticated:  # type: ignore[union-attr]
        return ""
    said = f"user {real.uid}"  # type: ignore[union-attr]
    return said if real == shown else f"{said} as {shown.uid}"
