"""Forms of sign-in and passwords."""

from typing import Any

from allauth.account.forms import LoginForm
from django.utils.translation import gettext_lazy as _


class SignInForm(LoginForm):
    """E-mail and password. The password's own field says nothing of resets: an administrator hands out a link."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        email, password = self.fields["login"], self.fields["password"]
        email.label = _("E-mail")
        email.widget.attrs = {"type": "email", "autocomplete": "username", "autofocus": True}
        password.widget.attrs = {"autocomplete": "current-password"}
