"""What Django and allauth tell of: sign-ins, codes that were wrong, and recovery codes that were used."""

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authentication_failed, authenticator_used
from django.contrib.auth.signals import user_logged_in

from alignment_dash.access import audit
from alignment_dash.access.models import User
from alignment_dash.access.second_factor import rule


def connect() -> None:
    """Listen, once the apps are there."""
    user_logged_in.connect(rule.note_at_sign_in, dispatch_uid="second-factor-held")
    authentication_failed.connect(record_refused, dispatch_uid="second-factor-refused")
    authenticator_used.connect(record_recovery_code, dispatch_uid="second-factor-recovery-code")


def record_refused(*, user: User, authenticator: Authenticator, **_: Any) -> None:
    """Record a wrong code; by nobody, for who entered it is not known."""
    audit.record(act="second-factor.refused", target=user, by=None, detail={"kinds": [authenticator.type]})


def record_recovery_code(*, user: User, authenticator: Authenticator, **_: Any) -> None:
    """Record that a recovery code was used: its owner will want to know when it was not they."""
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        audit.record(act="second-factor.recovery-code", target=user, by=user)
