"""What people do with files of other products: take one in, say what it means, import it, let go of it."""

import hashlib
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from alignment_dash import schoolyear
from alignment_dash.access import audit
from alignment_dash.access.models import User
from alignment_dash.runs import uploads
from alignment_dash.runs.actions import request_run
from alignment_dash.runs.models import State, UploadState
from alignment_dash.turns import one_at_a_time
from instruction.imports.products import KIND
from instruction.imports.products.layout import Layout
from instruction.imports.products.meanings import Meaning
from instruction.models import Alias, ImportMapping, ObservationImport, UnmatchedValue
from schools.models import SourceSystem

Act, WaitsFor = ObservationImport.Act, ObservationImport.WaitsFor
KEPT = timedelta(days=14)
WAITING = [UploadState.RECEIVED, UploadState.VALIDATING, UploadState.PLANNED, UploadState.HELD]


# It is a person's turn; one that stopped is tried again by a person.
RESTING = {UploadState.PLANNED, UploadState.HELD, UploadState.FAILED}


class Moved(Exception):
    """Someone else has gone on with the file meanwhile."""


@transaction.atomic
def take_in(
    *, content: bytes, filename: str, options: dict[str, Any], mapping: ImportMapping | None, by: User
) -> tuple[ObservationImport, bool]:
    """Keep a file of another product until its columns are explained; with a mapping, import it at once.

    Return the upload and whether it is new: the same bytes with the same options are the same import while
    it waits.
    """
    forget_old()
    sha256 = hashlib.sha256(content).hexdigest()
    one_at_a_time(KIND + sha256)
    options = options | ({"mapping": mapping.name} if mapping else {})
    known = (
        ObservationImport.objects.defer("content")
        .filter(sha256=sha256, options=options, state__in=WAITING)
        .exclude(run__state=State.FAILED)
        .exclude(next_act="", waits_for="")
        .order_by("-pk")
        .first()
    )
    if known:
        return known, False
    upload = ObservationImport.objects.create(
        filename=uploads._filename(filename),
        sha256=sha256,
        size=len(content),
        content=b"",
        options=options,
        state=UploadState.PLANNED,
        waits_for=WaitsFor.COLUMNS,
        received_by=by,
    )
    upload.keep_until = upload.received_at + KEPT
    upload.save(update_fields=["keep_until"])
    uploads.write_content(upload, content)
    audit.record(
        act="observation-import.receive",
        target=upload,
        by=by,
        detail={"sha256": sha256, "size": len(content)},
    )
    if mapping:
        upload.layout = mapping.layout
        _queue(upload, Act.APPLY_IF_CLEAN, by)
    return upload, True


def _queue(upload: ObservationImport, act: str, by: User | None) -> None:
    """Have a worker do what is next."""
    upload.next_act = act
    upload.waits_for = WaitsFor.NOTHING
    if act != Act.RESOLVE:
        upload.state, upload.message = UploadState.RECEIVED, ""
    upload.run = request_run(
        kind=KIND,
        school_year=schoolyear.current_year(),
        subject=str(upload.uid),
        by=by,
        reason=str(Act(act).label),
    )
    upload.save(
        update_fields=["next_act", "waits_for", "state", "message", "run", "layout", "answers", "outlook"]
    )


def _waiting(upload: ObservationImport) -> ObservationImport:
    """Lock an upload that waits for a person. Moved when it does not any more."""
    held = ObservationImport.objects.select_for_update().defer("content").get(pk=upload.pk)
    if not held.waits_for or held.state not in RESTING:
        raise Moved
    return held


@transaction.atomic
def set_columns(*, upload: ObservationImport, layout: Layout, by: User) -> None:
    """Say what a file's columns mean, and plan its import. ValueError when the layout cannot be used."""
    if faults := layout.faults():
        raise ValueError(", ".join(faults))
    held = _waiting(upload)
    held.layout, held.answers, held.outlook = layout.as_json(), {}, {}
    _queue(held, Act.PLAN, by)
    audit.record(
        act="observation-import.columns",
        target=held,
        by=by,
        detail={"fields": sorted(layout.fields - {""}), "purpose": layout.purpose},
    )


@transaction.atomic
def use_mapping(*, upload: ObservationImport, mapping: ImportMapping, sheet: str, by: User) -> None:
    """Read a file as a saved mapping says, and plan its import. `sheet`: of this workbook, or ""."""
    held = _waiting(upload)
    held.layout = mapping.layout | ({"sheet": sheet} if sheet else {})
    held.answers, held.outlook = {}, {}
    _queue(held, Act.PLAN, by)
    audit.record(act="observation-import.columns", target=held, by=by, detail={"mapping": str(mapping.uid)})


@transaction.atomic
def answer(*, upload: ObservationImport, answers: Mapping[str, Mapping[str, str]], by: User) -> None:
    """Say what words of a file mean, and plan its import again; kept on the file until it is imported."""
    held = _waiting(upload)
    merged = {kind: dict(texts) for kind, texts in held.answers.items()}
    for kind, texts in answers.items():
        merged.setdefault(kind, {}).update(texts)
    # Something is there even when nothing was answered: the words were seen, and wait in the queue.
    held.answers = merged or {"level": {}}
    _queue(held, Act.PLAN, by)
    counts = {kind: len(texts) for kind, texts in answers.items()}
    audit.record(act="observation-import.values", target=held, by=by, detail={"counts": counts})


@transaction.atomic
def start_import(*, upload: ObservationImport, by: User, plan_hash: str = "") -> None:
    """Import a file that was planned. It is planned again and done in one transaction.

    What is then no longer what was planned is shown again and not stored. `plan_hash`: of the plan that was
    looked at, where that is known. Moved when another has been made meanwhile.
    """
    held = _waiting(upload)
    if held.waits_for == WaitsFor.COLUMNS or (plan_hash and plan_hash != held.outlook.get("plan_hash")):
        raise Moved
    _queue(held, Act.APPLY, by)
    audit.record(act="observation-import.start", target=held, by=by)


@transaction.atomic
def discard(*, upload: ObservationImport, by: User) -> None:
    """Drop a file that waits: nothing of it is stored, and its bytes are gone."""
    held = _waiting(upload)
    _drop(held, UploadState.ABORTED)
    audit.record(act="observation-import.discard", target=held, by=by)


def _drop(upload: ObservationImport, state: str, message: str = "") -> None:
    upload.state, upload.message, upload.content = state, message, b""
    upload.next_act = upload.waits_for = ""
    upload.outlook, upload.answers, upload.keep_until = {}, {}, None
    upload.ended_at = upload.ended_at or timezone.now()
    upload.save(
        update_fields=[
            "state", "message", "content", "next_act", "waits_for", "outlook", "answers", "keep_until",
            "ended_at",
        ]
    )  # fmt: skip


@transaction.atomic
def forget_old() -> int:
    """Drop the bytes of files that have waited too long, and say so on them; return how many there were."""
    old = ObservationImport.objects.select_for_update(skip_locked=True).defer("content")
    found = list(old.filter(keep_until__lt=timezone.now(), next_act=""))
    for upload in found:
        left = upload.unmatched.count()
        upload.unmatched.all().delete()
        if upload.waits_for:
            _drop(upload, *_given_up(upload))
        else:
            _drop(upload, upload.state, f"{upload.message} {_dropped()}" if left else upload.message)
        audit.record(act="observation-import.forget", target=upload, by=None, detail={"values": left})
    return len(found)


def _given_up(upload: ObservationImport) -> tuple[str, str]:
    if upload.state == UploadState.FAILED:
        return upload.state, _("It stopped and nobody tried again: the file was dropped, nothing was stored.")
    return UploadState.ABORTED, _dropped()


def _dropped() -> str:
    return _("What still waited after 14 days was dropped with the file. Send the file again to go on.")


@transaction.atomic
def resolve(*, value: UnmatchedValue, meaning: Meaning, by: User) -> Alias:
    """Say what a word of the queue means; every file of the product whose rows wait for it goes on."""
    source_code = value.upload.layout["source"]  # type: ignore[index]
    alias = _say(source_code, value.kind, value.text, meaning, by)
    waiting = UnmatchedValue.objects.filter(
        kind=value.kind, text=value.text, upload__layout__source=source_code
    ).values("upload")
    uploads_of = ObservationImport.objects.select_for_update().defer("content").filter(pk__in=waiting)
    for upload in uploads_of:
        _queue(upload, Act.RESOLVE, by)
    audit.record(act="alias.set", target=alias, by=by, detail={"kind": value.kind, **_as_detail(meaning)})
    return alias


def _say(source_code: str, kind: str, text: str, meaning: Meaning, by: User) -> Alias:
    source, _made = SourceSystem.objects.get_or_create(code=source_code)
    alias, _made = Alias.objects.update_or_create(
        source=source,
        kind=kind,
        text=text,
        defaults={"row_id": meaning.row, "code": meaning.code, "made_by": by},
    )
    return alias


@transaction.atomic
def change_alias(*, alias: Alias, meaning: Meaning, by: User) -> None:
    """Give a word another meaning, for files to come; what was imported stays as it is."""
    before = {"row": alias.row_id, "code": alias.code}
    alias.row_id, alias.code, alias.made_by = meaning.row, meaning.code, by
    alias.save(update_fields=["row_id", "code", "made_by"])
    audit.record(act="alias.set", target=alias, by=by, detail={"before": before, **_as_detail(meaning)})


@transaction.atomic
def remove_alias(*, alias: Alias, by: User) -> None:
    """Forget what a word means; what was imported stays as it is."""
    audit.record(
        act="alias.remove",
        target=alias,
        by=by,
        detail={"kind": alias.kind, "row": alias.row_id, "code": alias.code},
    )
    alias.delete()


@transaction.atomic
def remove_mapping(*, mapping: ImportMapping, by: User) -> None:
    """Forget a saved mapping; files that were read by it stay as they are."""
    audit.record(act="import-mapping.remove", target=mapping, by=by, detail={"name": mapping.name})
    mapping.delete()


def _as_detail(meaning: Meaning) -> dict[str, Any]:
    return {"row": meaning.row, "code": meaning.code}
