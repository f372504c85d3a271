"""What this package makes known when the application starts."""

from alignment_dash.ui import questions
from schools.sample import registry as sample_steps


def register() -> None:
    """Register the question and the sample's step; what is held about persons is in instruction.school_plans."""
    from instruction.second_looks.questions import LOOKS

    questions.register(LOOKS)
    sample_steps.register(sample_steps.Step("second looks", 45, "instruction.sample.looks.load_looks"))
