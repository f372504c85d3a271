"""The outbox: which mails are due, what each says, and what became of it. Rows are locked, so workers share it."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from alignment_dash.access.models import User
from alignment_dash.access.scope import scope_of
from alignment_dash.notices.mailing.server import mail_server
from alignment_dash.notices.models import Delivery, Mail, MailState, Notice, NoticePreference
from alignment_dash.notices.registry import Kind, kinds_for
from alignment_dash.turns import one_at_a_time

# How long after each attempt the next one is; then every six hours, until it is given up.
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60))
LONGEST_WAIT = timedelta(hours=6)
GIVE_UP = timedelta(days=3)
# A mail takes seconds: whoever has had one for so long has died.
QUIET = timedelta(minutes=10)
# The mail they were in did not surely arrive: the weekly one tells of them.
NOT_TOLD = (MailState.UNSURE, MailState.REFUSED)


def delivery_of(kind: Kind, notice: Notice, chosen: str | None) -> str:
    """Return how its user hears of a notice: as they chose for the kind, else as the kind says."""
    if chosen:
        return chosen
    return Delivery.AT_ONCE if notice.is_urgent and kind.may_be_urgent else kind.delivery


def put_out(kind: Kind, notices: Sequence[Notice]) -> None:
    """Put out a mail for each user who hears at once of one of these; within the transaction that made them."""
    if not notices or mail_server() is None:
        return
    users = {one.user_id for one in notices}
    chosen = dict(
        NoticePreference.objects.filter(kind=kind.key, user__in=users).values_list("user_id", "delivery")
    )
    at_once = {
        one.user_id for one in notices if delivery_of(kind, one, chosen.get(one.user_id)) == Delivery.AT_ONCE
    }
    now = timezone.now()
    Mail.objects.bulk_create(
        [Mail(user_id=one, next_at=now) for one in sorted(at_once)], ignore_conflicts=True
    )
    if at_once:
        transaction.on_commit(_ring, robust=True)


def _ring() -> None:
    from alignment_dash.notices.tasks import send

    send.delay()


@transaction.atomic
def put_out_weekly(day: date) -> int:
    """Put out the weekly mails of the week of `day`, once for all users; returns how many."""
    monday = day - timedelta(days=day.weekday())
    one_at_a_time("notices weekly")
    if mail_server() is None or Mail.objects.filter(monday=monday).exists():
        return 0
    waiting = Notice.objects.filter(ended_at=None, read_at=None, mailed_at=None)
    users = waiting.order_by("user_id").values_list("user_id", flat=True).distinct()
    now = timezone.now()
    return len(Mail.objects.bulk_create([Mail(user_id=one, monday=monday, next_at=now) for one in users]))


@transaction.atomic
def take(now: datetime) -> tuple[Mail, list[Notice]] | None:
    """Take the mail that is due longest, with what it says; None when none is due.

    What no longer holds, was read, or is not the user's to know any more is left out; nothing may be left.
    """
    due = Mail.objects.filter(state=MailState.WAITING, next_at__lte=now).select_related("user")
    mail = due.select_for_update(skip_locked=True, of=("self",)).order_by("next_at", "pk").first()
    if mail is None:
        return None
    notices = _said_in(mail)
    mail.state = MailState.SENDING if notices else MailState.NOTHING
    mail.begun_at, mail.handed_at, mail.n_notices = now, None, len(notices)
    mail.attempts += 1
    mail.save()
    Notice.objects.filter(pk__in=[one.pk for one in notices]).update(mail=mail)
    return mail, notices


def _said_in(mail: Mail) -> list[Notice]:
    user = mail.user
    if not User.objects.able().filter(pk=user.pk).exists():
        return []
    kinds = {kind.key: kind for kind in kinds_for(scope_of(user))}
    chosen = dict(NoticePreference.objects.filter(user=user).values_list("kind", "delivery"))
    waiting = Notice.objects.filter(user=user, kind__in=kinds, ended_at=None, read_at=None, mailed_at=None)
    found = waiting.select_related("mail").order_by("-is_urgent", "made_at", "pk")
    hear = [(one, delivery_of(kinds[one.kind], one, chosen.get(one.kind))) for one in found]
    if mail.monday is None:
        return [one for one, how in hear if how == Delivery.AT_ONCE and one.mail is None]
    return [
        one for one, how in hear if how != Delivery.PAGES and (one.mail is None or one.mail.state in NOT_TOLD)
    ]


def hand_over(mail: Mail) -> bool:
    """Note that the mail server is about to have it; False when it is this worker's no longer."""
    return _set(mail, handed_at=timezone.now())


@transaction.atomic
def is_sent(mail: Mail) -> None:
    """Note that the mail server took it: it is never sent again."""
    now = timezone.now()
    # Also where it was thought lost meanwhile: the server's word counts.
    Mail.objects.filter(pk=mail.pk).update(state=MailState.SENT, sent_at=now, problem="")
    Notice.objects.filter(mail=mail, mailed_at=None).update(mailed_at=now)


def is_unsure(mail: Mail, problem: str) -> None:
    """Note that it may or may not have gone out; the weekly mail tells of what it said."""
    _set(mail, state=MailState.UNSURE, problem=problem[:300])


def is_refused(mail: Mail, problem: str) -> None:
    """Give it up; what it said stays on the pages, and the weekly mail tells of it."""
    _set(mail, state=MailState.REFUSED, problem=problem[:300])


@transaction.atomic
def put_back(mail: Mail, problem: str) -> None:
    """Let it be tried again later, or give it up after three days; it has surely not gone out."""
    now = timezone.now()
    if now - mail.made_at > GIVE_UP:
        is_refused(mail, problem)
        return
    wait = WAITS[mail.attempts - 1] if mail.attempts <= len(WAITS) else LONGEST_WAIT
    Notice.objects.filter(mail=mail, mailed_at=None).update(mail=None)
    try:
        with transaction.atomic():
            _set(mail, state=MailState.WAITING, next_at=now + wait, problem=problem[:300])
    except IntegrityError:  # another has been put out to this user meanwhile, and tells of these too
        _set(mail, state=MailState.NOTHING, problem=problem[:300])


def take_up_lost(now: datetime, problem: str) -> int:
    """See to mails whose worker died: those not handed over wait again, the others are unsure. Returns how many."""
    lost = list(Mail.objects.filter(state=MailState.SENDING, begun_at__lt=now - QUIET))
    for mail in lost:
        (put_back if mail.handed_at is None else is_unsure)(mail, problem)
    return len(lost)


def _set(mail: Mail, **fields: object) -> bool:
    """Change it while it is this worker's."""
    mine = Mail.objects.filter(pk=mail.pk, state=MailState.SENDING, attempts=mail.attempts)
    return bool(mine.update(**fields))
