"""What this package makes known when the application starts."""

from django.utils.translation import gettext_lazy as _

from alignment_dash.access.policy import Action, Data
from alignment_dash.runs import registry
from alignment_dash.ui import questions
from instruction.observing import person_data
from instruction.observing.actions import lock_old
from schools.sample import registry as sample_steps


def register() -> None:
    """Register questions, tools, jobs, sample steps and what is held about persons."""
    from instruction.observing.questions import MINE

    person_data.register_all()
    questions.register(MINE)
    questions.register_tool(
        questions.Tool(_("My observations"), "instruction:records", Data.OBSERVING, place=5)
    )
    questions.register_tool(
        questions.Tool(
            _("Write an observation"), "instruction:record-new", Data.OBSERVING, place=4, action=Action.CHANGE
        )
    )
    questions.register_tool(
        questions.Tool(_("Requests to unlock"), "instruction:unlock-requests", Data.CALIBRATION, place=6)
    )
    registry.register(
        registry.Job(
            kind="observations-lock",
            label="Locking observations shared long ago",
            perform=lock_old,
            publishes=False,
        )
    )
    sample_steps.register(
        sample_steps.Step("observations as written", 36, "instruction.observing.sample.load_records")
    )
