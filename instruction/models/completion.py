"""How complete a snapshot's observations are, school by school, in numbers of teachers."""

from django.db import models

from alignment_dash.runs.models import Run
from schools.models import Org


class ObservationCompletion(models.Model):
    """Teachers of one school by when they were last observed there, as of the run's roster day.

    Each teacher on the roster counts once: observed this school year; within the twelve months before; longer ago
    (n_not_in_a_year); not yet, but assigned within the last six weeks (n_recent_hires); or never (n_never). What
    remains of n_teachers was observed within twelve months, but not this school year. last_seen: the last day
    anyone on the roster was observed. island: the group of schools that observers tie together, counted from 0
    for the largest; null where nobody was rated. Pages tell small numbers together (instruction.queries.completion).
    """

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="+")
    school = models.ForeignKey(Org, on_delete=models.CASCADE, related_name="+", db_index=False)
    n_teachers = models.PositiveIntegerField()
    n_observed_this_year = models.PositiveIntegerField()
    n_not_in_a_year = models.PositiveIntegerField()
    n_never = models.PositiveIntegerField()
    n_recent_hires = models.PositiveIntegerField()
    last_seen = models.DateField(null=True)
    island = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "school"], name="instruction_observationcompletion_once"),
            models.CheckConstraint(
                condition=models.Q(
                    n_teachers__gte=models.F("n_observed_this_year")
                    + models.F("n_not_in_a_year")
                    + models.F("n_never")
                    + models.F("n_recent_hires")
                ),
                name="instruction_observationcompletion_each_counts_once",
            ),
        ]

    def __str__(self) -> str:
        return f"school {self.school_id}"
