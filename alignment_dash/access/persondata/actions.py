"""Handing out and erasing what is held about a person."""

from collections import Counter
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone
from django.utils.translation import gettext as _

from alignment_dash.access import audit, reach
from alignment_dash.access.accounts.administrators import lock_administrators, refuse_to_lose_the_last
from alignment_dash.access.models import User
from alignment_dash.access.persondata import marks, queries, registry
from alignment_dash.access.persondata.models import ErasedMark, Erasure, RetentionRule
from alignment_dash.access.persondata.redaction import Words, redact
from alignment_dash.access.persondata.registry import Retention, Subject
from alignment_dash.schoolyear import today

# What stands for a name may be longer than the name.
WHY_AT_MOST = 300


@transaction.atomic
def note_export(*, subject: Subject, why: str, with_evidence: bool, counts: dict[str, int], by: User) -> None:
    """Record that everything held about someone was handed out, and whether evidence was in it.

    With evidence it is a look at it, which the person finds among those at theirs.
    """
    detail: dict[str, Any] = {
        "why": redact(why, subject.words, family=True),
        "with_evidence": with_evidence,
        "counts": counts,
    }
    if with_evidence and subject.person_id:
        detail["people"] = [subject.person_id]
    audit.record(act="export.person-data", target=subject.target, by=by, detail=detail)


@transaction.atomic
def ask(*, subject: Subject, why: str, by: User) -> Erasure:
    """Erase someone who no longer works here; for someone who does, ask for a second administrator.

    ValidationError says why not: it was done or asked for, it is oneself, or the last data administrator.
    """
    _refuse(subject, by)
    earlier = queries.erasure_of(subject)
    if earlier is not None:
        raise ValidationError(_("That was done, or asked for, before."))
    try:
        with transaction.atomic():
            erasure = Erasure.objects.create(
                person_id=subject.person_id,
                user_id=subject.user_id,
                subject_uid=subject.uid,
                why=redact(why, subject.words, family=True)[:WHY_AT_MOST],
                needs_second=subject.is_current,
                asked_by=by,
            )
    except IntegrityError:
        raise ValidationError(_("That was done, or asked for, before.")) from None
    audit.record(act="person.erase.ask", target=erasure, by=by, detail={"subject": str(subject.uid)})
    if not subject.is_current:
        _erase(erasure, subject, by)
    return erasure


@transaction.atomic
def confirm(*, erasure: Erasure, by: User) -> None:
    """Erase what another administrator asked for. ValidationError for the one who asked, or who it is about."""
    erasure = Erasure.objects.select_for_update().get(pk=erasure.pk)
    if erasure.done_at or erasure.withdrawn_at:
        raise ValidationError(_("That was done, or withdrawn, before."))
    if erasure.asked_by_id is None or erasure.asked_by_id == by.pk:
        raise ValidationError(_("Someone else confirms what you asked for: another data administrator."))
    subject = queries.subject_of(erasure.subject_uid)
    if subject is None:
        raise ValidationError(_("There is nobody left to erase."))
    _refuse(subject, by)
    _erase(erasure, subject, by)


@transaction.atomic
def withdraw(*, erasure: Erasure, by: User) -> None:
    """Take back what was asked for. ValidationError for what was done, or withdrawn, before."""
    if not Erasure.objects.waiting().filter(pk=erasure.pk).update(withdrawn_at=timezone.now()):
        raise ValidationError(_("That was done, or withdrawn, before."))
    audit.record(act="person.erase.withdraw", target=erasure, by=by)


@transaction.atomic
def erase_gone(*, subject: Subject) -> Erasure:
    """Erase someone whose time to be kept is over, as the district set it; the system does it.

    What was asked for and waits for a second administrator is done so: nobody is there any more to keep.
    """
    erasure = Erasure.objects.waiting().select_for_update().filter(subject_uid=subject.uid).first()
    erasure = erasure or Erasure.objects.create(
        person_id=subject.person_id, user_id=subject.user_id, subject_uid=subject.uid, why="retention"
    )
    _erase(erasure, subject, None)
    return erasure


@transaction.atomic
def let_return(*, erasure: Erasure, by: User) -> int:
    """Let rosters name someone erased again: the next one makes a new person of them. Returns the marks removed."""
    removed, _each = ErasedMark.objects.filter(erasure=erasure).delete()
    if removed:
        audit.record(act="person.return", target=erasure, by=by, detail={"marks": removed})
    return removed


@transaction.atomic
def keep_for(*, retention: Retention, days: int | None, by: User) -> None:
    """Set for how many days a kind is kept; None: for ever. ValidationError for fewer than it must be."""
    if days is not None and days < retention.least:
        raise ValidationError(_("At least {n} days.").format(n=retention.least))
    rule, made = RetentionRule.objects.select_for_update().get_or_create(
        kind=retention.key, defaults={"days": retention.default}
    )
    before = rule.days
    if before == days and not made:
        return
    rule.days = days
    rule.save()
    if before != days:
        audit.record(act="retention.set", target=rule, by=by, detail={"before": before, "after": days})


def _refuse(subject: Subject, by: User) -> None:
    if subject.is_erased:
        raise ValidationError(_("The names of this person were removed before."))
    if subject.user_id is not None and subject.user_id == by.pk:
        raise ValidationError(_("Another data administrator erases what is about you."))


def _erase(erasure: Erasure, subject: Subject, by: User | None) -> None:
    """Blank and delete, kind by kind; keep digests of the outside ids; say what was done, without names."""
    if subject.user_id is not None:
        administrators = lock_administrators()
        user = User.objects.select_for_update().get(pk=subject.user_id)
        refuse_to_lose_the_last(user=user, taken=[DateRange(today(), None)], administrators=administrators)
    counts: Counter[str] = Counter(marks=marks.keep(erasure, subject.marks))
    with reach.all_rows(why="an erasure blanks what was written about a person"):
        for holding in registry.holdings():
            if holding.erase is not None:
                counts[holding.key] = holding.erase(subject)
    erasure.confirmed_by, erasure.done_at = by, timezone.now()
    erasure.save()
    counts["labels"] = _blank_labels(erasure, subject.words)
    erasure.counts = dict(counts)
    erasure.save(update_fields=["counts"])
    detail: dict[str, Any] = {"subject": str(subject.uid), "counts": dict(counts)}
    audit.record(act="person.erase", target=erasure, by=by, detail=detail)


def _blank_labels(erasure: Erasure, words: Words) -> int:
    """Blank the names in the audit, by the only function that may; it records itself."""
    with connection.cursor() as cursor:
        asked: list[int | list[str]] = [erasure.pk, sorted(words.anywhere), sorted(words.family)]
        cursor.execute("SELECT persondata_blank_labels(%s, %s::text[], %s::text[])", asked)
        return int(cursor.fetchone()[0])
