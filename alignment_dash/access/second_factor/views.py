"""The pages of second factors: allauth's views, with our words, limits and record."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account import app_settings as account
from allauth.account.internal.flows import reauthentication
from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from alignment_dash.access.doors import signed_in
from alignment_dash.access.second_factor import actions, queries, rule

View = Callable[..., HttpResponse]


def not_acting(view: View) -> View:
    """Answer 404 while one acts as someone else: one could otherwise make a key to that person's account."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if signed_in(request) != request.user:
            raise Http404
        return view(request, *args, **kwargs)

    return wrapped


def own(view: View) -> View:
    """Let in whoever has a sign-in of ours, for their own second factors; 404 for everyone else."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not rule.may_sign_in_here(signed_in(request)):
            raise Http404
        return view(request, *args, **kwargs)

    return not_acting(wrapped)


def after_password(view: View) -> View:
    """Spare someone without a second factor the second password where the first one is minutes old."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        user = signed_in(request)
        passwords = [
            one for one in get_authentication_records(request, user) if one.get("method") == "password"
        ]
        recent = passwords and now().timestamp() - passwords[-1]["at"] < account.REAUTHENTICATION_TIMEOUT
        if recent and not passwords[-1].get("reauthenticated") and not rule.factors(user).exists():
            reauthentication.reauthenticate_by_password(request)
        return view(request, *args, **kwargs)

    return wrapped


@require_safe
@not_acting
def index(request: HttpRequest) -> HttpResponse:
    """Show what the user has set up, and what there is to set up."""
    user = signed_in(request)
    held = queries.second_factors_of(user)
    context = {
        "here": rule.may_sign_in_here(user),
        "pending": getattr(request, "second_factor_pending", False),
        "app": next((one for one in held if one.kind == Authenticator.Type.TOTP), None),
        "passkeys": [one for one in held if one.kind == Authenticator.Type.WEBAUTHN],
        "recovery": next((one for one in held if one.kind == Authenticator.Type.RECOVERY_CODES), None),
    }
    return render(request, "mfa/index.html", context)


class AddAppView(totp.ActivateTOTPView):
    """Set up an authenticator app."""

    @transaction.atomic
    def form_valid(self, form: Any) -> HttpResponse:
        answer: HttpResponse = super().form_valid(form)
        actions.note_app_added(user=signed_in(self.request), step=form.step)
        return answer

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        secret = context["form"].secret
        # In fours, as people read it aloud to themselves.
        context["secret_in_fours"] = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
        return context


class RemoveAppView(totp.DeactivateTOTPView):
    """Remove the authenticator app."""

    @transaction.atomic
    def form_valid(self, form: Any) -> HttpResponse:
        answer: HttpResponse = super().form_valid(form)
        actions.note_removed(user=signed_in(self.request), kind=Authenticator.Type.TOTP)
        rule.forget(self.request)
        return answer


class NewRecoveryCodesView(recovery.GenerateRecoveryCodesView):
    """Replace the recovery codes."""

    @transaction.atomic
    def form_valid(self, form: Any) -> HttpResponse:
        answer: HttpResponse = super().form_valid(form)
        actions.note_new_recovery_codes(user=signed_in(self.request))
        return answer


class AddPasskeyView(webauthn.AddWebAuthnView):
    """Add a passkey."""

    @transaction.atomic
    def form_valid(self, form: Any) -> HttpResponse:
        answer: HttpResponse = super().form_valid(form)
        actions.note_passkey_added(user=signed_in(self.request))
        return answer


class RemovePasskeyView(webauthn.RemoveWebAuthnView):
    """Remove a passkey, save the last second factor of someone who must have one."""

    @transaction.atomic
    def form_valid(self, form: Any) -> HttpResponse:
        adapter = get_adapter()
        if not adapter.can_delete_authenticator(self.object):
            messages.error(self.request, adapter.error_messages["cannot_delete_authenticator"])
            return redirect("mfa_index")
        answer: HttpResponse = super().form_valid(form)
        actions.note_removed(user=signed_in(self.request), kind=Authenticator.Type.WEBAUTHN)
        rule.forget(self.request)
        return answer
