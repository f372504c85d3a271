"""Let a session that acts as someone else ask as them, and close what it may not reach."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from alignment_dash.access.acting import sessions
from alignment_dash.access.acting.closed import is_open
from alignment_dash.access.audit import acting_as

SIGN_OUT = frozenset({"logout", "account_logout"})


class ActingMiddleware:
    """Set `request.acting` and `request.real_user`, and put the other person in `request.user`.

    What was sent after the end is not done: it was meant as the other person.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        noted = sessions.KEY in request.session
        acting = sessions.standing(request) if noted else None
        request.acting_ended = noted and acting is None  # type: ignore[attr-defined]
        if acting is None:
            return self.get_response(request)
        if "Authorization" in request.headers:
            raise SuspiciousOperation("a token was sent by a session that acts as someone else")
        request.acting, request.real_user = acting, acting.real  # type: ignore[attr-defined]
        request.user = acting.helped
        token = acting_as.set(acting.helped.pk)
        try:
            return self.get_response(request)
        finally:
            acting_as.reset(token)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Answer instead of the page where acting has ended, and 404 where it is closed."""
        if request.acting_ended:  # type: ignore[attr-defined]
            return _over(request)
        acting: sessions.Acting | None = getattr(request, "acting", None)
        match = request.resolver_match
        if acting is None or match is None:
            return None
        if match.view_name in SIGN_OUT and request.method == "POST":
            sessions.stop(request, acting, "signed-out")
        elif not is_open(match):
            raise Http404
        return None


def _over(request: HttpRequest) -> HttpResponse:
    said = _("Acting as someone else has ended: you are yourself again. What you sent last was not done.")
    if request.path.startswith("/api/") and not request.path.startswith(reverse("api-docs")):
        return JsonResponse({"detail": said}, status=403)
    messages.warning(request, said)
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": reverse("ui:home")})
    return redirect("ui:home")
