"""How often codes may be tried: a six-digit code is guessed by trying."""

from collections.abc import Callable

from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.core import context
from allauth.core.internal import ratelimit
from django.conf import settings

from alignment_dash.access.models import User

_APP, _ACTION = "alignment_dash.access.second_factor", "code"


def count_attempt(user: User) -> Callable[[], None]:
    """Count one attempt to enter a code for `user`; return what forgets the attempts, for when it was right.

    ValidationError when there were too many, whoever asked from wherever (SECOND_FACTOR_RATE).
    """
    said = {"config": {_ACTION: settings.SECOND_FACTOR_RATE}, "key": str(user.pk)}
    if not ratelimit.consume(context.request, app=_APP, action=_ACTION, **said):
        raise get_account_adapter().validation_error("too_many_login_attempts")
    return lambda: ratelimit.clear(context.request, app=_APP, action=_ACTION, **said)
