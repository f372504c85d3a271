"""Nothing but setting up a second factor, for a session that must have one and has none."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

from alignment_dash.access.scope import scope_of
from alignment_dash.access.second_factor import rule

# Where such a session may go: to set one up, to confirm its password for that, and out.
OPEN = frozenset(
    {
        "mfa_index",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "mfa_view_recovery_codes",
        "mfa_generate_recovery_codes",
        "account_reauthenticate",
        "account_logout",
        "logout",
    }
)


class SecondFactorMiddleware:
    """Lead the session to the page where one is set up; to everything that needs no sign-in it is nobody.

    The API is among the latter as Django sees it: there a session like this one is refused with 401, and a token
    sent along is looked at as ever. Comes after ScopeMiddleware.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        if hasattr(request, "acting"):  # whoever acts as someone else has passed here as themself
            return None
        if not request.user.is_authenticated or not rule.is_pending(request, request.scope):  # type: ignore[attr-defined]
            return None
        # The frame of the pages that are open shows nothing either.
        request.scope = scope_of(None)  # type: ignore[attr-defined]
        request.second_factor_pending = True  # type: ignore[attr-defined]
        if request.resolver_match and request.resolver_match.view_name in OPEN:
            return None
        if not getattr(view, "login_required", True):
            request.user = AnonymousUser()
            return None
        setup = reverse("mfa_index")
        return HttpResponseClientRedirect(setup) if request.htmx else redirect(setup)  # type: ignore[attr-defined]
