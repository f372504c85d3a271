"""What is kept of a file of another product beside its ratings: aliases, its mapping, what waits, the outlook."""

import hashlib
import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from alignment_dash.access import audit
from alignment_dash.access.models import User
from instruction.imports.loading import Loaded
from instruction.imports.matching import Matched
from instruction.imports.products.layout import Layout, fingerprint
from instruction.imports.products.meanings import Asked, Meaning
from instruction.imports.products.verdict import Verdict
from instruction.models import Alias, ImportMapping, ObservationImport, UnmatchedValue
from schools.models import SourceSystem

if TYPE_CHECKING:
    from instruction.imports.products.work import Read

VALUES_KEPT = 500
SAMPLE = 10


def add_aliases(upload: ObservationImport, source: SourceSystem, by: User | None) -> None:
    """Keep what was answered about this file's words, for every later file of the product; one audit event."""
    answers = [
        (kind, text, Meaning.of(said))
        for kind, texts in upload.answers.items()
        for text, said in texts.items()
    ]
    if not answers:
        return
    Alias.objects.bulk_create(
        (
            Alias(kind=kind, source=source, text=text, row_id=one.row, code=one.code, made_by=by)
            for kind, text, one in answers
        ),
        update_conflicts=True,
        unique_fields=["source", "kind", "text"],
        update_fields=["row_id", "code", "made_by"],
    )
    counts = {kind: len(texts) for kind, texts in upload.answers.items()}
    audit.record(act="alias.answer", target=upload, by=by, detail={"counts": counts})


def is_another(layout: Layout) -> bool:
    """Say whether a layout would take the name of a mapping of another product or purpose, unconfirmed."""
    held = ImportMapping.objects.filter(name=layout.save_as).select_related("source").first()
    if held is None or layout.replaces:
        return False
    return (held.source.code, held.layout.get("purpose", "")) != (layout.source, layout.purpose)


def save_mapping(read: "Read", source: SourceSystem, by: User | None) -> bool:
    """Keep the file's columns under the name that was given for them, if one was; False: the name is taken."""
    name = read.layout.save_as
    if not name:
        return True
    if is_another(read.layout):
        return False
    layout = read.layout.as_json() | {"save_as": "", "replaces": False}
    mapping, _made = ImportMapping.objects.update_or_create(
        name=name,
        defaults={
            "source": source,
            "layout": layout,
            "fingerprint": fingerprint(read.names),
            "made_by": by,
        },
    )
    audit.record(act="import-mapping.save", target=mapping, by=by)
    return True


def queue(upload: ObservationImport, verdict: Verdict) -> None:
    """Write down the words that rows wait for, in place of those that were there."""
    upload.unmatched.all().delete()
    UnmatchedValue.objects.bulk_create(
        UnmatchedValue(
            upload=upload,
            kind=one.kind,
            text=one.text,
            written=one.written,
            hint=one.hint,
            suggestion=one.suggestion,
            candidates=list(one.candidates),
            rows=sorted(one.rows),
        )
        for one in verdict.asked.values()
    )


def take_waiting_rows(upload: ObservationImport) -> set[int]:
    """Return the rows of a file that wait for a word."""
    return {row for rows in upload.unmatched.values_list("rows", flat=True) for row in rows}


def outlook_of(read: "Read", verdict: Verdict, loaded: Loaded) -> dict[str, Any]:
    """Return what an import does, as its preview shows it; the most frequent unknown words first."""
    asked = sorted(verdict.asked.values(), key=lambda one: (-len(one.rows), one.kind, one.text))
    return {
        "n_rows": read.drafts.n_rows,
        "n_ready": len(verdict.ready),
        "n_waiting": len(verdict.waiting),
        "n_wrong": len(verdict.wrong),
        "n_left_out": len(verdict.left_out),
        "n_values": len(asked),
        "loaded": {"observations": loaded.observations, "ratings": loaded.ratings},
        "values": [_value(one) for one in asked[:VALUES_KEPT]],
        "sample": list(_sample(verdict.matched[:SAMPLE])),
        "fingerprint": fingerprint(read.names),
        "plan_hash": _hash_of(verdict, loaded),
    }


def _hash_of(verdict: Verdict, loaded: Loaded) -> str:
    """Return what is the same for every plan that stores, leaves and refuses the same."""
    rows = [sorted(some) for some in (verdict.ready, verdict.waiting, verdict.wrong, verdict.left_out)]
    stored = [
        [
            one.lesson.external_id, one.lesson.day.isoformat(), str(one.lesson.kind), str(one.lesson.purpose),
            one.observed_id, one.observer_id, one.school_id, one.version_id, one.lesson.ratings,
        ]
        for one in verdict.matched
    ]  # fmt: skip
    said = json.dumps([rows, stored, loaded.observations, loaded.ratings], sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()


def _value(one: Asked) -> dict[str, Any]:
    return {
        "kind": str(one.kind),
        "text": one.text,
        "written": one.written,
        "hint": one.hint,
        "suggestion": one.suggestion,
        "how": one.how,
        "candidates": list(one.candidates),
        "count": len(one.rows),
    }


def _sample(matched: Iterable[Matched]) -> Iterable[dict[str, Any]]:
    for one in matched:
        lesson = one.lesson
        yield {
            "row": lesson.row,
            "day": lesson.day.isoformat(),
            "kind": str(lesson.kind),
            "purpose": str(lesson.purpose),
            "teacher": one.observed_id,
            "observer": one.observer_id,
            "school": one.school_id,
            "ratings": [[code, level] for _row, code, level, _evidence in lesson.ratings],
        }
