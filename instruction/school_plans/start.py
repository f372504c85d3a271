"""What this package makes known when the application starts."""

from alignment_dash.ui import questions
from schools.sample import registry as sample_steps


def register() -> None:
    """Register questions, the sample's step and what is held about persons; second looks' texts with it."""
    from instruction.school_plans import person_data
    from instruction.school_plans.questions import PLANS, REQUESTS

    for question in (PLANS, REQUESTS):
        questions.register(question)
    person_data.register_all()
    sample_steps.register(
        sample_steps.Step("school improvement plans", 34, "instruction.sample.plans.load_plans")
    )
    sample_steps.register(
        sample_steps.Step(
            "where plans stand", 34, "instruction.sample.standings.stand_plans", after_jobs=True
        )
    )
