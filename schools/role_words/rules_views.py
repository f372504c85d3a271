"""Pages of role rules: the list in its order, add, change, move, remove, and decide what waits by one."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from alignment_dash.access.doors import needs, signed_in
from alignment_dash.access.policy import Data
from schools.models import RoleRule
from schools.role_words import queries as words
from schools.role_words import rules as actions

READ_OR_WRITE = ["GET", "HEAD", "POST"]


class RuleForm(forms.Form):
    """What a rule says; what does not go together, the actions refuse in words."""

    word = forms.CharField(
        label=gettext_lazy("Role word of the roster"),
        help_text=gettext_lazy("Such as administrator or ext:dean. Leave empty for any."),
        max_length=64,
        required=False,
        widget=forms.TextInput(attrs={"list": "waiting-words", "autocapitalize": "none"}),
    )
    org_type = forms.ChoiceField(
        label=gettext_lazy("Where"), choices=list(words.AT_ORG_TYPE.items()), required=False
    )
    column = forms.CharField(
        label=gettext_lazy("Column of users.csv"),
        help_text=gettext_lazy(
            "username, identifier, email or one of your own, such as metadata.acme.jobTitle. Leave empty for"
            " everyone who has the word there."
        ),
        max_length=255,
        required=False,
        widget=forms.TextInput(attrs={"autocapitalize": "none"}),
    )
    test = forms.ChoiceField(label=gettext_lazy("Its value"), choices=RoleRule.Test.choices, required=False)
    values = forms.CharField(
        label=gettext_lazy("Values"),
        help_text=gettext_lazy("One a line. Capitals make no difference."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    role = forms.ChoiceField(
        label=gettext_lazy("Is here"), choices=[("", gettext_lazy("Choose")), *words.RULE_ROLES]
    )

    def meaning(self) -> actions.Meaning:
        """Return what was filled in."""
        given = dict(self.cleaned_data)
        values = tuple(line.strip() for line in given.pop("values").splitlines() if line.strip())
        given["test"] = given["test"] or RoleRule.Test.IS
        return actions.Meaning(**given, values=values)


@require_GET
@needs(Data.IMPORTS)
def role_rule_list(request: HttpRequest) -> HttpResponse:
    """Show the rules in their order, and how many waiting roles each fits."""
    rules = list(RoleRule.objects.select_related("made_by"))
    fits = words.fits_now(rules)
    rows = [
        {
            "rule": rule,
            "says": words.sentence(rule),
            "label": words.role_label(rule.role),
            "fits": fits[rule.pk],
            "up": at - 1 if at else None,
            "down": at + 1 if at + 1 < len(rules) else None,
            "may_apply": not rule.column and rule.role != words.STUDENT and fits[rule.pk],
        }
        for at, rule in enumerate(rules)
    ]
    return render(request, "schools/role_rules.html", {"rows": rows})


@require_http_methods(READ_OR_WRITE)
@needs(Data.IMPORTS)
def role_rule_add(request: HttpRequest) -> HttpResponse:
    """Add a rule."""
    initial = {name: request.GET.get(name, "") for name in ("word", "org_type", "role")}
    form = RuleForm(request.POST) if request.method == "POST" else RuleForm(initial=initial)
    if form.is_valid():
        try:
            actions.add_rule(meaning=form.meaning(), by=signed_in(request))
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            messages.success(request, _("The rule was added. It decides from the next roster on."))
            return redirect("schools:role-rule-list")
    return _form_page(request, form, None)


@require_http_methods(READ_OR_WRITE)
@needs(Data.IMPORTS)
def role_rule_edit(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Change a rule."""
    rule = get_object_or_404(RoleRule, uid=uid)
    initial = {name: getattr(rule, name) for name in ("word", "org_type", "column", "test", "role")}
    initial["values"] = "\n".join(rule.values)
    form = RuleForm(request.POST) if request.method == "POST" else RuleForm(initial=initial)
    if form.is_valid():
        try:
            actions.change_rule(rule=rule, meaning=form.meaning(), by=signed_in(request))
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            messages.success(request, _("The rule was changed. It decides from the next roster on."))
            return redirect("schools:role-rule-list")
    return _form_page(request, form, rule)


@require_POST
@needs(Data.IMPORTS)
def role_rule_place(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Move a rule among the others."""
    rule = get_object_or_404(RoleRule, uid=uid)
    place = request.POST.get("place", "")
    if not (place.isascii() and place.isdigit() and len(place) < 6):
        messages.error(request, _("Say where to, as a number from 0."))
    else:
        actions.place_rule(rule=rule, place=int(place), by=signed_in(request))
    return redirect("schools:role-rule-list")


@require_POST
@needs(Data.IMPORTS)
def role_rule_remove(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Remove a rule."""
    actions.remove_rule(rule=get_object_or_404(RoleRule, uid=uid), by=signed_in(request))
    messages.success(request, _("The rule was removed."))
    return redirect("schools:role-rule-list")


@require_POST
@needs(Data.IMPORTS)
def role_rule_apply(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Let a rule decide what waits already."""
    try:
        rule = get_object_or_404(RoleRule, uid=uid)
        done = actions.decide_by_rule(rule=rule, by=signed_in(request))
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    else:
        n = done.held + done.ignored
        said = ngettext("{n} waiting role was decided.", "{n} waiting roles were decided.", n)
        messages.success(request, said.format(n=n))
    return redirect("schools:role-rule-list")


def _form_page(request: HttpRequest, form: RuleForm, rule: RoleRule | None) -> HttpResponse:
    context = {
        "form": form,
        "rule": rule,
        "waiting": dict.fromkeys(one.word for one in words.waiting_words()),
    }
    return render(request, "schools/role_rule.html", context, status=400 if form.errors else 200)
