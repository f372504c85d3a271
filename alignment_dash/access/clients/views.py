"""Pages of programs that sign in: which there are, one, adding and changing it, a new secret, disabling it."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from alignment_dash.access.clients import actions, queries
from alignment_dash.access.clients.forms import SCOPE_WORDS, ClientForm, RotateForm
from alignment_dash.access.clients.models import ApiClient
from alignment_dash.access.doors import needs, signed_in
from alignment_dash.access.policy import Data


@require_GET
@needs(Data.ACCOUNTS)
def client_list(request: HttpRequest) -> HttpResponse:
    """Show every program with what it may do and when it was last here."""
    rows = [{"client": client, "words": _words(client)} for client in queries.clients()]
    return render(request, "access/clients/list.html", {"rows": rows})


@require_GET
@needs(Data.ACCOUNTS)
def client_detail(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show one program, its secrets by date, and what can be done with it."""
    return _detail(request, _client(uid), RotateForm())


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Data.ACCOUNTS)
def client_add(request: HttpRequest) -> HttpResponse:
    """Add a program; the answer shows its secret, once."""
    form = ClientForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        client, secret = actions.add_client(**_chosen(form), by=signed_in(request))
        return _secret(request, client, secret)
    return _form(request, form, None)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Data.ACCOUNTS)
def client_change(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Change what a program may do."""
    client = _open(uid)
    form = ClientForm(request.POST if request.method == "POST" else None, instance=client)
    if request.method == "POST" and form.is_valid():
        actions.change_client(client=_open(uid), **_chosen(form), by=signed_in(request))
        messages.success(request, _("The program is saved."))
        return redirect("clients:client-detail", uid=uid)
    return _form(request, form, _open(uid))


@never_cache
@require_POST
@needs(Data.ACCOUNTS)
def client_rotate(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Give a program a new secret; the answer shows it, once."""
    client = _open(uid)
    form = RotateForm(request.POST)
    if not form.is_valid():
        return _detail(request, client, form)
    overlap = timedelta(hours=form.cleaned_data["overlap"])
    return _secret(
        request, client, actions.rotate_secret(client=client, overlap=overlap, by=signed_in(request))
    )


@require_POST
@needs(Data.ACCOUNTS)
def client_disable(request: HttpRequest, uid: UUID) -> HttpResponse:
    """End a program's sign-in."""
    client = _client(uid)
    actions.disable_client(client=client, by=signed_in(request))
    messages.success(request, _("%(name)s signs in no more.") % {"name": client})
    return redirect("clients:client-list")


def _detail(request: HttpRequest, client: ApiClient, form: RotateForm) -> HttpResponse:
    context = {"facts": queries.facts_of(client), "words": _words(client), "form": form}
    return render(request, "access/clients/detail.html", context, status=400 if form.errors else 200)


def _form(request: HttpRequest, form: ClientForm, client: ApiClient | None) -> HttpResponse:
    context = {"form": form, "client": client}
    return render(request, "access/clients/form.html", context, status=400 if form.errors else 200)


def _secret(request: HttpRequest, client: ApiClient, secret: str) -> HttpResponse:
    token_url = request.build_absolute_uri(reverse("api-oauth-token"))
    context = {"client": client, "secret": secret, "token_url": token_url}
    return render(request, "access/clients/secret.html", context)


def _chosen(form: ClientForm) -> dict[str, Any]:
    return {name: form.cleaned_data[name] for name in ("name", "scopes", "rate", "expires_on")}


def _words(client: ApiClient) -> list[Any]:
    return [SCOPE_WORDS[one] for one in sorted(client.granted)]


def _client(uid: UUID) -> ApiClient:
    client = queries.client_of(uid)
    if client is None:
        raise Http404
    return client


def _open(uid: UUID) -> ApiClient:
    """Return a program that is not disabled, for that is for good. Http404 for any other."""
    client = _client(uid)
    if client.disabled_at:
        raise Http404
    return client
