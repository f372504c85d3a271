"""Writes of a consultation on a draft: its days, comments and answers to them, votes for the focus."""

from collections.abc import Collection
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Max
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alignment_dash.access import audit
from alignment_dash.access.models import User
from alignment_dash.access.roles import Role
from alignment_dash.schoolyear import today
from instruction.consulting.queries import Stage, stage_of
from instruction.consulting.texts import checked
from instruction.models import (
    Consultation,
    ElementComment,
    ElementVersion,
    FocusVote,
    FrameworkVersion,
    VersionState,
)


class Closed(Exception):
    """The consultation is not open today; the message says since when or from when."""


class ConsultationMoved(Exception):
    """Someone else has set the consultation meanwhile; `now` is what stands."""

    def __init__(self, now: Consultation | None) -> None:
        super().__init__(_("Someone else has set this consultation meanwhile."))
        self.now = now


class AnswerMoved(Exception):
    """Someone else has answered the comment meanwhile; `now` is their answer."""

    def __init__(self, now: str) -> None:
        super().__init__(_("Someone else has answered this comment meanwhile."))
        self.now = now


def seen_of(consultation: Consultation | None) -> str:
    """Return what a form carries of the consultation it was made from, to notice that it has moved."""
    if consultation is None:
        return ""
    return f"{consultation.opens_on} {consultation.closes_on} {consultation.votes_each}"


@transaction.atomic
def set_consultation(
    *,
    version: FrameworkVersion,
    opens_on: date,
    closes_on: date,
    votes_each: int,
    by: User,
    seen: str | None = None,
) -> Consultation:
    """Open a consultation on a draft, or change its days or the number of votes; both days count.

    seen: `seen_of` what the sender saw. ValidationError for a version that is no draft, days the wrong way round, or
    fewer votes than someone has cast; ConsultationMoved where someone else has set it meanwhile.
    """
    version = FrameworkVersion.objects.select_for_update().get(pk=version.pk)
    if version.state != VersionState.DRAFT:
        raise ValidationError(_("This version is published: there is nothing left to ask about it."))
    held = Consultation.objects.select_for_update().filter(version=version).first()
    wanted = Consultation(
        version=version,
        opens_on=opens_on,
        closes_on=closes_on,
        votes_each=votes_each,
        pk=held.pk if held else None,
    )
    if held is not None and seen_of(held) == seen_of(wanted):
        return held
    if seen is not None and seen != seen_of(held):
        raise ConsultationMoved(held)
    wanted.full_clean(exclude=["version"], validate_unique=False)
    _refuse_fewer_than_cast(version, votes_each)
    wanted.save()
    audit.record(
        act="consultation.set",
        target=version,
        by=by,
        detail={"opens": str(opens_on), "closes": str(closes_on), "votes_each": votes_each},
    )
    return wanted


def _refuse_fewer_than_cast(version: FrameworkVersion, votes_each: int) -> None:
    cast = FocusVote.objects.filter(element_version__version=version).values("voter").annotate(n=Count("pk"))
    most = cast.aggregate(most=Max("n"))["most"] or 0
    if votes_each < most:
        said = _("Someone has voted for {n} elements already: the number cannot become smaller than that.")
        raise ValidationError({"votes_each": said.format(n=most)})


@transaction.atomic
def comment(
    *, version: FrameworkVersion, text: str, role: Role, by: User, element: ElementVersion | None = None
) -> ElementComment:
    """Say something about a draft (element None) or one of its elements; sent twice, it is said once.

    role: what the author speaks as. Closed where the consultation is not open; ValidationError for a text that is
    empty, too long or holds a byte zero.
    """
    _open(version)
    text = checked(text, empty=_("Write something first."))
    said = ElementComment.objects.filter(version=version, element_version=element, author=by, text=text)
    if earlier := said.first():
        return earlier
    made = ElementComment.objects.create(
        version=version, element_version=element, author=by, role=role, text=text
    )
    about = "" if element is None else str(element.element.uid)
    audit.record(act="consultation.comment", target=made, by=by, detail={"element": about})
    return made


@transaction.atomic
def answer(*, comment: ElementComment, text: str, by: User, seen: str | None = None) -> ElementComment:
    """Answer a comment, or change the answer; an empty text takes it away.

    seen: the answer that the sender saw. AnswerMoved where another one stands; ValidationError for a bad text.
    """
    held = ElementComment.objects.select_for_update().get(pk=comment.pk)
    text = checked(text)
    if text == held.answer:
        return held
    if seen is not None and checked(seen, longest=2 * len(seen) + 1) != held.answer:
        raise AnswerMoved(held.answer)
    held.answer, held.answered_by, held.answered_at = text, by, timezone.now()
    if not text:
        held.answered_by = held.answered_at = None
    held.save(update_fields=["answer", "answered_by", "answered_at"])
    audit.record(act="consultation.answer", target=held, by=by, detail={"answered": bool(text)})
    return held


@transaction.atomic
def vote(*, version: FrameworkVersion, elements: Collection[ElementVersion], role: Role, by: User) -> int:
    """Let someone's votes be for these elements and no others; return how many they have.

    They may change them until it closes. Closed where it is not open; ValidationError for more than each has, or
    for elements of another version.
    """
    consultation = _open(version)
    wanted = {one.pk for one in elements}
    if any(one.version_id != version.pk for one in elements):
        raise ValidationError(_("Votes are for elements of this draft."))
    if len(wanted) > consultation.votes_each:
        said = ngettext(
            "You have {n} vote, and chose {chosen} elements. Nothing was changed: take some away.",
            "You have {n} votes, and chose {chosen} elements. Nothing was changed: take some away.",
            consultation.votes_each,
        )
        raise ValidationError(said.format(n=consultation.votes_each, chosen=len(wanted)))
    # One voter in two windows: the second waits for the first.
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    held = FocusVote.objects.filter(voter=by, element_version__version=version)
    if set(held.values_list("element_version_id", "role")) != {(pk, str(role)) for pk in wanted}:
        held.delete()
        FocusVote.objects.bulk_create(
            FocusVote(element_version_id=pk, voter=by, role=role) for pk in sorted(wanted)
        )
        # That someone voted, and not for what.
        audit.record(act="consultation.vote", target=version, by=by, detail={"votes": len(wanted)})
    return len(wanted)


def _open(version: FrameworkVersion) -> Consultation:
    """Return the consultation, kept from being closed until this is written. Closed where it is not open today."""
    rows: Any = Consultation.objects.select_for_update(no_key=True)
    consultation: Consultation | None = rows.select_related("version").filter(version=version).first()
    stage = stage_of(version if consultation is None else consultation.version, consultation, today())
    if stage is Stage.OPEN and consultation is not None:
        return consultation
    raise Closed(_why_closed(stage, consultation))


def _why_closed(stage: Stage, consultation: Consultation | None) -> str:
    if consultation is None:
        return _("Nobody has been asked about this draft yet.")
    if stage is Stage.SOON:
        day = date_format(consultation.opens_on, "M j, Y")
        return _("This consultation opens on {day}. What you sent was not kept.").format(day=day)
    if consultation.version.state != VersionState.DRAFT:
        return _("This version has been published, so the consultation is over. What you sent was not kept.")
    day = date_format(consultation.closes_on, "M j, Y")
    return _("This consultation closed at the end of {day}. What you sent was not kept.").format(day=day)
