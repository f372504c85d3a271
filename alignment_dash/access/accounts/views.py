"""Pages of accounts: all of them, one with its roles, and what a data administrator changes."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from alignment_dash.access import actions as access
from alignment_dash.access.accounts import actions, directory, queries
from alignment_dash.access.accounts.forms import AccountForm, EndForm, FilterForm, PersonForm, RoleForm
from alignment_dash.access.doors import needs, signed_in
from alignment_dash.access.models import RoleGrant, User
from alignment_dash.access.policy import Action, Data
from alignment_dash.access.second_factor.rule import factors
from alignment_dash.access.sessions import tokens_of

PAGE = 50


@require_GET
@needs(Data.ACCOUNTS)
def account_list(request: HttpRequest) -> HttpResponse:
    """Show the accounts, a page at a time, with search and filters."""
    filters = FilterForm(request.GET)
    chosen = filters.chosen()
    page = Paginator(queries.accounts(**chosen), PAGE).get_page(request.GET.get("page"))
    context = {
        "filters": filters,
        "is_filtered": any(chosen.values()),
        "page": page,
        "rows": queries.rows(list(page.object_list)),
        "may_change": _may_change(request),
    }
    return render(request, "access/accounts.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Data.ACCOUNTS, Action.CHANGE)
def account_add(request: HttpRequest) -> HttpResponse:
    """Add an account."""
    form = AccountForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            user = actions.add_account(**form.cleaned_data, by=signed_in(request))
        except ValidationError as refused:
            _show(form, refused)
        else:
            messages.success(request, _("The account of {name} was added.").format(name=user.name))
            return redirect("accounts:account-detail", uid=user.uid)
    status = 400 if form.errors else 200
    return render(request, "access/account_add.html", {"form": form}, status=status)


@require_GET
@needs(Data.ACCOUNTS)
def account_detail(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show who someone is, what they hold and how they sign in."""
    return _page(request, _account(uid))


@require_POST
@needs(Data.ACCOUNTS)
def role_give(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Give someone a role."""
    user, form = _account(uid), RoleForm(request.POST)
    if form.is_valid():
        try:
            held = access.give_role(user=user, **form.cleaned_data, by=signed_in(request))
        except ValidationError as refused:
            _show(form, refused)
        else:
            said = _("{name} was given the role “{role}”.")
            messages.success(request, said.format(name=user.name, role=held.get_role_display()))
            return redirect("accounts:account-detail", uid=uid)
    return _page(request, user, form=form)


@require_POST
@needs(Data.ACCOUNTS)
def role_end(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Set on which day a role ends, or that it has no end."""
    user, form = _account(uid), EndForm(request.POST)
    form.fields["grant"].queryset = RoleGrant.objects.filter(user=user)  # type: ignore[attr-defined]
    if not form.is_valid():
        said = [str(error) for errors in form.errors.values() for error in errors]
        messages.error(request, " ".join(said))
        return redirect("accounts:account-detail", uid=uid)
    end, by = form.cleaned_data["end"], signed_in(request)
    return _done(
        request,
        uid,
        lambda: actions.change_end(grant=form.cleaned_data["grant"], end=end, by=by),
        _("The role ends on that day.") if end else _("The role has no end."),
    )


@require_POST
@needs(Data.ACCOUNTS)
def person_link(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Say who of the roster someone is; nobody where no person is named."""
    user, by = _account(uid), signed_in(request)
    try:
        person = UUID(request.POST["person"]) if request.POST.get("person") else None
    except ValueError:
        messages.error(request, _("There is no such person."))
        return redirect("accounts:account-detail", uid=uid)
    said = _("The account was linked.") if person else _("The account is linked to nobody.")
    return _done(request, uid, lambda: actions.link_person(user=user, person=person, by=by), said)


@require_POST
@needs(Data.ACCOUNTS)
def account_deactivate(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Close an account."""
    user, by = _account(uid), signed_in(request)
    said = _("The account was deactivated: they are signed out, and cannot sign in.")
    return _done(request, uid, lambda: actions.deactivate(user=user, by=by), said)


@require_POST
@needs(Data.ACCOUNTS)
def account_reactivate(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Open an account again."""
    user, by = _account(uid), signed_in(request)
    said = _("The account was reactivated.")
    return _done(request, uid, lambda: actions.reactivate(user=user, by=by), said)


def _account(uid: UUID) -> User:
    user: User = get_object_or_404(User.objects.people(), uid=uid)
    return user


def _done(request: HttpRequest, uid: UUID, change: Callable[[], object], said: str) -> HttpResponse:
    """Make a change and go back to the account, with what came of it."""
    try:
        change()
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    else:
        messages.success(request, said)
    return redirect("accounts:account-detail", uid=uid)


def _page(request: HttpRequest, user: User, form: RoleForm | None = None) -> HttpResponse:
    is_own = user == signed_in(request)
    may_change = _may_change(request) and not is_own
    finding = PersonForm(request.GET)
    asked = finding.cleaned_data["person"] if finding.is_valid() else ""
    known = directory.registered()
    person = known.people_of([user.pk]).get(user.pk)
    roles = queries.roles_of(user)
    context = {
        "account": user,
        "state": queries.state_of(user),
        "person": person,
        "roles": [held for held in roles if held.when != "ended"],
        "ended": [held for held in roles if held.when == "ended"],
        "schools": queries.opened_schools(user),
        "has_second_factor": factors(user).exists(),
        "n_tokens": tokens_of(user).count(),
        "is_own": is_own,
        "may_change": may_change,
        "form": (form or RoleForm()) if may_change else None,
        "finding": finding,
        "asked": asked,
        "found": known.find(asked or user.email) if may_change and person is None else [],
    }
    status = 400 if form is not None and form.errors else 200
    return render(request, "access/account.html", context, status=status)


def _may_change(request: HttpRequest) -> bool:
    return bool(request.scope.may(Data.ACCOUNTS, Action.CHANGE))  # type: ignore[attr-defined]


_FIELDS = {"org_id": "place", "during": "end"}


def _show(form: forms.Form, refused: ValidationError) -> None:
    """Put what was refused at its fields; at the top what belongs to none of the form."""
    by_field: dict[str, Any] = refused.error_dict if hasattr(refused, "error_dict") else {"": [refused]}
    for name, errors in by_field.items():
        field = _FIELDS.get(name, name)
        for error in errors:
            form.add_error(field if field in form.fields else None, error)
