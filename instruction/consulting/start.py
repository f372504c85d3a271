"""What this package makes known when the application starts."""

from django.utils.translation import gettext_lazy as _

from alignment_dash.access.persondata import registry as persons
from alignment_dash.access.policy import Data
from alignment_dash.ui import questions
from instruction.consulting.person_data import COMMENTS, SOURCES, VOTES
from instruction.consulting.questions import DRAFTS
from schools.sample import registry as sample_steps


def register() -> None:
    """Register questions, tools, jobs, sample steps and what is held about persons."""
    for holding in (COMMENTS, VOTES, SOURCES):
        persons.register(holding)
    questions.register(DRAFTS)
    questions.register_tool(
        questions.Tool(_("What this year is about"), "instruction:focus", Data.DEFINITIONS, place=8)
    )
    sample_steps.register(
        sample_steps.Step(
            "what people say of the framework", 60, "instruction.consulting.sample.load_consulting"
        )
    )
