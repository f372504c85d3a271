"""What a data administrator does about someone's way in: a link to set a password, a lost phone, open sessions."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from alignment_dash.access.doors import needs, signed_in
from alignment_dash.access.models import User
from alignment_dash.access.policy import Data
from alignment_dash.access.second_factor.actions import remove_second_factor
from alignment_dash.access.signin.actions import end_sessions, set_password_link


@never_cache
@require_POST
@needs(Data.ACCOUNTS)
def password_link(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show a link with which someone sets a password, once."""
    user = _someone_else(request, uid)
    if not user.is_active or user.suspended_by_roster:
        messages.error(request, _("This account is closed. Reactivate it first."))
        return redirect("accounts:account-detail", uid=uid)
    try:
        path = set_password_link(user=user, by=signed_in(request))
    except ValidationError as refused:
        return _refused(request, uid, refused)
    context = {"account": user, "link": request.build_absolute_uri(path)}
    return render(request, "access/account_password_link.html", context)


@require_POST
@needs(Data.ACCOUNTS)
def second_factor_remove(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Take away the second factors of someone who has lost theirs."""
    try:
        n = remove_second_factor(user=_someone_else(request, uid), by=signed_in(request))
    except ValidationError as refused:
        return _refused(request, uid, refused)
    if n:
        words = ngettext("{n} second factor was removed.", "{n} second factors were removed.", n)
        messages.success(request, words.format(n=n))
    else:
        messages.info(request, _("There was no second factor."))
    return redirect("accounts:account-detail", uid=uid)


@require_POST
@needs(Data.ACCOUNTS)
def sessions_end(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Sign someone out everywhere."""
    user = _someone_else(request, uid)
    end_sessions(user=user, by=signed_in(request), why="ended by an administrator")
    messages.success(request, _("{name} is signed out everywhere.").format(name=user.name))
    return redirect("accounts:account-detail", uid=uid)


def _refused(request: HttpRequest, uid: UUID, refused: ValidationError) -> HttpResponse:
    messages.error(request, " ".join(refused.messages))
    return redirect("accounts:account-detail", uid=uid)


def _someone_else(request: HttpRequest, uid: UUID) -> User:
    """Return whose account it is. PermissionDenied for one's own: these have pages of their own."""
    user: User = get_object_or_404(User.objects.people(), uid=uid)
    if user == signed_in(request):
        raise PermissionDenied
    return user
