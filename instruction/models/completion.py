"""How complete a snapshot's observations are, school by school, in numbers of teachers."""

from django.db import models

from alignment_dash.runs.models import Run
from schools.models import Org


class ObservationCompletion(models.Model):
    """Teachers of one school by when they were last observed there, as of the run's roster day.

    Each teacher on the roster counts once (instruction.completion.expected): observed this school year, of them
    n_partly not as often as expected; not this year, but within the twelve months before; longer ago
    (n_not_in_a_year); never (n_never); or not counted, for nothing is expected of them so far: they are new, away or
    mainly at another school (n_not_counted). What remains of n_teachers was observed within twelve months, but not
    this school year. last_seen: the last day anyone who counts was observed. island: the group of schools that
    observers tie together, counted from 0 for the largest; null where nobody was rated. Pages tell small numbers
    together (instruction.queries.completion).
    """

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="+")
    school = models.ForeignKey(Org, on_delete=models.CASCADE, related_name="+", db_index=False)
    n_teachers = models.PositiveIntegerField()
    n_observed_this_year = models.PositiveIntegerField()
    n_partly = models.PositiveIntegerField(default=0)
    n_not_in_a_year = models.PositiveIntegerField()
    n_never = models.PositiveIntegerField()
    n_not_counted = models.PositiveIntegerField()
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
                    + models.F("n_not_counted")
                ),
                name="instruction_observationcompletion_each_counts_once",
            ),
            models.CheckConstraint(
                condition=models.Q(n_observed_this_year__gte=models.F("n_partly")),
                name="instruction_observationcompletion_partly_is_observed",
            ),
        ]

    def __str__(self) -> str:
        return f"school {self.school_id}"


class ChecklistCount(models.Model):
    """How observations of a school year were written, in a network or (null) the district; nothing of fewer than 5 observers.

    n_long: with at least four elements rated; n_even: of those, with one level for all; by_chance: how many of those
    would be so by chance; n_bare: with a level that has no note (instruction.completion.checklist).
    """

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="+")
    network = models.ForeignKey(Org, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    school_year = models.IntegerField()
    n_observers = models.PositiveIntegerField()
    n_observations = models.PositiveIntegerField()
    n_long = models.PositiveIntegerField()
    n_even = models.PositiveIntegerField()
    by_chance = models.FloatField()
    n_bare = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["run", "network", "school_year"],
                nulls_distinct=False,
                name="instruction_checklistcount_once",
            ),
            models.CheckConstraint(
                condition=models.Q(n_observers__gte=5), name="instruction_checklistcount_none_of_few"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.network_id} in {self.school_year}"
