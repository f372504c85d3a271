"""Erasures, what keeps an erased person from coming back unseen, and for how long things are kept."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from alignment_dash.access.models import new_uid


class ErasureQuerySet(models.QuerySet["Erasure"]):
    def waiting(self) -> "ErasureQuerySet":
        """Keep those that wait for a second administrator."""
        return self.filter(done_at=None, withdrawn_at=None)

    def about(self, *, person_id: int | None, user_id: int | None) -> "ErasureQuerySet":
        """Keep those of one person or account."""
        of_person = Q(person_id=person_id, person_id__isnull=False)
        return self.filter(of_person | Q(user_id=user_id, user_id__isnull=False))


class Erasure(models.Model):
    """That someone's names were, or are to be, removed: who asked why, who confirmed, and what became of it.

    It holds ids and no names; ids are no references, so that nothing stands in its way. counts: rows by kind.
    """

    uid = models.UUIDField(default=new_uid, unique=True, editable=False)
    person_id = models.BigIntegerField(null=True)
    user_id = models.BigIntegerField(null=True)
    # Of the person, else of the account.
    subject_uid = models.UUIDField()
    why = models.CharField(max_length=300)
    # They work here still, so a second administrator confirms.
    needs_second = models.BooleanField(default=False)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    asked_at = models.DateTimeField(auto_now_add=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    done_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    counts = models.JSONField(default=dict)

    objects = ErasureQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject_uid"],
                condition=Q(done_at=None, withdrawn_at=None),
                name="persondata_erasure_one_waiting",
            )
        ]

    def __str__(self) -> str:
        return f"erasure {self.uid}"


class ErasedMark(models.Model):
    """The digest of an outside id, or of an e-mail address, of someone erased; see `marks`. seen_at: in a roster."""

    erasure = models.ForeignKey(Erasure, on_delete=models.CASCADE, related_name="marks")
    digest = models.CharField(max_length=64, unique=True)
    seen_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"mark of {self.erasure_id}"


class MarkKey(models.Model):
    """The secret that digests of the district's erased ids are made with; the one row of it."""

    key = models.CharField(max_length=64)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="persondata_markkey_one")]

    def __str__(self) -> str:
        return "mark key"


class RetentionRule(models.Model):
    """For how many days a kind is kept where the district says other than the default; None: for ever."""

    kind = models.CharField(max_length=32, unique=True)
    days = models.PositiveIntegerField(_("days"), null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.kind}: {self.days or 'for ever'}"
