"""Signs of people coming and going: sign-ins, failed ones and sign-outs.

They come as signals, because Django and allauth sign people in, not code of ours.
"""

from typing import Any

from django.contrib.auth import signals
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from alignment_dash.access import audit
from alignment_dash.access.models import User

# Where allauth keeps how the person of a session has shown who they are.
_WAYS = "account_authentication_methods"


def digest_of(typed: str) -> str:
    """Return what stands for an e-mail address nobody has: equal for equal ones, and of no use without the key.

    People type a password into the wrong field; it must not stand in a record.
    """
    return salted_hmac("alignment_dash.sign-in", typed.strip().lower(), algorithm="sha256").hexdigest()[:32]


def signed_in(request: HttpRequest | None, user: Any, **_: Any) -> None:
    """Record a sign-in and in which ways: password, second factor, or which provider."""
    ways = request.session.get(_WAYS) if request else None
    found = {str(way.get("provider") or way.get("method")) for way in ways or [] if isinstance(way, dict)}
    audit.record(act="sign-in", target=user, by=user, detail={"ways": sorted(found)} if found else {})


def sign_in_failed(credentials: dict[str, Any], **_: Any) -> None:
    """Record a failed sign-in about the account it was for, or about a digest where there is none."""
    typed = str(credentials.get("username") or credentials.get("email") or "")
    user = User.objects.filter(email=typed.strip().lower()).first() if "\0" not in typed else None
    audit.record_nobody(act="sign-in.failed", target=user, digest=digest_of(typed), detail={})


def signed_out(user: Any, **_: Any) -> None:
    """Record a sign-out; of nobody, nothing."""
    if isinstance(user, User):
        audit.record(act="sign-out", target=user, by=user)


def listen() -> None:
    """Start listening; called once when the app starts."""
    signals.user_logged_in.connect(signed_in, dispatch_uid="trace-sign-in")
    signals.user_login_failed.connect(sign_in_failed, dispatch_uid="trace-sign-in-failed")
    signals.user_logged_out.connect(signed_out, dispatch_uid="trace-sign-out")
