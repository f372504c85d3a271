"""Files taken in to be imported: receive one, do its job, say what was found. Each app describes its own kind."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from typing import Any

from django import forms
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from alignment_dash import schoolyear
from alignment_dash.access import audit
from alignment_dash.access.models import User
from alignment_dash.runs import actions
from alignment_dash.runs.models import Run, State, Upload, UploadState
from alignment_dash.runs.registry import Job, Progress
from alignment_dash.runs.upload_bytes import Refused, write_content
from alignment_dash.runs.upload_bytes import open_content as open_content
from alignment_dash.runs.upload_bytes import read_content as read_content
from alignment_dash.runs.upload_bytes import read_file as read_file
from alignment_dash.runs.upload_repeats import delivered, remember, same
from alignment_dash.runs.upload_states import OPEN, WAITING
from alignment_dash.turns import one_at_a_time

# How long the bytes of an import that stopped stay, so that it can be tried again.
KEPT_FOR_RETRY = timedelta(days=1)
FINDING_COLUMNS = ("level", "file", "row", "column", "code", "message")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a file. `accepted` False: nothing was changed.

    counts: type of row -> {"created": n, ...}; findings: dictionaries with FINDING_COLUMNS, the gravest first;
    findings_total: how many there were, kept or not. waits: PLANNED or HELD, when it is now a person's turn.
    fields: further fields of the model to set with these.
    """

    accepted: bool
    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    findings: list[dict[str, Any]] = field(default_factory=list)
    findings_total: int = 0
    message: str = ""
    waits: UploadState | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)

    @property
    def state(self) -> UploadState:
        """The state of an upload that this came of."""
        if not self.accepted:
            return UploadState.REJECTED
        if self.waits:
            return self.waits
        return UploadState.APPLIED_WITH_MESSAGES if self.findings_total else UploadState.APPLIED


class NoOptions(forms.Form):
    """A kind of upload that has no options."""


@dataclass(frozen=True, slots=True)
class UploadKind:
    """A kind of file that an app takes in.

    kind: of the job, and in words of the API ("observation-import"); work: does the import of one upload in
    one transaction of its own and returns the outcome; it raises only for what is not the file's fault. Where
    it calls `end` within that transaction, a worker killed after its commit has nothing left to do.
    options: a form whose cleaned data are kept on the upload. list_url and detail_url name the pages,
    api_detail and api_findings the API's routes. accept: file names and types that the page offers.
    refuse: the bytes in, why they cannot be a file of this kind out, or "". fields: further fields of a new
    upload, from its options. one_at_a_time: the others wait in order of receipt. is_due: whether there is work
    to do on an upload. stands: whether an upload that was applied or waits still stands for its bytes, so that
    the same ones are the same import. failed: told an upload whose run ended badly, and why. expire: told the time now and
    then; ends what has waited too long.
    """

    kind: str
    model: type[Upload]
    work: Callable[[Any, Run, Progress], Outcome]
    title: str | Promise
    hint: str | Promise
    accept: str
    list_url: str
    detail_url: str
    api_detail: str
    api_findings: str
    options: type[forms.Form] = NoOptions
    refuse: Callable[[bytes], str] = lambda content: ""
    fields: Callable[[Mapping[str, Any]], dict[str, Any]] = lambda options: {}
    one_at_a_time: bool = False
    is_due: Callable[[Any], bool] = lambda upload: upload.is_open
    stands: Callable[[Any], bool] = lambda upload: True
    failed: Callable[[Any, str], None] = lambda upload, message: end_badly(upload, message)
    expire: Callable[[datetime], None] = lambda now: None

    def job(self) -> Job:
        """Return the job to register when the app starts."""
        return Job(
            kind=self.kind,
            label=str(self.title),
            perform=self._perform,
            subjects=lambda year: [],
            publishes=False,
            nightly=False,
            one_at_a_time=self.one_at_a_time,
            failed=self._failed,
            tidy=self._tidy,
        )

    def _perform(self, run: Run, progress: Progress) -> None:
        upload = self.model.objects.defer("content").get(uid=run.subject)
        # Taken up again after its commit, or asked for anew meanwhile: nothing is left to do for this run.
        if upload.run_id != run.pk or not self.is_due(upload):
            return
        try:
            if upload.is_open:
                _move(upload, UploadState.VALIDATING)
            outcome = self.work(upload, run, progress)
            if upload.is_open:
                end(upload, outcome)
        except Overtaken:
            return

    def _failed(self, run: Run, message: str) -> None:
        for upload in self.model.objects.defer("content").filter(run=run):
            self.failed(upload, message)

    def _tidy(self, now: datetime) -> None:
        _forget_given_up(self, now)
        self.expire(now)


class Overtaken(Exception):
    """Someone has ended the import meanwhile: a person aborted it, or another worker did it."""


def applying(upload: Upload) -> None:
    """Say that checking is done and rows are being written; Overtaken when someone has ended it meanwhile."""
    _move(upload, UploadState.APPLYING)


def _move(upload: Upload, state: UploadState) -> None:
    if not type(upload).objects.filter(pk=upload.pk, state__in=OPEN).update(state=state):
        raise Overtaken
    upload.state = state


@transaction.atomic
def end(upload: Upload, outcome: Outcome) -> None:
    """Set what came of an import; in the transaction of its rows neither can be without the other.

    The bytes are dropped unless it waits for a person. Overtaken when someone has ended it meanwhile, so that
    the caller's transaction is undone.
    """
    # No key is changed, so that rows which point to this one do not make an abort wait.
    held = type(upload).objects.select_for_update(no_key=True).filter(pk=upload.pk, state__in=OPEN)
    if not held.values_list("pk", flat=True):
        raise Overtaken
    # A roster holds names of students, a file of ratings those of everyone: neither outlives its import.
    ended = {} if outcome.state in WAITING else {"content": b"", "ended_at": timezone.now()}
    change(
        upload,
        state=outcome.state,
        counts=outcome.counts,
        findings=outcome.findings,
        findings_total=outcome.findings_total,
        message=outcome.message,
        **ended,
        **outcome.fields,
    )


def end_badly(upload: Upload, message: str) -> None:
    """Say that an import that was under way stopped, and why; its bytes stay for a day."""
    if upload.is_open:
        kept = _("Nothing was changed. The file is kept for a day.")
        change(upload, state=UploadState.FAILED, message=f"{message} {kept}", ended_at=timezone.now())


def change(upload: Upload, **values: Any) -> None:
    """Set fields of an upload and store these alone."""
    for name, value in values.items():
        setattr(upload, name, value)
    upload.save(update_fields=list(values))


@transaction.atomic
def receive(
    *,
    kind: UploadKind,
    content: bytes,
    filename: str,
    options: dict[str, Any],
    by: User | None,
    idempotency_key: str = "",
    fields: Mapping[str, Any] | None = None,
) -> tuple[Upload, bool]:
    """Take a file in and queue its import. Return the upload and whether it is new.

    The same bytes with the same options are the same import while it is open or waits for a person, or as long
    as no other file has been applied after it; what was rejected or reverted may be sent again. A key names one
    delivery of one sender: with the same bytes it is the same import, whatever has come of it. `fields` are
    further fields of the model, such as the door it came by. Refused when the bytes are no file of this kind,
    or the key was used for something else.
    """
    if reason := kind.refuse(content):
        raise Refused(reason)
    sha256 = hashlib.sha256(content).hexdigest()
    if idempotency_key:
        one_at_a_time(f"{kind.kind} {by.pk if by else 0} {idempotency_key}")
    one_at_a_time(kind.kind + sha256)
    known = delivered(kind.model, by=by, key=idempotency_key, sha256=sha256, options=options)
    if known:
        return known, False
    if known := same(kind.model, sha256=sha256, options=options, stands=kind.stands):
        remember(known, by=by, key=idempotency_key)
        return known, False
    _forget_given_up(kind, timezone.now())
    upload = kind.model.objects.create(
        filename=_filename(filename),
        sha256=sha256,
        size=len(content),
        content=b"",
        options=options,
        received_by=by,
        idempotency_key=idempotency_key if by else "",
        **kind.fields(options),
        **(fields or {}),
    )
    write_content(upload, content)
    audit.record(
        act=f"{kind.kind}.receive", target=upload, by=by, detail={"sha256": sha256, "size": len(content)}
    )
    queue(kind=kind, upload=upload, by=by, reason="file received")
    return upload, True


def queue(*, kind: UploadKind, upload: Upload, by: User | None, reason: str) -> None:
    """Ask for the work on an upload, by a run of its own; to be called in the transaction that makes it due."""
    upload.run = actions.request_run(
        kind=kind.kind,
        school_year=schoolyear.current_year(),
        subject=str(upload.uid),
        by=by,
        reason=reason,
    )
    upload.save(update_fields=["run"])


def _forget_given_up(kind: UploadKind, now: datetime) -> None:
    """Drop the bytes of imports that stopped long ago, by an error or by the loss of their worker."""
    stopped = Q(run__state=State.FAILED, run__ended_at__lt=now - KEPT_FOR_RETRY)
    stopped |= Q(state=UploadState.FAILED, ended_at__lt=now - KEPT_FOR_RETRY)
    kind.model.objects.filter(stopped).exclude(content=b"").update(content=b"")


def _filename(name: str) -> str:
    """Return the last part of a path without what a database or a terminal would stumble over."""
    last = PurePosixPath(name.replace("\\", "/")).name
    return "".join(sign for sign in last if sign.isprintable())[:255] or "unnamed"


def newest(kind: UploadKind) -> Any:
    """Return the uploads of a kind, newest first, without their bytes and findings."""
    return (
        kind.model.objects.defer("content", "findings").select_related("run", "received_by").order_by("-pk")
    )


def state_of(upload: Upload) -> str:
    """Return the upload's state; failed when its run was given up while it was open."""
    if upload.is_open and upload.run and upload.run.state == State.FAILED:
        return UploadState.FAILED
    return upload.state


def finding_rows(upload: Upload) -> Iterator[list[object]]:
    """Yield the findings as rows of a table, its heading first."""
    yield list(FINDING_COLUMNS)
    for finding in upload.findings:
        yield [finding.get(column) for column in FINDING_COLUMNS]
