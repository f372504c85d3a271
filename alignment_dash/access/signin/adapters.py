"""What is this product's own in allauth's sign-in: nobody signs themselves up, and every refusal reads alike."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

# Said by the page that follows.
UNSAID = {"account/messages/logged_in.txt", "account/messages/logged_out.txt"}


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

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *args: Any, **kwargs: Any
    ) -> None:
        """Leave out what the page says that follows."""
        if message_template not in UNSAID:
            super().add_message(request, level, message_template, *args, **kwargs)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        # allauth's has the host in it with its port, and with another port in the Host header anew five attempts.
        return str(credentials.get("email", "")).strip().lower()


class IdentityAdapter(DefaultSocialAccountAdapter):
    """Accounts that an identity provider opens."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Nobody signs themselves up."""
        return False
