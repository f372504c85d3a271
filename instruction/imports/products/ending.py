"""How the work on a file of another product ends: planned, imported, or with what waited."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alignment_dash import schoolyear
from alignment_dash.access import audit
from alignment_dash.access.models import User
from alignment_dash.runs import actions, uploads
from alignment_dash.runs.models import UploadState
from instruction.imports import loading
from instruction.imports.findings import Findings
from instruction.imports.products import keeping
from instruction.imports.products.verdict import Verdict
from instruction.models import ObservationImport
from instruction.snapshots.rated import YEARS
from schools.models import SourceSystem

if TYPE_CHECKING:
    from instruction.imports.products.work import Read

Act, WaitsFor = ObservationImport.Act, ObservationImport.WaitsFor
KEPT = timedelta(days=14)


def planned(upload: ObservationImport, act: str, outlook: dict[str, Any], findings: Findings) -> None:
    """A plan was made: show it to a person."""
    waits_for = WaitsFor.IMPORT if not outlook["values"] or upload.answers else WaitsFor.VALUES
    held = act == Act.APPLY_IF_CLEAN
    change(
        upload,
        state=UploadState.HELD if held else UploadState.PLANNED,
        next_act=Act.NONE,
        waits_for=waits_for,
        outlook=outlook,
        findings=findings.kept(),
        findings_total=findings.total,
        message=_of_plan(act),
        keep_until=upload.received_at + KEPT,
    )


def _of_plan(act: str) -> str:
    if act == Act.APPLY_IF_CLEAN:
        return _("Much of this file is wrong or unmatched: look at it before it is imported.")
    if act == Act.APPLY:
        return _("The district has changed since you looked: this is what would be stored now. Look again.")
    return ""


def stopped(upload: ObservationImport, message: str) -> None:
    """The job ended badly: say so, and let who sent the file try again what had been asked for.

    The upload lets go of the run, as the bytes of uploads whose run failed are taken for lost. What had been
    imported stays, with the rows that wait; of a file of which nothing was, the bytes stay for a day.
    """
    if upload.next_act == Act.RESOLVE:
        again = _("Nothing more was imported. Say again what one of the words means to try again.")
        change(upload, next_act=Act.NONE, run=None, message=f"{message} {again}")
        return
    waits_for = WaitsFor.COLUMNS
    if upload.outlook:
        waits_for = WaitsFor.IMPORT if upload.next_act == Act.APPLY else WaitsFor.VALUES
    kept = _("Nothing was stored. The file is kept for a day: go on to try again.")
    change(
        upload,
        state=UploadState.FAILED,
        next_act=Act.NONE,
        waits_for=waits_for,
        run=None,
        message=f"{message} {kept}",
        keep_until=min(timezone.now() + uploads.KEPT_FOR_RETRY, upload.received_at + KEPT),
    )


def imported(
    upload: ObservationImport,
    source: SourceSystem,
    read: "Read",
    verdict: Verdict,
    loaded: loading.Loaded,
    findings: Findings,
    by: User | None,
) -> None:
    """A file was imported: keep what was said about it, queue what waits, and say how many rows came in."""
    is_kept = keeping.save_mapping(read, source, by)
    keeping.queue(upload, verdict)
    _record(upload, source, loaded, by)
    n_rows = read.drafts.n_rows
    _finish(
        upload,
        verdict.asked,
        _sentence(len(verdict.ready), n_rows, n_left_out=len(verdict.left_out), verdict=verdict)
        + ("" if is_kept else " " + _("Its mapping was not kept: another has this name.")),
        findings=findings.kept(),
        findings_total=findings.total,
        counts={"observations": loaded.observations, "ratings": loaded.ratings},
        outlook={"n_rows": n_rows, "n_ready": len(verdict.ready), "n_left_out": len(verdict.left_out)},
        ended_at=timezone.now(),
    )


def resolved(
    upload: ObservationImport,
    source: SourceSystem,
    verdict: Verdict,
    loaded: loading.Loaded,
    findings: Findings,
    waited: set[int],
    by: User | None,
) -> None:
    """Rows that waited came in: what still waits goes on waiting."""
    keeping.queue(upload, verdict)
    _record(upload, source, loaded, by)
    others = [
        one
        for one in upload.findings
        if not (one["row"] in waited and str(one["code"]).startswith("unmatched-"))
    ]
    counts = {"observations": loaded.observations, "ratings": loaded.ratings}
    summed = {
        name: {word: count + upload.counts.get(name, {}).get(word, 0) for word, count in new.items()}
        for name, new in counts.items()
    }
    n_rows = upload.outlook.get("n_rows", 0)
    n_ready = upload.outlook.get("n_ready", 0) + len(verdict.ready)
    n_left_out = upload.outlook.get("n_left_out", 0) + len(verdict.left_out)
    _finish(
        upload,
        verdict.asked,
        _sentence(n_ready, n_rows, n_left_out=n_left_out, verdict=verdict),
        findings=others + findings.kept(),
        findings_total=len(others) + findings.total,
        counts=summed,
        outlook={"n_rows": n_rows, "n_ready": n_ready, "n_left_out": n_left_out},
    )


def _finish(upload: ObservationImport, asked: object, message: str, **values: Any) -> None:
    """End an import; its bytes stay while something waits for a word."""
    waits = {"keep_until": upload.received_at + KEPT} if asked else {}
    change(
        upload,
        state=UploadState.APPLIED_WITH_MESSAGES if values["findings_total"] else UploadState.APPLIED,
        next_act=Act.NONE,
        waits_for=WaitsFor.NOTHING,
        answers={},
        message=message,
        **({} if asked else {"content": b"", "keep_until": None}),
        **waits,
        **values,
    )


def _record(upload: ObservationImport, source: SourceSystem, loaded: loading.Loaded, by: User | None) -> None:
    audit.record(
        act="observation-import.apply",
        target=upload,
        by=by,
        detail={"source": source.code, "counts": loaded.observations},
    )
    newest = schoolyear.current_year()
    years = {year + later for year in loaded.years for later in range(YEARS)}
    for year in sorted((year for year in years if year <= newest), reverse=True):
        actions.inputs_changed(topic="ratings", school_year=year, by=by, reason="ratings imported")


def _sentence(n_ready: int, n_rows: int, *, n_left_out: int, verdict: Verdict) -> str:
    """Return how many rows came in, how many someone chose to leave out, and how many wait for a word."""
    said = [_("%(ready)s of %(rows)s rows imported") % {"ready": f"{n_ready:,}", "rows": f"{n_rows:,}"}]
    if n_left_out:
        said.append(_("%(n)s left out on purpose") % {"n": f"{n_left_out:,}"})
    if n_waiting := len(verdict.waiting):
        n_values = len(verdict.asked)
        values = ngettext("%(n)s value", "%(n)s values", n_values) % {"n": f"{n_values:,}"}
        wait = ngettext("%(n)s waits for %(values)s", "%(n)s wait for %(values)s", n_waiting)
        said.append(wait % {"n": f"{n_waiting:,}", "values": values})
    return "; ".join(said) + "."


def change(upload: ObservationImport, **values: Any) -> None:
    """Set and save fields of an upload."""
    for name, value in values.items():
        setattr(upload, name, value)
    upload.save(update_fields=list(values))
