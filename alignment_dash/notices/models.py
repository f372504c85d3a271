"""Notices: what someone should know, kept until it is read or no longer so, and how each person wants to hear of it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from alignment_dash.access.models import User, new_uid


class Delivery(models.TextChoices):
    AT_ONCE = "at-once", _("By mail at once")
    WEEKLY = "weekly", _("In the weekly mail")
    PAGES = "pages", _("On these pages only")


class Notice(models.Model):
    """One thing one user should know. kind: a key of alignment_dash.notices.registry.

    key: what it is about; of one kind and key a user has one open notice at a time. text: a sentence that names no
    person, for it may go out by mail. path: where to see and do something about it. ended_at: it is no longer so.
    """

    uid = models.UUIDField(default=new_uid, unique=True, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=100, blank=True, default="")
    text = models.CharField(max_length=500)
    path = models.CharField(max_length=500, blank=True, default="")
    is_urgent = models.BooleanField(default=False)
    made_at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True, blank=True)
    # The mail it goes, or went, out with; the mail server has taken that at mailed_at.
    mail = models.ForeignKey("Mail", null=True, blank=True, on_delete=models.SET_NULL, related_name="notices")
    mailed_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "kind", "key"],
                condition=Q(ended_at__isnull=True),
                name="notices_notice_open_once",
            )
        ]
        indexes = [models.Index(fields=["user", "-made_at"], name="notices_notice_user")]

    def __str__(self) -> str:
        return f"{self.kind} for {self.user_id}"


class NoticePreference(models.Model):
    """How one user wants to hear of one kind of notice; without a row, as the kind says."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=40)
    delivery = models.CharField(max_length=16, choices=Delivery.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "kind"], name="notices_preference_once")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.delivery}"


class MailState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    # A worker has it; it has not been handed to the mail server before `handed_at`.
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Taken by the mail server")
    # Handed over, and no answer came: it may have gone out, so it is never sent again.
    UNSURE = "unsure", _("Unknown whether it went out")
    REFUSED = "refused", _("Given up")
    NOTHING = "nothing", _("Nothing to say any more")


class Mail(models.Model):
    """One mail to one user, due since next_at; what it says is chosen when it is sent.

    monday: of the week whose mail it is, one to a user; null: what is told at once. handed_at: from here on the mail
    server may have it. problem: in words, why it has not gone out.
    """

    uid = models.UUIDField(default=new_uid, unique=True, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    monday = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=8, choices=MailState.choices, default=MailState.WAITING)
    made_at = models.DateTimeField(auto_now_add=True)
    next_at = models.DateTimeField()
    begun_at = models.DateTimeField(null=True, blank=True)
    handed_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    problem = models.CharField(max_length=300, blank=True, default="")
    n_notices = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "monday"], name="notices_mail_weekly_once"),
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(monday__isnull=True, state=MailState.WAITING),
                name="notices_mail_at_once_waits_once",
            ),
        ]
        indexes = [models.Index(fields=["state", "next_at"], name="notices_mail_due")]

    def __str__(self) -> str:
        return f"mail {self.uid}"
