"""What allauth asks of the product about second factors (MFA_ADAPTER)."""

from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alignment_dash.access import sealing
from alignment_dash.access.second_factor import rule
from alignment_dash.ui import district

PURPOSE = "second factor"


class SecondFactorAdapter(DefaultMFAAdapter):
    """Seals secrets, names things in the district's words, and keeps the last factor where the role needs one."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("That is not right. Codes count once and for a minute: enter the one shown now."),
        "cannot_delete_authenticator": _("Your role needs a second factor. Set up another one first."),
    }

    def encrypt(self, text: str) -> str:
        """Return a secret as it may be stored."""
        return sealing.seal(text, purpose=PURPOSE)

    def decrypt(self, encrypted_text: str) -> str:
        """Return what was stored. sealing.Unreadable when its key is gone."""
        return sealing.unseal(encrypted_text, purpose=PURPOSE)

    def get_totp_issuer(self) -> str:
        """Return what authenticator apps show above the code."""
        return district.name() or "alignment_dash"

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Say whether its owner may remove it: not the last one of somebody who must have one."""
        return not rule.is_last_needed(authenticator)

    def generate_authenticator_name(self, user: Any, type: Authenticator.Type) -> str:  # noqa: A002
        """Return the name offered for a new passkey."""
        count = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return gettext("Passkey {number}").format(number=count + 1)
