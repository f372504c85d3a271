"""Where a session says that its user acts as someone else."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.http import HttpRequest
from django.middleware.csrf import rotate_token
from django.utils import timezone

from alignment_dash.access.acting import actions
from alignment_dash.access.acting.queries import may_be_helped
from alignment_dash.access.models import User
from alignment_dash.access.policy import Action, Data
from alignment_dash.access.scope import Scope, scope_of

KEY = "acting"
LASTS = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Acting:
    """Who really asks, as whom, until when; `limit` is the real user's own scope."""

    real: User
    helped: User
    until: datetime
    limit: Scope


def begin(request: HttpRequest, *, helped: User, why: str, by: User) -> None:
    """Let the session of `by` act as `helped` from the next request on. NotAllowed for who may not be helped."""
    actions.start(helped=helped, why=why, by=by)
    request.session[KEY] = {"real": by.pk, "helped": helped.pk, "since": timezone.now().timestamp()}
    _renew(request)


def standing(request: HttpRequest) -> Acting | None:
    """Return as whom the session acts now; None when it does not, and ends what may no longer be.

    A session without it costs no query.
    """
    noted = request.session.get(KEY)
    if noted is None:
        return None
    until = datetime.fromtimestamp(noted["since"], UTC) + LASTS
    real, limit = request.user, scope_of(request.user)
    if isinstance(real, User) and real.pk == noted["real"] and limit.may(Data.ACT_AS, Action.CHANGE):
        helped = may_be_helped(real).filter(pk=noted["helped"]).first()
        if helped is not None and timezone.now() < until:
            return Acting(real, helped, until, limit)
    _forget(request)
    _note_end(noted, "expired" if timezone.now() >= until else "closed")
    return None


def _note_end(noted: dict[str, Any], how: str) -> None:
    users = User.objects.in_bulk([noted["real"], noted["helped"]])
    if len(users) == 2:
        actions.end(helped=users[noted["helped"]], how=how, by=users[noted["real"]])


def stop(request: HttpRequest, acting: Acting, how: str) -> None:
    """End acting as someone else in this session; the request goes on as the real user."""
    actions.end(helped=acting.helped, how=how, by=acting.real)
    _forget(request)
    request.user = acting.real
    del request.acting  # type: ignore[attr-defined]
    del request.real_user  # type: ignore[attr-defined]


def _forget(request: HttpRequest) -> None:
    del request.session[KEY]
    _renew(request)


def _renew(request: HttpRequest) -> None:
    """Give the session and its forms new tokens: a form of the one user is not sent as the other."""
    request.session.cycle_key()
    rotate_token(request)
