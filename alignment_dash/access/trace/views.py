"""Pages of what was done and seen: the audit, how often pages are opened, and who sees what."""

from __future__ import annotations

from collections.abc import Iterator

from django import forms
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from alignment_dash.access.doors import needs, signed_in
from alignment_dash.access.models import AuditEvent, User
from alignment_dash.access.policy import Action, Data
from alignment_dash.access.roles import Role
from alignment_dash.access.trace import policy_page, queries, recording, usage, usage_queries
from alignment_dash.access.trace.filters import AuditFilters
from alignment_dash.access.trace.pages import label_of
from alignment_dash.access.trace.sentences import GROUPS, sentence, who
from alignment_dash.schoolyear import today
from alignment_dash.ui.days import DayField
from alignment_dash.ui.spreadsheet import csv_lines


class AuditForm(forms.Form):
    """The filters as fields; what they mean is read by AuditFilters, so that nonsense never stops the page."""

    who = forms.CharField(label=gettext_lazy("Who did it"), max_length=100, required=False)
    about = forms.CharField(label=gettext_lazy("About whom or what"), max_length=100, required=False)
    group = forms.ChoiceField(label=gettext_lazy("What"), required=False)
    first = DayField(label=gettext_lazy("From"), required=False)
    last = DayField(label=gettext_lazy("To"), required=False)

    def __init__(self, filters: AuditFilters) -> None:
        super().__init__(
            initial={
                "who": filters.who, "about": filters.about, "group": filters.group,
                "first": filters.first, "last": filters.last,
            }
        )  # fmt: skip
        groups = [(key, group.label) for key, group in GROUPS.items()]
        self.fields["group"].choices = [("", _("Everything")), *groups]  # type: ignore[attr-defined]


@require_GET
@needs(Data.AUDIT)
def audit(request: HttpRequest) -> HttpResponse:
    """Show who did and saw what, newest first."""
    filters = AuditFilters.from_params(request.GET.dict())
    page = queries.audit_page(request.scope, filters)  # type: ignore[attr-defined]
    accounts = queries.accounts_in(page.events)
    names = {str(account.uid): account.name for account in accounts.values()}
    context = {
        "form": AuditForm(filters),
        "rows": [(event, sentence(event, names), accounts.get(event.by_id or 0)) for event in page.events],
        "older": page.older,
        "is_newest": filters.before is None,
        "may_export": request.scope.may(Data.AUDIT, Action.EXPORT),  # type: ignore[attr-defined]
        "at_most": queries.EXPORT_AT_MOST,
        "filters": filters,
    }
    return render(request, "access/audit.html", context)


@require_GET
@needs(Data.AUDIT, Action.EXPORT)
def audit_export(request: HttpRequest) -> HttpResponse:
    """Return what the filters find as CSV, row by row as it is read; that it was taken is recorded before."""
    filters = AuditFilters.from_params(request.GET.dict())
    n, events = queries.audit_rows(request.scope, filters)  # type: ignore[attr-defined]
    recording.exported(request, "audit", target=signed_in(request), rows=n, filters=filters.kept())
    name = f"audit-{filters.first:%Y-%m-%d}-{filters.last:%Y-%m-%d}.csv"
    response = StreamingHttpResponse(csv_lines(_rows(events, n)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response  # type: ignore[return-value]


def _rows(events: Iterator[AuditEvent], n: int) -> Iterator[list[object]]:
    names = {str(uid): name for uid, name in User.objects.values_list("uid", "name")}
    yield [_("When"), _("Who"), _("What"), _("In words"), _("About"), _("Id")]
    for event in events:
        when = localtime(event.at).isoformat(sep=" ", timespec="seconds")
        yield [when, who(event), event.act, sentence(event, names), event.target_label, event.target_id]
    if n == queries.EXPORT_AT_MOST:
        yield []
        yield [_("Only the newest %(n)d: choose fewer days for the others.") % {"n": n}]


@require_GET
@needs(Data.USAGE)
def page_use(request: HttpRequest) -> HttpResponse:
    """Show how often pages are opened, by role."""
    asked = request.GET.get("days", "")
    days = next((one for one in usage_queries.PERIODS if str(one) == asked), 30)
    found = usage_queries.page_use(request.scope, days=days, until=today())  # type: ignore[attr-defined]
    pages = [(label_of(line.url_name), line) for line in found.pages] if found else []
    context = {
        "found": found,
        "pages": pages,
        "roles": [_role_label(role) for role in found.roles] if found else [],
        "total": sum(line.total for _label, line in pages),
        "days": str(days),
        "periods": [(str(one), _("%(n)d days") % {"n": one}) for one in usage_queries.PERIODS],
        "figure": usage_queries.figure_of(found.by_time) if pages and found else None,
        "fewest": usage.FEWEST_HOLDERS,
    }
    return render(request, "access/usage.html", context)


def _role_label(role: str) -> str:
    return str(Role(role).label) if role else _("Other roles, together")


@require_GET
def who_sees_what(request: HttpRequest) -> HttpResponse:
    """Tell everyone who is signed in who sees what, and what their own roles let them do."""
    context = {"kinds": policy_page.kinds(), "own": policy_page.of_roles(request.scope)}  # type: ignore[attr-defined]
    return render(request, "access/who_sees_what.html", context)
