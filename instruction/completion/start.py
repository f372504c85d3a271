"""What this package makes known when the application starts."""

from django.utils.translation import gettext_lazy as _

from alignment_dash.access.policy import Data
from alignment_dash.ui import questions
from schools.sample import registry


def register() -> None:
    """Register the pages of expectations and of one's own observing, and the sample district's."""
    questions.register_tool(
        questions.Tool(_("Expectations"), "instruction:expectations", Data.EXPECTATIONS, place=8)
    )
    questions.register_tool(
        questions.Tool(_("My observing"), "instruction:my-observing", Data.OBSERVING, place=7)
    )
    registry.register(
        registry.Step("expectations and leave", 29, "instruction.completion.sample.load_expectations")
    )
