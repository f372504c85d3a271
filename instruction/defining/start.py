"""What this package makes known when the application starts."""

from django.utils.translation import gettext_lazy as _

from alignment_dash.access.policy import Action, Data
from alignment_dash.ui import questions
from schools.sample import registry as sample_steps


def register() -> None:
    """Register the tool of who authors frameworks, and a draft of the sample district."""
    questions.register_tool(
        questions.Tool(_("Frameworks"), "instruction:framework-versions", Data.DEFINITIONS, 8, Action.CHANGE)
    )
    sample_steps.register(
        sample_steps.Step("a framework's next version", 34, "instruction.defining.sample.load_draft")
    )
