"""What the district has said about files of other evaluation products: their columns, and what their words mean."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from alignment_dash.access.models import new_uid
from instruction.models.evidence import ObservationImport
from schools.models import SourceSystem


class ImportMapping(models.Model):
    """The columns of one export of a product, kept so that the next file like it needs no questions.

    `fingerprint` is that of the names of its columns; `layout` is a `products.layout.Layout` as JSON.
    """

    uid = models.UUIDField(default=new_uid, unique=True, editable=False)
    name = models.CharField(max_length=120, unique=True)
    source = models.ForeignKey(SourceSystem, on_delete=models.PROTECT, related_name="+")
    fingerprint = models.CharField(max_length=64, db_index=True)
    layout = models.JSONField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class ValueKind(models.TextChoices):
    """What a word in a file stands for."""

    TEACHER = "teacher", _("Teacher")
    OBSERVER = "observer", _("Observer")
    SCHOOL = "school", _("School")
    KIND = "kind", _("Kind of observation")
    PURPOSE = "purpose", _("Purpose")
    ELEMENT = "element", _("Element")
    LEVEL = "level", _("Level")


class Alias(models.Model):
    """What a word of one product means here: a row (`row_id`, of a person or school) or a code.

    The code "-" leaves out: a level that is no rating, rows of a person who is not in the district. Texts of
    people may be names, which whoever imports may know; what anyone was rated is never here.
    """

    uid = models.UUIDField(default=new_uid, unique=True, editable=False)
    kind = models.CharField(max_length=16, choices=ValueKind.choices)
    source = models.ForeignKey(SourceSystem, on_delete=models.PROTECT, related_name="+")
    text = models.CharField(max_length=600)
    row_id = models.BigIntegerField(null=True, blank=True)
    code = models.CharField(max_length=80, blank=True, default="")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["source", "kind", "text"]
        verbose_name_plural = "aliases"
        constraints = [
            models.UniqueConstraint(fields=["source", "kind", "text"], name="instruction_alias_once"),
            models.CheckConstraint(
                condition=Q(row_id__isnull=False, code="") | Q(row_id__isnull=True) & ~Q(code=""),
                name="instruction_alias_means_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} alias {self.uid}"


class UnmatchedValue(models.Model):
    """A word of an imported file that nobody has explained yet, and the rows that wait for it.

    No rating is kept here: the rows are read again from the file, whose bytes stay until the queue is empty
    or `ObservationImport.keep_until` has passed.
    """

    uid = models.UUIDField(default=new_uid, unique=True, editable=False)
    upload = models.ForeignKey(ObservationImport, on_delete=models.CASCADE, related_name="unmatched")
    kind = models.CharField(max_length=16, choices=ValueKind.choices)
    text = models.CharField(max_length=600)
    written = models.CharField(max_length=600)
    # What else the file says of a person, and the rows here that it may be.
    hint = models.CharField(max_length=600, blank=True, default="")
    suggestion = models.CharField(max_length=100, blank=True, default="")
    candidates = ArrayField(models.BigIntegerField(), default=list, blank=True)
    rows = ArrayField(models.IntegerField(), default=list)

    class Meta:
        ordering = ["upload", "kind", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["upload", "kind", "text"], name="instruction_unmatchedvalue_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} in {self.upload_id}"
