"""What consultations hold about a person: what they said, and what they voted for."""

from collections.abc import Iterator

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from alignment_dash.access.persondata.registry import Holding, Row, Subject
from instruction.models import ElementComment, ElementSource, FocusVote


def _comments(subject: Subject) -> QuerySet[ElementComment]:
    return ElementComment.objects.filter(Q(author=subject.user_id or 0) | Q(answered_by=subject.user_id or 0))


def _comment_rows(subject: Subject) -> Iterator[Row]:
    """What they wrote: of a comment by someone else, the answer alone is theirs."""
    for one in _comments(subject).select_related("version", "element_version").order_by("pk"):
        is_author = one.author_id == subject.user_id
        yield {
            "framework": one.version.label,
            "element": one.element_version.name if one.element_version else "",
            "wrote": "comment" if is_author else "answer",
            "at": one.written_at if is_author else one.answered_at,
            "as": one.role if is_author else "",
            "text": one.text if is_author else one.answer,
            # An answer to oneself may be one's own.
            "answer": one.answer if is_author else "",
        }


def _blank_comments(subject: Subject) -> int:
    """Blank what they wrote, before-images included."""
    if not subject.user_id:
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT instruction_blank_comments(%s)", [subject.user_id])
        return int(cursor.fetchone()[0])


def _votes(subject: Subject) -> QuerySet[FocusVote]:
    return FocusVote.objects.filter(voter=subject.user_id or 0)


def _sources(subject: Subject) -> QuerySet[ElementSource]:
    return ElementSource.objects.filter(added_by=subject.user_id or 0).order_by("pk")


COMMENTS = Holding(
    key="comments-on-drafts",
    label=_("Comments on drafts of frameworks, and answers to comments, that they wrote"),
    rows=_comment_rows,
    count=lambda subject: _comments(subject).count(),
    erased=_("What they wrote is blanked; that a comment was there, in which role, stays without a name."),
    erase=_blank_comments,
    place=50,
)
VOTES = Holding(
    key="focus-votes",
    label=_("Their votes for focus elements"),
    rows=lambda subject: list(
        _votes(subject).order_by("pk").values("element_version__name", "role", "voted_at")
    ),
    count=lambda subject: _votes(subject).count(),
    erased=_("Deleted: the counts become smaller."),
    erase=lambda subject: _votes(subject).delete()[0],
    place=51,
)
SOURCES = Holding(
    key="sources-added",
    label=_("Sources that they added to the evidence base of elements"),
    rows=lambda subject: list(_sources(subject).values("element__code", "citation", "added_at")),
    count=lambda subject: _sources(subject).count(),
    erased=_("Stay without a name: they are the district's evidence base."),
    place=52,
)
