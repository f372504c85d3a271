"""Pages of frameworks and their versions: the list, one version, begin a draft, files in and out."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from alignment_dash import schoolyear
from alignment_dash.access.doors import needs, signed_in
from alignment_dash.access.policy import Action, Data
from alignment_dash.ui.body_limit import takes_files
from instruction.consulting.queries import consulted_version
from instruction.defining import actions, queries, words
from instruction.defining.forms import FrameForm, NewDraftForm
from instruction.defining.publishing import in_use
from instruction.defining.reading import definition_of
from instruction.frameworks import files
from instruction.frameworks.definition import FOLDER, SHIPPED, FrameworkDefinition, read
from instruction.frameworks.values import clean
from instruction.models import Competency, FrameworkVersion, Proximity, VersionState
from schools.models import Level, StaffRole

TAKEN_IN = ".yaml,.yml,.csv,text/csv,application/yaml"


def may_change(request: HttpRequest) -> bool:
    """Say whether the caller authors frameworks."""
    return bool(request.scope.may(Data.DEFINITIONS, Action.CHANGE))  # type: ignore[attr-defined]


def found_version(request: HttpRequest, uid: UUID) -> FrameworkVersion:
    """Return a version that the caller may see. Http404 for any other."""
    found = queries.version_seen(request.scope, uid)  # type: ignore[attr-defined]
    if found is None:
        raise Http404
    return found


def address(version: FrameworkVersion, page: str = "framework-version") -> str:
    """Return the address of one of the pages of a version."""
    return reverse(f"instruction:{page}", kwargs={"uid": version.uid})


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Data.DEFINITIONS)
def framework_versions(request: HttpRequest) -> HttpResponse:
    """Show every framework with its versions, and begin a draft."""
    histories = queries.versions_seen(request.scope)  # type: ignore[attr-defined]
    copies = [
        line.version for one in histories for line in one.lines if line.version.state != VersionState.DRAFT
    ]
    form = NewDraftForm(copies, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(address(_begin(request, form)))
        except (actions.Refused, actions.Unreadable) as refused:
            form.add_error(None, str(refused))
    context = {
        "histories": histories,
        "sentence": words.versions_sentence(histories),
        "form": form,
        "may_change": may_change(request),
    }
    return render(request, "instruction/defining/versions.html", context, status=400 if form.errors else 200)


def _begin(request: HttpRequest, form: NewDraftForm) -> FrameworkVersion:
    source = form.versions.get(form.cleaned_data["copy"])
    if source is None:
        return actions.begin_draft(definition=form.empty(), by=signed_in(request))
    definition = actions.copied(source, clean(form.cleaned_data["label"]))
    return actions.begin_draft(definition=definition, by=signed_in(request), source="copy")


@require_GET
@needs(Data.DEFINITIONS)
def framework_version(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show one version: a draft with what can be done to it, a published one to read."""
    version = found_version(request, uid)
    return version_page(request, version)


def version_page(request: HttpRequest, version: FrameworkVersion, **more: Any) -> HttpResponse:
    """Return the page of a version; `more` goes to the template, `status` to the answer."""
    definition = definition_of(version)
    changes = may_change(request) and version.state == VersionState.DRAFT
    retires = may_change(request) and version.state == VersionState.PUBLISHED
    context = {
        "version": version,
        "dimensions": shown(definition, version),
        "sentence": words.version_sentence(version, definition),
        "year_label": schoolyear.label(version.first_school_year),
        "changes": changes,
        "retires": retires,
        "consulted": consulted_version(request.scope, version.uid) is not None,  # type: ignore[attr-defined]
        "in_use": in_use(version, is_page=True) if retires else [],
        "form": FrameForm(definition, version.revision) if changes else None,
        "page_url": address(version),
    }
    status = more.pop("status", 200)
    return render(request, "instruction/defining/version.html", context | more, status=status)


def shown(
    definition: FrameworkDefinition, version: FrameworkVersion
) -> list[tuple[str, list[dict[str, Any]]]]:
    """Return the dimensions with what a page shows of each element; one query."""
    uids = dict(version.elements.values_list("element__code", "element__uid"))
    return [
        (name, [
            {
                "element": one,
                "uid": uids[one.code],
                "proximity": str(Proximity(one.proximity).label),
                "levels": list(zip(definition.level_names, one.levels, strict=True)),
                "n_missing": sum(not text for text in one.levels),
                "applies": [
                    *(str(Level(level).label) for level in one.grade_levels), *one.subjects,
                    *(str(StaffRole(role).label) if role in StaffRole.values else role for role in one.roles),
                ],
                "competencies": [str(Competency(code).label) for code in one.competencies],
            }
            for one in elements
        ])
        for name, elements in definition.dimensions.items()
    ]  # fmt: skip


@require_GET
@needs(Data.DEFINITIONS)
def framework_yaml(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Return a version as a YAML file that the import takes in."""
    version = found_version(request, uid)
    return _download(version, "yaml", "application/yaml", files.to_yaml(definition_of(version)).encode())


@require_GET
@needs(Data.DEFINITIONS)
def framework_csv(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Return a version as a CSV file that the import takes in, one row an element."""
    version = found_version(request, uid)
    return _download(version, "csv", "text/csv", files.to_csv(definition_of(version)))


def _download(version: FrameworkVersion, ending: str, kind: str, content: bytes) -> HttpResponse:
    response = HttpResponse(content, content_type=f"{kind}; charset=utf-8")
    # Its name is the framework's own text: only what a header can hold.
    response["Content-Disposition"] = (
        f'attachment; filename="framework-{version.framework.kind}-{version.uid}.{ending}"'
    )
    response["X-Content-Type-Options"] = "nosniff"
    return response


@takes_files
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Data.DEFINITIONS, Action.CHANGE)
def framework_import(request: HttpRequest) -> HttpResponse:
    """Take in a framework as a YAML or CSV file: it becomes a draft."""
    faults: list[str] = []
    if request.method == "POST":
        upload = request.FILES.get("file")
        try:
            if request.POST.get("shipped", "") in SHIPPED:
                definition = read(FOLDER / f"{request.POST['shipped']}.yaml")
            elif upload is None:
                raise actions.Refused([_("Choose a file.")])
            else:
                definition = files.from_file(upload.name or "", upload.read(files.LARGEST + 1))
            version = actions.begin_draft(definition=definition, by=signed_in(request), source="file")
        except files.Unreadable as unreadable:
            faults = [f"{upload.name if upload else ''}: {fault}" for fault in unreadable.faults]
        except actions.Refused as refused:
            faults = refused.reasons
        else:
            messages.success(request, _("The file is a draft now. Check it, then publish."))
            return redirect(address(version))
    context = {
        "faults": faults, "accept": TAKEN_IN, "largest": files.LARGEST_WORDS, "shipped": list(SHIPPED.items()),
    }  # fmt: skip
    return render(request, "instruction/defining/import.html", context, status=400 if faults else 200)
