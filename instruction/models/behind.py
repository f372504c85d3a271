"""Which ratings stood behind a snapshot's figures of schools."""

from django.db import models

from alignment_dash.runs.models import Run


class RatingsBehind(models.Model):
    """The ratings behind a run's cells, packed (instruction.snapshots.behind): school, element and observation.

    Kept to say whether two snapshots may both be told, so it stays as long as the run's cells do. It holds ids of
    observations alone: nothing of who was seen, by whom, or with what level.
    """

    run = models.OneToOneField(Run, on_delete=models.CASCADE, related_name="+")
    packed = models.BinaryField()

    class Meta:
        verbose_name_plural = "ratings behind"

    def __str__(self) -> str:
        return f"run {self.run_id}"
