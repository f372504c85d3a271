"""Pages to begin acting as someone else, and the way out."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from alignment_dash.access.acting import queries, sessions
from alignment_dash.access.doors import needs, signed_in
from alignment_dash.access.policy import Action, Data


class SearchForm(forms.Form):
    q = forms.CharField(
        label=gettext_lazy("Find an account by name or e-mail"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"type": "search"}),
    )


class ReasonForm(forms.Form):
    why = forms.CharField(
        label=gettext_lazy("Why"),
        help_text=gettext_lazy(
            "It stays in the audit beside your name. Write what you were asked for, and no names or ratings."
        ),
        max_length=300,
    )


@require_GET
@needs(Data.ACT_AS, Action.CHANGE)
def choose(request: HttpRequest) -> HttpResponse:
    """Find the account to act as."""
    search = SearchForm(request.GET)
    words = search.cleaned_data["q"] if search.is_valid() else ""
    context = {"search": search, "words": words, "found": queries.search(words, signed_in(request))}
    return render(request, "access/acting_choose.html", context | {"most": queries.FOUND})


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Data.ACT_AS, Action.CHANGE)
def start(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Ask why, and begin to act as the account."""
    by = signed_in(request)
    helped = get_object_or_404(queries.with_roles(queries.may_be_helped(by)), uid=uid)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        sessions.begin(request, helped=helped, why=form.cleaned_data["why"], by=by)
        return redirect("ui:home")
    context = {"form": form, "helped": helped, "minutes": sessions.LASTS.seconds // 60}
    return render(request, "access/acting_start.html", context, status=400 if form.errors else 200)


@require_POST
def stop(request: HttpRequest) -> HttpResponse:
    """Be oneself again; whoever is so already stays so."""
    acting: sessions.Acting | None = getattr(request, "acting", None)
    if acting is not None:
        sessions.stop(request, acting, "stopped")
        messages.success(request, _("You are yourself again."))
    return redirect("ui:home")
