"""Pages on which a data administrator says what the role words of rosters mean here, role by role."""

from collections import Counter
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from alignment_dash.access.doors import needs, signed_in
from alignment_dash.access.policy import Data
from schools.models import RoleRule, WaitingRole
from schools.role_words import queries as words
from schools.role_words.decisions import Decided, decide_roles, undo_decision
from schools.role_words.rules import decide_word

PEOPLE = 50
_FIELD = "role-"


class AllForm(forms.Form):
    """What everyone of a word is."""

    role = forms.ChoiceField(
        label=gettext_lazy("They are"), choices=[("", gettext_lazy("Choose")), *words.DECISIONS]
    )
    rule = forms.BooleanField(
        label=gettext_lazy("And so is everyone whom later rosters give this word there: make it a rule"),
        required=False,
    )


@require_GET
@needs(Data.IMPORTS)
def role_word_list(request: HttpRequest) -> HttpResponse:
    """Show the words that wait, those of most people first."""
    found = words.waiting_words()
    rows = [{"word": one, "query": urlencode({"word": one.word, "system": one.system})} for one in found]
    context = {
        "rows": rows,
        "n_systems": len({one.system for one in found}),
        "n_people": sum(one.n_people for one in found),
        "n_decided": words.decided().count(),
        "n_rules": RoleRule.objects.count(),
    }
    return render(request, "schools/role_words.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Data.IMPORTS)
def role_word_people(request: HttpRequest) -> HttpResponse:
    """Show who has a word, or of whom it was decided; take in what one, several or all of them are."""
    filters = words.WordFilters.from_params(request.GET.dict())
    form = AllForm()
    if request.method == "POST":
        form = AllForm(request.POST if "all" in request.POST else None)
        try:
            done = _decide(request, filters, form)
        except ValidationError as refused:
            for message in refused.messages:
                messages.error(request, message)
        else:
            if done is not None:
                messages.success(request, _said(done))
                return redirect(_after(filters, request.GET))
    return _people_page(request, filters, form, 400 if request.method == "POST" else 200)


@require_POST
@needs(Data.IMPORTS)
def role_undo(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Let a decided role wait again."""
    found = get_object_or_404(WaitingRole, uid=uid)
    try:
        undo_decision(waiting_role=found, by=signed_in(request))
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    else:
        messages.success(request, _("It waits again, and the role that it gave is gone."))
    return redirect(f"{reverse('schools:role-word')}?{urlencode({'state': words.DECIDED})}")


def _decide(request: HttpRequest, filters: words.WordFilters, form: AllForm) -> Decided | None:
    """Decide as the form says; None where it says nothing that can be done, which the page then shows."""
    by = signed_in(request)
    if "all" in request.POST:
        if not form.is_valid():
            return None
        role, make_rule = form.cleaned_data["role"], form.cleaned_data["rule"]
        return decide_word(filters=filters, role=role, make_rule=make_rule, by=by)
    decisions = _chosen(request.POST)
    if not decisions:
        raise ValidationError(_("Nothing was chosen: say of somebody what they are."))
    return decide_roles(decisions=decisions, by=by)


def _chosen(given: QueryDict) -> dict[UUID, str]:
    chosen = {}
    for name, role in given.items():
        if name.startswith(_FIELD) and role:
            try:
                chosen[UUID(name.removeprefix(_FIELD))] = str(role)
            except ValueError as error:
                raise ValidationError(_("Some of these roles are no longer there. Look again.")) from error
    return chosen


def _said(done: Decided) -> str:
    held = ngettext("{n} role is held now", "{n} roles are held now", done.held).format(n=done.held)
    there = _(", {n} of them as before").format(n=done.were_there) if done.were_there else ""
    ignored = ngettext("; {n} is ignored", "; {n} are ignored", done.ignored).format(n=done.ignored)
    return f"{held}{there}{ignored if done.ignored else ''}."


def _after(filters: words.WordFilters, given: QueryDict) -> str:
    """Back to the people of the word while some wait, else to the words."""
    if filters.state == words.WAITING and words.roles(filters).exists():
        return f"{reverse('schools:role-word')}?{given.urlencode()}"
    return reverse("schools:role-word-list")


def _people_page(
    request: HttpRequest, filters: words.WordFilters, form: AllForm, status: int
) -> HttpResponse:
    page = Paginator(words.roles(filters), PEOPLE).get_page(request.GET.get("page"))
    counts: Counter[str] = Counter()
    for one in words.waiting_words():
        if one.word == filters.word:
            counts.update({kind: n for kind, n in one.by_org_type if kind in words.ORG_TYPES})
    places = [(kind, f"{words.AT_ORG_TYPE[kind]}: {n:,}") for kind, n in counts.most_common()]
    context = {
        "filters": filters,
        "page": page,
        "rows": [{"role": one, "label": words.role_label(one.role)} for one in page],
        "form": form,
        "choices": words.DECISIONS,
        "here": words.AT_ORG_TYPE[filters.org_type] if filters.org_type else "",
        "org_types": [("", _("All places")), *places],
        "is_decided": filters.state == words.DECIDED,
    }
    return render(request, "schools/role_word.html", context, status=status)
