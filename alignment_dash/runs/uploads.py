"""Files taken in to be imported: receive one, do its job, say what was found. Each app describes its own kind."""

import hashlib
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import PurePosixPath
from typing import IO, Any

from django import forms
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from alignment_dash import schoolyear
from alignment_dash.access import audit
from alignment_dash.access.models import User
from alignment_dash.runs import actions
from alignment_dash.runs.models import Run, State, Upload, UploadState
from alignment_dash.runs.registry import Job, Progress

_CHUNK = 1 << 20
_OPEN = [UploadState.RECEIVED, UploadState.VALIDATING, UploadState.APPLYING]
_APPLIED = [UploadState.APPLIED, UploadState.APPLIED_WITH_MESSAGES]
# After which a worker that was given up is surely not at work on its file any more.
_GIVEN_UP = timedelta(days=1)
FINDING_COLUMNS = ("level", "file", "row", "column", "code", "message")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a file. `accepted` False: nothing was changed.

    counts: type of row -> {"created": n, ...}; findings: dictionaries with FINDING_COLUMNS, the gravest first;
    findings_total: how many there were, kept or not.
    """

    accepted: bool
    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    findings: list[dict[str, Any]] = field(default_factory=list)
    findings_total: int = 0
    message: str = ""


class NoOptions(forms.Form):
    """A kind of upload that has no options."""


@dataclass(frozen=True, slots=True)
class UploadKind:
    """A kind of file that an app takes in.

    kind: of the job, and in words of the API ("observation-import"); work: does the import of one upload in
    one transaction of its own and returns the outcome; it raises only for what is not the file's fault.
    options: a form whose cleaned data are kept on the upload. list_url and detail_url name the pages,
    api_detail and api_findings the API's routes. accept: file names and types that the page offers.
    refuse: the bytes in, why they cannot be a file of this kind out, or "". more: a template that tells on
    the page of one import what came of it, instead of plain counts and findings; it has the page's context.
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
    more: str = ""

    def job(self) -> Job:
        """Return the job to register when the app starts."""
        return Job(
            kind=self.kind,
            label=str(self.title),
            perform=self._perform,
            subjects=lambda year: [],
            publishes=False,
            nightly=False,
        )

    def _perform(self, run: Run, progress: Progress) -> None:
        upload = self.model.objects.defer("content").get(uid=run.subject)
        _change(upload, state=UploadState.VALIDATING)
        try:
            outcome = self.work(upload, run, progress)
        except Exception:
            _change(
                upload,
                state=UploadState.FAILED,
                message="The import stopped on an error that is not the file's; its log has the details.",
                content=b"",
                ended_at=timezone.now(),
            )
            raise
        state = UploadState.REJECTED
        if outcome.accepted:
            state = UploadState.APPLIED_WITH_MESSAGES if outcome.findings_total else UploadState.APPLIED
        _change(
            upload,
            state=state,
            counts=outcome.counts,
            findings=outcome.findings,
            findings_total=outcome.findings_total,
            message=outcome.message,
            # A roster holds names of students, a file of ratings those of everyone: neither outlives its import.
            content=b"",
            ended_at=timezone.now(),
        )


def applying(upload: Upload) -> None:
    """Say that checking is done and rows are being written."""
    _change(upload, state=UploadState.APPLYING)


def _change(upload: Upload, **values: Any) -> None:
    for name, value in values.items():
        setattr(upload, name, value)
    upload.save(update_fields=list(values))


class Refused(Exception):
    """The file cannot be taken in at all; `status` is the HTTP status that says so."""

    def __init__(self, message: str, *, status: int = 400) -> None:
        super().__init__(message)
        self.message = message
        self.status = status


def read_file(file: IO[bytes]) -> bytes:
    """Return the bytes of a file; Refused when it is empty or larger than UPLOAD_MAX_MB allows."""
    parts, size = [], 0
    while part := file.read(_CHUNK):
        size += len(part)
        if size > settings.UPLOAD_MAX_BYTES:
            limit = settings.UPLOAD_MAX_BYTES // 2**20
            raise Refused(_("The file is larger than %(limit)d MB.") % {"limit": limit}, status=413)
        parts.append(part)
    if not size:
        raise Refused(_("The file is empty."))
    return b"".join(parts)


@transaction.atomic
def receive(
    *, kind: UploadKind, content: bytes, filename: str, options: dict[str, Any], by: User
) -> tuple[Upload, bool]:
    """Take a file in and queue its import. Return the upload and whether it is new.

    The same bytes with the same options are the same import while it is open, or as long as no other file
    has been applied after it; what was rejected may be sent again, for the cause may lie in the database.
    Refused when the bytes are no file of this kind.
    """
    if reason := kind.refuse(content):
        raise Refused(reason)
    sha256 = hashlib.sha256(content).hexdigest()
    with connection.cursor() as cursor:  # two requests with the same file make one import
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [kind.kind + sha256])
    known = _same(kind, sha256, options)
    if known:
        return known, False
    _forget_given_up(kind)
    upload = kind.model.objects.create(
        filename=_filename(filename),
        sha256=sha256,
        size=len(content),
        content=b"",
        options=options,
        received_by=by,
    )
    write_content(upload, content)
    audit.record(
        act=f"{kind.kind}.receive", target=upload, by=by, detail={"sha256": sha256, "size": len(content)}
    )
    upload.run = actions.request_run(
        kind=kind.kind,
        school_year=schoolyear.current_year(),
        subject=str(upload.uid),
        by=by,
        reason="file received",
    )
    upload.save(update_fields=["run"])
    return upload, True


def _forget_given_up(kind: UploadKind) -> None:
    """Drop the bytes of files whose worker was lost for good, which did not get to drop them itself."""
    lost = kind.model.objects.filter(run__state=State.FAILED, run__ended_at__lt=timezone.now() - _GIVEN_UP)
    lost.exclude(content=b"").update(content=b"")


class _Hex:
    """Bytes as one row of COPY's text format, made piece by piece."""

    def __init__(self, content: bytes) -> None:
        self._parts = self._pieces(memoryview(content))

    @staticmethod
    def _pieces(content: memoryview) -> Iterator[str]:
        yield "\\\\x"
        for start in range(0, len(content), _CHUNK):
            yield content[start : start + _CHUNK].hex()
        yield "\n"

    def read(self, size: int = -1) -> str:
        return next(self._parts, "")


def write_content(upload: Upload, content: bytes) -> None:
    """Store the bytes of an upload by COPY: as a query's parameter they would be in memory six times."""
    table = upload._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE received (content bytea)")
        cursor.copy_expert("COPY received FROM STDIN", _Hex(content))
        cursor.execute(
            f"UPDATE {table} SET content = received.content FROM received WHERE {table}.id = %s",  # noqa: S608
            [upload.pk],
        )
        cursor.execute("DROP TABLE received")


def read_content(upload: Upload) -> io.BytesIO:
    """Return the bytes of an upload as a file, fetched piece by piece, so that they are in memory once.

    LookupError when they are not all there: another worker has ended the import and dropped them meanwhile.
    """
    found, start = io.BytesIO(), 1
    query = f"SELECT substring(content FROM %s FOR %s) FROM {upload._meta.db_table} WHERE id = %s"  # noqa: S608
    with connection.cursor() as cursor:
        while True:
            cursor.execute(query, [start, 8 * _CHUNK, upload.pk])
            part = bytes(cursor.fetchone()[0])
            if not part:
                break
            found.write(part)
            start += len(part)
    if found.tell() != upload.size:
        raise LookupError("the bytes of this upload are gone")
    found.seek(0)
    return found


def _same(kind: UploadKind, sha256: str, options: dict[str, Any]) -> Upload | None:
    uploads = kind.model.objects.defer("content", "findings").order_by("-pk")
    alive = uploads.filter(state__in=_OPEN).exclude(run__state=State.FAILED)
    waiting = alive.filter(sha256=sha256, options=options).first()
    newest = uploads.filter(state__in=_APPLIED, options=options).first()
    return waiting or (newest if newest and newest.sha256 == sha256 else None)


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
