"""Supervisors' calendars, where they let them be read: the address they come from, and events not yet confirmed.

What an event says is its owner's alone: row security opens it to nobody else.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from alignment_dash.access.models import new_uid
from schools.models import Person
from supervision.models.timelog import TimeEntry


class CalendarFeed(models.Model):
    """The iCalendar address of one supervisor; the address is a secret and is kept sealed.

    problem: in words, why the last reading failed; empty when it did not.
    """

    uid = models.UUIDField(default=new_uid, unique=True, editable=False)
    supervisor = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="+")
    sealed_address = models.TextField()
    host = models.CharField(max_length=255)
    etag = models.CharField(max_length=200, blank=True, default="")
    read_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=500, blank=True, default="")

    def __str__(self) -> str:
        return f"calendar at {self.host}"


class EventState(models.TextChoices):
    NEW = "new", _("To confirm")
    TAKEN = "taken", _("Entered as time")
    LEFT = "left", _("Left out")


class CalendarEvent(models.Model):
    """One occurrence of an event. external_id and recurrence name it in its calendar.

    all_day ones take no minutes until someone says how many. is_gone: it was taken out of the calendar, or canceled,
    after it was entered or left out; is_changed: it was moved after it was entered. from_feed: the feed's reading
    notices where it is gone, as a file, which may be of some weeks alone, cannot. hints: principals of the caseload
    (ids of persons) among who was invited; of the others nothing is kept.
    """

    uid = models.UUIDField(default=new_uid, unique=True, editable=False)
    supervisor = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    external_id = models.CharField(max_length=255)
    recurrence = models.CharField(max_length=40, blank=True, default="")
    title = models.CharField(max_length=300, blank=True, default="")
    place = models.CharField(max_length=300, blank=True, default="")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    all_day = models.BooleanField(default=False)
    state = models.CharField(max_length=8, choices=EventState.choices, default=EventState.NEW)
    is_gone = models.BooleanField(default=False)
    is_changed = models.BooleanField(default=False)
    is_private = models.BooleanField(default=False)
    from_feed = models.BooleanField(default=False)
    hints = ArrayField(models.BigIntegerField(), default=list, blank=True)
    read_at = models.DateTimeField(auto_now=True)
    entries = models.ManyToManyField(TimeEntry, related_name="events", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["supervisor", "external_id", "recurrence"], name="supervision_calendarevent_once"
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gte=models.F("starts_at")), name="supervision_calendarevent_in_order"
            ),
        ]
        indexes = [models.Index(fields=["supervisor", "starts_at"], name="supervision_event_starts")]

    def __str__(self) -> str:
        return f"event {self.uid}"
