"""The job of a file of another product: plan it, import it, or import what waited. One code for all three.

A plan does everything in a transaction and rolls it back. State, counts, the queue and the dropping of the
bytes are set in the transaction of the rows, so that a worker killed anywhere leaves all or nothing.
"""

from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from alignment_dash.access.models import User
from alignment_dash.access.reach import all_rows
from alignment_dash.runs.models import Run, UploadState
from alignment_dash.runs.registry import Progress
from alignment_dash.runs.uploads import read_content
from instruction.imports import loading
from instruction.imports.findings import Findings
from instruction.imports.matching import Matched
from instruction.imports.products import actions as products_actions
from instruction.imports.products import ending, keeping, table
from instruction.imports.products.drafts import Drafts, Reader
from instruction.imports.products.layout import Layout
from instruction.imports.products.meanings import Meanings, aliases_of
from instruction.imports.products.unreadable import Unreadable
from instruction.imports.products.verdict import Judge, Verdict
from instruction.models import Observation, ObservationImport
from schools.models import ExternalId, Kind, SourceSystem

Act, WaitsFor = ObservationImport.Act, ObservationImport.WaitsFor
# From this share of wrong rows on, nobody meant this mapping: a person looks before anything is stored.
WRONG_AT_MOST = 0.1


@dataclass(slots=True)
class Read:
    """A file as its layout reads it."""

    layout: Layout
    drafts: Drafts
    # field -> the file's own name of the column
    columns: dict[str, str] = field(default_factory=dict)
    # of every column
    names: list[str] = field(default_factory=list)


def perform(run: Run, progress: Progress) -> None:
    """Do what is next for the upload that the run is about; nothing when that was done meanwhile.

    An error leaves everything as it was, for the run that takes it up again; `failed` is told of the last one.
    """
    upload = ObservationImport.objects.defer("content").get(uid=run.subject)
    act = upload.next_act
    if act == Act.NONE:
        return
    if act != Act.RESOLVE:
        ending.change(upload, state=UploadState.VALIDATING)
    try:
        progress(0, 2, _("Reading"))
        read = read_upload(upload)
        progress(1, 2, _("Matching"))
        _work(upload, read, act, run.requested_by or upload.received_by)
    except Unreadable as unreadable:
        _unread(upload, act, unreadable)


def forget(run: Run, progress: Progress) -> None:
    """Drop files that have waited too long; every night."""
    products_actions.forget_old()


def read_upload(upload: ObservationImport) -> Read:
    """Return a file's observations by its layout. Unreadable when the layout does not fit it."""
    content = read_content(upload).getvalue()
    layout = Layout.from_json(upload.layout or {})
    form = table.form_of(content, delimiter=layout.delimiter, encoding=layout.encoding)
    reader = Reader(layout)
    # A workbook with one visible sheet is that sheet, whatever it is called this time.
    is_one = len(form.sheets) - len(form.hidden) == 1 or len(form.sheets) == 1
    sheet = form.first_sheet if is_one and layout.sheet not in form.sheets else layout.sheet
    drafts = reader.read(table.rows(content, form, sheet))
    columns = {said: reader.columns.name_of(said) for said in reader.columns.places}
    return Read(layout, drafts, columns, reader.columns.names)


def _work(upload: ObservationImport, read: Read, act: str, by: User | None) -> None:
    with transaction.atomic(), all_rows(why="an import writes observations of the whole district"):
        held = ObservationImport.objects.select_for_update().defer("content").get(pk=upload.pk)
        if held.next_act != act:  # another worker was first
            return
        source, _made = SourceSystem.objects.get_or_create(code=read.layout.source)
        waited = keeping.take_waiting_rows(held) if act == Act.RESOLVE else None
        if waited is not None:
            read.drafts.keep_only(waited)
        keeping.add_aliases(held, source, by)
        findings = Findings(upload.filename + (f", {read.layout.sheet}" if read.layout.sheet else ""))
        verdict = _judged(held, read, source, findings)
        _refuse_other_purposes(verdict, source, findings, read.columns)
        loaded = loading.load(verdict.matched, {}, source)
        _say_waiting(verdict, findings, read.columns)
        outlook = keeping.outlook_of(read, verdict, loaded)
        if _is_for_a_person(held, act, verdict, outlook):
            transaction.set_rollback(True)
        elif waited is None:
            ending.imported(held, source, read, verdict, loaded, findings, by)
        else:
            ending.resolved(held, source, verdict, loaded, findings, waited, by)
        is_plan = transaction.get_rollback()
    if is_plan:
        ending.planned(upload, act, outlook, findings)


def _judged(upload: ObservationImport, read: Read, source: SourceSystem, findings: Findings) -> Verdict:
    people = SourceSystem.objects.filter(code=read.layout.people)
    meanings = Meanings(
        [*read.drafts.observations, *read.drafts.others],
        systems=list(dict.fromkeys([source, *people])),
        said=aliases_of(source),
    )
    return Judge(
        read.drafts,
        meanings,
        findings,
        layout=read.layout,
        columns=read.columns,
        only_year=upload.options.get("school_year"),
    ).judge()


def _refuse_other_purposes(
    verdict: Verdict, source: SourceSystem, findings: Findings, columns: dict[str, str]
) -> None:
    """Take out what is stored already with the other purpose: formative evidence stays formative."""
    ids = [one.lesson.external_id for one in verdict.matched]
    known = dict(
        ExternalId.objects.filter(system=source, kind=Kind.OBSERVATION, external_id__in=ids).values_list(
            "external_id", "row_id"
        )
    )
    stored = dict(Observation.objects.filter(pk__in=known.values()).values_list("pk", "purpose"))
    kept: list[Matched] = []
    for one in verdict.matched:
        purpose = stored.get(known.get(one.lesson.external_id, 0), one.lesson.purpose)
        if purpose == one.lesson.purpose:
            kept.append(one)
            continue
        rows = set(verdict.rows_of[one.lesson.external_id])
        findings.add("purpose-differs", rows=[one.lesson.row], column=columns.get("purpose") or None)
        verdict.ready -= rows
        verdict.wrong |= rows
    verdict.matched = kept


def _say_waiting(verdict: Verdict, findings: Findings, columns: dict[str, str]) -> None:
    for asked in verdict.asked.values():
        for said, rows in asked.places.items():
            column = columns.get(said) or next(
                (name for one, name in columns.items() if one.startswith(f"{said}_")), None
            )
            findings.add(f"unmatched-{asked.kind}", rows=sorted(rows), column=column, level="warning")


def _is_for_a_person(held: ObservationImport, act: str, verdict: Verdict, outlook: dict[str, Any]) -> bool:
    """Say whether a person looks first: at a plan, and at an import that is not the one that was looked at."""
    if act == Act.APPLY:
        return bool(held.outlook.get("plan_hash") != outlook["plan_hash"])
    return act == Act.PLAN or (act == Act.APPLY_IF_CLEAN and _is_suspicious(verdict))


def _is_suspicious(verdict: Verdict) -> bool:
    judged = len(verdict.ready) + len(verdict.wrong) + len(verdict.waiting)
    return not verdict.ready or len(verdict.wrong) > WRONG_AT_MOST * judged


def _unread(upload: ObservationImport, act: str, unreadable: Unreadable) -> None:
    """The layout does not fit the file: ask for another. What had been imported stays."""
    if act == Act.RESOLVE:
        ending.change(upload, next_act=Act.NONE, message=unreadable.message)
        return
    ending.change(
        upload,
        state=UploadState.PLANNED,
        next_act=Act.NONE,
        waits_for=WaitsFor.COLUMNS,
        message=unreadable.message,
    )


def failed(run: Run, message: str) -> None:
    """A run ended badly: the file is kept for a day, and waits for who tries again what had been asked for.

    What had been imported stays, and with it what waits for words: that file does not stand as one that was
    lost, whose bytes are dropped.
    """
    for upload in ObservationImport.objects.defer("content").filter(run=run).exclude(next_act=Act.NONE):
        ending.stopped(upload, message)
