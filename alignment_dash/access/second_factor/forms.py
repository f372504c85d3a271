"""The forms of second factors (MFA_FORMS): allauth's, with codes that count once and input that cannot break them."""

import struct
from typing import Any

from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as base
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY, generate_totp_secret
from allauth.mfa.webauthn import forms as webauthn
from cryptography.exceptions import UnsupportedAlgorithm
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from alignment_dash.access.sealing import Unreadable
from alignment_dash.access.second_factor import codes, rule
from alignment_dash.access.second_factor.limits import count_attempt

# What reading a made-up answer of an authenticator may end in.
_NONSENSE = (
    ArithmeticError, AssertionError, AttributeError, LookupError, NotImplementedError, RecursionError, TypeError,
    UnsupportedAlgorithm, ValueError, struct.error,
)  # fmt: skip


def code_field(help_text: Any) -> forms.CharField:
    """Return the field for a code, which phones fill in by themselves."""
    widget = forms.TextInput(
        attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}
    )
    return forms.CharField(label=_("Code"), max_length=20, help_text=help_text, widget=widget)


class _CodeOnce(base.BaseAuthenticateForm):
    code = code_field(_("Six digits from your authenticator app, or one of your recovery codes."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.has_app = rule.factors(self.user).filter(type=Authenticator.Type.TOTP).exists()
        if not self.has_app:
            self.fields["code"].help_text = _("One of your recovery codes.")

    def clean_code(self) -> str:
        forget = count_attempt(self.user)
        code: str = self.cleaned_data["code"]
        theirs = Authenticator.objects.filter(user=self.user).exclude(type=Authenticator.Type.WEBAUTHN)
        tried = list(theirs.order_by("-type"))  # The app before the recovery codes.
        for authenticator in tried:
            if codes.accept(authenticator, code):
                authenticator.user = self.user
                self.authenticator = authenticator
                forget()
                return code
        if tried:
            self._emit_authentication_failed(tried[0])
        raise get_adapter().validation_error("incorrect_code")


class SignInForm(_CodeOnce, base.AuthenticateForm):
    """A code after the password."""


class ConfirmForm(_CodeOnce, base.ReauthenticateForm):
    """A code before something is changed."""


class AppForm(forms.Form):
    """Setting up an authenticator app: the first code shows that it holds the secret.

    Until then the secret is in the session, sealed. step: of the code, once the form is valid.
    """

    code = code_field(_("The six digits that the app shows now."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.user = kwargs.pop("user")
        super().__init__(*args, **kwargs)
        self.secret = self._kept_secret() if self.is_bound else ""
        if not self.secret:
            self.secret = generate_totp_secret()
            context.request.session[SECRET_SESSION_KEY] = get_adapter().encrypt(self.secret)
        self.step = -1

    @staticmethod
    def _kept_secret() -> str:
        sealed = context.request.session.get(SECRET_SESSION_KEY, "")
        try:
            return str(get_adapter().decrypt(sealed))
        except Unreadable:
            return ""

    def clean_code(self) -> str:
        forget = count_attempt(self.user)
        code: str = self.cleaned_data["code"]
        step = codes.matching_step(self.secret, code)
        if step is None:
            raise get_adapter().validation_error("incorrect_code")
        self.step = step
        forget()
        return code


class _CredentialField(forms.JSONField):
    """What an authenticator answered; nothing in it is believed before its signature is checked."""

    widget = forms.HiddenInput

    def to_python(self, value: Any) -> Any:
        try:
            read = super().to_python(value)
        except RecursionError:
            read = None
        if not isinstance(read, dict):
            raise get_adapter().validation_error("incorrect_code")
        return read


class AddPasskeyForm(webauthn.AddWebAuthnForm):
    """A new passkey, which signs in without a password wherever the authenticator can check who holds it."""

    name = forms.CharField(
        label=_("Name"), max_length=60, required=False, help_text=_("To tell it from your others.")
    )
    credential = _CredentialField()
    passwordless = None

    def clean(self) -> dict[str, Any]:
        try:
            cleaned: dict[str, Any] = super().clean()
        except ValidationError:
            raise
        except _NONSENSE as error:
            raise get_adapter().validation_error("incorrect_code") from error
        return cleaned


class RenamePasskeyForm(webauthn.EditWebAuthnForm):
    name = forms.CharField(label=_("Name"), max_length=60)


class _AnswerForm(webauthn.AuthenticateWebAuthnForm):
    credential = _CredentialField()

    def clean_credential(self) -> Authenticator:
        try:
            return super().clean_credential()
        except ValidationError:
            raise
        except _NONSENSE as error:
            raise get_adapter().validation_error("incorrect_code") from error


class PasskeyForm(_AnswerForm):
    """A passkey after the password."""


class ConfirmPasskeyForm(_AnswerForm, webauthn.ReauthenticateWebAuthnForm):
    """A passkey before something is changed."""


class PasskeySignInForm(_AnswerForm, webauthn.LoginWebAuthnForm):
    """A passkey instead of the password; only for those who could sign in with one."""

    def clean_credential(self) -> Authenticator:
        authenticator = super().clean_credential()
        if not rule.may_sign_in_here(authenticator.user):
            raise get_adapter().validation_error("incorrect_code")
        return authenticator
