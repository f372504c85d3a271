"""Pages of rules that give roles from the roster: which there are, and what switching one would do."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods

from alignment_dash.access.accounts.directory import registered
from alignment_dash.access.doors import needs, signed_in
from alignment_dash.access.policy import Action, Data
from alignment_dash.access.roles import Role
from schools.account_rules import actions, words
from schools.account_rules.apply import Applied
from schools.account_rules.queries import held_by_rule
from schools.models import RoleAssignmentRule, StaffRole

SHOWN = 50


class RuleForm(forms.Form):
    """Another rule than those proposed: from which role of the roster to which role here."""

    staff_role = forms.ChoiceField(label=gettext_lazy("Role in the roster"), choices=StaffRole.choices)
    role = forms.ChoiceField(
        label=gettext_lazy("Role here"),
        choices=[(role, role.label) for role in Role if role in words.SAFE],
    )


@require_GET
@needs(Data.ACCOUNTS)
def account_rule_list(request: HttpRequest) -> HttpResponse:
    """Show every rule, also those proposed; or go to the one that the form names."""
    form = RuleForm(request.GET) if request.GET else RuleForm()
    if form.is_bound and form.is_valid():
        return redirect("schools:account-rule", **form.cleaned_data)
    rules = words.rules()
    held = held_by_rule()
    rows = [
        {"rule": rule, "says": words.sentence(rule), "held": held.get(words.source_of(rule), 0)}
        for rule in rules
    ]
    return render(request, "schools/account_rules.html", {"rows": rows, "form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Data.ACCOUNTS, Action.CHANGE)
def account_rule(request: HttpRequest, staff_role: str, role: str) -> HttpResponse:
    """Show what switching a rule on or off would do, and do it."""
    rule = _rule(staff_role, role)
    given = request.POST if request.method == "POST" else request.GET
    to = given.get("to", "off" if rule.is_on else "on")
    asked: dict[str, Any] = {
        "staff_role": staff_role,
        "role": role,
        "is_on": to == "on",
        "makes_accounts": "accounts" in given,
        "by": signed_in(request),
    }
    if request.method == "POST":
        _tell(request, actions.set_rule(**asked), is_on=asked["is_on"])
        return redirect("schools:account-rule-list")
    found = actions.preview(**asked)
    context = {
        "rule": rule,
        "says": words.sentence(rule),
        "is_on": asked["is_on"],
        "makes_accounts": asked["makes_accounts"],
        "passed_over": found.passed_over if asked["is_on"] else 0,
        "applied": found.applied,
        "groups": _groups(found.applied),
        "accounts": found.applied.accounts[:SHOWN],
        "shown": SHOWN,
    }
    return render(request, "schools/account_rule.html", context)


def _rule(staff_role: str, role: str) -> RoleAssignmentRule:
    """Return the rule, also one that nobody has switched on yet; Http404 for one that may not be."""
    if staff_role not in StaffRole.values or role not in words.SAFE:
        raise Http404
    found = RoleAssignmentRule.objects.filter(staff_role=staff_role, role=role).first()
    return found or RoleAssignmentRule(staff_role=staff_role, role=role)


def _groups(applied: Applied) -> list[dict[str, Any]]:
    """Return the first changes of each kind with the names of their places; one query."""
    places = registered().names_of_places({one.org_id for one in applied.changes if one.org_id is not None})
    kinds = [
        (_("Given"), applied.given),
        (_("Ended"), applied.ended),
        (_("Until another day than before"), applied.moved),
    ]
    return [
        {
            "label": label,
            "total": len(found),
            "rows": [
                {
                    "change": one,
                    "role": Role(one.role).label,
                    "place": places.get(one.org_id, "") if one.org_id is not None else "",
                }
                for one in found[:SHOWN]
            ],
        }
        for label, found in kinds
        if found
    ]


def _tell(request: HttpRequest, applied: Applied, *, is_on: bool) -> None:
    said = [_("The rule is on.") if is_on else _("The rule is off.")]
    given, ended, made = len(applied.given), len(applied.ended), len(applied.accounts)
    if made:
        said.append(ngettext("{n} account was made.", "{n} accounts were made.", made).format(n=f"{made:,}"))
    if given:
        said.append(ngettext("{n} role was given.", "{n} roles were given.", given).format(n=f"{given:,}"))
    if ended:
        said.append(ngettext("{n} role was ended.", "{n} roles were ended.", ended).format(n=f"{ended:,}"))
    messages.success(request, " ".join(said))
