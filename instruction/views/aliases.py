"""The pages of words: those that rows wait for, what words mean, and the saved mappings."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from alignment_dash.access.doors import needs, signed_in
from alignment_dash.access.models import User
from alignment_dash.access.policy import Data
from instruction.imports.products import actions
from instruction.imports.products.choices import PEOPLE, Choices, NotAChoice, Option
from instruction.imports.products.look import may_see_rows, shown
from instruction.imports.products.meanings import PURPOSES, Meaning
from instruction.models import Alias, ImportMapping, UnmatchedValue, ValueKind
from schools.models import SourceSystem

PAGE = 25
WAITING = "instruction:observation-waiting"


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """A word of the queue as its page shows it; only who sent its file sees it as written, and says more."""

    value: UnmatchedValue
    written: str
    hint: str
    is_seen: bool
    options: list[Option]
    chosen: str
    takes_id: bool


@require_GET
@needs(Data.OBSERVATION_IMPORTS)
def observation_waiting(request: HttpRequest) -> HttpResponse:
    """Show the words that rows of imported files wait for, each with its choices."""
    values = UnmatchedValue.objects.select_related("upload__received_by").order_by("-upload", "kind", "pk")
    page = Paginator(values, PAGE).get_page(request.GET.get("page"))
    choices = choices_for(list(page))
    rows = [_row(choices, value, signed_in(request)) for value in page]
    context = {"page": page, "rows": rows}
    return render(request, "instruction/observation_waiting.html", context)


def choices_for(values: list[UnmatchedValue]) -> Choices:
    """Return the choices for words of the queue."""
    people = {one for value in values if value.kind in PEOPLE for one in _candidates(value)}
    layout = values[0].upload.layout if values else {}
    return Choices(people, people=(layout or {}).get("people", ""))


def _candidates(value: UnmatchedValue) -> list[int]:
    suggested = [int(value.suggestion[4:])] if value.suggestion.startswith("row:") else []
    return [*suggested, *value.candidates]


def _row(choices: Choices, value: UnmatchedValue, user: User) -> WaitingRow:
    is_seen = may_see_rows(value.upload, user)
    return WaitingRow(
        value=value,
        written=shown(value.written, is_seen),
        hint=shown(value.hint, is_seen),
        is_seen=is_seen,
        options=choices.options(value.kind, _candidates(value)) if is_seen else [],
        chosen=choices.preselected(value.kind, value.written, value.suggestion),
        takes_id=value.kind in PEOPLE,
    )


@require_POST
@needs(Data.OBSERVATION_IMPORTS)
def observation_waiting_resolve(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Say what a word of the queue means; the rows that wait for it are imported."""
    value = get_object_or_404(UnmatchedValue.objects.select_related("upload"), uid=uid)
    if not may_see_rows(value.upload, signed_in(request)):
        messages.error(request, _("Only whoever sent the file may say what its words mean."))
        return redirect(WAITING)
    typed = request.POST.get("id", "").replace("\0", "")
    try:
        meaning = choices_for([value]).parse(value.kind, request.POST.get("meaning", ""), typed)
    except NotAChoice as error:
        messages.error(request, str(error))
        return redirect(WAITING)
    if meaning is None:
        messages.info(request, _("Nothing was chosen: the rows go on waiting."))
        return redirect(WAITING)
    actions.resolve(value=value, meaning=meaning, by=signed_in(request))
    messages.success(request, _("Kept. The rows that waited for this are being imported."))
    return redirect(WAITING)


@require_GET
@needs(Data.OBSERVATION_IMPORTS)
def alias_list(request: HttpRequest) -> HttpResponse:
    """Show what words of other products mean here."""
    found = Alias.objects.select_related("source", "made_by")
    kind, source = request.GET.get("kind", ""), request.GET.get("source", "").replace("\0", "")
    if kind in ValueKind.values:
        found = found.filter(kind=kind)
    if source:
        found = found.filter(source__code=source)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    people = {one.row_id for one in page if one.kind in PEOPLE and one.row_id is not None}
    choices = Choices(people, people="")
    context = {
        "page": page,
        "rows": [(one, choices.label(one.kind, Meaning(one.row_id, one.code))) for one in page],
        "kinds": ValueKind.choices,
        "kind": kind,
        "source": source,
        "sources": SourceSystem.objects.order_by("code").values_list("code", flat=True),
    }
    return render(request, "instruction/alias_list.html", context)


@require_http_methods(["GET", "POST"])
@needs(Data.OBSERVATION_IMPORTS)
def alias_change(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Change or remove what one word means."""
    alias = get_object_or_404(Alias.objects.select_related("source", "made_by"), uid=uid)
    people = [alias.row_id] if alias.kind in PEOPLE and alias.row_id is not None else []
    systems = SourceSystem.objects.order_by("pk")
    choices = Choices(people, people=request.POST.get("people", "").replace("\0", ""))
    error = ""
    if request.method == "POST" and "remove" in request.POST:
        actions.remove_alias(alias=alias, by=signed_in(request))
        messages.success(request, _("Removed. What was imported by it stays as it is."))
        return redirect("instruction:alias-list")
    if request.method == "POST":
        typed = request.POST.get("id", "").replace("\0", "")
        try:
            meaning = choices.parse(alias.kind, request.POST.get("meaning", ""), typed)
        except NotAChoice as refused:
            meaning, error = None, str(refused)
        if meaning is not None:
            actions.change_alias(alias=alias, meaning=meaning, by=signed_in(request))
            messages.success(request, _("Changed for files to come. What was imported stays as it is."))
            return redirect("instruction:alias-list")
        error = error or _("Choose what it means.")
    said = f"row:{alias.row_id}" if alias.row_id is not None else f"code:{alias.code}"
    context = {
        "alias": alias,
        "options": choices.options(alias.kind, people)[1:],
        "chosen": choices.outside(alias.kind, said),
        "takes_id": alias.kind in PEOPLE,
        "systems": systems,
        "error": error,
    }
    return render(request, "instruction/alias_change.html", context, status=400 if error else 200)


@require_GET
@needs(Data.OBSERVATION_IMPORTS)
def import_mapping_list(request: HttpRequest) -> HttpResponse:
    """Show the saved mappings of columns."""
    rows = [
        (one, PURPOSES.get(one.layout.get("purpose", ""), ""), len(one.layout["columns"]))
        for one in ImportMapping.objects.select_related("source", "made_by")
    ]
    return render(request, "instruction/import_mapping_list.html", {"rows": rows})


@require_POST
@needs(Data.OBSERVATION_IMPORTS)
def import_mapping_remove(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Forget a saved mapping."""
    actions.remove_mapping(mapping=get_object_or_404(ImportMapping, uid=uid), by=signed_in(request))
    messages.success(request, _("The mapping was removed. What was imported by it stays as it is."))
    return redirect("instruction:import-mapping-list")
