"""The page of who may observe at other schools."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from alignment_dash.access.doors import needs, signed_in
from alignment_dash.access.policy import Action, Data
from alignment_dash.access.scope import Scope
from alignment_dash.ui.years import year_from
from instruction.visiting import actions, queries
from schools.models import StaffRole

PAGE = 50
MOST = 200
CONFLICT = 409
MOVED = "moved"


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Data.EVIDENCE_PLAN, Action.CHANGE)
def visiting_observers(request: HttpRequest) -> HttpResponse:
    """Show and set who may observe at other schools, and how many lessons a term."""
    year = year_from(request.POST if request.method == "POST" else request.GET)
    chosen = _filters(request.POST if request.method == "POST" else request.GET)
    errors: dict[str, str] = {}
    if request.method == "POST":
        done = (
            _save_role(request, year) if "role_lessons" in request.POST else _save_rows(request, year, errors)
        )
        if done:
            return redirect(reverse("instruction:visiting-observers", query=_kept(year, chosen)))
    scope: Scope = request.scope  # type: ignore[attr-defined]
    found = queries.observers(scope, year=year, **chosen)
    page: Page[Any] = Paginator(found, PAGE).get_page(request.GET.get("page") or request.POST.get("page"))
    context = {
        "year": year,
        "page": page,
        "rows": [_row(queries.line_of(held), request.POST, errors) for held in page],
        "roles": [("permitted", _("may observe elsewhere")), *_roles()],
        "only_roles": _roles(),
        "chosen": chosen,
        "permitted": queries.permitted(scope, year),
        "errors": errors,
    }
    return render(request, "instruction/visiting_observers.html", context, status=_status(request, errors))


def _status(request: HttpRequest, errors: dict[str, str]) -> int:
    if not errors:
        return 200
    return CONFLICT if MOVED in errors else 400


def _roles() -> list[tuple[str, str]]:
    return [(role.value, str(role.label)) for role in queries.ROLES]


def _filters(data: Mapping[str, str]) -> dict[str, str]:
    return {
        name: data.get(key, "").replace("\0", "")[:100] for name, key in (("role", "show"), ("text", "q"))
    }


def _kept(year: int, chosen: dict[str, str]) -> dict[str, str]:
    kept = {"year": str(year), "show": chosen["role"], "q": chosen["text"]}
    return {key: value for key, value in kept.items() if value}


def _row(line: queries.Observer, typed: Mapping[str, str], errors: dict[str, str]) -> dict[str, Any]:
    """Return one line with what was typed, where it was refused."""
    key = f"lessons-{line.uid}"
    held = "" if line.lessons is None else str(line.lessons)
    return {"line": line, "value": typed.get(key, held), "held": held, "error": errors.get(key, "")}


class LessonsForm(forms.Form):
    """A number of lessons a term; blank: may not observe elsewhere."""

    lessons = forms.IntegerField(min_value=1, max_value=MOST, required=False)


class RoleForm(forms.Form):
    """The same number for everyone in a role."""

    role = forms.ChoiceField(choices=[(role.value, role.label) for role in queries.ROLES])
    role_lessons = forms.IntegerField(min_value=1, max_value=MOST, required=False)


def _number(text: str) -> int | None:
    """Return the number typed; None for an empty field. ValueError for anything else."""
    form = LessonsForm({"lessons": text})
    if not form.is_valid():
        raise ValueError(text)
    found: int | None = form.cleaned_data["lessons"]
    return found


def _save_rows(request: HttpRequest, year: int, errors: dict[str, str]) -> bool:
    """Save the lines that were changed on the page; return False, with `errors` filled, where one is refused."""
    wanted: dict[UUID, int | None] = {}
    seen: dict[UUID, int | None] = {}
    for key, text in request.POST.items():
        was = request.POST.get(f"was-{key[8:]}", "")
        if not key.startswith("lessons-") or text == was:
            continue
        try:
            uid = UUID(key[8:])
            wanted[uid], seen[uid] = _number(str(text)), _number(was)
        except ValueError:
            errors[key] = _("A whole number from 1 to {most}, or nothing.").format(most=MOST)
    if errors:
        return False
    ids = queries.people(list(wanted), year=year)
    lessons = {ids[uid]: number for uid, number in wanted.items() if uid in ids}
    before = {ids[uid]: number for uid, number in seen.items() if uid in ids}
    try:
        changed = actions.set_visiting_observers(
            year=year, lessons=lessons, before=before, by=signed_in(request)
        )
    except actions.ObserversMoved as moved:
        errors[MOVED] = str(moved)
        errors |= {f"lessons-{uid}": _now(moved.now[pk]) for uid, pk in ids.items() if pk in moved.now}
        return False
    _say(request, changed)
    return True


def _now(lessons: int | None) -> str:
    """Say what someone else has set meanwhile; whoever saves again means to set it otherwise."""
    if lessons is None:
        return _("Someone else has taken this away meanwhile.")
    text = ngettext(
        "Someone else has set this to {n} lesson meanwhile.",
        "Someone else has set this to {n} lessons meanwhile.",
        lessons,
    )
    return text.format(n=lessons)


def _save_role(request: HttpRequest, year: int) -> bool:
    form = RoleForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose a role, and a whole number from 1 to 200 or nothing."))
        return True
    role, lessons = StaffRole(form.cleaned_data["role"]), form.cleaned_data["role_lessons"]
    _say(request, actions.set_role(year=year, role=role, lessons=lessons, by=signed_in(request)))
    return True


def _say(request: HttpRequest, changed: int) -> None:
    said = ngettext("{n} person changed.", "{n} people changed.", changed).format(n=changed)
    messages.success(request, said if changed else _("Nothing was changed."))
