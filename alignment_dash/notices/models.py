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


class Digest(models.Model):
    """A weekly mail to one user, by the Monday of its week; one that was sent is never sent again."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    monday = models.DateField()
    sent_at = models.DateTimeField(auto_now_add=True)
    n_notices = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "monday"], name="notices_digest_once")]

    def __str__(self) -> str:
        return f"digest of {self.monday}"
