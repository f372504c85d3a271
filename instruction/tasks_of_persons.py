"""The job of teachers' own figures: from evaluative evidence alone, with a run and a publication of its own.

They are what a personnel process may one day see, and formative evidence must not weigh on it, not even through a
model's shrinkage (see docs/who-sees-what.md). The database refuses a teacher's figure of a run with another basis.
"""

from dataclasses import replace

from django.db import transaction

from alignment_dash import __version__
from alignment_dash.access.reach import all_rows
from alignment_dash.runs import actions
from alignment_dash.runs.models import Run
from alignment_dash.runs.registry import Progress
from instruction.capacity import estimate
from instruction.capacity.coarse import teachers_on_scale
from instruction.models import FrameworkVersion
from instruction.snapshots import Basis, writing
from instruction.snapshots.pruning import prune
from instruction.snapshots.reading import read_evidence

_STEPS = 3


def perform_capacity_of_persons(run: Run, progress: Progress) -> None:
    """Estimate every current teacher from evaluative ratings and write them with the run."""
    version = FrameworkVersion.objects.in_force(run.school_year).get(framework__uid=run.subject)
    progress(0, _STEPS, "Reading evaluative ratings")
    with all_rows(why="teachers' figures are estimated from the whole district's evaluative ratings"):
        evidence = read_evidence(version=version, year=run.school_year, basis=Basis.EVALUATIVE)
    progress(1, _STEPS, "Estimating teachers")
    result = estimate(evidence.ratings, evidence.roster, evidence.targets)
    progress(2, _STEPS, "Writing")
    with transaction.atomic(), all_rows(why="a snapshot's rows are written for the whole district"):
        # An attempt that was cut off after writing and before publishing has left its rows.
        writing.delete_rows([run.pk])
        # Before the rows: they may only be of a run with this basis.
        actions.describe(
            run=run,
            roster_date=evidence.as_of,
            basis=Basis.EVALUATIVE.value,
            method=result.method,
            code_version=f"{__version__}, model {result.version}",
            framework_version=version.label,
        )
        teachers = teachers_on_scale(result.teachers, evidence.targets)
        writing.write_teachers(run, replace(result, teachers=teachers))
        prune(run=run)
    progress(_STEPS, _STEPS, "Done")
