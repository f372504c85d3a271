"""What is this product's own in allauth's sign-in: nobody signs themselves up, and every refusal reads alike."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.base import AuthError
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alignment_dash.access.backends import SignInBackend
from alignment_dash.access.models import User
from alignment_dash.access.signin import actions
from alignment_dash.access.signin.oidc import Refused
from alignment_dash.access.signin.refusals import refuse
from alignment_dash.access.throttles import address_of

# Said by the page that follows.
UNSAID = {"account/messages/logged_in.txt", "account/messages/logged_out.txt"}
PROVIDER = "openid_connect"


class AccountAdapter(DefaultAccountAdapter):
    """Accounts with a password."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("This e-mail and password do not open an account. Check both."),
        "too_many_login_attempts": _("Too many attempts that failed. Wait fifteen minutes, then try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs themselves up."""
        return False

    def login(self, request: HttpRequest, user: Any) -> None:
        """Let `user` in, unless the account was closed between the first step of signing in and the last."""
        if not SignInBackend().user_can_authenticate(user):
            raise ImmediateHttpResponse(redirect("login"))
        super().login(request, user)

    def is_safe_url(self, url: str | None) -> bool:
        """Say whether `url` stays on this very host. allauth's way follows to every host of ALLOWED_HOSTS."""
        request = self.request or context.request
        return url_has_allowed_host_and_scheme(
            url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
        )

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the address that limits count by. allauth's way ends in an error where a proxy was gone round."""
        return address_of(request)

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *args: Any, **kwargs: Any
    ) -> None:
        """Leave out what the page says that follows."""
        if message_template not in UNSAID:
            super().add_message(request, level, message_template, *args, **kwargs)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        # allauth's has the host in it with its port: another port in the Host header would give attempts anew.
        return str(credentials.get("email", "")).strip().lower()


class IdentityAdapter(DefaultSocialAccountAdapter):
    """Accounts that an identity provider opens."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Nobody signs themselves up."""
        return False

    def list_apps(
        self, request: HttpRequest, provider: str | None = None, client_id: str | None = None
    ) -> list[SocialApp]:
        """Return the providers that settings name; what stands in allauth's table of them counts for nothing."""
        apps = [
            SocialApp(provider=PROVIDER, **one) for one in settings.SOCIALACCOUNT_PROVIDERS[PROVIDER]["APPS"]
        ]
        return [
            app
            for app in apps
            if provider in {None, PROVIDER, app.provider_id} and client_id in {None, app.client_id}
        ]

    def authenticate_by_email(self, sociallogin: Any) -> None:
        """Leave it to `pre_social_login`: allauth's way takes the account's password away."""
        return

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Find whose account the subject opens: whom it was linked to before, or who has the verified address.

        An address opens an account once for each provider. Who comes with another subject later has been given a
        former colleague's address, and an administrator must say so first (actions.unlink).
        """
        provider = sociallogin.account.provider
        email = next((one.email for one in sociallogin.email_addresses if one.verified), "")
        user = sociallogin.user if sociallogin.account.pk else None
        if user is None:
            if not email:
                raise ImmediateHttpResponse(refuse(request, "email", provider=provider))
            user = User.objects.filter(email=email).first()
        may = user is not None and SignInBackend().user_can_authenticate(user)
        if not may or not (sociallogin.account.pk or actions.link(user=user, account=sociallogin.account)):
            raise ImmediateHttpResponse(refuse(request, "account", provider=provider, email=email))
        sociallogin.user = user

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: Any = None,
        exception: Exception | None = None,
        extra_context: dict[str, Any] | None = None,
    ) -> None:
        """Answer with a page of ours, or with the sign-in page to someone who turned back."""
        if error == AuthError.CANCELLED:
            messages.info(request, gettext("You turned back before you were signed in."))
            raise ImmediateHttpResponse(redirect("login"))
        if isinstance(exception, Refused):
            why = exception.why
        else:
            why = "state" if "state_id" in (extra_context or {}) else "token" if exception else "provider"
        raise ImmediateHttpResponse(refuse(request, why, provider=provider.sub_id))
