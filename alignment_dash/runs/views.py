"""Pages of runs: the newest ones, one with its progress, and the button that asks for one."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from alignment_dash import schoolyear
from alignment_dash.access.doors import needs, signed_in
from alignment_dash.access.policy import Data
from alignment_dash.runs import actions
from alignment_dash.runs.forms import RunForm
from alignment_dash.runs.models import Run
from alignment_dash.runs.registry import job_of


@require_GET
@needs(Data.JOBS)
def run_list(request: HttpRequest) -> HttpResponse:
    return render(request, "runs/run_list.html", {"rows": _newest(), "form": RunForm()})


@require_GET
@needs(Data.JOBS)
def run_detail(request: HttpRequest, uid: UUID) -> HttpResponse:
    run = get_object_or_404(Run.objects.select_related("requested_by"), uid=uid)
    template = "runs/run_detail.html#status" if request.htmx else "runs/run_detail.html"  # type: ignore[attr-defined]
    context = {"run": run, "label": job_of(run.kind).label, "year": schoolyear.label(run.school_year)}
    return render(request, template, context)


@require_POST
@needs(Data.JOBS)
def run_request(request: HttpRequest) -> HttpResponse:
    form = RunForm(request.POST)
    if not form.is_valid():
        return render(request, "runs/run_list.html", {"rows": _newest(), "form": form}, status=400)
    kind, year = form.cleaned_data["kind"], form.cleaned_data["school_year"]
    subjects = form.cleaned_data["subjects"]
    runs = [
        actions.request_run(
            kind=one, school_year=year, subject=subject, by=signed_in(request), reason="by hand"
        )
        for one in (kind, *sorted(job_of(kind).together))
        for subject in subjects
    ]
    return redirect("runs:run-detail", uid=runs[0].uid) if len(subjects) == 1 else redirect("runs:run-list")


def _newest() -> list[dict[str, object]]:
    return [
        {"run": run, "label": job_of(run.kind).label, "year": schoolyear.label(run.school_year)}
        for run in Run.objects.order_by("-queued_at")[:50]
    ]
