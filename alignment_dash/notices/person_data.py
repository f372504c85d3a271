"""What is held of an account's notices, and for how long notices and mails are kept."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from alignment_dash.access.persondata.registry import (
    Holding,
    Retention,
    Row,
    Subject,
    register,
    register_retention,
)
from alignment_dash.notices import counts
from alignment_dash.notices.models import Mail, Notice, NoticePreference


def register_all() -> None:
    """Make known what is held, and when it goes."""
    register(NOTICES)
    register(PREFERENCES)
    register_retention(OLD)


def _of(model: Any, subject: Subject) -> QuerySet[Any]:
    found: QuerySet[Any] = model.objects.filter(user=subject.user_id or 0)
    return found.order_by("pk")


def _rows(subject: Subject) -> Iterator[Row]:
    for one in _of(Notice, subject):
        yield {
            "kind": one.kind,
            "text": one.text,
            "since": one.made_at,
            "read": one.read_at,
            "by mail": one.mailed_at,
            "ended": one.ended_at,
        }


def _erase(subject: Subject) -> int:
    n = _of(Notice, subject).delete()[0]
    _of(Mail, subject).delete()
    counts.forget([subject.user_id or 0])
    return n


NOTICES = Holding(
    key="notices",
    label=_("Notices to them"),
    rows=_rows,
    count=lambda subject: _of(Notice, subject).count(),
    erased=_("Deleted, with what says when they had mail."),
    erase=_erase,
    tables=frozenset({"notices_notice", "notices_mail"}),
    place=70,
)
PREFERENCES = Holding(
    key="notice-preferences",
    label=_("How they want to hear of notices"),
    rows=lambda subject: [
        {"kind": one.kind, "delivery": one.delivery} for one in _of(NoticePreference, subject)
    ],
    count=lambda subject: _of(NoticePreference, subject).count(),
    erased=_("Deleted."),
    erase=lambda subject: _of(NoticePreference, subject).delete()[0],
    tables=frozenset({"notices_noticepreference"}),
    place=71,
)


def _old(moment: datetime) -> QuerySet[Notice]:
    return Notice.objects.filter(ended_at__lt=moment).order_by("pk")


def _remove(moment: datetime) -> int:
    n = _old(moment).delete()[0]
    Mail.objects.filter(Q(sent_at__lt=moment) | Q(made_at__lt=moment, sent_at=None), notices=None).delete()
    return n


OLD = Retention(
    key="notices",
    label=_("Notices that have ended"),
    note=_("And when mail went out. What is still so stays."),
    default=180,
    least=90,
    found=lambda moment: [str(uid) for uid in _old(moment).values_list("uid", flat=True)],
    remove=_remove,
    place=45,
)
