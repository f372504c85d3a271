"""Pages of sign-in: to and from identity providers, and passwords."""

from allauth.account.views import LoginView
from allauth.core.internal import ratelimit
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import PasswordChangeForm, SetPasswordForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from alignment_dash.access.doors import signed_in
from alignment_dash.access.signin import actions
from alignment_dash.access.signin.links import LINKS
from alignment_dash.access.signin.oidc import Callback, Exchange, OidcProvider, Refused
from alignment_dash.access.signin.refusals import refuse

LINK = "password_link"


def identities() -> list[dict[str, str]]:
    """Return the identity providers that are set up, each with its label and the way there."""
    apps = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]
    return [
        {
            "label": _("Sign in with {name}").format(name=app["name"]),
            "url": reverse("openid_connect_login", kwargs={"provider_id": app["provider_id"]}),
        }
        for app in apps
    ]


# The function itself: the template calls it, at each request.
sign_in = LoginView.as_view(extra_context={"identities": identities})


@login_not_required
@require_GET
def to_provider(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Send the browser to an identity provider."""
    provider = _provider(request, provider_id)
    if request.headers.get("Sec-Fetch-Dest", "document") != "document":
        # A picture or a frame on another's page signs nobody in.
        return redirect("login")
    # Each leaves a session behind until the night.
    if not ratelimit.consume(request, app="allauth.account", action="identity_begun", limit_get=True):
        too_often: HttpResponse = ratelimit.respond_429(request)
        return too_often
    try:
        return provider.redirect_from_request(request)
    except Refused as refused:
        return refuse(request, refused.why, provider=provider_id)


@login_not_required
@require_GET
def from_provider(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Take in what an identity provider answers."""
    _provider(request, provider_id)
    if not {"state", "error"} & request.GET.keys():
        # Begun at the provider, by a tile of its portal. Such a code may be anyone's, so it is left alone, and the
        # browser goes round once more with a state of ours.
        return redirect("openid_connect_login", provider_id=provider_id)
    try:
        answer: HttpResponse = Callback.adapter_view(Exchange(request, provider_id))(request)
    except Refused as refused:
        return refuse(request, refused.why, provider=provider_id)
    return answer


def _provider(request: HttpRequest, provider_id: str) -> OidcProvider:
    try:
        provider: OidcProvider = get_adapter().get_provider(request, provider=provider_id)
    except SocialApp.DoesNotExist:
        raise Http404 from None
    return provider


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def password_change(request: HttpRequest) -> HttpResponse:
    """Let someone change their own password; they stay signed in here, and nowhere else."""
    user = signed_in(request)
    form = PasswordChangeForm(user, request.POST or None) if user.has_usable_password() else None
    if form is None or request.method == "GET":
        return render(request, "account/password_change.html", {"form": form})
    if not ratelimit.consume(request, app="allauth.account", action="change_password", user=user):
        too_often: HttpResponse = ratelimit.respond_429(request)
        return too_often
    if not form.is_valid():
        return render(request, "account/password_change.html", {"form": form}, status=400)
    actions.set_password(user=user, password=form.cleaned_data["new_password1"], by=user)
    update_session_auth_hash(request, user)
    messages.success(request, _("Your password is changed. Everywhere else you are signed out."))
    return redirect("ui:home")


@login_not_required
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def password_set(request: HttpRequest) -> HttpResponse:
    """Let someone with a link of an administrator set a password."""
    link = request.GET.get("link")
    user = LINKS.user_of(link or request.session.get(LINK, ""))
    if link and user:
        # Out of the address, where others might read it, before anything is shown.
        request.session[LINK] = link
        return redirect("password-set")
    if user is None:
        request.session.pop(LINK, None)
        return render(request, "account/password_link_void.html", status=404)
    form = SetPasswordForm(user, request.POST or None)
    if not form.is_valid():
        status = 400 if request.method == "POST" else 200
        return render(request, "account/password_set.html", {"form": form, "whose": user}, status=status)
    if not actions.use_link(link=request.session.pop(LINK), password=form.cleaned_data["new_password1"]):
        return render(request, "account/password_link_void.html", status=404)
    messages.success(request, _("Your password is set. Sign in with it."))
    return redirect("login")
