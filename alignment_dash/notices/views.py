"""Pages of notices: the caller's own, how they want to hear of them, and how mail goes."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from alignment_dash.access.doors import needs, signed_in
from alignment_dash.access.policy import Data
from alignment_dash.notices import actions, queries
from alignment_dash.notices.forms import ChoicesForm
from alignment_dash.notices.mailing.server import mail_server

SHOWN_OF_PAST = 200


@require_GET
def notice_list(request: HttpRequest) -> HttpResponse:
    """Show the caller's notices: what is so now, then what was in the last 90 days."""
    user, scope = signed_in(request), request.scope  # type: ignore[attr-defined]
    standing = queries.open_of(user, scope)
    context = {
        "standing": standing,
        "past": list(queries.past_of(user, scope)[:SHOWN_OF_PAST]),
        "n_unread": sum(1 for one in standing if one.read_at is None),
        "n_urgent": sum(1 for one in standing if one.is_urgent),
        "has_kinds": bool(queries.kinds_for(scope)),
        "days": queries.HISTORY.days,
    }
    return render(request, "notices/notice_list.html", context)


@require_POST
def read(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Mark one of the caller's notices as read."""
    user = signed_in(request)
    if not queries.notices_of(user, request.scope).filter(uid=uid).exists():  # type: ignore[attr-defined]
        raise Http404
    actions.mark_read(by=user, uid=uid)
    return redirect("notices:notice-list")


@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark all of the caller's notices as read."""
    n = actions.mark_read(by=signed_in(request))
    said = ngettext("{n} notice is marked as read.", "{n} notices are marked as read.", n)
    messages.success(request, said.format(n=n))
    return redirect("notices:notice-list")


@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """Show and set how the caller hears of each kind."""
    user, scope = signed_in(request), request.scope  # type: ignore[attr-defined]
    choices = queries.choices_of(user, scope)
    form = ChoicesForm(request.POST if request.method == "POST" else None, choices=choices)
    if request.method == "POST" and form.is_valid():
        # What stood there unchanged is not chosen: it goes on following the kind.
        chosen = {key: form.cleaned_data[key] for key in form.changed_data}
        actions.choose(by=user, deliveries=chosen)
        messages.success(request, _("What you chose is saved."))
        return redirect("notices:preferences")
    context = {"form": form, "mail_is_set_up": mail_server() is not None, "address": user.email}
    return render(request, "notices/preferences.html", context, status=400 if form.errors else 200)


@require_GET
@needs(Data.JOBS)
def mail(request: HttpRequest) -> HttpResponse:
    """Show whether mail goes out, and why not; never to whom."""
    server = mail_server()
    context = {"server": server, "health": queries.mail_health()}
    return render(request, "notices/mail_health.html", context)
